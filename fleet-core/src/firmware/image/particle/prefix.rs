//! Parses the prefix of a Particle module: 24 bytes that state what it is and what it needs.

use super::extension::{Extension, ExtensionFault, Extensions};
use super::system_release;
use crate::cursor::Cursor;
use std::fmt;

/// The facts in a module's prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// Its position in the file: 0, or after a vector table.
    pub offset: usize,
    /// Its size in bytes: 24, plus its extensions.
    pub size: usize,
    /// The first address of the module.
    pub start: u32,
    /// The address after the module, where its CRC is.
    pub end: u32,
    /// Reserved; on some platforms, the processor for which it is made.
    pub reserved: u8,
    /// How the module is packed.
    pub flags: ModuleFlags,
    /// The version of the module's interface; not the product version.
    pub module_version: u16,
    /// The platform it was compiled for.
    pub platform_id: u16,
    /// The kind of module.
    pub function: ModuleFunction,
    /// Its number among the modules of this function.
    pub index: u8,
    /// The modules that it needs; a dependency on [`ModuleFunction::None`] means none.
    pub dependencies: [Dependency; 2],
    /// Its extensions; empty if the flag for them is not set.
    pub extensions: Vec<Extension>,
}

/// The kind of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModuleFunction {
    /// 0: nothing. Only a dependency can have this value, which means that there is none.
    None,
    /// 1
    Resource,
    /// 2
    Bootloader,
    /// 3: system and user firmware in one.
    Monolithic,
    /// 4
    SystemPart,
    /// 5: the compiled program of a user.
    UserPart,
    /// 6
    Settings,
    /// 7: firmware of a network co-processor.
    NetworkCoprocessor,
    /// 8
    RadioStack,
    /// 9: a file that accompanies a firmware.
    Asset,
    /// A function that no known module has.
    Unknown(
        /// The stored code.
        u8,
    ),
}

/// How a module is packed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ModuleFlags(u8);

/// A module that another one needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The kind of the needed module.
    pub function: ModuleFunction,
    /// Its number among the modules of this function.
    pub index: u8,
    /// Its lowest module version.
    pub version: u16,
}

impl From<u8> for ModuleFunction {
    fn from(code: u8) -> Self {
        match code {
            0 => Self::None,
            1 => Self::Resource,
            2 => Self::Bootloader,
            3 => Self::Monolithic,
            4 => Self::SystemPart,
            5 => Self::UserPart,
            6 => Self::Settings,
            7 => Self::NetworkCoprocessor,
            8 => Self::RadioStack,
            9 => Self::Asset,
            code => Self::Unknown(code),
        }
    }
}

impl ModuleFunction {
    /// The code that a module stores for it.
    pub const fn code(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Resource => 1,
            Self::Bootloader => 2,
            Self::Monolithic => 3,
            Self::SystemPart => 4,
            Self::UserPart => 5,
            Self::Settings => 6,
            Self::NetworkCoprocessor => 7,
            Self::RadioStack => 8,
            Self::Asset => 9,
            Self::Unknown(code) => code,
        }
    }

    /// Whether modules of this kind are a product's firmware: only user parts and monolithic modules are (R-IMG-2).
    pub const fn is_product_firmware(self) -> bool {
        matches!(self, Self::UserPart | Self::Monolithic)
    }

    const fn is_known(self) -> bool {
        !matches!(self, Self::Unknown(_))
    }
}

impl fmt::Display for ModuleFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("nothing"),
            Self::Resource => f.write_str("resource"),
            Self::Bootloader => f.write_str("bootloader"),
            Self::Monolithic => f.write_str("monolithic firmware"),
            Self::SystemPart => f.write_str("system part"),
            Self::UserPart => f.write_str("user part"),
            Self::Settings => f.write_str("settings"),
            Self::NetworkCoprocessor => f.write_str("network co-processor firmware"),
            Self::RadioStack => f.write_str("radio stack"),
            Self::Asset => f.write_str("asset"),
            Self::Unknown(code) => write!(f, "module of unknown function {code}"),
        }
    }
}

