//! Parses application images of ESP-IDF (R-IMG-3).
//!
//! An image is a header, up to 16 segments, a checksum, and usually a SHA-256 of all of it. The first segment of an
//! ESP-IDF application begins with its descriptor: project, version, security version. Other toolchains put the
//! descriptor elsewhere or leave it out. [`read_app_image`] returns the facts in an image even if its checksums are
//! wrong; [`AppImage::accept`] checks them.

mod chip;
mod descriptor;
mod error;

pub use chip::ChipId;
pub use descriptor::AppDescriptor;
pub use error::AppImageError;

use super::trailing::Trailing;
use crate::cursor::Cursor;
use crate::firmware::Sha256;

/// The facts in an application image, with its stored and computed checksums.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppImage {
    /// Size of the file in bytes.
    pub size: usize,
    /// Size of the image in bytes, with its digest and without the bytes that follow it.
    pub image_length: usize,
    /// The kind of bytes that follow the image.
    pub trailing: Trailing,
    /// The chip it runs on.
    pub chip: ChipId,
    /// Number of segments that it loads.
    pub segments: u8,
    /// Address of its first instruction.
    pub entry: u32,
    /// Lowest chip revision, in the form from before full revisions.
    pub least_revision: u8,
    /// Chip revisions that it runs on, 100 × major + minor, inclusive; 65535 means no upper limit.
    pub revisions: (u16, u16),
    /// The stored checksum.
    pub stored_checksum: u8,
    /// The XOR of all bytes of the segments.
    pub computed_checksum: u8,
    /// The appended SHA-256; `None` if the image was made without one.
    pub digest: Option<AppendedDigest>,
    /// The application descriptor; `None` if the toolchain writes none.
    pub app: Option<AppDescriptor>,
}

/// The SHA-256 after an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppendedDigest {
    /// As stored.
    pub stored: Sha256,
    /// The hash of all bytes before it.
    pub computed: Sha256,
}

/// Maximum number of segments that a chip's loader accepts.
pub const MAX_SEGMENTS: u8 = 16;

const MAGIC: u8 = 0xE9;
const CHECKSUM_SEED: u8 = 0xEF;
/// The address range of the code and data of all chips.
const ADDRESSES: std::ops::Range<u32> = 0x2000_0000..0x8000_0000;
const LAST_FLASH_MODE: u8 = 5;
const LEAST_SIGNS: usize = 4;
const SIGNATURE_MAGIC: u8 = 0xE7;
const SIGNATURE_ALIGNMENT: usize = 4096;
/// Size of a signature of secure boot version 1: a version, which is 0, and 64 bytes.
const FIRST_SIGNATURE_SIZE: usize = 68;

/// Whether a file begins like an ESP image. The first byte is not enough, because any binary may have it. Most of the
/// header must have values that images have, so that one damaged field does not hide the format.
pub(super) fn is_esp_image(bytes: &[u8]) -> bool {
    let mut cursor = Cursor::new(bytes);
    let Some(header) = Header::read(&mut cursor).filter(|_| bytes.first() == Some(&MAGIC)) else { return false };
    let first = cursor.u32().zip(cursor.u32());
    let fits = first.is_some_and(|(load, length)| {
        ADDRESSES.contains(&load) && usize::try_from(length).is_ok_and(|length| length <= cursor.rest().len())
    });
    let signs = [
        header.chip.name().is_some(),
        (1..=MAX_SEGMENTS).contains(&header.segments),
        header.flash_mode <= LAST_FLASH_MODE,
        header.reserved == 0,
        header.digest_flag <= 1,
        fits,
    ];
    ADDRESSES.contains(&header.entry) && signs.iter().filter(|sign| **sign).count() >= LEAST_SIGNS
}

/// Parses an application image. Fails only if its structure is broken.
///
/// ```
/// use fleet_core::firmware::image::esp_idf::read_app_image;
///
/// let image = read_app_image(include_bytes!("../../../../tests/vectors/firmware/esp/esp32c3.bin"))?;
/// assert_eq!(image.chip.to_string(), "esp32c3");
/// let app = image.app.as_ref().ok_or("no descriptor")?;
/// assert_eq!((app.project_name.as_str(), app.secure_version), ("acme-thermostat", 7));
/// assert_eq!(image.accept(), Ok(()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_app_image(bytes: &[u8]) -> Result<AppImage, AppImageError> {
    let size = bytes.len();
    let mut cursor = Cursor::new(bytes);
    let header = Header::read(&mut cursor).ok_or(AppImageError::TooShort { size })?;
    let has_digest = match header.digest_flag {
        0 => false,
        1 => true,
        flag => return Err(AppImageError::DigestFlag { flag }),
    };
    let segments = Segments::read(&mut cursor, header.segments)?;
    let app = segments.application(header.chip)?;

    let segments_end = size.saturating_sub(cursor.rest().len());
    let checksum_at = segments_end | 15;
    let digest_at = checksum_at.saturating_add(1);
    let image_length = if has_digest { digest_at.saturating_add(32) } else { digest_at };
    let cut_short = AppImageError::CutShort { needed: image_length, size };
    let stored_checksum = *bytes.get(checksum_at).ok_or(cut_short)?;
    let (image, rest) = bytes.split_at_checked(image_length).ok_or(cut_short)?;
    let digest = if has_digest {
        let (content, stored) = image.split_last_chunk::<32>().ok_or(cut_short)?;
        Some(AppendedDigest { stored: Sha256::new(*stored), computed: Sha256::of(content) })
    } else {
        None
    };
    Ok(AppImage {
        size,
        image_length,
        trailing: trailing(bytes, rest),
        chip: header.chip,
        segments: header.segments,
        entry: header.entry,
        least_revision: header.least_revision,
        revisions: header.revisions,
        stored_checksum,
        computed_checksum: segments.all.iter().fold(CHECKSUM_SEED, |sum, segment| xor(sum, segment.bytes)),
        digest,
        app,
    })
}

