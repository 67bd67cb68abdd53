//! Parses modules of Particle devices (R-IMG-2).
//!
//! A module is a prefix (what it is and what it needs), content, and a suffix that ends in a SHA-256 and a CRC-32.
//! [`read_module`] returns these facts even for a module that is damaged or is not a product's firmware;
//! [`Module::accept`] checks whether it may be one.

mod error;
mod extension;
mod prefix;
mod system_release;

pub use error::ModuleError;
pub use extension::{Content, Extension, ExtensionFault, MAX_EXTENSIONS};
pub use prefix::{Dependency, ModuleFlags, ModuleFunction, Prefix};
pub use system_release::system_release;

use super::trailing::is_erased;
use crate::cursor::Cursor;
use crate::firmware::Sha256;
use extension::Extensions;
use prefix::LEAST_TAIL;

/// The facts in a Particle module, with its stored and computed checksums.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Module {
    /// Size of the file in bytes.
    pub size: usize,
    /// The result of comparing the file's size with the size that the module states.
    pub extent: Extent,
    /// What the module is and what it needs.
    pub prefix: Prefix,
    /// The product it was compiled for, and its hash.
    pub suffix: Suffix,
    /// The CRC-32 in its last four bytes.
    pub stored_crc: u32,
    /// The CRC-32 of all bytes before those.
    pub computed_crc: u32,
    /// The SHA-256 of all bytes before the suffix's own fields.
    pub computed_sha256: Sha256,
    /// Why an extension could not be parsed.
    pub extension_fault: Option<ExtensionFault>,
}

/// The suffix of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suffix {
    /// The product fields; `None` if the suffix has none.
    pub product: Option<ProductFields>,
    /// Reserved; 0.
    pub reserved: u16,
    /// The stored SHA-256.
    pub sha256: Sha256,
    /// Its size in bytes, without the CRC: 36, 40 with the product, more with extensions; 65535 means padding instead
    /// of a suffix.
    pub size: u16,
    /// Its extensions.
    pub extensions: Vec<Extension>,
}

/// The product for which a firmware was compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProductFields {
    /// The product's id; the platform's id if the firmware fits any product of the platform.
    pub id: u16,
    /// The product version.
    pub version: u16,
}

impl ProductFields {
    /// Whether the macro that sets them is missing in the source, so that both still have the compiler's filler, 65535
    /// or 0 (R-IMG-2).
    pub const fn are_unset(self) -> bool {
        matches!((self.id, self.version), (0 | u16::MAX, 0 | u16::MAX))
    }
}

/// The result of comparing a file's size with the size that its module states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Extent {
    /// They are equal.
    Exact,
    /// The file is shorter.
    CutShort {
        /// Size by the module's prefix, in bytes.
        stated: u64,
    },
    /// The rest of the file is `FF`.
    Padded {
        /// Size by the module's prefix, in bytes.
        stated: u64,
    },
    /// Another module follows.
    Combined {
        /// Size by the first module's prefix, in bytes.
        stated: u64,
    },
    /// Something else follows.
    Followed {
        /// Size by the module's prefix, in bytes.
        stated: u64,
    },
    /// No prefix that states a size was found.
    Unknown,
}

