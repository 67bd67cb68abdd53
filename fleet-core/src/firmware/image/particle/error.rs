//! Why a Particle module is not a product's firmware.

use super::{ExtensionFault, ModuleFlags, ModuleFunction};
use crate::firmware::Sha256;

/// Why a Particle module is refused as a product's firmware (R-IMG-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModuleError {
    /// Shorter than the end of every module.
    #[error("a particle module has at least 44 bytes, this has {size}; compile again, the file was cut short")]
    TooShort {
        /// Bytes of the file.
        size: usize,
    },
    /// The CRC is right, and no prefix says what this is.
    #[error("this ends like a particle module and has no module prefix; upload the .bin the compiler made, unchanged")]
    NoPrefix,
    /// Fewer bytes than the module states.
    #[error(
        "the module states {stated} bytes and the file has {size}; download or compile again, the file was cut short"
    )]
    CutShort {
        /// Bytes the module states.
        stated: u64,
        /// Bytes of the file.
        size: usize,
    },
    /// Filled up with `FF`.
    #[error(
        "the module states {stated} bytes and the file is padded to {size}; upload the .bin the compiler made, without padding"
    )]
    Padded {
        /// Bytes the module states.
        stated: u64,
        /// Bytes of the file.
        size: usize,
    },
    /// More bytes than the module states.
    #[error(
        "the module states {stated} bytes and the file has {size}; upload the .bin the compiler made, with nothing behind it"
    )]
    Followed {
        /// Bytes the module states.
        stated: u64,
        /// Bytes of the file.
        size: usize,
    },
    /// Several modules end to end, or a piece of such a file.
    #[error("this is a combined image of several modules; upload the user part alone")]
    Combined,
    /// The CRC is wrong.
    #[error(
        "the stored crc is {stored:08x} and the file's is {computed:08x}; compile again, the file was damaged on its way"
    )]
    CrcMismatch {
        /// In the last four bytes.
        stored: u32,
        /// Of all bytes before.
        computed: u32,
    },
    /// Packed in a way that this library does not know.
    #[error(
        "the module is packed in an unknown way ({flags:?}); update this library, or compile with an older toolchain"
    )]
    UnknownFlags {
        /// All flags of the module.
        flags: ModuleFlags,
    },
    /// The content is encrypted.
    #[error("this module is encrypted; upload it as the compiler made it")]
    Encrypted,
    /// Another kind of module.
    #[error("this is a particle {0}; upload the application: a user part, or monolithic firmware")]
    NotProductFirmware(
        /// What it is.
        ModuleFunction,
    ),
    /// No suffix, so no hash and no product.
    #[error("the module has no suffix (its size field says {stated}); compile again with a current toolchain")]
    NoSuffix {
        /// The size field.
        stated: u16,
    },
    /// The CRC is right and the SHA-256 is not: changed after it was compiled.
    #[error(
        "the stored sha-256 is {stored} and the content's is {computed}; compile again, the file was changed after it was made"
    )]
    Sha256Mismatch {
        /// In the suffix.
        stored: Sha256,
        /// Of the content.
        computed: Sha256,
    },
    /// An extension can't be read.
    #[error("{0}; compile again with a current toolchain")]
    Extension(
        /// What is wrong with it.
        ExtensionFault,
    ),
}

impl ModuleError {
    /// A name that stays the same from release to release.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "particle_too_short",
            Self::NoPrefix => "particle_no_prefix",
            Self::CutShort { .. } => "particle_cut_short",
            Self::Padded { .. } => "particle_padded",
            Self::Followed { .. } => "particle_trailing_bytes",
            Self::Combined => "particle_combined",
            Self::CrcMismatch { .. } => "particle_crc_mismatch",
            Self::UnknownFlags { .. } => "particle_unknown_flags",
            Self::Encrypted => "particle_encrypted",
            Self::NotProductFirmware(function) => match function {
                ModuleFunction::Resource => "particle_resource",
                ModuleFunction::Bootloader => "particle_bootloader",
                ModuleFunction::SystemPart => "particle_system_part",
                ModuleFunction::Settings => "particle_settings",
                ModuleFunction::NetworkCoprocessor => "particle_network_coprocessor",
                ModuleFunction::RadioStack => "particle_radio_stack",
                ModuleFunction::Asset => "particle_asset",
                ModuleFunction::None
                | ModuleFunction::Unknown(_)
                | ModuleFunction::UserPart
                | ModuleFunction::Monolithic => "particle_unknown_function",
            },
            Self::NoSuffix { .. } => "particle_no_suffix",
            Self::Sha256Mismatch { .. } => "particle_sha256_mismatch",
            Self::Extension(_) => "particle_extension",
        }
    }
}
