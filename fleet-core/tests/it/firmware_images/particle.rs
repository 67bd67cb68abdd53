//! Particle modules (R-IMG-2).

use super::vector;
use fleet_core::firmware::Sha256;
use fleet_core::firmware::image::particle::{Extent, ModuleError, ModuleFunction, read_module};
use fleet_core::firmware::image::{self, Image, ImageError};
use proptest::prelude::*;

/// Valid modules: small, with two dependencies, after a vector table, compressed.
const VALID: [&str; 8] = [
    "particle/photon_p94_v1.bin",
    "particle/photon_p94_v2.bin",
    "particle/electron_p1319_v7_2deps.bin",
    "particle/boron_wildcard13_v3.bin",
    "particle/core_vector_table.bin",
    "particle/photon_unset_ffff.bin",
    "particle/photon_max_version_65534.bin",
    "particle/boron_compressed.bin",
];

/// Corrects hash and CRC, so that a change reaches the checks after them.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let hashed = bytes.len() - 38;
    let hash = Sha256::of(&bytes[..hashed]);
    bytes[hashed..hashed + 32].copy_from_slice(hash.as_bytes());
    let end = bytes.len() - 4;
    let crc = crc32fast::hash(&bytes[..end]);
    bytes[end..].copy_from_slice(&crc.to_be_bytes());
    bytes
}

/// The photon's module with one byte changed, sealed again.
fn photon_with(offset: usize, byte: u8) -> Vec<u8> {
    let mut bytes = vector("particle/photon_p94_v1.bin");
    bytes[offset] = byte;
    sealed(bytes)
}

fn refusal(bytes: &[u8]) -> ModuleError {
    match image::read(bytes) {
        Err(ImageError::Particle(error)) => error,
        other => panic!("expected a refused particle module, got {other:?}"),
    }
}

fn accepted(bytes: &[u8]) -> image::particle::Module {
    match image::read(bytes) {
        Ok(Image::Particle(module)) => module,
        other => panic!("expected a particle module, got {other:?}"),
    }
}

const FLAGS: usize = 9;
const FUNCTION: usize = 14;

#[test]
fn valid_modules_are_accepted() {
    for name in VALID {
        assert_eq!(accepted(&vector(name)).accept(), Ok(()), "{name}");
    }
}

#[test]
fn a_change_of_any_byte_of_a_valid_module_is_refused() {
    for name in VALID {
        let valid = vector(name);
        for offset in 0..valid.len() {
            for change in [1 << (offset % 8), 0xFF] {
                let mut bytes = valid.clone();
                bytes[offset] ^= change;
                assert!(image::read(&bytes).is_err(), "{name}: {change:#x} at {offset}");
            }
        }
    }
}

#[test]
fn a_module_cut_at_any_length_is_refused() {
    for name in VALID {
        let valid = vector(name);
        for length in 0..valid.len() {
            assert!(image::read(&valid[..length]).is_err(), "{name}: {length} bytes");
        }
    }
}

#[test]
fn a_truncated_module_is_reported_also_after_a_vector_table() {
    let photon = vector("particle/photon_p94_v1.bin");
    assert_eq!(refusal(&photon[..1091]), ModuleError::CutShort { stated: 1092, size: 1091 });
    let core = vector("particle/core_vector_table.bin");
    assert_eq!(refusal(&core[..1359]), ModuleError::CutShort { stated: 1360, size: 1359 });
    assert_eq!(refusal(&photon[..44]), ModuleError::CutShort { stated: 1092, size: 44 });
    assert_eq!(read_module(&photon[..43]), Err(ModuleError::TooShort { size: 43 }));
}

#[test]
fn padding_and_other_bytes_after_a_module_are_reported() {
    let mut bytes = vector("particle/photon_p94_v1.bin");
    bytes.push(0xFF);
    assert_eq!(refusal(&bytes), ModuleError::Padded { stated: 1092, size: 1093 });
    bytes.push(0x00);
    assert_eq!(refusal(&bytes), ModuleError::Followed { stated: 1092, size: 1094 });
    assert_eq!(refusal(&vector("particle/photon_p94_v1_padded_ff.bin")).code(), "particle_padded");
}

#[test]
fn modules_end_to_end_are_combined_whichever_comes_first() {
    assert_eq!(refusal(&vector("particle/boron_combined_sys_user.bin")), ModuleError::Combined);
    let photon = vector("particle/photon_p94_v1.bin");
    let core = vector("particle/core_vector_table.bin");
    for bytes in [[photon.clone(), core.clone()].concat(), [core, photon.clone(), photon].concat()] {
        assert_eq!(refusal(&bytes), ModuleError::Combined);
    }
}

#[test]
fn a_wrong_crc_and_a_wrong_sha_are_separate_errors_with_both_values() {
    let crc = refusal(&vector("particle/photon_p94_v1_bitflip_badcrc.bin"));
    let ModuleError::CrcMismatch { stored, computed } = crc else { panic!("{crc:?}") };
    assert_eq!(stored, 0x9492_F293);
    assert_ne!(stored, computed);
    let message = crc.to_string();
    assert!(message.contains("9492f293") && message.contains(&format!("{computed:08x}")), "{message}");

    let sha = refusal(&vector("particle/photon_p94_v1_bitflip_badsha_goodcrc.bin"));
    assert!(matches!(sha, ModuleError::Sha256Mismatch { stored, computed } if stored != computed), "{sha:?}");
}