/// Parses a module, complete or not. Fails only below 44 bytes, where no suffix fits.
///
/// ```
/// use fleet_core::firmware::image::particle::{ModuleFunction, read_module};
///
/// let bytes = include_bytes!("../../../../tests/vectors/firmware/particle/electron_p1319_v7_2deps.bin");
/// let module = read_module(bytes)?;
/// assert_eq!(module.prefix.function, ModuleFunction::UserPart);
/// assert_eq!(module.suffix.product.map(|product| (product.id, product.version)), Some((1319, 7)));
/// assert_eq!(module.prefix.dependencies[0].to_string(), "system 1.2.1-rc.1");
/// assert_eq!(module.accept(), Ok(()));
/// # Ok::<(), fleet_core::firmware::image::particle::ModuleError>(())
/// ```
pub fn read_module(bytes: &[u8]) -> Result<Module, ModuleError> {
    let short = ModuleError::TooShort { size: bytes.len() };
    let mut prefix = Prefix::locate(bytes).ok_or(short)?;
    let (content, stored_crc) = bytes.split_last_chunk::<4>().ok_or(short)?;
    let (hashed, _) = bytes.split_last_chunk::<SELF_SIZE>().ok_or(short)?;
    let (suffix, suffix_fault) = Suffix::read(bytes).ok_or(short)?;
    let prefix_fault = prefix.read_extensions(bytes);
    Ok(Module {
        size: bytes.len(),
        extent: Extent::of(bytes, &prefix),
        prefix,
        suffix,
        stored_crc: u32::from_be_bytes(*stored_crc),
        computed_crc: crc32fast::hash(content),
        computed_sha256: Sha256::of(hashed),
        extension_fault: prefix_fault.or(suffix_fault),
    })
}

/// Whether a prefix fits the file exactly, which is how a module is recognised.
pub(super) fn is_module(bytes: &[u8]) -> bool {
    Prefix::locate(bytes).is_some_and(|prefix| prefix.fits_exactly(bytes.len()))
}

/// A module that does not fit its file but has a plausible prefix; or one with values that no module has but with a
/// right length and CRC. A right CRC alone is not enough, because other toolchains append one too. Call it only if no
/// other format is recognised.
pub(super) fn read_damaged_module(bytes: &[u8]) -> Option<Module> {
    let module = read_module(bytes).ok()?;
    let plausible = module.prefix.is_plausible() || matches!(module.extent, Extent::CutShort { .. });
    (plausible || module.extent == Extent::Exact && module.has_right_crc()).then_some(module)
}

/// Size of the fields at the very end that the SHA-256 does not cover: itself, the suffix size, the CRC.
const SELF_SIZE: usize = 32 + 2 + 4;

/// The minimum valid suffix size, and the minimum with product fields.
const LEAST_SUFFIX: u16 = 36;
const PRODUCT_SUFFIX: u16 = 40;

impl Module {
    /// Whether the CRC of the whole file is right.
    pub const fn has_right_crc(&self) -> bool {
        self.stored_crc == self.computed_crc
    }

    /// Whether the SHA-256 of the content is right.
    pub fn has_right_sha256(&self) -> bool {
        self.suffix.sha256 == self.computed_sha256
    }

    /// Whether it was compiled for any product of its platform: its product id is the platform's (R-IMG-2).
    pub fn is_wildcard(&self) -> bool {
        self.suffix.product.is_some_and(|product| product.id == self.prefix.platform_id && !product.are_unset())
    }

    /// All modules that this one needs: the two of the prefix, and those in extensions.
    pub fn dependencies(&self) -> impl Iterator<Item = Dependency> {
        let extended = self.extensions().filter_map(|extension| match extension.content {
            Content::Dependency { dependency, .. } => Some(dependency),
            _ => None,
        });
        self.prefix.dependencies.into_iter().chain(extended).filter(Dependency::is_some)
    }

    /// The extensions of the prefix, then those of the suffix.
    pub fn extensions(&self) -> impl Iterator<Item = &Extension> {
        self.prefix.extensions.iter().chain(&self.suffix.extensions)
    }

