//! Checks whether a binary is valid as a product's next firmware (R-IMG 1–7): a pure comparison of the binary with the
//! product and with what a person entered.

use super::image::esp_idf::{AppImage, AppImageError};
use super::image::mcuboot::{ImageHash, McubootError, McubootImage};
use super::image::particle::{Module, ModuleFunction};
use super::image::{self, Image, ImageError, Trailing};
use super::{FirmwareIndex, FirmwareVersion, ImageFacts, ImageFormat, Sha256};
use crate::product::{Platform, Product, ProductId};
use crate::text;
use crate::time::Timestamp;
use crate::{Error, ErrorKind};
use std::fmt;

/// The largest binary that is accepted: 64 MiB.
pub const MAX_IMAGE_BYTES: usize = 64 << 20;

/// Why a binary is refused as the product's next firmware. Each mismatch names both values (R-IMG-2).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UploadRefused {
    /// The file is not a complete firmware image.
    #[error(transparent)]
    Image(ImageError),
    /// The file has no known format, and the platform's devices start only their own format.
    #[error(
        "these {size} bytes are not a known firmware image, and {platform} starts only its own; upload the image that your toolchain makes for updates"
    )]
    NoImage {
        /// Size of the file in bytes.
        size: usize,
        /// The product's platform.
        platform: Platform,
    },
    /// The file is larger than [`MAX_IMAGE_BYTES`].
    #[error("the file has {bytes} bytes, at most {MAX_IMAGE_BYTES} are accepted: upload the application's image alone")]
    TooLarge {
        /// Size of the file in bytes.
        bytes: usize,
    },
    /// The user part does not fit the platform's flash.
    #[error("the firmware has {bytes} bytes; {platform} holds at most {limit}: make it smaller")]
    OverFlash {
        /// Size of the firmware in bytes.
        bytes: usize,
        /// The product's platform.
        platform: Platform,
        /// Maximum size in bytes.
        limit: usize,
    },
    /// The image has the format of another vendor than the platform's.
    #[error("{article} {format} does not run on this product's {platform}: upload it to a product of its own hardware")]
    OtherFormat {
        /// The format of the image.
        format: ImageFormat,
        /// `a` or `an`, whichever the format's name needs.
        article: &'static str,
        /// The product's platform.
        platform: Platform,
    },
    /// The firmware was compiled for other hardware.
    #[error(
        "the firmware was compiled for {image}, the product is for {product}: choose the right device and compile again"
    )]
    OtherPlatform {
        /// The platform in the binary.
        image: Platform,
        /// The product's platform.
        product: Platform,
    },
    /// The binary has neither a product id nor a version.
    #[error(
        "the macro is missing: the firmware names no product; add PRODUCT_ID({product}) and PRODUCT_VERSION({entered}) and compile again"
    )]
    MacroMissing {
        /// The product's id.
        product: ProductId,
        /// The version that was entered; if that is not above the highest, the next version.
        entered: FirmwareVersion,
    },
    /// The firmware was compiled for another product.
    #[error(
        "the firmware was compiled for product {image}, this is product {product}: set PRODUCT_ID({product}) and compile again"
    )]
    OtherProduct {
        /// The id in the binary.
        image: u16,
        /// The product's id.
        product: ProductId,
    },
    /// The firmware was compiled without a product id, and the product's policy does not accept that.
    #[error(
        "the firmware names its platform {platform} as its product, which this product does not accept: set PRODUCT_ID({product}) and compile again"
    )]
    Wildcard {
        /// The platform's id, which the firmware has in place of a product id.
        platform: u16,
        /// The product's id.
        product: ProductId,
    },
    /// The firmware was compiled with another version than the one entered.
    #[error(
        "the firmware was compiled as version {image}, and {entered} was entered: {}", Correction { image: *image, entered: *entered, highest: *highest }
    )]
    OtherVersion {
        /// The version in the binary.
        image: u16,
        /// The version that was entered.
        entered: FirmwareVersion,
        /// The highest version uploaded before, which the next one must exceed; 0 means none.
        highest: u16,
    },
    /// The version is not above every version that was uploaded before (R-IMG-6).
    #[error("version {entered} is not above {highest}, the highest uploaded so far: {}", Next(*.highest))]
    VersionNotGreater {
        /// The version that was entered.
        entered: FirmwareVersion,
        /// The highest version before it, including deleted ones.
        highest: u16,
    },
}

