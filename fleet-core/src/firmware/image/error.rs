//! Why a file is not a firmware image.

use super::esp_idf::AppImageError;
use super::foreign::Foreign;
use super::mcuboot::McubootError;
use super::particle::ModuleError;

/// Why an uploaded file is refused. Each message says what to do next; [`ImageError::code`] is for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// No bytes.
    #[error("the file is empty; upload it again")]
    Empty,
    /// No known format: a raw binary, perhaps (R-IMG-4).
    #[error(
        "these {size} bytes are no known firmware image; upload the image your toolchain makes for updates, or allow opaque images for the product"
    )]
    Unrecognised {
        /// Bytes of the file.
        size: usize,
    },
    /// A known format that is not an image.
    #[error("this is {}; {}", .0.name(), .0.hint())]
    Foreign(
        /// Which one.
        Foreign,
    ),
    /// A Particle module that is refused.
    #[error(transparent)]
    Particle(#[from] ModuleError),
    /// An ESP image that is refused.
    #[error(transparent)]
    EspIdf(#[from] AppImageError),
    /// An MCUboot image that is refused.
    #[error(transparent)]
    Mcuboot(#[from] McubootError),
}

impl ImageError {
    /// A name that stays the same from release to release, such as `particle_crc_mismatch`.
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
