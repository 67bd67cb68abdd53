//! Follows the advice for each file that is not firmware: the file that the message asks for is uploaded to the same
//! product, and accepted. The test reads the codes from the sources, so a parser's new error needs a line here.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at what it does not expect"
)]

use crate::common;

use common::{World, version};
use fleet_core::firmware::image::esp_idf::read_app_image;
use fleet_core::firmware::image::particle::read_module;
use fleet_core::firmware::{Sha256, Upload};
use fleet_core::{MemoryStore, PolicyChange};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// A file, the code of its refusal, words of the advice, and the file that follows the advice.
struct Case {
    code: &'static str,
    refused: Vec<u8>,
    advice: &'static str,
    followed: Vec<u8>,
}

fn case(code: &'static str, refused: impl Into<Vec<u8>>, advice: &'static str, followed: impl Into<Vec<u8>>) -> Case {
    Case { code, refused: refused.into(), advice, followed: followed.into() }
}

fn vector(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns a copy with `put` written at `offset`.
fn with(bytes: &[u8], offset: usize, put: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[offset..offset + put.len()].copy_from_slice(put);
    bytes
}

/// Uploads each file to a new product under the most permissive policy, then the file that follows the advice.
fn follow(number: u32, platform: &str, cases: &[Case]) {
    for Case { code, refused, advice, followed } in cases {
        let world = World::new(Arc::new(MemoryStore::new()));
        let product = if number == world.product.get() { world.product } else { world.make_product(number, platform) };
        world.console(1).product(product).set_policy(&PolicyChange::new().opaque_images(true)).unwrap();
        let upload =
            |bytes: &[u8]| world.console(1).product(product).upload(&Upload::new(version(1), "Version 1"), bytes);
        let error = upload(refused).err().unwrap_or_else(|| panic!("{code}: taken"));
        let message = error.to_string();
        assert_eq!(error.code(), *code, "{message}");
        assert!(message.contains(advice), "`{advice}` is not in: {message}");
        upload(followed).map(|_| ()).unwrap_or_else(|error| panic!("{code}: {message}: {error}"));
    }
}

// --- Particle

/// Corrects hash and CRC, as a compiler does.
fn compiled(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len();
    let hash = Sha256::of(&bytes[..end - 38]);
    bytes[end - 38..end - 6].copy_from_slice(hash.as_bytes());
    let crc = crc32fast::hash(&bytes[..end - 4]);
    bytes[end - 4..].copy_from_slice(&crc.to_be_bytes());
    bytes
}

fn particle() -> Vec<Case> {
    const FLAGS: usize = 9;
    const FUNCTION: usize = 14;
    let valid = vector("firmware/particle/photon_p94_v1.bin");
    let end = valid.len();
    let damaged = |code, advice| case(code, compiled(with(&valid, FUNCTION, &[kind(code)])), advice, valid.clone());
    let extension = with(&with(&valid, end - 50, &[0x77, 0, 0, 0]), end - 6, &46_u16.to_le_bytes());
    let mut cases = vec![
        case("particle_cut_short", &valid[..1000], "download or compile again", valid.clone()),
        case("particle_padded", [&valid[..], &[0xFF; 12]].concat(), "without padding", &valid[..]),
        case("particle_trailing_bytes", [&valid[..], &[1, 0]].concat(), "with nothing after it", &valid[..]),
        case("particle_combined", [&valid[..], &valid[..]].concat(), "upload the user part alone", &valid[..]),
        case("particle_crc_mismatch", with(&valid, 100, &[valid[100] ^ 1]), "compile again", valid.clone()),
        case(
            "particle_unknown_flags",
            compiled(with(&valid, FLAGS, &[0x20])),
            "with an older toolchain",
            valid.clone(),
        ),
        case(
            "particle_encrypted",
            compiled(with(&valid, FLAGS, &[8])),
            "upload it as the compiler made it",
            valid.clone(),
        ),
        case(
            "particle_no_suffix",
            compiled(with(&valid, end - 6, &[0, 0])),
            "compile again with a current toolchain",
            valid.clone(),
        ),
        case(
            "particle_sha256_mismatch",
            vector("firmware/particle/photon_p94_v1_bitflip_badsha_goodcrc.bin"),
            "compile again",
            valid.clone(),
        ),
        case("particle_extension", compiled(extension), "compile again with a current toolchain", valid.clone()),
    ];
    for code in KINDS {
        cases.push(damaged(code, "upload the application"));
    }
    cases
}

/// The kinds of modules that are not applications, by the number in the module.
const KINDS: [&str; 8] = [
    "particle_resource",
    "particle_bootloader",
    "particle_system_part",
    "particle_settings",
    "particle_network_coprocessor",
    "particle_radio_stack",
    "particle_asset",
    "particle_unknown_function",
];

fn kind(code: &str) -> u8 {
    let at = KINDS.iter().position(|kind| *kind == code).unwrap();
    [1, 2, 4, 6, 7, 8, 9, 10][at]
}

// --- ESP

const ESP_HEADER: usize = 24;

/// An image of these segments, with checksum and digest, as the vendor's tool writes it.
fn esp(segments: &[(u32, &[u8])]) -> Vec<u8> {
    let mut bytes = vector("firmware/esp/esp32c3.bin")[..ESP_HEADER].to_vec();
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

fn esp_idf() -> Vec<Case> {
    let valid = vector("firmware/esp/esp32c3.bin");
    let plain = vector("firmware/esp/c3_nodigest.bin");
    // A bootloader runs from memory and has no descriptor.
    let bootloader = esp(&[(0x3FC8_0000, &[1; 64]), (0x4038_0000, &[2; 64])]);
    vec![
        case("esp_segments", with(&valid, 1, &[17]), "build again", valid.clone()),
        case("esp_segment_cut_short", &valid[..200], "build again", valid.clone()),
        case("esp_not_an_application", bootloader, "upload the application's .bin", valid.clone()),
        case("esp_cut_short", &valid[..valid.len() - 10], "build again", valid.clone()),
        case("esp_followed", [&valid[..], &[1, 2, 3]].concat(), "upload the application's .bin alone", &valid[..]),
        case("esp_digest_flag", with(&plain, 23, &[2]), "build again", plain.clone()),
        case("esp_checksum_mismatch", with(&plain, 100, &[plain[100] ^ 1]), "build again", plain),
        case("esp_sha256_mismatch", with(&valid, 4, &[valid[4] ^ 1]), "build again", valid),
    ]
}

// --- MCUboot

fn entry(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap();
    [&kind.to_le_bytes(), &length.to_le_bytes(), value].concat()
}

fn area(magic: u16, entries: &[u8]) -> Vec<u8> {
    let total = u16::try_from(entries.len() + 4).unwrap();
    [&magic.to_le_bytes(), &total.to_le_bytes(), entries].concat()
}

/// An unsigned image: header, firmware and an area of these protected entries.
fn unsigned(protected: &[u8]) -> Vec<u8> {
    let protected = if protected.is_empty() { Vec::new() } else { area(0x6908, protected) };
    let mut bytes = [0; 32];
    bytes[0..4].copy_from_slice(&0x96F3_B83D_u32.to_le_bytes());
    bytes[8..10].copy_from_slice(&32_u16.to_le_bytes());
    bytes[10..12].copy_from_slice(&u16::try_from(protected.len()).unwrap().to_le_bytes());
    bytes[12..16].copy_from_slice(&100_u32.to_le_bytes());
    bytes[20] = 3;
    [&bytes[..], &[0xC3; 100], &protected].concat()
}

/// The firmware followed by a hash and these entries, as `imgtool sign` writes it.
fn signed(protected: &[u8], entries: &[u8]) -> Vec<u8> {
    let bytes = unsigned(protected);
    let hash = entry(0x10, Sha256::of(&bytes).as_bytes());
    [&bytes[..], &area(0x6907, &[&hash, entries].concat())].concat()
}

fn mcuboot() -> Vec<Case> {
    let valid = signed(&[], &[]);
    let again = |code, refused: Vec<u8>| case(code, refused, "sign the image again", signed(&[], &[]));
    let long_hash = vector("firmware/mcuboot/sha512.bin");
    vec![
        again("mcuboot_too_short", valid[..31].to_vec()),
        again("mcuboot_header_size", with(&valid, 8, &[31])),
        again("mcuboot_cut_short", valid[..100].to_vec()),
        case("mcuboot_no_tlv_area", unsigned(&[]), "sign the image with imgtool", valid.clone()),
        again("mcuboot_protected_size", with(&valid, 10, &[12])),
        again("mcuboot_area_size", valid[..valid.len() - 1].to_vec()),
        again("mcuboot_tlv_size", signed(&[], &[7, 0, 1, 0])),
        again("mcuboot_stray_bytes", signed(&[], &[1, 2, 3])),
        again("mcuboot_value_length", signed(&entry(0x50, &[0; 3]), &[])),
        again("mcuboot_tlv_twice", signed(&[], &entry(0x10, &[0; 32]))),
        again("mcuboot_too_many_tlvs", signed(&[], &entry(0xA0, &[]).repeat(1000))),
        case("mcuboot_no_hash", [unsigned(&[]), area(0x6907, &[])].concat(), "sign it with imgtool", valid.clone()),
        case(
            "mcuboot_encrypted",
            vector("firmware/mcuboot/encrypted.bin"),
            "upload the image before encryption",
            vector("firmware/mcuboot/ed25519.bin"),
        ),
        case(
            "mcuboot_non_bootable",
            vector("firmware/mcuboot/nonbootable.bin"),
            "sign it with imgtool without --non-bootable",
            vector("firmware/mcuboot/p256.bin"),
        ),
        case("mcuboot_followed", [&valid[..], &[1; 8]].concat(), "upload the signed image alone", &valid[..]),
        again("mcuboot_hash_mismatch", with(&valid, 40, &[0])),
        case("mcuboot_hash_mismatch", with(&long_hash, 40, &[!long_hash[40]]), "sign the image again", long_hash),
    ]
}

// --- Files that are no image

/// An archive whose first entry has this name and contains these bytes uncompressed.
fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len()).unwrap().to_le_bytes();
    let crc = crc32fast::hash(content).to_le_bytes();
    let length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let head = [b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0".as_slice(), &crc, &size, &size, &length, &[0, 0]].concat();
    [&head, name.as_bytes(), content].concat()
}

/// The bytes of an archive's first entry.
fn unzipped(archive: &[u8]) -> Vec<u8> {
    let size = u32::from_le_bytes(archive[22..26].try_into().unwrap());
    let begin = 30 + usize::from(u16::from_le_bytes(archive[26..28].try_into().unwrap()));
    archive[begin..begin + usize::try_from(size).unwrap()].to_vec()
}

fn tar(name: &str, content: &[u8]) -> Vec<u8> {
    let size = format!("{:011o}\0", content.len());
    let head = with(&with(&with(&[0; 512], 0, name.as_bytes()), 124, size.as_bytes()), 257, b"ustar");
    [&head, content].concat()
}

fn untarred(archive: &[u8]) -> Vec<u8> {
    let size = usize::from_str_radix(std::str::from_utf8(&archive[124..135]).unwrap(), 8).unwrap();
    archive[512..512 + size].to_vec()
}

/// Compresses into one stored block, which every `gunzip` reads.
fn gzip(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    let head = b"\x1F\x8B\x08\0\0\0\0\0\0\xFF\x01";
    let crc = crc32fast::hash(content).to_le_bytes();
    let size = u32::from(length).to_le_bytes();
    [&head[..], &length.to_le_bytes(), &(!length).to_le_bytes(), content, &crc, &size].concat()
}

fn gunzipped(file: &[u8]) -> Vec<u8> {
    file[15..file.len() - 8].to_vec()
}

fn cpio(name: &str) -> Vec<u8> {
    let mut bytes = b"070701".to_vec();
    bytes.resize(110, b'0');
    [&bytes, name.as_bytes(), &[0; 64]].concat()
}

fn partition_table() -> Vec<u8> {
    let mut table = vec![0xAA, 0x50, 1, 2];
    table.extend([0x9000_u32.to_le_bytes(), 0x6000_u32.to_le_bytes()].concat());
    table.extend(b"nvs".iter().copied().chain(std::iter::repeat(0)).take(16 + 4));
    table.extend([0xEB, 0xEB]);
    table.resize(0xC00, 0xFF);
    table
}

fn esp8266() -> Vec<u8> {
    let mut bytes = vec![0xE9, 1, 2, 0x40];
    bytes.extend([0x4010_0004_u32, 0x4010_0000, 64].map(u32::to_le_bytes).concat());
    bytes.extend([0xA5; 64]);
    bytes.resize(bytes.len() | 15, 0);
    bytes.push(0xEF);
    bytes
}

/// Other files that people have; the product's own image is `valid`.
fn foreign(valid: &[u8]) -> Vec<Case> {
    let archive = zip("firmware.bin", valid);
    let tarred = tar("firmware.bin", valid);
    let compressed = gzip(valid);
    let flash = [&[0xFF; 0x8000][..], &partition_table()].concat();
    let nvs = [&[0xFE, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0xFE][..], &[0xFF; 0x2000]].concat();
    vec![
        case("image_empty", b"", "upload it again", valid),
        case("foreign_elf", b"\x7fELF\x01\x01\x01", "upload the .bin that the build makes from it", valid),
        case("foreign_intel_hex", b":020000040800F2\r\n", "upload the .bin of the same build", valid),
        case("foreign_s_record", b"S00F000068656C6C6F202020202000003C\n", "upload the .bin of the same build", valid),
        case("foreign_uf2", b"UF2\n\x57\x51\x5d\x9e\0\0\0\0", "upload the .bin of the same build", valid),
        case("foreign_zip", archive.clone(), "unpack it and upload the application's .bin", unzipped(&archive)),
        case("foreign_fwup", zip("meta.conf", b"x"), "that is built for this product's platform", valid),
        case("foreign_mender", tar("version", b"x"), "that is built for this product's platform", valid),
        case("foreign_rauc", b"hsqs\x07\0\0\0", "that is built for this product's platform", valid),
        case("foreign_swupdate", cpio("sw-description"), "that is built for this product's platform", valid),
        case("foreign_tar", tarred.clone(), "unpack it and upload the application's .bin", untarred(&tarred)),
        case("foreign_gzip", compressed.clone(), "decompress it and upload the file inside", gunzipped(&compressed)),
        case("foreign_xz", b"\xfd7zXZ\0", "decompress it and upload the file inside", valid),
        case("foreign_zstd", b"\x28\xB5\x2F\xFD", "decompress it and upload the file inside", valid),
        case("foreign_bzip2", b"BZh91AY&SY", "decompress it and upload the file inside", valid),
        case("foreign_7z", b"7z\xBC\xAF\x27\x1C", "unpack it and upload the application's .bin", valid),
        case("foreign_esp8266", esp8266(), "that is built for this product's platform", valid),
        case("foreign_esp_partition_table", partition_table(), "only the application; upload its .bin", valid),
        case("foreign_esp_flash", flash, "only the application; upload its .bin", valid),
        case("foreign_esp_nvs", nvs, "only the application; upload its .bin", valid),
        case("foreign_erased_flash", [0xFF; 4096], "upload the application's .bin", valid),
        case("foreign_file_system", with(&[0; 4096], 8, b"littlefs"), "only the application; upload its .bin", valid),
        case("foreign_disk", with(&[0; 1024], 512, b"EFI PART"), "only the application; upload its .bin", valid),
        case("foreign_dfuse", b"DfuSe\x01", "upload the .bin of the same build", valid),
        case("foreign_pdf", b"%PDF-1.7", "fetch the firmware again", valid),
        case("foreign_html", b"<html></html>", "fetch the firmware again", valid),
    ]
}

#[test]
fn a_particle_module_that_is_refused_is_accepted_once_its_advice_is_followed() {
    follow(94, "photon", &particle());
}

#[test]
fn an_esp_image_that_is_refused_is_accepted_once_its_advice_is_followed() {
    follow(95, "esp32c3", &esp_idf());
}

#[test]
fn an_mcuboot_image_that_is_refused_is_accepted_once_its_advice_is_followed() {
    follow(95, "mcuboot:board", &mcuboot());
}

#[test]
fn a_file_that_is_no_image_is_refused_with_an_alternative() {
    follow(94, "photon", &foreign(&vector("firmware/particle/photon_p94_v1.bin")));
    follow(95, "esp32c3", &foreign(&vector("firmware/esp/esp32c3.bin")));
    follow(95, "mcuboot:board", &foreign(&vector("firmware/mcuboot/ed25519.bin")));
}

/// Errors that no upload reaches, because too little of the format is present to recognise it.
const NOT_REACHED: [&str; 3] = ["particle_too_short", "particle_no_prefix", "esp_too_short"];

#[test]
fn a_file_that_only_a_parser_refuses_is_parsed_once_its_advice_is_followed() {
    let module = vector("firmware/particle/photon_p94_v1.bin");
    let read = |bytes: &[u8]| read_module(bytes).and_then(|module| module.accept());
    // No prefix: neither at the beginning nor after a vector table. The CRC is right.
    let without_prefix = compiled(with(&module, 0, &[0x55; 24]));
    for (refused, code, advice) in [
        (&module[..43], "particle_too_short", "compile again"),
        (&without_prefix, "particle_no_prefix", "upload the .bin the compiler made, unchanged"),
    ] {
        let error = read(refused).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(advice), "{error}");
    }
    assert_eq!(read(&module), Ok(()));

    let image = vector("firmware/esp/esp32c3.bin");
    let error = read_app_image(&image[..23]).unwrap_err();
    assert_eq!((error.code(), error.to_string().contains("build again")), ("esp_too_short", true), "{error}");
    assert_eq!(read_app_image(&image).unwrap().accept(), Ok(()));
}

#[test]
fn every_code_of_a_parser_is_followed() {
    let sources = [
        include_str!("../../src/firmware/image/particle/error.rs"),
        include_str!("../../src/firmware/image/esp_idf/error.rs"),
        include_str!("../../src/firmware/image/mcuboot/error.rs"),
        include_str!("../../src/firmware/image/foreign.rs"),
    ];
    let codes: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| source.split('"'))
        .filter(|word| ["particle_", "esp_", "mcuboot_", "foreign_"].iter().any(|start| word.starts_with(start)))
        .filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'))
        .collect();
    assert!(codes.len() > 60, "the sources are read: {codes:?}");
    let cases = [particle(), esp_idf(), mcuboot(), foreign(b"x")];
    let cases: BTreeSet<&str> = cases.iter().flatten().map(|case| case.code).collect();
    let missing: Vec<_> = codes.iter().filter(|code| !cases.contains(*code) && !NOT_REACHED.contains(code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
