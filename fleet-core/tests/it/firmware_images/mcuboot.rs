//! MCUboot images (R-IMG-3).

use super::vector;
use fleet_core::firmware::Sha256;
use fleet_core::firmware::image::mcuboot::{Entry, ImageHash, MAX_ENTRIES, McubootError, read_mcuboot_image};
use fleet_core::firmware::image::{self, Image, ImageError, Trailing};
use sha2::Digest as _;

fn refusal(bytes: &[u8]) -> McubootError {
    match image::read(bytes) {
        Err(ImageError::Mcuboot(error)) => error,
        other => panic!("expected a refused mcuboot image, got {other:?}"),
    }
}

fn accepted(bytes: &[u8]) -> image::mcuboot::McubootImage {
    match image::read(bytes) {
        Ok(Image::Mcuboot(image)) => image,
        other => panic!("expected an mcuboot image, got {other:?}"),
    }
}

fn entry(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap();
    [&kind.to_le_bytes(), &length.to_le_bytes(), value].concat()
}

fn area(magic: u16, entries: &[Vec<u8>]) -> Vec<u8> {
    let entries = entries.concat();
    let total = u16::try_from(entries.len() + 4).unwrap();
    [&magic.to_le_bytes(), &total.to_le_bytes(), entries.as_slice()].concat()
}

/// Header, firmware and protected area: the part that the hash covers.
fn hashed_part(protected: &[Vec<u8>]) -> Vec<u8> {
    let protected = if protected.is_empty() { Vec::new() } else { area(0x6908, protected) };
    let mut bytes = vec![0; 32];
    bytes[0..4].copy_from_slice(&0x96F3_B83D_u32.to_le_bytes());
    bytes[8..10].copy_from_slice(&32u16.to_le_bytes());
    bytes[10..12].copy_from_slice(&u16::try_from(protected.len()).unwrap().to_le_bytes());
    bytes[12..16].copy_from_slice(&100u32.to_le_bytes());
    bytes[20] = 3;
    bytes.extend([0xC3; 100]);
    bytes.extend(protected);
    bytes
}

/// A complete image of these entries; the hash comes first in the unprotected area.
fn built(protected: &[Vec<u8>], unprotected: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = hashed_part(protected);
    let hash = entry(Entry::SHA256, Sha256::of(&bytes).as_bytes());
    bytes.extend(area(0x6907, &[&[hash], unprotected].concat()));
    bytes
}

#[test]
fn counter_dependency_vendor_and_class_of_the_unprotected_area_are_ignored() {
    let entries = [
        entry(Entry::SECURITY_COUNTER, &[9, 0, 0, 0]),
        entry(Entry::DEPENDENCY, &[1, 0, 0, 0, 1, 2, 3, 0, 4, 0, 0, 0]),
        entry(Entry::VENDOR_ID, &[0xAA; 16]),
        entry(Entry::CLASS_ID, &[0xBB; 16]),
    ];
    let put_there = accepted(&built(&[], &entries));
    assert_eq!(put_there.security_counter, None);
    assert_eq!(put_there.dependencies, []);
    assert_eq!((put_there.vendor_id, put_there.class_id), (None, None));
    assert_eq!(put_there.entries.len(), 5);

    let signed = accepted(&built(&entries, &[]));
    assert_eq!(signed.security_counter, Some(9));
    assert_eq!(signed.dependencies[0].least.to_string(), "1.2.3+4");
    assert_eq!((signed.vendor_id, signed.class_id), (Some([0xAA; 16]), Some([0xBB; 16])));
}

#[test]
fn an_unprotected_counter_does_not_override_the_protected_one() {
    let counter = |value: u8| entry(Entry::SECURITY_COUNTER, &[value, 0, 0, 0]);
    assert_eq!(accepted(&built(&[counter(5)], &[counter(200)])).security_counter, Some(5));
    assert_eq!(refusal(&built(&[counter(5), counter(6)], &[])), McubootError::Twice { kind: 0x50 });
}

#[test]
fn the_protected_areas_size_must_be_the_headers() {
    let valid = built(&[entry(Entry::SECURITY_COUNTER, &[5, 0, 0, 0])], &[]);
    for header in [0, 11, 13] {
        let mut bytes = valid.clone();
        bytes[10] = header;
        let error = McubootError::ProtectedSize { header: u16::from(header), area: 12 };
        assert_eq!(refusal(&bytes), error);
    }
    let mut bytes = built(&[], &[]);
    bytes[10] = 12;
    assert_eq!(refusal(&bytes), McubootError::ProtectedSize { header: 12, area: 0 });
}

#[test]
fn a_change_of_any_hashed_byte_is_refused() {
    let valid = built(&[entry(Entry::SECURITY_COUNTER, &[5, 0, 0, 0])], &[]);
    let hashed = accepted(&valid).hashed_length;
    for offset in 0..hashed + 8 + 32 {
        let mut bytes = valid.clone();
        bytes[offset] ^= 0x40;
        assert!(image::read(&bytes).is_err(), "at {offset}");
    }
}

#[test]
fn an_image_cut_at_any_length_is_refused() {
    for valid in [built(&[entry(Entry::VENDOR_ID, &[1; 16])], &[]), vector("mcuboot/p256.bin")] {
        for length in 0..valid.len() {
            assert!(image::read(&valid[..length]).is_err(), "{length} of {}", valid.len());
        }
    }
}

