//! Parses firmware images: returns the facts in a binary, and whether it is complete.
//!
//! [`read`] detects the format from the bytes alone (R-IMG-1), checks integrity, and returns facts. It decides nothing
//! about products: the upload checks whether an image fits one.
//!
//! No input makes this module panic, loop, or allocate more than a small multiple of the input's size (R-IMG-5): every
//! field is read through a checked cursor, and every list has a maximum length.

pub mod esp_idf;
pub mod mcuboot;
pub mod particle;

mod error;
mod foreign;
mod trailing;

pub use error::ImageError;
pub use foreign::Foreign;
pub use trailing::Trailing;

/// A complete firmware image, with its facts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Image {
    /// A Particle user part or monolithic module (R-IMG-2).
    Particle(particle::Module),
    /// An ESP-IDF application (R-IMG-3).
    EspIdf(esp_idf::AppImage),
    /// An MCUboot image (R-IMG-3).
    Mcuboot(mcuboot::McubootImage),
}

impl Image {
    /// The image's own version, which is not the integer that an upload is entered with: an ESP application's text, or
    /// an MCUboot header's `1.2.3+4`. Particle modules contain the integer itself and have no other version (R-IMG-3).
    ///
    /// ```
    /// let bytes = include_bytes!("../../../tests/vectors/firmware/esp/esp32.bin");
    /// let image = fleet_core::firmware::image::read(bytes)?;
    /// assert_eq!(image.own_version().as_deref(), Some("1.2.3-rc.1+g1cd5752"));
    /// assert_eq!(image.security_counter(), Some(7));
    /// # Ok::<(), fleet_core::firmware::image::ImageError>(())
    /// ```
    pub fn own_version(&self) -> Option<String> {
        match self {
            Self::Particle(_) => None,
            Self::EspIdf(image) => image.app.as_ref().map(|app| app.version.clone()),
            Self::Mcuboot(image) => Some(image.version.to_string()),
        }
    }

    /// The anti-rollback counter, if the format has one and the image's own hash or checksum covers it.
    pub fn security_counter(&self) -> Option<u32> {
        match self {
            Self::Particle(_) => None,
            Self::EspIdf(image) => image.app.as_ref().map(|app| app.secure_version),
            Self::Mcuboot(image) => image.security_counter,
        }
    }
}

/// Parses a firmware image that may be a product's firmware, or returns why it may not.
///
/// ```
/// use fleet_core::firmware::image::{self, Image};
///
/// let bytes = include_bytes!("../../../tests/vectors/firmware/particle/photon_p94_v1.bin");
/// let Image::Particle(module) = image::read(bytes)? else { panic!("a photon runs particle modules") };
/// assert_eq!(module.prefix.platform_id, 6);
/// assert_eq!(module.prefix.dependencies[0].system_release(), Some("1.5.2"));
///
/// let refused = image::read(&bytes[..1000]).unwrap_err();
/// assert_eq!(refused.code(), "particle_cut_short");
/// # Ok::<(), fleet_core::firmware::image::ImageError>(())
/// ```
pub fn read(bytes: &[u8]) -> Result<Image, ImageError> {
    if bytes.is_empty() {
        return Err(ImageError::Empty);
    }
    if particle::is_module(bytes) {
        return particle_firmware(particle::read_module(bytes)?);
    }
    if esp_idf::is_esp_image(bytes) {
        let image = esp_idf::read_app_image(bytes).and_then(|image| image.accept().map(|()| image));
        let length = image.as_ref().map_or(0, |image| image.image_length);
        return match image {
            // A bootloader or an application with a partition table after it, and so on.
            _ if foreign::has_partition_table(bytes, length) => Err(ImageError::Foreign(Foreign::EspFlash)),
            image => Ok(Image::EspIdf(image?)),
        };
    }
    if mcuboot::is_mcuboot_image(bytes) {
        let image = mcuboot::read_mcuboot_image(bytes)?;
        image.accept()?;
        return Ok(Image::Mcuboot(image));
    }
    if let Some(foreign) = Foreign::recognise(bytes) {
        return Err(ImageError::Foreign(foreign));
    }
    match particle::read_damaged_module(bytes) {
        Some(module) => particle_firmware(module),
        None => Err(ImageError::Unrecognised { size: bytes.len() }),
    }
}

fn particle_firmware(module: particle::Module) -> Result<Image, ImageError> {
    module.accept()?;
    Ok(Image::Particle(module))
}