/// Advice that makes the binary and the entered version agree, and exceeds the highest version so far.
struct Correction {
    image: u16,
    entered: FirmwareVersion,
    highest: u16,
}

impl fmt::Display for Correction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { image, entered, highest } = *self;
        if image > highest && FirmwareVersion::new(image.into()).is_ok() {
            write!(f, "enter {image}, or ")?;
        }
        match FirmwareVersion::new(u32::from(highest) + 1) {
            _ if entered.get() > highest => write!(f, "set PRODUCT_VERSION({entered}) and compile again"),
            Ok(next) => write!(f, "set PRODUCT_VERSION({next}), compile again and enter {next}"),
            Err(_) => write!(f, "{}", Next(highest)),
        }
    }
}

/// Advice for a version that is not above the highest.
struct Next(u16);

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match FirmwareVersion::new(u32::from(self.0) + 1) {
            Ok(next) => write!(f, "compile it as {next} or higher"),
            Err(_) => f.write_str("no higher one can be compiled in; continue in a new product"),
        }
    }
}

impl UploadRefused {
    /// Adapts the advice to the highest version so far, because a version that is not above it would be refused again.
    pub(super) fn after(self, highest: u16) -> Self {
        match self {
            Self::MacroMissing { product, entered } if entered.get() <= highest => {
                match FirmwareVersion::new(u32::from(highest) + 1) {
                    Ok(next) => Self::MacroMissing { product, entered: next },
                    Err(_) => Self::VersionNotGreater { entered, highest },
                }
            }
            Self::OtherVersion { image, entered, .. } => Self::OtherVersion { image, entered, highest },
            other => other,
        }
    }

    /// A stable code of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Image(error) => error.code(),
            Self::NoImage { .. } => "image_unrecognised",
            Self::TooLarge { .. } => "image_too_large",
            Self::OverFlash { .. } => "image_over_flash",
            Self::OtherFormat { .. } => "image_other_format",
            Self::OtherPlatform { .. } => "image_other_platform",
            Self::MacroMissing { .. } => "image_macro_missing",
            Self::OtherProduct { .. } => "image_other_product",
            Self::Wildcard { .. } => "image_wildcard",
            Self::OtherVersion { .. } => "image_other_version",
            Self::VersionNotGreater { .. } => "version_not_greater",
        }
    }
}

/// What uses a firmware, so that it cannot be deleted (R-IMG-7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FirmwareUse {
    /// It is or was released.
    Released {
        /// When it was released first.
        at: Timestamp,
    },
    /// Devices are programmed with it in manufacturing.
    OnTheLine {
        /// Since when.
        since: Timestamp,
    },
    /// Devices are locked to it.
    Locked {
        /// Number of devices.
        devices: u32,
    },
}

impl fmt::Display for FirmwareUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Released { at } => write!(f, "it was released at {at}, and released firmware is kept"),
            Self::OnTheLine { since } => write!(f, "it has been programmed on the line since {since}"),
            Self::Locked { devices } => write!(f, "{devices} devices are locked to it; unlock them first"),
        }
    }
}

/// The values that a person enters with a binary.
///
/// ```
/// use fleet_core::{FirmwareVersion, firmware::Upload};
///
/// let upload = Upload::new(FirmwareVersion::new(2)?, "Quieter")
///     .description("The relay no longer hums.")
///     .requires_system(">=1.5.0".parse()?);
/// assert_eq!(upload.title, "Quieter");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Upload<'u> {
    /// The version, which must equal the compiled one.
    pub version: FirmwareVersion,
    /// A distinct title, 1 to 100 characters.
    pub title: &'u str,
    /// What it is for, up to 2,000 characters.
    pub description: &'u str,
    /// The system versions that it runs on. `None` means any (R-TGT-14).
    pub requires_system: Option<semver::VersionReq>,
}

impl<'u> Upload<'u> {
    /// An upload without a description that runs on any system.
    pub fn new(version: FirmwareVersion, title: &'u str) -> Self {
        Self { version, title, description: "", requires_system: None }
    }