impl ModuleFlags {
    const DROP_PREFIX: u8 = 0x01;
    const COMPRESSED: u8 = 0x02;
    const COMBINED: u8 = 0x04;
    const ENCRYPTED: u8 = 0x08;
    const PREFIX_EXTENSIONS: u8 = 0x10;

    /// The stored byte.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether the device drops the prefix when it writes the module to its destination.
    pub const fn drops_prefix(self) -> bool {
        self.has(Self::DROP_PREFIX)
    }

    /// Whether the content is compressed. Only the outer fields are parsed.
    pub const fn is_compressed(self) -> bool {
        self.has(Self::COMPRESSED)
    }

    /// Whether it is one of several modules in a file.
    pub const fn is_combined(self) -> bool {
        self.has(Self::COMBINED)
    }

    /// Whether the content is encrypted.
    pub const fn is_encrypted(self) -> bool {
        self.has(Self::ENCRYPTED)
    }

    /// Whether extensions follow the prefix.
    pub const fn has_prefix_extensions(self) -> bool {
        self.has(Self::PREFIX_EXTENSIONS)
    }

    const fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }

    /// Whether all set bits have a known meaning.
    pub const fn are_known(self) -> bool {
        self.0 <= 0x1F
    }
}

impl fmt::Debug for ModuleFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ModuleFlags({:#04x})", self.0)
    }
}

impl Dependency {
    /// Whether any module is needed.
    pub fn is_some(&self) -> bool {
        self.function != ModuleFunction::None
    }

    /// The system release with the needed version, if a system part is needed and the release is known.
    pub fn system_release(&self) -> Option<&'static str> {
        (self.function == ModuleFunction::SystemPart).then(|| system_release(self.version)).flatten()
    }

    /// Whether the fields are consistent: an absent dependency has neither an index nor a version.
    fn is_well_formed(&self) -> bool {
        self.is_some() || (self.index == 0 && self.version == 0)
    }
}

impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.system_release() {
            Some(release) => write!(f, "system {release}"),
            None => write!(f, "{} {} version {}", self.function, self.index, self.version),
        }
    }
}

/// The platforms whose modules have this prefix, by Particle's own table of devices.
const PLATFORMS: [u16; 18] = [0, 6, 8, 10, 12, 13, 14, 15, 22, 23, 24, 25, 26, 28, 32, 35, 37, 38];

/// The usual ends of the processors' vector tables, the most frequent first; 0 means no table.
const USUAL_OFFSETS: [usize; 6] = [0, 0x200, 0x184, 0xC0, 0x10C, 0x20];

/// Maximum length of a vector table.
const LAST_OFFSET: usize = 8 * 1024;

/// Size of the fixed part.
pub(super) const PREFIX_SIZE: usize = 24;

/// The smallest suffix (36 bytes) and the CRC after it.
pub(super) const LEAST_TAIL: usize = 40;

impl Prefix {
    /// Parses the fixed part at `offset`.
    fn at(bytes: &[u8], offset: usize) -> Option<Self> {
        let mut fields = Cursor::at(bytes, offset)?;
        let (start, end) = (fields.u32()?, fields.u32()?);
        let (reserved, flags) = (fields.u8()?, ModuleFlags(fields.u8()?));
        let (module_version, platform_id) = (fields.u16()?, fields.u16()?);
        let (function, index) = (ModuleFunction::from(fields.u8()?), fields.u8()?);
        let mut dependency = || {
            let function = ModuleFunction::from(fields.u8()?);
            Some(Dependency { function, index: fields.u8()?, version: fields.u16()? })
        };
        let dependencies = [dependency()?, dependency()?];
        Some(Self {
            offset,
            size: PREFIX_SIZE,
            start,
            end,
            reserved,
            flags,
            module_version,
            platform_id,
            function,
            index,
            dependencies,
            extensions: Vec::new(),
        })
    }

