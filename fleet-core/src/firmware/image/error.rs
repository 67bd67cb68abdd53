//! Why a file is refused as a firmware image.

use super::esp_idf::AppImageError;
use super::foreign::Foreign;
use super::mcuboot::McubootError;
use super::particle::ModuleError;

/// Why an uploaded file is refused. Each message names the next step; [`ImageError::code`] is for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// The file has no bytes.
    #[error("the file is empty; upload it again")]
    Empty,
    /// The file has no known format; it may be a raw binary (R-IMG-4).
    #[error(
        "these {size} bytes are not a known firmware image; upload the image your toolchain makes for updates, or allow opaque images for the product"
    )]
    Unrecognised {
        /// Size of the file in bytes.
        size: usize,
    },
    /// The file has a known format that is not an image.
    #[error("this is {}; {}", .0.name(), .0.hint())]
    Foreign(
        /// The format.
        Foreign,
    ),
    /// The file is a Particle module that is refused.
    #[error(transparent)]
    Particle(#[from] ModuleError),
    /// The file is an ESP image that is refused.
    #[error(transparent)]
    EspIdf(#[from] AppImageError),
    /// The file is an MCUboot image that is refused.
    #[error(transparent)]
    Mcuboot(#[from] McubootError),
}

impl ImageError {
    /// A code that stays the same in every release, such as `particle_crc_mismatch`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "image_empty",
            Self::Unrecognised { .. } => "image_unrecognised",
            Self::Foreign(foreign) => foreign.code(),
            Self::Particle(error) => error.code(),
            Self::EspIdf(error) => error.code(),
            Self::Mcuboot(error) => error.code(),
        }
    }
}