    /// Sets what it is for, up to 2,000 characters.
    #[must_use]
    pub fn description(self, description: &'u str) -> Self {
        Self { description, ..self }
    }

    /// Sets the system versions that it runs on (R-TGT-14).
    #[must_use]
    pub fn requires_system(self, requires_system: semver::VersionReq) -> Self {
        Self { requires_system: Some(requires_system), ..self }
    }
}

/// Parses a binary and compares it with a product and with the version that was entered (R-IMG 1–4).
///
/// # Errors
/// The first mismatch, in this order: the file itself, its platform, its product, its version.
pub fn examine(product: &Product, entered: FirmwareVersion, binary: &[u8]) -> Result<ImageFacts, UploadRefused> {
    if binary.len() > MAX_IMAGE_BYTES {
        return Err(UploadRefused::TooLarge { bytes: binary.len() });
    }
    let facts = |format| ImageFacts::new(format, binary);
    match image::read(binary) {
        Ok(Image::Particle(module)) => examine_particle(&module, product, entered, facts(ImageFormat::Particle)),
        Ok(Image::EspIdf(app)) => examine_esp_idf(app, product, facts(ImageFormat::EspIdf)),
        Ok(Image::Mcuboot(image)) => examine_mcuboot(&image, product, binary, facts(ImageFormat::Mcuboot)),
        // The bootloaders of these platforms start no other format, so the policy does not apply (R-IMG-4).
        Err(ImageError::Unrecognised { size }) if starts_one_format(&product.platform) => {
            Err(UploadRefused::NoImage { size, platform: product.platform.clone() })
        }
        Err(ImageError::Unrecognised { .. }) if product.policy.opaque_images => Ok(facts(ImageFormat::Opaque)),
        Err(error) => Err(UploadRefused::Image(error)),
    }
}

fn examine_particle(
    module: &Module,
    product: &Product,
    entered: FirmwareVersion,
    facts: ImageFacts,
) -> Result<ImageFacts, UploadRefused> {
    let Platform::Particle(platform) = product.platform else { return Err(other_format(facts.format, product)) };
    check_module(module, platform, product, entered)?;
    let own = module.suffix.product.is_some_and(|fields| u32::from(fields.id) == product.id.get());
    Ok(ImageFacts { embedded: vec![module.suffix.sha256], wildcard: !own, ..facts })
}

fn examine_esp_idf(app: AppImage, product: &Product, facts: ImageFacts) -> Result<ImageFacts, UploadRefused> {
    let chip = Platform::EspIdf(app.chip.number());
    if !matches!(product.platform, Platform::EspIdf(_)) {
        return Err(other_format(facts.format, product));
    }
    if chip != product.platform {
        return Err(UploadRefused::OtherPlatform { image: chip, product: product.platform.clone() });
    }
    if app.trailing == Trailing::Other {
        let (length, size) = (app.image_length, app.size);
        return Err(UploadRefused::Image(AppImageError::Followed { length, size }.into()));
    }
    let (min_chip_revision, max_chip_revision) = chip_revisions(&app);
    let embedded = app.app.iter().map(|app| app.elf_sha256);
    let embedded = embedded.chain(app.digest.map(|digest| digest.stored)).collect();
    let (version, project, security_counter) = match app.app {
        Some(app) => (app.version, app.project_name, app.secure_version),
        None => (String::new(), String::new(), 0),
    };
    Ok(ImageFacts {
        embedded,
        security_counter,
        own_version: Some(version).filter(|version| !version.is_empty()),
        project: Some(project).filter(|name| !name.is_empty()),
        min_chip_revision,
        max_chip_revision,
        ..facts
    })
}

fn examine_mcuboot(
    image: &McubootImage,
    product: &Product,
    binary: &[u8],
    facts: ImageFacts,
) -> Result<ImageFacts, UploadRefused> {
    if !matches!(product.platform, Platform::Mcuboot(_)) {
        return Err(other_format(facts.format, product));
    }
    if image.trailing == Trailing::Other {
        let (length, size) = (image.image_length, image.size);
        return Err(UploadRefused::Image(McubootError::Followed { length, size }.into()));
    }
    // A device reports a hash of 32 bytes. If its bootloader checks a longer hash, the device reports the SHA-256 of
    // the same bytes.
    let hash = match image.hash {
        ImageHash::Sha256 { stored, .. } => stored,
        ImageHash::Sha384 { .. } | ImageHash::Sha512 { .. } => {
            Sha256::of(binary.get(..image.hashed_length).unwrap_or_default())
        }
    };
    Ok(ImageFacts {
        embedded: vec![hash],
        security_counter: image.security_counter.unwrap_or(0),
        own_version: Some(image.version.to_string()),
        ..facts
    })
}

