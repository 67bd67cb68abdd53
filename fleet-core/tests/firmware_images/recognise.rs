//! The format is found from the bytes; what is none is told what to upload instead (R-IMG-1, 4, 5).

use crate::{vector, vectors};
use fleet_core::firmware::image::{self, Foreign, ImageError};
use proptest::prelude::*;

fn tar(first: &str) -> Vec<u8> {
    let mut bytes = vec![0; 1024];
    bytes[..first.len()].copy_from_slice(first.as_bytes());
    bytes[257..262].copy_from_slice(b"ustar");
    bytes
}

fn zip(first: &str) -> Vec<u8> {
    let mut bytes = b"PK\x03\x04".to_vec();
    bytes.resize(26, 0);
    bytes.extend([u8::try_from(first.len()).unwrap(), 0, 0, 0]);
    bytes.extend(first.as_bytes());
    bytes.extend([0; 64]);
    bytes
}

fn cpio(magic: &str, first: &str) -> Vec<u8> {
    let mut bytes = magic.as_bytes().to_vec();
    bytes.resize(110, b'0');
    bytes.extend(first.as_bytes());
    bytes.extend([0; 64]);
    bytes
}

/// Content that is like nothing, and a signature as RAUC appends it.
fn signed() -> Vec<u8> {
    let mut bytes = vec![0x5C; 300];
    let signature = [0x30, 0x82, 0, 11, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
    bytes.extend(signature);
    bytes.extend(u64::try_from(signature.len()).unwrap().to_be_bytes());
    bytes
}

#[test]
fn each_foreign_format_is_recognised_and_hints_what_to_upload() {
    let cases: [(Foreign, Vec<u8>); 20] = [
        (Foreign::Elf, b"\x7fELF\x01\x01\x01".to_vec()),
        (Foreign::IntelHex, b":020000040800F2\r\n".to_vec()),
        (Foreign::SRecord, b"S00F000068656C6C6F202020202000003C\n".to_vec()),
        (Foreign::Uf2, b"UF2\n\x57\x51\x5d\x9e\0\0\0\0".to_vec()),
        (Foreign::Zip, zip("manifest.json")),
        (Foreign::Zip, b"PK\x05\x06".to_vec()),
        (Foreign::Fwup, zip("meta.conf.ed25519")),
        (Foreign::Fwup, zip("META.conf")),
        (Foreign::Mender, tar("version")),
        (Foreign::Tar, tar("version.txt")),
        (Foreign::Rauc, b"hsqs\x07\0\0\0".to_vec()),
        (Foreign::Rauc, signed()),
        (Foreign::SwUpdate, cpio("070701", "sw-description")),
        (Foreign::SwUpdate, cpio("070702", "sw-description")),
        (Foreign::Gzip, vec![0x1F, 0x8B, 8, 0]),
        (Foreign::Xz, b"\xfd7zXZ\0".to_vec()),
        (Foreign::Zstd, vec![0x28, 0xB5, 0x2F, 0xFD]),
        (Foreign::Pdf, b"%PDF-1.7".to_vec()),
        (Foreign::Html, b"\n<!DOCTYPE html><title>404</title>".to_vec()),
        (Foreign::Html, b"<html></html>".to_vec()),
    ];
    for (foreign, bytes) in cases {
        assert_eq!(image::read(&bytes), Err(ImageError::Foreign(foreign)));
        let message = ImageError::Foreign(foreign).to_string();
        assert!(message.contains(foreign.name()) && message.contains(foreign.hint()), "{message}");
    }
}

#[test]
fn near_misses_are_not_recognised() {
    for bytes in [
        b":02000004080".to_vec()[..10].to_vec(),
        b"S00F0000".to_vec(),
        cpio("070701", "sw-descriptions"),
        b"UF2\n".to_vec(),
        b"<htm".to_vec(),
    ] {
        assert_eq!(image::read(&bytes), Err(ImageError::Unrecognised { size: bytes.len() }));
    }
}

#[test]
fn an_empty_file_and_a_raw_binary_are_errors_of_their_own() {
    assert_eq!(image::read(&[]), Err(ImageError::Empty));
    let payload = vector("mcuboot/payload.bin");
    assert_eq!(image::read(&payload), Err(ImageError::Unrecognised { size: 4000 }));
}

#[test]
fn what_once_broke_a_reader_is_answered() {
    let crashers = vectors().join("crashers");
    for format in std::fs::read_dir(crashers).unwrap() {
        let format = format.unwrap().path();
        for crasher in format.is_dir().then(|| std::fs::read_dir(format).unwrap()).into_iter().flatten() {
            let path = crasher.unwrap().path();
            assert!(image::read(&std::fs::read(&path).unwrap()).is_err(), "{}", path.display());
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic_and_are_never_an_image(bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
        prop_assert!(image::read(&bytes).is_err());
    }

    #[test]
    fn arbitrary_bytes_behind_a_right_magic_never_panic_and_are_never_an_image(
        magic in prop_oneof![
            Just(vec![0xE9]),
            Just(vec![0x3D, 0xB8, 0xF3, 0x96, 0, 0, 0, 0, 32, 0, 0, 0, 8, 0, 0, 0]),
            Just(b"PK\x03\x04".to_vec()),
            Just(vec![0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 1, 0, 6, 0, 5, 1]),
        ],
        rest in proptest::collection::vec(any::<u8>(), 0..3000),
    ) {
        prop_assert!(image::read(&[magic, rest].concat()).is_err());
    }
}
