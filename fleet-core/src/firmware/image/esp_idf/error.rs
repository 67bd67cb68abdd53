//! Why an ESP image is refused.

use super::MAX_SEGMENTS;
use crate::firmware::Sha256;

/// Why a file that begins like an ESP image is refused (R-IMG-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AppImageError {
    /// The file is shorter than a header.
    #[error("an esp image header has 24 bytes, this file has {size}; build again, the file was cut short")]
    TooShort {
        /// Size of the file in bytes.
        size: usize,
    },
    /// The image has no segments, or more than a chip loads.
    #[error(
        "the image states {count} segments, an esp image has 1 to {MAX_SEGMENTS}; build again, the file was damaged"
    )]
    Segments {
        /// The number of segments in the header.
        count: u8,
    },
    /// A segment is longer than the rest of the file.
    #[error(
        "segment {number} states {length} bytes and the file has {remaining} left; build again, the file was cut short"
    )]
    SegmentCutShort {
        /// The number of the segment, from 1.
        number: u8,
        /// The length of the segment by its header, in bytes.
        length: u32,
        /// Number of bytes left in the file.
        remaining: usize,
    },
    /// The image is a bootloader, or an incomplete application.
    #[error(
        "this esp image is not an application: like a bootloader, it has no complete descriptor and no segment in flash; upload the application's .bin"
    )]
    NotAnApplication,
    /// The file ends before its checksum or digest.
    #[error("the image has {needed} bytes and the file {size}; build again, the file was cut short")]
    CutShort {
        /// Size of the image by its segments, in bytes.
        needed: usize,
        /// Size of the file in bytes.
        size: usize,
    },
    /// More than padding or a signature follows the image.
    #[error(
        "the image ends after {length} bytes and the file has {size}: what follows is neither padding nor a signature; upload the application's .bin alone"
    )]
    Followed {
        /// Size of the image in bytes.
        length: usize,
        /// Size of the file in bytes.
        size: usize,
    },
    /// The flag for an appended digest is neither 0 nor 1.
    #[error("the flag for an appended digest is {flag}, it is 0 or 1; build again, the file was damaged")]
    DigestFlag {
        /// The stored flag.
        flag: u8,
    },
    /// The checksum over the segments is wrong.
    #[error(
        "the stored checksum is {stored:02x} and the segments' is {computed:02x}; build again, the file was damaged in transit"
    )]
    ChecksumMismatch {
        /// The checksum after the segments.
        stored: u8,
        /// The checksum of the segments.
        computed: u8,
    },
    /// The SHA-256 is wrong.
    #[error(
        "the stored sha-256 is {stored} and the image's is {computed}; build again, the file was damaged in transit"
    )]
    Sha256Mismatch {
        /// The hash after the image.
        stored: Sha256,
        /// The hash of the image.
        computed: Sha256,
    },
}

impl AppImageError {
    /// A code that stays the same in every release.
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