#[test]
fn an_image_without_hash_or_area_is_refused() {
    let mut bytes = hashed_part(&[]);
    assert_eq!(refusal(&bytes), McubootError::NoArea);
    bytes.extend(area(0x6907, &[]));
    assert_eq!(refusal(&bytes), McubootError::NoHash);
    let hash = entry(Entry::SHA256, &[0; 32]);
    assert_eq!(refusal(&built(&[], std::slice::from_ref(&hash))), McubootError::Twice { kind: 0x10 });
    let mut protected = hashed_part(&[hash]);
    protected.extend(area(0x6907, &[]));
    assert_eq!(refusal(&protected), McubootError::NoHash);
}

#[test]
fn longer_hashes_are_verified_too() {
    for (kind, bits) in [(Entry::SHA384, 384), (Entry::SHA512, 512)] {
        let mut bytes = hashed_part(&[]);
        let hash = match bits {
            384 => sha2::Sha384::digest(&bytes).to_vec(),
            _ => sha2::Sha512::digest(&bytes).to_vec(),
        };
        bytes.extend(area(0x6907, &[entry(kind, &hash)]));
        let read = accepted(&bytes).hash;
        assert!(
            matches!(read, ImageHash::Sha384 { is_right: true } | ImageHash::Sha512 { is_right: true }),
            "{read:?}"
        );
        bytes[40] ^= 1;
        assert_eq!(refusal(&bytes), McubootError::LongHashMismatch { bits });
    }
}

#[test]
fn a_value_of_another_length_than_its_type_is_refused() {
    let error = |expected, actual, kind| McubootError::ValueLength { kind, expected, actual };
    let refused = |kind, length| refusal(&built(&[entry(kind, &vec![0; length])], &[]));
    for length in [3, 5] {
        assert_eq!(refused(Entry::SECURITY_COUNTER, length), error(4, length, 0x50));
    }
    assert_eq!(refused(Entry::DEPENDENCY, 11), error(12, 11, 0x40));
    assert_eq!(refused(Entry::VENDOR_ID, 17), error(16, 17, 0x74));
}

#[test]
fn entries_have_a_cap_and_end_within_their_area() {
    let empty = entry(0xA0, &[]);
    assert_eq!(accepted(&built(&[], &vec![empty.clone(); MAX_ENTRIES - 1])).entries.len(), MAX_ENTRIES);
    assert_eq!(refusal(&built(&[], &vec![empty; MAX_ENTRIES])), McubootError::TooManyEntries);
    assert_eq!(refusal(&built(&[], &[vec![1, 2, 3]])), McubootError::StrayBytes { remaining: 3 });
    let too_long = McubootError::EntrySize { kind: 7, length: 1, remaining: 0 };
    assert_eq!(refusal(&built(&[], &[vec![7, 0, 1, 0]])), too_long);
}

#[test]
fn an_encrypted_image_is_refused_as_such() {
    let mut bytes = vector("mcuboot/unsigned.bin");
    bytes[16] |= 0x04;
    assert_eq!(refusal(&bytes), McubootError::Encrypted);
}

#[test]
fn a_header_has_32_bytes_at_least() {
    let mut bytes = built(&[], &[]);
    bytes[8] = 31;
    assert_eq!(refusal(&bytes), McubootError::HeaderSize { stated: 31 });
    bytes[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
    bytes[8] = 32;
    let stated = 32 + u64::from(u32::MAX);
    assert_eq!(refusal(&bytes), McubootError::CutShort { stated, size: bytes.len() });
}

#[test]
fn bytes_after_an_image_are_reported() {
    assert_eq!(accepted(&vector("mcuboot/unsigned.bin")).trailing, Trailing::Nothing);
    let padded = accepted(&vector("mcuboot/padded.bin"));
    assert_eq!((padded.trailing, padded.image_length), (Trailing::BootTrailer, 4552));
    let mut bytes = built(&[], &[]);
    bytes.push(0xFF);
    assert_eq!(read_mcuboot_image(&bytes).unwrap().trailing, Trailing::Erased);
}

#[test]
fn images_marked_by_the_vendors_tool_are_distinguished() {
    assert_eq!(refusal(&vector("mcuboot/nonbootable.bin")), McubootError::NonBootable);
    assert_eq!(refusal(&vector("mcuboot/encrypted.bin")), McubootError::Encrypted);
    let mut hidden = vector("mcuboot/encrypted.bin");
    hidden[16] = 0;
    assert_eq!(refusal(&hidden), McubootError::Encrypted, "by its key alone");
    for (name, hash) in [
        ("sha384", ImageHash::Sha384 { is_right: true }),
        ("sha512", ImageHash::Sha512 { is_right: true }),
        ("pure", ImageHash::Sha512 { is_right: true }),
    ] {
        assert_eq!(accepted(&vector(&format!("mcuboot/{name}.bin"))).hash, hash, "{name}");
    }
}

#[test]
fn another_image_before_a_trailer_is_not_padding() {
    let padded = vector("mcuboot/padded.bin");
    let image = accepted(&padded);
    assert_eq!(image.trailing, Trailing::BootTrailer);
    let mut two = padded.clone();
    let second = padded[..image.image_length].to_vec();
    two[image.image_length..2 * image.image_length].copy_from_slice(&second);
    assert_eq!(accepted(&two).trailing, Trailing::Other);
}