impl AppImage {
    /// Checks that the image is intact: its checksum is right, and its digest if it has one (R-IMG-3).
    pub fn accept(&self) -> Result<(), AppImageError> {
        let (stored, computed) = (self.stored_checksum, self.computed_checksum);
        if stored != computed {
            return Err(AppImageError::ChecksumMismatch { stored, computed });
        }
        match self.digest {
            Some(AppendedDigest { stored, computed }) if stored != computed => {
                Err(AppImageError::Sha256Mismatch { stored, computed })
            }
            _ => Ok(()),
        }
    }
}

struct Header {
    segments: u8,
    flash_mode: u8,
    reserved: u32,
    entry: u32,
    chip: ChipId,
    least_revision: u8,
    revisions: (u16, u16),
    digest_flag: u8,
}

impl Header {
    fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        let _magic = cursor.u8()?;
        let segments = cursor.u8()?;
        let flash_mode = cursor.u8()?;
        let _flash_size = cursor.u8()?;
        let entry = cursor.u32()?;
        let _write_protect_and_drive = cursor.u32()?;
        let chip = ChipId::new(cursor.u16()?);
        let least_revision = cursor.u8()?;
        let revisions = (cursor.u16()?, cursor.u16()?);
        let reserved = cursor.u32()?;
        let digest_flag = cursor.u8()?;
        Some(Self { segments, flash_mode, reserved, entry, chip, least_revision, revisions, digest_flag })
    }
}

struct Segment<'a> {
    load_address: u32,
    bytes: &'a [u8],
}

struct Segments<'a> {
    all: Vec<Segment<'a>>,
}

impl<'a> Segments<'a> {
    fn read(cursor: &mut Cursor<'a>, count: u8) -> Result<Self, AppImageError> {
        if count == 0 || count > MAX_SEGMENTS {
            return Err(AppImageError::Segments { count });
        }
        let all = (1..=count).map(|number| read_segment(cursor, number)).collect::<Result<_, _>>()?;
        Ok(Self { all })
    }

    /// The descriptor of the application, if it has one. A bootloader has neither a descriptor nor a segment in flash.
    fn application(&self, chip: ChipId) -> Result<Option<AppDescriptor>, AppImageError> {
        let first = self.all.first().map_or(&[][..], |segment| segment.bytes);
        if AppDescriptor::begins(first) {
            return AppDescriptor::read(first).ok_or(AppImageError::NotAnApplication).map(Some);
        }
        let in_flash = || self.all.iter().filter(|segment| chip.maps_flash_at(segment.load_address));
        if descriptor::begins_a_bootloader(first) || in_flash().next().is_none() {
            return Err(AppImageError::NotAnApplication);
        }
        Ok(in_flash().find_map(|segment| AppDescriptor::find(segment.bytes)))
    }
}

fn read_segment<'a>(cursor: &mut Cursor<'a>, number: u8) -> Result<Segment<'a>, AppImageError> {
    let remaining = cursor.rest().len();
    let head = cursor.u32().zip(cursor.u32());
    let (load_address, length) = head.ok_or(AppImageError::SegmentCutShort { number, length: 8, remaining })?;
    let remaining = cursor.rest().len();
    let bytes = usize::try_from(length).ok().and_then(|length| cursor.take(length));
    let bytes = bytes.ok_or(AppImageError::SegmentCutShort { number, length, remaining })?;
    Ok(Segment { load_address, bytes })
}

fn xor(sum: u8, bytes: &[u8]) -> u8 {
    bytes.iter().fold(sum, |sum, byte| sum ^ byte)
}

/// A signature of secure boot version 2 is in the flash sector at the next boundary, after `FF`; one of version 1
/// follows the image directly. Nothing may follow a signature.
fn trailing(bytes: &[u8], rest: &[u8]) -> Trailing {
    if rest.len() == FIRST_SIGNATURE_SIZE && rest.starts_with(&[0; 4]) {
        return Trailing::Signature;
    }
    let image_length = bytes.len().saturating_sub(rest.len());
    let border = image_length.checked_next_multiple_of(SIGNATURE_ALIGNMENT);
    let filler = border.and_then(|border| bytes.get(image_length..border));
    let sector = border.and_then(|border| bytes.get(border..)).unwrap_or_default();
    let signed = sector.first() == Some(&SIGNATURE_MAGIC) && sector.len() <= SIGNATURE_ALIGNMENT;
    match filler.map(Trailing::of) {
        Some(Trailing::Nothing | Trailing::Erased) if signed => Trailing::Signature,
        _ => Trailing::of(rest),
    }
}
