//! Why an MCUboot image is refused.

use super::{HEADER_SIZE, MAX_ENTRIES};
use crate::firmware::Sha256;

/// Why a file that begins like an MCUboot image is refused (R-IMG-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum McubootError {
    /// The file is shorter than a header.
    #[error(
        "an mcuboot header has {HEADER_SIZE} bytes, this file has {size}; sign the image again, the file was cut short"
    )]
    TooShort {
        /// Size of the file in bytes.
        size: usize,
    },
    /// The header is smaller than any valid header.
    #[error("the header states a size of {stated}, the least is {HEADER_SIZE}; sign the image again")]
    HeaderSize {
        /// The size in the header.
        stated: u16,
    },
    /// Header and firmware are longer than the file.
    #[error(
        "header and firmware state {stated} bytes and the file has {size}; sign the image again, the file was cut short"
    )]
    CutShort {
        /// Size by the header, in bytes.
        stated: u64,
        /// Size of the file in bytes.
        size: usize,
    },
    /// The area of type-length-values is missing.
    #[error("no tlv area follows the firmware; sign the image with imgtool before you upload it")]
    NoArea,
    /// The protected area has another size than the header states.
    #[error("the header states a protected area of {header} bytes and the area {area}; sign the image again")]
    ProtectedSize {
        /// The size in the header; 0 means no area.
        header: u16,
        /// The size of the area itself; 0 means no area.
        area: u16,
    },
    /// An area is longer than the file, or shorter than its own header.
    #[error(
        "a tlv area states {stated} bytes and the file has {remaining} left; sign the image again, the file was cut short"
    )]
    AreaSize {
        /// The size in the area's header.
        stated: u16,
        /// Number of bytes left in the file.
        remaining: usize,
    },
    /// An entry does not end within its area.
    #[error("the tlv of type {kind:#x} states {length} bytes and its area has {remaining} left; sign the image again")]
    EntrySize {
        /// Its type.
        kind: u16,
        /// Its stated length.
        length: u16,
        /// Number of bytes left in its area.
        remaining: usize,
    },
    /// An area ends in the middle of an entry's header.
    #[error("a tlv area ends with {remaining} bytes that are not an entry; sign the image again")]
    StrayBytes {
        /// Number of bytes after the last entry.
        remaining: usize,
    },
    /// A known entry has a value whose length its type does not allow.
    #[error("the tlv of type {kind:#x} has {actual} bytes, its type has {expected}; sign the image again")]
    ValueLength {
        /// Its type.
        kind: u16,
        /// The length that its type requires.
        expected: usize,
        /// The actual length.
        actual: usize,
    },
    /// An entry that must be unique occurs twice.
    #[error("the tlv of type {kind:#x} occurs twice; sign the image again")]
    Twice {
        /// Its type.
        kind: u16,
    },
    /// The image has more entries than any valid image.
    #[error("more than {MAX_ENTRIES} tlvs; sign the image again")]
    TooManyEntries,
    /// The image has no hash, so damage could not be detected.
    #[error("the image has no hash; sign it with imgtool before you upload it")]
    NoHash,
    /// The firmware is encrypted, and the hash is that of the plain text.
    #[error("the image is encrypted, so its hash can't be checked; upload the image before encryption")]
    Encrypted,
    /// The image is marked as not bootable, so no bootloader starts it.
    #[error("the image is marked as not bootable; sign it with imgtool without --non-bootable")]
    NonBootable,
    /// More than padding or MCUboot's trailer follows the image.
    #[error(
        "the image ends after {length} bytes and the file has {size}: what follows is neither padding nor a trailer; upload the signed image alone"
    )]
    Followed {
        /// Size of the image in bytes.
        length: usize,
        /// Size of the file in bytes.
        size: usize,
    },
    /// The SHA-256 is wrong.
    #[error(
        "the stored sha-256 is {stored} and the image's is {computed}; sign the image again, the file was damaged in transit"
    )]
    Sha256Mismatch {
        /// The hash in the unprotected area.
        stored: Sha256,
        /// The hash of the image.
        computed: Sha256,
    },
    /// The SHA-384 or SHA-512 is wrong.
    #[error("the stored hash of {bits} bits is not the image's; sign the image again, the file was damaged in transit")]
    LongHashMismatch {
        /// Length of the hash in bits.
        bits: u16,
    },
}

impl McubootError {
    /// A code that stays the same in every release.
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
