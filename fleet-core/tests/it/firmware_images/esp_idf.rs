//! ESP-IDF application images (R-IMG-3).

use super::vector;
use fleet_core::firmware::Sha256;
use fleet_core::firmware::image::esp_idf::{AppImageError, read_app_image};
use fleet_core::firmware::image::{self, Image, ImageError, Trailing};

fn refusal(bytes: &[u8]) -> AppImageError {
    match image::read(bytes) {
        Err(ImageError::EspIdf(error)) => error,
        other => panic!("expected a refused esp image, got {other:?}"),
    }
}

fn accepted(bytes: &[u8]) -> image::esp_idf::AppImage {
    match image::read(bytes) {
        Ok(Image::EspIdf(image)) => image,
        other => panic!("expected an esp image, got {other:?}"),
    }
}

/// An image of these segments after the first one of `esp32c3.bin`, with checksum and digest.
fn with_more_segments(more: &[&[u8]]) -> Vec<u8> {
    let original = vector("esp/esp32c3.bin");
    let mut bytes = original[..24 + 8 + 256].to_vec();
    bytes[1] = u8::try_from(1 + more.len()).unwrap();
    for segment in more {
        bytes.extend(0x4000_0000_u32.to_le_bytes());
        bytes.extend(u32::try_from(segment.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(segment);
    }
    let first = &original[32..32 + 256];
    let checksum = first.iter().chain(more.iter().copied().flatten()).fold(0xEF, |sum, byte| sum ^ byte);
    bytes.resize((bytes.len() | 15) + 1, 0);
    *bytes.last_mut().unwrap() = checksum;
    let digest = Sha256::of(&bytes);
    bytes.extend(digest.as_bytes());
    bytes
}

#[test]
fn an_image_has_one_to_sixteen_segments() {
    for more in [0, 1, 2, 15] {
        assert_eq!(usize::from(accepted(&with_more_segments(&vec![&[1, 2, 3][..]; more])).segments), more + 1);
    }
    assert_eq!(refusal(&with_more_segments(&[&[0; 4][..]; 16])), AppImageError::Segments { count: 17 });
    let mut none = vector("esp/esp32c3.bin");
    none[1] = 0;
    assert_eq!(refusal(&none), AppImageError::Segments { count: 0 });
}

#[test]
fn the_checksum_is_at_the_end_of_its_block_whatever_the_segments_length() {
    for length in 0..40 {
        let image = accepted(&with_more_segments(&[&vec![0xA5; length]]));
        assert_eq!((image.size, image.image_length % 16), (image.image_length, 0), "{length}");
    }
}

#[test]
fn an_image_cut_at_any_length_is_refused() {
    for valid in [vector("esp/esp32.bin"), vector("esp/c3_nodigest.bin"), with_more_segments(&[&[7; 100]])] {
        for length in 0..valid.len() {
            assert!(image::read(&valid[..length]).is_err(), "{length} of {}", valid.len());
        }
    }
}

#[test]
fn a_change_of_any_byte_is_refused_where_a_digest_covers_it() {
    let valid = vector("esp/esp32c3.bin");
    for offset in 0..valid.len() {
        let mut bytes = valid.clone();
        bytes[offset] ^= 0x10;
        assert!(image::read(&bytes).is_err(), "at {offset}");
    }
}

#[test]
fn a_wrong_checksum_and_a_wrong_digest_name_both_values() {
    let mut bytes = vector("esp/c3_nodigest.bin");
    bytes[100] ^= 1;
    let error = refusal(&bytes);
    assert_eq!(error, AppImageError::ChecksumMismatch { stored: 21, computed: 20 });
    assert!(error.to_string().contains("15") && error.to_string().contains("14"), "{error}");

    let mut bytes = vector("esp/esp32c3.bin");
    bytes[4] ^= 1;
    assert!(matches!(refusal(&bytes), AppImageError::Sha256Mismatch { stored, computed } if stored != computed));
}

#[test]
fn an_image_without_a_digest_is_accepted_without_one() {
    assert_eq!(accepted(&vector("esp/c3_nodigest.bin")).digest, None);
    let mut bytes = vector("esp/c3_nodigest.bin");
    bytes[23] = 2;
    assert_eq!(refusal(&bytes), AppImageError::DigestFlag { flag: 2 });
}

#[test]
fn bytes_after_an_image_are_reported() {
    let trailing = |name| accepted(&vector(name)).trailing;
    assert_eq!(trailing("esp/esp32c3.bin"), Trailing::Nothing);
    assert_eq!(trailing("esp/c3_padded.bin"), Trailing::Erased);
    assert_eq!(trailing("esp/c3_signed.bin"), Trailing::Signature);
    assert_eq!(trailing("esp/c3_signed_ec.bin"), Trailing::Signature);
    let mut bytes = vector("esp/esp32c3.bin");
    bytes.push(0);
    assert_eq!(accepted(&bytes).trailing, Trailing::Other);
}

#[test]
fn a_bootloader_is_not_an_application() {
    let mut bytes = vector("esp/esp32c3.bin");
    bytes[0x20..0x24].copy_from_slice(&[0x50, 0, 0, 0]);
    assert_eq!(refusal(&bytes), AppImageError::NotAnApplication);
}

/// An image of segments at these addresses, with a correct checksum and digest. Its header is that of `esp32c3.bin`.
fn of_segments(segments: &[(u32, &[u8])]) -> Vec<u8> {
    let mut bytes = vector("esp/esp32c3.bin")[..24].to_vec();
    bytes[1] = u8::try_from(segments.len()).unwrap();
    let mut checksum = 0xEF;
    for (address, data) in segments {
        bytes.extend(address.to_le_bytes());
        bytes.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(data);
        checksum = data.iter().fold(checksum, |sum, byte| sum ^ byte);
    }
    bytes.resize(bytes.len() | 15, 0);
    bytes.push(checksum);
    let digest = Sha256::of(&bytes);
    bytes.extend(digest.as_bytes());
    bytes
}

const IN_FLASH: u32 = 0x3C00_0020;
const IN_RAM: u32 = 0x3FC8_0000;

#[test]
fn an_application_whose_descriptor_is_not_first_is_read() {
    let descriptor = vector("esp/esp32c3.bin")[32..32 + 256].to_vec();
    let project = |image: image::esp_idf::AppImage| image.app.map(|app| app.project_name);
    let behind = [&[0; 64], descriptor.as_slice(), &[1; 64]].concat();
    for segments in [
        vec![(IN_FLASH, behind.as_slice())],
        vec![(IN_RAM, &[3; 40][..]), (IN_FLASH, descriptor.as_slice())],
        vec![(0x4200_0020, &[3; 40][..]), (IN_FLASH, behind.as_slice()), (IN_RAM, &[4; 8])],
    ] {
        assert_eq!(project(accepted(&of_segments(&segments))).as_deref(), Some("acme-thermostat"));
    }
    // The magic number alone, as in a program that searches for it, is no descriptor.
    let mut magic = vec![7; 600];
    magic[40..44].copy_from_slice(&0xABCD_5432_u32.to_le_bytes());
    assert_eq!(accepted(&of_segments(&[(IN_FLASH, &magic)])).app, None);
    let both = [magic.as_slice(), &descriptor].concat();
    assert_eq!(project(accepted(&of_segments(&[(IN_FLASH, &both)]))).as_deref(), Some("acme-thermostat"));
}

#[test]
fn an_application_without_a_descriptor_is_accepted_with_the_known_facts() {
    let image = accepted(&of_segments(&[(IN_FLASH, &[1; 300]), (IN_RAM, &[2; 20])]));
    assert_eq!((image.app, image.chip.to_string().as_str()), (None, "esp32c3"));
    let mut damaged = of_segments(&[(IN_FLASH, &[1; 300])]);
    damaged[100] ^= 1;
    assert!(matches!(refusal(&damaged), AppImageError::ChecksumMismatch { .. }));
    for bootloader in [
        of_segments(&[(IN_RAM, &[1; 300]), (0x403C_C710, &[2; 20])]),
        of_segments(&[(IN_FLASH, &[&[0x50, 0, 0, 0][..], &[1; 300]].concat())]),
    ] {
        assert_eq!(refusal(&bootloader), AppImageError::NotAnApplication);
    }
}

#[test]
fn a_signature_ends_the_file() {
    let mut followed = vector("esp/c3_signed.bin");
    followed.extend([0; 16]);
    assert_eq!(accepted(&followed).trailing, Trailing::Other);
    let mut first_version = vector("esp/esp32c3.bin");
    first_version.extend([&[0; 4][..], &[0xA7; 64]].concat());
    assert_eq!(accepted(&first_version).trailing, Trailing::Signature);
}

#[test]
fn a_segment_longer_than_the_file_is_refused_without_reading_on() {
    let mut bytes = vector("esp/esp32c3.bin");
    bytes[28..32].copy_from_slice(&u32::MAX.to_le_bytes());
    let error = AppImageError::SegmentCutShort { number: 1, length: u32::MAX, remaining: bytes.len() - 32 };
    assert_eq!(refusal(&bytes), error);
}

#[test]
fn a_descriptor_must_lie_within_the_first_segment() {
    let mut bytes = vector("esp/esp32c3.bin");
    bytes[28..32].copy_from_slice(&255u32.to_le_bytes());
    assert_eq!(read_app_image(&bytes).map(|image| image.app), Err(AppImageError::NotAnApplication));
}
