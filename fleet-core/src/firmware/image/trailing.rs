//! What follows an image in its file.

/// What a file holds behind the image. Nothing of it is covered by the image's own checks, so it is told, not trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trailing {
    /// The file ends with the image.
    Nothing,
    /// Only `FF`, as erased flash reads.
    Erased,
    /// An ESP-IDF signature block (secure boot version 2) at the next 4096-byte border.
    Signature,
    /// MCUboot's own trailer: the file fills a slot up to the boot magic.
    BootTrailer,
    /// Anything else.
    Other,
}

impl Trailing {
    /// All bytes are `FF`, or there are none.
    pub(super) fn of(bytes: &[u8]) -> Self {
        match bytes {
            [] => Self::Nothing,
            bytes if is_erased(bytes) => Self::Erased,
            _ => Self::Other,
        }
    }
}

/// Whether erased flash would read like this.
pub(super) fn is_erased(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0xFF)
}
