//! Recognition of the format from the bytes; for other files, the hint at what to upload instead (R-IMG-1, 4, 5).

use super::{vector, vectors};
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

/// Content of no known format, and a signature as RAUC appends it.
fn signed() -> Vec<u8> {
    let mut bytes = vec![0x5C; 300];
    let signature = [0x30, 0x82, 0, 11, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
    bytes.extend(signature);
    bytes.extend(u64::try_from(signature.len()).unwrap().to_be_bytes());
    bytes
}

/// Zeros with these bytes written over them.
fn at(size: usize, offset: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0; size];
    file[offset..offset + bytes.len()].copy_from_slice(bytes);
    file
}

/// As ESP-IDF's `gen_esp32part.py` writes it: two partitions, a digest, `FF`.
fn partition_table() -> Vec<u8> {
    let partition = |kind: u8, subtype: u8, offset: u32, size: u32, label: &str| {
        let mut bytes = vec![0xAA, 0x50, kind, subtype];
        bytes.extend([offset.to_le_bytes(), size.to_le_bytes()].concat());
        bytes.extend(label.bytes().chain(std::iter::repeat(0)).take(16));
        bytes.extend([0; 4]);
        bytes
    };
    let mut table = partition(1, 2, 0x9000, 0x6000, "nvs");
    table.extend(partition(0, 0, 0x1_0000, 0x10_0000, "factory"));
    table.extend([&[0xEB, 0xEB], &[0xFF; 14][..], &[7; 16]].concat());
    table.resize(0xC00, 0xFF);
    table
}

fn nvs() -> Vec<u8> {
    let mut page = [&[0xFE, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0xFE][..], &[0xFF; 19]].concat();
    page.resize(0x3000, 0xFF);
    page
}

/// A merged image of the vendor's tool: a bootloader at `start`, the partition table, the application.
fn merged(start: usize, application: &[u8]) -> Vec<u8> {
    let mut flash = vec![0xFF; start];
    let mut bootloader = vector("esp/esp32c3.bin");
    bootloader[32..36].copy_from_slice(&[0x50, 0, 0, 0]);
    flash.extend(bootloader);
    flash.resize(0x8000, 0xFF);
    flash.extend(partition_table());
    flash.resize(0x1_0000, 0xFF);
    flash.extend(application);
    flash
}

/// An image of the chip's first format: a header of 8 bytes, two segments, a checksum.
fn esp8266() -> Vec<u8> {
    let mut bytes = vec![0xE9, 2, 2, 0x40];
    bytes.extend(0x4010_0004_u32.to_le_bytes());
    for (address, data) in [(0x4010_0000_u32, [0xA5; 64]), (0x3FFE_8000, [0x5A; 64])] {
        bytes.extend(address.to_le_bytes());
        bytes.extend(64_u32.to_le_bytes());
        bytes.extend(data);
    }
    bytes.resize(bytes.len() | 15, 0);
    bytes.push(0xEF);
    bytes
}

/// An image of its second format, with the code in flash first.
fn esp8266_of_two_parts() -> Vec<u8> {
    let mut bytes = vec![0xEA, 4, 0, 0];
    bytes.extend([0x4010_0004_u32.to_le_bytes(), 0_u32.to_le_bytes(), 128_u32.to_le_bytes()].concat());
    bytes.extend([0xC3; 128]);
    bytes.extend(esp8266());
    bytes
}

/// Raw binaries that begin or end like an image, and have nothing else in common with one.
fn lookalikes() -> Vec<Vec<u8>> {
    let pattern = |first: u8| {
        let mut bytes: Vec<u8> = [7, 1, 3, 200, 9].into_iter().cycle().take(200).collect();
        bytes[0] = first;
        bytes
    };
    let with_crc = |little: bool| {
        let mut bytes = pattern(7);
        let crc = crc32fast::hash(&bytes);
        bytes.extend(if little { crc.to_le_bytes() } else { crc.to_be_bytes() });
        bytes
    };
    let mut files = vec![with_crc(false), with_crc(true), vec![0; 64], vec![0xE9]];
    files.extend((0..=255).map(pattern));
    files.push(at(512, 0, &[0xE9]));
    files.push([&[0xE9][..], &[0xFF; 511]].concat());
    files.push([b"\xE9 text that goes on, as a log does, for a while".to_vec(), vec![b'.'; 200]].concat());
    files.push([vec![0xAA, 0x50], pattern(0)].concat());
    files.push([&1_u32.to_le_bytes()[..], &40_u32.to_le_bytes(), &[0; 40], &[0, 0, 1, 0], &[0; 40]].concat());
    files
}

#[test]
fn a_format_needs_more_than_one_matching_byte() {
    for bytes in lookalikes() {
        let size = bytes.len();
        assert_eq!(
            image::read(&bytes),
            Err(ImageError::Unrecognised { size }),
            "{:02x?}",
            &bytes[..bytes.len().min(40)]
        );
    }
}

#[test]
fn an_image_of_a_whole_flash_is_recognised_at_any_bootloader_offset() {
    let application = vector("esp/esp32c3.bin");
    for start in [0, 0x1000, 0x2000] {
        let flash = merged(start, &application);
        assert_eq!(image::read(&flash), Err(ImageError::Foreign(Foreign::EspFlash)), "{start:#x}");
    }
    // An application that is followed by a flash image is not one either.
    let mut followed = application.clone();
    followed.resize(0x8000, 0xFF);
    followed.extend(partition_table());
    assert_eq!(image::read(&followed), Err(ImageError::Foreign(Foreign::EspFlash)));
}

#[test]
fn each_foreign_format_is_recognised_with_a_hint() {
    let cases = [
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
        (Foreign::Html, b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>".to_vec()),
        (Foreign::IntelHex, b"\r\n \n:020000040800F2\r\n".to_vec()),
        (Foreign::IntelHex, b"\xEF\xBB\xBF:020000040800F2\r\n".to_vec()),
        (Foreign::SRecord, b"\nS00F000068656C6C6F202020202000003C\n".to_vec()),
        (Foreign::Bzip2, b"BZh91AY&SY\0".to_vec()),
        (Foreign::SevenZip, b"7z\xBC\xAF\x27\x1C\0\x04".to_vec()),
        (Foreign::DfuSe, b"DfuSe\x01\0\0".to_vec()),
        (Foreign::EspPartitionTable, partition_table()),
        (Foreign::EspNvs, nvs()),
        (Foreign::ErasedFlash, vec![0xFF; 4096]),
        (Foreign::FileSystem, at(4096, 8, b"littlefs")),
        (Foreign::FileSystem, [at(510, 54, b"FAT16   "), vec![0x55, 0xAA]].concat()),
        (Foreign::FileSystem, [at(510, 82, b"FAT32   "), vec![0x55, 0xAA]].concat()),
        (Foreign::FileSystem, at(4096, 0x438, &[0x53, 0xEF])),
        (Foreign::FileSystem, b"UBI#\x01\0\0\0".to_vec()),
        (Foreign::FileSystem, at(0x9000, 0x8001, b"CD001")),
        (Foreign::Disk, at(1024, 512, b"EFI PART")),
        (Foreign::Esp8266, esp8266()),
        (Foreign::Esp8266, esp8266_of_two_parts()),
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
fn an_empty_file_and_a_raw_binary_are_separate_errors() {
    assert_eq!(image::read(&[]), Err(ImageError::Empty));
    let payload = vector("mcuboot/payload.bin");
    assert_eq!(image::read(&payload), Err(ImageError::Unrecognised { size: 4000 }));
}

#[test]
fn inputs_that_once_broke_a_parser_are_answered() {
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