    /// Finds the prefix: the first position where all fields are plausible, otherwise the position where most are,
    /// otherwise the beginning of the file. `None` if the file is shorter than a prefix.
    ///
    /// A combined, padded or damaged file has no position where all fields are plausible; the result still describes
    /// what it seems to be.
    pub(super) fn locate(bytes: &[u8]) -> Option<Self> {
        let last = LAST_OFFSET.min(bytes.len().saturating_sub(PREFIX_SIZE.saturating_add(LEAST_TAIL)));
        let mut best = Self::at(bytes, 0)?;
        let mut best_likeness = 0;
        for offset in USUAL_OFFSETS.into_iter().chain((4..=last).step_by(4)) {
            let Some(prefix) = Self::at(bytes, offset) else { continue };
            let likeness = prefix.likeness(bytes.len());
            if likeness > best_likeness {
                (best, best_likeness) = (prefix, likeness);
            }
            if likeness == MOST_LIKENESS {
                break;
            }
        }
        Some(best)
    }

    /// Parses the extensions that follow the fixed part in the file `bytes`. Returns why it stopped early, if it did.
    pub(super) fn read_extensions(&mut self, bytes: &[u8]) -> Option<ExtensionFault> {
        if !self.flags.has_prefix_extensions() {
            return None;
        }
        let until = bytes.len().saturating_sub(LEAST_TAIL);
        let area = bytes.get(self.offset.saturating_add(PREFIX_SIZE)..until).unwrap_or_default();
        let read = Extensions::read_closed(area, PREFIX_SIZE);
        self.size = PREFIX_SIZE.saturating_add(read.size);
        self.extensions = read.found;
        read.fault
    }

    /// Size of the module in bytes, including its CRC, by its own addresses; `None` if it ends before it starts.
    ///
    /// The size counts from the first byte of the file, including a vector table before the prefix.
    pub fn module_length(&self) -> Option<u64> {
        self.end.checked_sub(self.start).filter(|length| *length > 0).map(|length| u64::from(length).saturating_add(4))
    }

    /// Whether the prefix fits a file of `size` bytes exactly, and its flags and function are known.
    pub(super) fn fits_exactly(&self, size: usize) -> bool {
        self.module_length() == u64::try_from(size).ok()
            && self.flags.are_known()
            && self.function.is_known()
            && self.function != ModuleFunction::None
    }

    /// Whether every field has a value that modules have, except possibly the length.
    pub(super) fn is_plausible(&self) -> bool {
        let [first, second] = self.dependencies;
        // No module is at address 0, and raw binaries often have tables of small numbers.
        let is_placed = self.start != 0 && (self.platform_id != 0 || USUAL_OFFSETS.contains(&self.offset));
        is_placed
            && self.module_length().is_some()
            && self.function != ModuleFunction::None
            && first.is_well_formed()
            && second.is_well_formed()
            && self.likely_fields() == MOST_LIKELY_FIELDS
    }

    /// The length by a plausible prefix at a usual position, if that exceeds the file.
    pub(super) fn stated_by_a_longer_module(bytes: &[u8]) -> Option<u64> {
        let size = u64::try_from(bytes.len()).ok()?;
        USUAL_OFFSETS
            .into_iter()
            .filter_map(|offset| Self::at(bytes, offset))
            .filter(Self::is_plausible)
            .find_map(|prefix| prefix.module_length().filter(|length| *length > size))
    }

    /// How similar this is to the prefix of a file of `size` bytes, from 0 (not at all) to [`MOST_LIKENESS`] (fully).
    fn likeness(&self, size: usize) -> usize {
        let [first, second] = self.dependencies;
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        match self.module_length() {
            Some(length)
                if length <= size
                    && self.function != ModuleFunction::None
                    && first.is_well_formed()
                    && second.is_well_formed() =>
            {
                self.likely_fields().saturating_add(usize::from(length == size)).saturating_add(1)
            }
            _ => 0,
        }
    }

    fn likely_fields(&self) -> usize {
        let [first, second] = self.dependencies;
        [
            PLATFORMS.contains(&self.platform_id),
            self.function.is_known(),
            first.function.is_known(),
            second.function.is_known(),
            self.flags.are_known(),
        ]
        .into_iter()
        .filter(|likely| *likely)
        .count()
    }
}

const MOST_LIKELY_FIELDS: usize = 5;
const MOST_LIKENESS: usize = MOST_LIKELY_FIELDS + 2;
