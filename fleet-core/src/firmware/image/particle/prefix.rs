//! The prefix of a Particle module: 24 bytes that say what it is and what it needs.

use super::extension::{Extension, ExtensionFault, Extensions};
use super::system_release;
use crate::cursor::Cursor;
use std::fmt;

/// What a module's prefix says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// Where it begins in the file: 0, or behind a vector table.
    pub offset: usize,
    /// Its bytes: 24, and those of its extensions.
    pub size: usize,
    /// First address of the module.
    pub start: u32,
    /// The address behind the module, where its CRC is.
    pub end: u32,
    /// Reserved; the processor it is for, on some platforms.
    pub reserved: u8,
    /// How the module is packed.
    pub flags: ModuleFlags,
    /// Version of the module's interface. Not the product version.
    pub module_version: u16,
    /// The platform it was compiled for.
    pub platform_id: u16,
    /// What the module is.
    pub function: ModuleFunction,
    /// Which of the modules of this function it is.
    pub index: u8,
    /// The modules it needs; a dependency on [`ModuleFunction::None`] is none.
    pub dependencies: [Dependency; 2],
    /// Its extensions; none without the flag for them.
    pub extensions: Vec<Extension>,
}

/// What a module is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModuleFunction {
    /// 0: nothing. Only a dependency can be this: it means that there is none.
    None,
    /// 1
    Resource,
    /// 2
    Bootloader,
    /// 3: system and user firmware in one.
    Monolithic,
    /// 4
    SystemPart,
    /// 5: what a compiler makes of a user's program.
    UserPart,
    /// 6
    Settings,
    /// 7: firmware of a network co-processor.
    NetworkCoprocessor,
    /// 8
    RadioStack,
    /// 9: a file that goes along with a firmware.
    Asset,
    /// A function that no module of today has.
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
    /// What the needed module is.
    pub function: ModuleFunction,
    /// Which of them.
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
    /// The code a module stores for it.
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

    /// Only user parts and monolithic modules are a product's firmware (R-IMG-2).
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

    /// The device leaves the prefix out when it writes the module to its place.
    pub const fn drops_prefix(self) -> bool {
        self.has(Self::DROP_PREFIX)
    }

    /// The content is compressed. Only the outer fields are read.
    pub const fn is_compressed(self) -> bool {
        self.has(Self::COMPRESSED)
    }

    /// One of several modules in a file.
    pub const fn is_combined(self) -> bool {
        self.has(Self::COMBINED)
    }

    /// The content is encrypted.
    pub const fn is_encrypted(self) -> bool {
        self.has(Self::ENCRYPTED)
    }

    /// Extensions follow the prefix.
    pub const fn has_prefix_extensions(self) -> bool {
        self.has(Self::PREFIX_EXTENSIONS)
    }

    const fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }

    /// No bits but those that have a meaning today.
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
    /// Whether a module is needed at all.
    pub fn is_some(&self) -> bool {
        self.function != ModuleFunction::None
    }

    /// The system release that brings the needed version, if a system part is needed and the release is known.
    pub fn system_release(&self) -> Option<&'static str> {
        (self.function == ModuleFunction::SystemPart).then(|| system_release(self.version)).flatten()
    }

    /// An absent dependency has neither index nor version.
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

/// Platforms whose modules this prefix was made for, by Particle's own table of devices.
const PLATFORMS: [u16; 18] = [0, 6, 8, 10, 12, 13, 14, 15, 22, 23, 24, 25, 26, 28, 32, 35, 37, 38];

/// Where the vector tables of the processors end, the likeliest first; 0 is no table.
const USUAL_OFFSETS: [usize; 6] = [0, 0x200, 0x184, 0xC0, 0x10C, 0x20];

/// No vector table is longer.
const LAST_OFFSET: usize = 8 * 1024;

/// The fixed part.
pub(super) const PREFIX_SIZE: usize = 24;

/// The smallest suffix (36 bytes) and the CRC behind it.
pub(super) const LEAST_TAIL: usize = 40;

impl Prefix {
    /// Reads the fixed part at `offset`.
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

    /// Finds the prefix: the first place where all of it is right, else the first where most of it is, else
    /// the beginning of the file. `None` if the file is shorter than a prefix.
    ///
    /// A combined, padded or damaged file has no place where all is right, and is still told what it seems to be.
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

    /// Reads the extensions that follow the fixed part in `bytes`, the file; says what stopped it.
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

    /// Bytes of the module, its CRC included, by its own addresses; `None` if it ends before it starts.
    ///
    /// They count from the first byte of the file, a vector table before the prefix included.
    pub fn module_length(&self) -> Option<u64> {
        self.end.checked_sub(self.start).filter(|length| *length > 0).map(|length| u64::from(length).saturating_add(4))
    }

    /// The prefix fits a file of `size` bytes exactly, and its flags and function are known ones.
    pub(super) fn is_believed(&self, size: usize) -> bool {
        self.module_length() == u64::try_from(size).ok()
            && self.flags.are_known()
            && self.function.is_known()
            && self.function != ModuleFunction::None
    }

    /// Every field has a value that modules have; only the length may be another.
    pub(super) fn is_plausible(&self) -> bool {
        let [first, second] = self.dependencies;
        // No module is at address 0, and tables of small numbers abound in raw binaries.
        let is_placed = self.start != 0 && (self.platform_id != 0 || USUAL_OFFSETS.contains(&self.offset));
        is_placed
            && self.module_length().is_some()
            && self.function != ModuleFunction::None
            && first.is_well_formed()
            && second.is_well_formed()
            && self.likely_fields() == MOST_LIKELY_FIELDS
    }

    /// The length of a plausible prefix at a usual place that states more than the file has.
    pub(super) fn stated_by_a_longer_module(bytes: &[u8]) -> Option<u64> {
        let size = u64::try_from(bytes.len()).ok()?;
        USUAL_OFFSETS
            .into_iter()
            .filter_map(|offset| Self::at(bytes, offset))
            .filter(Self::is_plausible)
            .find_map(|prefix| prefix.module_length().filter(|length| *length > size))
    }

    /// How much this looks like the prefix of a file of `size` bytes: 0 not at all, [`MOST_LIKENESS`] fully.
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