#[test]
fn every_other_kind_of_module_is_a_separate_error() {
    let mut codes = std::collections::BTreeSet::new();
    for function in [1, 2, 4, 6, 7, 8, 9] {
        let error = refusal(&photon_with(FUNCTION, function));
        assert_eq!(error, ModuleError::NotProductFirmware(ModuleFunction::from(function)));
        codes.insert(error.code());
    }
    assert_eq!(codes.len(), 7, "{codes:?}");
    assert_eq!(refusal(&vector("particle/asset_hello.bin")).code(), "particle_asset");
    assert_eq!(accepted(&photon_with(FUNCTION, 3)).prefix.function, ModuleFunction::Monolithic);
    assert_eq!(refusal(&photon_with(FUNCTION, 10)).code(), "particle_unknown_function");
}

#[test]
fn a_kind_is_only_refused_in_a_module_with_a_right_crc() {
    let mut bytes = vector("particle/photon_p94_v1.bin");
    bytes[FUNCTION] = 2;
    assert_eq!(refusal(&bytes).code(), "particle_crc_mismatch");
}

#[test]
fn encrypted_combined_and_unknown_flags_refuse_and_compressed_does_not() {
    assert_eq!(refusal(&photon_with(FLAGS, 0x08)), ModuleError::Encrypted);
    assert_eq!(refusal(&photon_with(FLAGS, 0x04)), ModuleError::Combined);
    assert!(accepted(&photon_with(FLAGS, 0x02)).prefix.flags.is_compressed());
    assert_eq!(refusal(&photon_with(FLAGS, 0x20)).code(), "particle_unknown_flags");
}

#[test]
fn a_suffix_is_36_bytes_at_least_and_fits_between_prefix_and_crc() {
    let with_suffix_size = |size: u16| {
        let mut bytes = vector("particle/photon_p94_v1.bin");
        let offset = bytes.len() - 6;
        bytes[offset..offset + 2].copy_from_slice(&size.to_le_bytes());
        // The size comes after the hashed part, so only the CRC needs correction.
        sealed(bytes)
    };
    for stated in [0, 35, 1092 - 24 - 4 + 1, u16::MAX] {
        assert_eq!(refusal(&with_suffix_size(stated)), ModuleError::NoSuffix { stated });
    }
    assert_eq!(accepted(&with_suffix_size(36)).suffix.product, None);
    assert!(accepted(&with_suffix_size(40)).suffix.product.is_some());
}

#[test]
fn both_forms_of_an_unset_product_and_a_wildcard_are_reported() {
    let product = |bytes: &[u8]| accepted(bytes).suffix.product.unwrap();
    assert!(product(&vector("particle/photon_unset_ffff.bin")).are_unset());
    let mut zeros = vector("particle/photon_p94_v1.bin");
    let offset = zeros.len() - 44;
    zeros[offset..offset + 4].fill(0);
    assert!(product(&sealed(zeros)).are_unset());
    assert!(!product(&vector("particle/photon_p94_v1.bin")).are_unset());
    assert!(accepted(&vector("particle/boron_wildcard13_v3.bin")).is_wildcard());
    assert!(!accepted(&vector("particle/photon_p94_v1.bin")).is_wildcard());
    assert!(!accepted(&vector("particle/photon_unset_ffff.bin")).is_wildcard());
}

#[test]
fn dependencies_name_their_system_release() {
    let electron = accepted(&vector("particle/electron_p1319_v7_2deps.bin"));
    let needs: Vec<_> = electron.dependencies().map(|dependency| dependency.to_string()).collect();
    assert_eq!(needs, ["system 1.2.1-rc.1", "bootloader 0 version 400"]);
}

#[test]
fn facts_of_a_refused_module_are_reported() {
    let combined = read_module(&vector("particle/boron_combined_sys_user.bin")).unwrap();
    assert_eq!(combined.extent, Extent::Combined { stated: 1604 });
    assert_eq!((combined.prefix.offset, combined.prefix.function), (0x200, ModuleFunction::SystemPart));
    assert!(!combined.has_right_crc());
}

#[test]
fn an_extension_that_would_loop_is_refused() {
    let photon = vector("particle/photon_p94_v1.bin");
    for length in 0..4 {
        let mut bytes = photon.clone();
        let end = bytes.len();
        bytes[end - 50..end - 46].copy_from_slice(&[0x77, 0, length, 0]);
        bytes[end - 6..end - 4].copy_from_slice(&46u16.to_le_bytes());
        assert_eq!(refusal(&sealed(bytes)).code(), "particle_extension", "length {length}");
    }
}

proptest! {
    #[test]
    fn a_sealed_module_with_any_header_bytes_never_panics(
        head in proptest::collection::vec(any::<u8>(), 24),
        at in prop_oneof![Just(0usize), Just(0x20), Just(0x10C), 0..1000usize],
    ) {
        let mut bytes = vector("particle/photon_p94_v1.bin");
        bytes[at..at + 24].copy_from_slice(&head);
        let bytes = sealed(bytes);
        let facts = read_module(&bytes).unwrap();
        prop_assert!(facts.has_right_crc() && facts.has_right_sha256());
        if let Ok(Image::Particle(module)) = image::read(&bytes) {
            prop_assert!(module.prefix.function.is_product_firmware());
            prop_assert_eq!(module, facts);
        }
    }
}
