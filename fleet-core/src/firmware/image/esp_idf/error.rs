//! Why an ESP image is refused.

use super::MAX_SEGMENTS;
use crate::firmware::Sha256;

/// Why a file that begins like an ESP image is refused (R-IMG-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AppImageError {
    /// Not even a header.
    #[error("an esp image header has 24 bytes, this file has {size}; build again, the file was cut short")]
    TooShort {
        /// Bytes of the file.
        size: usize,
    },
    /// More segments than a chip loads, or none.
    #[error(
        "the image states {count} segments, an esp image has 1 to {MAX_SEGMENTS}; build again, the file was damaged"
    )]
    Segments {
        /// The stated number.
        count: u8,
    },
    /// A segment that is longer than the rest of the file.
    #[error(
        "segment {number} states {length} bytes and the file has {remaining} left; build again, the file was cut short"
    )]
    SegmentCutShort {
        /// Which one, from 1.
        number: u8,
        /// Bytes it states.
        length: u32,
        /// Bytes left in the file.
        remaining: usize,
    },
    /// A bootloader, or what is left of an application.
    #[error(
        "this esp image is no application: it has no whole descriptor and no segment in flash, as a bootloader has; upload the application's .bin"
    )]
    NotAnApplication,
    /// The file ends before its checksum or digest.
    #[error("the image has {needed} bytes and the file {size}; build again, the file was cut short")]
    CutShort {
        /// Bytes of the image, by its segments.
        needed: usize,
        /// Bytes of the file.
        size: usize,
    },
    /// More than padding or a signature follows the image.
    #[error(
        "the image ends after {length} bytes and the file has {size}: what follows is no padding and no signature; upload the application's .bin alone"
    )]
    Followed {
        /// Bytes of the image.
        length: usize,
        /// Bytes of the file.
        size: usize,
    },
    /// The flag that says whether a digest follows is neither 0 nor 1.
    #[error("the flag for an appended digest is {flag}, it is 0 or 1; build again, the file was damaged")]
    DigestFlag {
        /// The stored flag.
        flag: u8,
    },
    /// The checksum over the segments is wrong.
    #[error(
        "the stored checksum is {stored:02x} and the segments' is {computed:02x}; build again, the file was damaged on its way"
    )]
    ChecksumMismatch {
        /// Behind the segments.
        stored: u8,
        /// Of the segments.
        computed: u8,
    },
    /// The SHA-256 is wrong.
    #[error(
        "the stored sha-256 is {stored} and the image's is {computed}; build again, the file was damaged on its way"
    )]
    Sha256Mismatch {
        /// Behind the image.
        stored: Sha256,
        /// Of the image.
        computed: Sha256,
    },
}

impl AppImageError {
    /// A name that stays the same from release to release.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "esp_too_short",
            Self::Segments { .. } => "esp_segments",
            Self::SegmentCutShort { .. } => "esp_segment_cut_short",
            Self::NotAnApplication => "esp_not_an_application",
            Self::CutShort { .. } => "esp_cut_short",
            Self::Followed { .. } => "esp_followed",
            Self::DigestFlag { .. } => "esp_digest_flag",
            Self::ChecksumMismatch { .. } => "esp_checksum_mismatch",
            Self::Sha256Mismatch { .. } => "esp_sha256_mismatch",
        }
    }
}
