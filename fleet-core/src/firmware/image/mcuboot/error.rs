//! Why an MCUboot image is refused.

use super::{HEADER_SIZE, MAX_ENTRIES};
use crate::firmware::Sha256;

/// Why a file that begins like an MCUboot image is refused (R-IMG-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum McubootError {
    /// Not even a header.
    #[error(
        "an mcuboot header has {HEADER_SIZE} bytes, this file has {size}; sign the image again, the file was cut short"
    )]
    TooShort {
        /// Bytes of the file.
        size: usize,
    },
    /// A header smaller than every header.
    #[error("the header states a size of {stated}, the least is {HEADER_SIZE}; sign the image again")]
    HeaderSize {
        /// The stated size.
        stated: u16,
    },
    /// Header and firmware are longer than the file.
    #[error(
        "header and firmware state {stated} bytes and the file has {size}; sign the image again, the file was cut short"
    )]
    CutShort {
        /// Bytes that are stated.
        stated: u64,
        /// Bytes of the file.
        size: usize,
    },
    /// No area of type-length-values where one must be.
    #[error("no tlv area follows the firmware; sign the image with imgtool before you upload it")]
    NoArea,
    /// The protected area has another size than the header says.
    #[error("the header states a protected area of {header} bytes and the area {area}; sign the image again")]
    ProtectedSize {
        /// By the header; 0 is no area.
        header: u16,
        /// By the area itself; 0 is no area.
        area: u16,
    },
    /// An area that is longer than the file, or shorter than its own header.
    #[error(
        "a tlv area states {stated} bytes and the file has {remaining} left; sign the image again, the file was cut short"
    )]
    AreaSize {
        /// The stated size.
        stated: u16,
        /// Bytes left in the file.
        remaining: usize,
    },
    /// An entry that does not end within its area.
    #[error("the tlv of type {kind:#x} states {length} bytes and its area has {remaining} left; sign the image again")]
    EntrySize {
        /// Its type.
        kind: u16,
        /// Its stated length.
        length: u16,
        /// Bytes left in its area.
        remaining: usize,
    },
    /// An area that ends in the middle of an entry's header.
    #[error("a tlv area ends with {remaining} bytes that are no entry; sign the image again")]
    StrayBytes {
        /// How many.
        remaining: usize,
    },
    /// A known entry whose value has another length than its type.
    #[error("the tlv of type {kind:#x} has {actual} bytes, its type has {expected}; sign the image again")]
    ValueLength {
        /// Its type.
        kind: u16,
        /// The length its type has.
        expected: usize,
        /// The length it has.
        actual: usize,
    },
    /// The same entry twice where one must be.
    #[error("the tlv of type {kind:#x} is there twice; sign the image again")]
    Twice {
        /// Its type.
        kind: u16,
    },
    /// More entries than any image has.
    #[error("more than {MAX_ENTRIES} tlvs; sign the image again")]
    TooManyEntries,
    /// No hash, so nothing tells a damaged image.
    #[error("the image carries no hash; sign it with imgtool before you upload it")]
    NoHash,
    /// The firmware is encrypted, and the hash is that of the clear text.
    #[error("the image is encrypted, so its hash can't be checked; upload the image before encryption")]
    Encrypted,
    /// Marked as not bootable: no bootloader starts it.
    #[error("the image is marked as not bootable; sign it with imgtool without --non-bootable")]
    NonBootable,
    /// More than padding or MCUboot's trailer follows the image.
    #[error(
        "the image ends after {length} bytes and the file has {size}: what follows is no padding and no trailer; upload the signed image alone"
    )]
    Followed {
        /// Bytes of the image.
        length: usize,
        /// Bytes of the file.
        size: usize,
    },
    /// The SHA-256 is wrong.
    #[error(
        "the stored sha-256 is {stored} and the image's is {computed}; sign the image again, the file was damaged on its way"
    )]
    Sha256Mismatch {
        /// In the unprotected area.
        stored: Sha256,
        /// Of the image.
        computed: Sha256,
    },
    /// The SHA-384 or SHA-512 is wrong.
    #[error("the stored hash of {bits} bits is not the image's; sign the image again, the file was damaged on its way")]
    LongHashMismatch {
        /// Bits of the hash.
        bits: u16,
    },
}

impl McubootError {
    /// A name that stays the same from release to release.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "mcuboot_too_short",
            Self::HeaderSize { .. } => "mcuboot_header_size",
            Self::CutShort { .. } => "mcuboot_cut_short",
            Self::NoArea => "mcuboot_no_tlv_area",
            Self::ProtectedSize { .. } => "mcuboot_protected_size",
            Self::AreaSize { .. } => "mcuboot_area_size",
            Self::EntrySize { .. } => "mcuboot_tlv_size",
            Self::StrayBytes { .. } => "mcuboot_stray_bytes",
            Self::ValueLength { .. } => "mcuboot_value_length",
            Self::Twice { .. } => "mcuboot_tlv_twice",
            Self::TooManyEntries => "mcuboot_too_many_tlvs",
            Self::NoHash => "mcuboot_no_hash",
            Self::Encrypted => "mcuboot_encrypted",
            Self::NonBootable => "mcuboot_non_bootable",
            Self::Followed { .. } => "mcuboot_followed",
            Self::Sha256Mismatch { .. } | Self::LongHashMismatch { .. } => "mcuboot_hash_mismatch",
        }
    }
}
