//! The bytes that follow an image in its file.

/// The kind of bytes after the image. The image's own checks do not cover them, so they are reported but not trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trailing {
    /// The file ends with the image.
    Nothing,
    /// Only `FF`, the value of erased flash.
    Erased,
    /// An ESP-IDF signature block (secure boot version 2) at the next 4096-byte boundary.
    Signature,
    /// MCUboot's own trailer: the file fills a slot up to the boot magic.
    BootTrailer,
    /// Anything else.
    Other,
}

impl Trailing {
    /// Classifies bytes as nothing, erased flash or other.
    pub(super) fn of(bytes: &[u8]) -> Self {
        match bytes {
            [] => Self::Nothing,
            bytes if is_erased(bytes) => Self::Erased,
            _ => Self::Other,
        }
    }
}

/// Whether the bytes have the value of erased flash.
pub(super) fn is_erased(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0xFF)
}
