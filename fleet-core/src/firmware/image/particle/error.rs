//! Why a Particle module is refused as a product's firmware.

use super::{ExtensionFault, ModuleFlags, ModuleFunction};
use crate::firmware::Sha256;

/// Why a Particle module is refused as a product's firmware (R-IMG-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModuleError {
    /// The file is shorter than the end of any module.
    #[error("a particle module has at least 44 bytes, this has {size}; compile again, the file was cut short")]
    TooShort {
        /// Size of the file in bytes.
        size: usize,
    },
    /// The CRC is right, but the file has no module prefix.
    #[error("this ends like a particle module but has no module prefix; upload the .bin the compiler made, unchanged")]
    NoPrefix,
    /// The file has fewer bytes than the module states.
    #[error(
        "the module states {stated} bytes and the file has {size}; download or compile again, the file was cut short"
    )]
    CutShort {
        /// Size by the module's prefix, in bytes.
        stated: u64,
        /// Size of the file in bytes.
        size: usize,
    },
    /// The file is padded with `FF`.
    #[error(
        "the module states {stated} bytes and the file is padded to {size}; upload the .bin the compiler made, without padding"
    )]
    Padded {
        /// Size by the module's prefix, in bytes.
        stated: u64,
        /// Size of the file in bytes.
        size: usize,
    },
    /// The file has more bytes than the module states.
    #[error(
        "the module states {stated} bytes and the file has {size}; upload the .bin the compiler made, with nothing after it"
    )]
    Followed {
        /// Size by the module's prefix, in bytes.
        stated: u64,
        /// Size of the file in bytes.
        size: usize,
    },
    /// The file has several modules in sequence, or is a part of such a file.
    #[error("this is a combined image of several modules; upload the user part alone")]
    Combined,
    /// The CRC is wrong.
    #[error(
        "the stored crc is {stored:08x} and the file's is {computed:08x}; compile again, the file was damaged in transit"
    )]
    CrcMismatch {
        /// The CRC in the last four bytes.
        stored: u32,
        /// The CRC of all bytes before them.
        computed: u32,
    },
    /// The module is packed in a way that is not supported.
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
    /// The module is of another kind.
    #[error("this is a particle {0}; upload the application: a user part, or monolithic firmware")]
    NotProductFirmware(
        /// The kind of module.
        ModuleFunction,
    ),
    /// The module has no suffix, so it has no hash and no product.
    #[error("the module has no suffix (its size field says {stated}); compile again with a current toolchain")]
    NoSuffix {
        /// The size field.
        stated: u16,
    },
    /// The CRC is right but the SHA-256 is wrong: the file was changed after it was compiled.
    #[error(
        "the stored sha-256 is {stored} and the content's is {computed}; compile again, the file was changed after it was made"
    )]
    Sha256Mismatch {
        /// The hash in the suffix.
        stored: Sha256,
        /// The hash of the content.
        computed: Sha256,
    },
    /// An extension cannot be parsed.
    #[error("{0}; compile again with a current toolchain")]
    Extension(
        /// The reason.
        ExtensionFault,
    ),
}

impl ModuleError {
    /// A code that stays the same in every release.
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