/// Whether the platform's bootloader starts only images of its own format.
fn starts_one_format(platform: &Platform) -> bool {
    matches!(platform, Platform::EspIdf(_) | Platform::Mcuboot(_))
}

/// The chip revisions that an image runs on, 100 × major + minor. Images from before full revisions state only the
/// lowest major one.
fn chip_revisions(app: &AppImage) -> (Option<u16>, Option<u16>) {
    let (least, most) = app.revisions;
    let least = least.max(u16::from(app.least_revision) * 100);
    let most = Some(most).filter(|most| *most != 0 && *most != u16::MAX);
    (Some(least).filter(|least| *least != 0), most)
}

fn other_format(format: ImageFormat, product: &Product) -> UploadRefused {
    let article = if format == ImageFormat::Particle { "a" } else { "an" };
    UploadRefused::OtherFormat { format, article, platform: product.platform.clone() }
}

/// Compares a Particle module with a product (R-IMG-2).
fn check_module(
    module: &Module,
    platform: u16,
    product: &Product,
    entered: FirmwareVersion,
) -> Result<(), UploadRefused> {
    let compiled_for = module.prefix.platform_id;
    if compiled_for != platform {
        return Err(UploadRefused::OtherPlatform {
            image: Platform::Particle(compiled_for),
            product: product.platform.clone(),
        });
    }
    let Some(fields) = module.suffix.product.filter(|fields| !fields.are_unset()) else {
        return Err(UploadRefused::MacroMissing { product: product.id, entered });
    };
    if u32::from(fields.id) != product.id.get() {
        if fields.id != platform {
            return Err(UploadRefused::OtherProduct { image: fields.id, product: product.id });
        }
        if !product.policy.wildcard_product {
            return Err(UploadRefused::Wildcard { platform, product: product.id });
        }
    }
    if fields.version != entered.get() {
        return Err(UploadRefused::OtherVersion { image: fields.version, entered, highest: 0 });
    }
    match product.platform.user_part_limit() {
        Some(limit) if module.prefix.function == ModuleFunction::UserPart && module.size > limit => {
            Err(UploadRefused::OverFlash { bytes: module.size, platform: product.platform.clone(), limit })
        }
        _ => Ok(()),
    }
}

impl ImageFacts {
    fn new(format: ImageFormat, binary: &[u8]) -> Self {
        Self {
            format,
            size: binary.len() as u64,
            sha256: Sha256::of(binary),
            embedded: Vec::new(),
            security_counter: 0,
            own_version: None,
            project: None,
            min_chip_revision: None,
            max_chip_revision: None,
            wildcard: false,
        }
    }
}

impl FirmwareIndex {
    /// Titles are distinct within a product, ignoring case (R-IMG-7).
    pub(super) fn check_title(&self, title: &str, but: Option<FirmwareVersion>) -> Result<(), Error> {
        let wanted = text::compared(title);
        let holder = self.iter().find(|other| Some(other.version) != but && text::compared(&other.title) == wanted);
        match holder {
            Some(other) => Err(ErrorKind::Taken { what: "title", value: other.title.clone() }.into()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_is_not_above_the_highest_gets_the_next_one_as_advice() {
        let message = |entered, highest| {
            let entered = FirmwareVersion::new(entered).unwrap();
            UploadRefused::VersionNotGreater { entered, highest }.to_string()
        };
        assert_eq!(message(1, 2), "version 1 is not above 2, the highest uploaded so far: compile it as 3 or higher");
        assert!(message(1, 65_533).ends_with("compile it as 65534 or higher"), "{}", message(1, 65_533));
        assert!(message(1, 65_534).ends_with("continue in a new product"), "{}", message(1, 65_534));
    }
}