    /// Checks whether this may be a product's firmware (R-IMG-2): one complete module with a right CRC *and* a right
    /// SHA-256, not encrypted, a user part or monolithic.
    ///
    /// The prefix's statements count only once the CRC is right: before that, they may be the result of damage.
    pub fn accept(&self) -> Result<(), ModuleError> {
        let Self { size, .. } = *self;
        match self.extent {
            Extent::Exact => {}
            Extent::CutShort { stated } => return Err(ModuleError::CutShort { stated, size }),
            Extent::Padded { stated } => return Err(ModuleError::Padded { stated, size }),
            Extent::Combined { .. } => return Err(ModuleError::Combined),
            Extent::Followed { stated } => return Err(ModuleError::Followed { stated, size }),
            Extent::Unknown => return Err(ModuleError::NoPrefix),
        }
        if !self.has_right_crc() {
            return Err(ModuleError::CrcMismatch { stored: self.stored_crc, computed: self.computed_crc });
        }
        if !self.prefix.flags.are_known() {
            return Err(ModuleError::UnknownFlags { flags: self.prefix.flags });
        }
        if self.prefix.flags.is_combined() {
            return Err(ModuleError::Combined);
        }
        if self.prefix.flags.is_encrypted() {
            return Err(ModuleError::Encrypted);
        }
        if !self.prefix.function.is_product_firmware() {
            return Err(ModuleError::NotProductFirmware(self.prefix.function));
        }
        if !self.has_suffix() {
            return Err(ModuleError::NoSuffix { stated: self.suffix.size });
        }
        if !self.has_right_sha256() {
            let (stored, computed) = (self.suffix.sha256, self.computed_sha256);
            return Err(ModuleError::Sha256Mismatch { stored, computed });
        }
        self.extension_fault.map_or(Ok(()), |fault| Err(ModuleError::Extension(fault)))
    }

    /// Whether the suffix states a size that is possible in this file.
    pub fn has_suffix(&self) -> bool {
        let before = self.prefix.offset.saturating_add(self.prefix.size).saturating_add(4);
        let most = self.size.saturating_sub(before);
        self.suffix.size >= LEAST_SUFFIX && self.suffix.size != u16::MAX && usize::from(self.suffix.size) <= most
    }
}

impl Suffix {
    fn read(bytes: &[u8]) -> Option<(Self, Option<ExtensionFault>)> {
        let mut fields = Cursor::new(bytes.last_chunk::<44>()?);
        let product = ProductFields { id: fields.u16()?, version: fields.u16()? };
        let reserved = fields.u16()?;
        let sha256 = Sha256::new(fields.array()?);
        let size = fields.u16()?;
        let product = (size >= PRODUCT_SUFFIX).then_some(product);
        let Extensions { found: extensions, fault, .. } = Self::read_extensions(bytes, size);
        Some((Self { product, reserved, sha256, size, extensions }, fault))
    }

    fn read_extensions(bytes: &[u8], suffix_size: u16) -> Extensions {
        if suffix_size <= PRODUCT_SUFFIX || suffix_size == u16::MAX {
            return Extensions::default();
        }
        let start = bytes.len().saturating_sub(usize::from(suffix_size).saturating_add(4));
        let end = bytes.len().saturating_sub(LEAST_TAIL);
        match bytes.get(start..end) {
            Some(area) if start > 0 => Extensions::read(area, start),
            _ => Extensions::default(),
        }
    }
}

impl Extent {
    fn of(bytes: &[u8], prefix: &Prefix) -> Self {
        let unknown = || match Prefix::stated_by_a_longer_module(bytes) {
            Some(stated) => Self::CutShort { stated },
            None => Self::Unknown,
        };
        let Some(stated) = prefix.module_length() else { return unknown() };
        let rest = usize::try_from(stated).ok().and_then(|stated| bytes.get(stated..));
        match rest {
            None => unknown(),
            Some([]) => Self::Exact,
            Some(_) if !prefix.is_plausible() => unknown(),
            Some(rest) if is_erased(rest) => Self::Padded { stated },
            Some(rest) if begins_with_a_module(rest) => Self::Combined { stated },
            Some(_) => Self::Followed { stated },
        }
    }
}

/// Whether the bytes begin with a complete module with a right CRC.
fn begins_with_a_module(bytes: &[u8]) -> bool {
    let length = Prefix::locate(bytes).filter(|prefix| prefix.is_plausible() || prefix.fits_exactly(bytes.len()));
    let length = length.and_then(|prefix| usize::try_from(prefix.module_length()?).ok());
    let module = length.and_then(|length| bytes.get(..length)).and_then(<[u8]>::split_last_chunk::<4>);
    module.is_some_and(|(content, crc)| u32::from_be_bytes(*crc) == crc32fast::hash(content))
}
