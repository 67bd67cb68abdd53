//! Application images of ESP-IDF (R-IMG-3).
//!
//! An image is a header, up to 16 segments, a checksum, and mostly a SHA-256 over all of it. The first segment of an
//! application begins with its descriptor: project, version, security version. [`read_app_image`] tells what an image
//! says of itself, right or wrong checksums; [`AppImage::accept`] says whether they are right.

mod error;

pub use error::AppImageError;

use super::trailing::Trailing;
use crate::cursor::Cursor;
use crate::firmware::Sha256;
use std::fmt;

/// What an application image says of itself, and whether it is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppImage {
    /// Bytes of the file.
    pub size: usize,
    /// Bytes of the image, its digest included and what follows it in the file not.
    pub image_length: usize,
    /// What follows the image.
    pub trailing: Trailing,
    /// The chip it runs on.
    pub chip: ChipId,
    /// Segments it loads.
    pub segments: u8,
    /// Address of its first instruction.
    pub entry: u32,
    /// Least chip revision, as images had it before the full revisions.
    pub least_revision: u8,
    /// Chip revisions it runs on, 100 × major + minor, both ends included; 65535 is no upper end.
    pub revisions: (u16, u16),
    /// The stored checksum.
    pub stored_checksum: u8,
    /// The XOR of all bytes of segments.
    pub computed_checksum: u8,
    /// The appended SHA-256; `None` if the image was made without.
    pub digest: Option<AppendedDigest>,
    /// The application descriptor.
    pub app: AppDescriptor,
}

/// The SHA-256 behind an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppendedDigest {
    /// As stored.
    pub stored: Sha256,
    /// Of all bytes before it.
    pub computed: Sha256,
}

/// What the application says of itself. Texts end at their first NUL; what is not UTF-8 is replaced by U+FFFD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppDescriptor {
    /// The security counter: a chip that has burnt a higher one does not boot this image.
    pub secure_version: u32,
    /// The application's own version; any text.
    pub version: String,
    /// The project's name.
    pub project_name: String,
    /// Time of compilation.
    pub time: String,
    /// Date of compilation.
    pub date: String,
    /// Version of ESP-IDF.
    pub idf_version: String,
    /// SHA-256 of the ELF file it was made from.
    pub elf_sha256: Sha256,
    /// Revisions of the chip's fuse block it runs with, 100 × major + minor, both ends included.
    pub fuse_block_revisions: (u16, u16),
    /// Size of a page of the memory mapping, as a power of two; 0 in images made before it was told.
    pub mmu_page_exponent: u8,
}

/// A chip, by the number that images carry for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChipId(u16);

impl ChipId {
    /// The chip with this number.
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Its name, as the vendor's tools write it; `None` for a chip this library does not know.
    ///
    /// ```
    /// use fleet_core::firmware::image::esp_idf::ChipId;
    ///
    /// assert_eq!(ChipId::new(5).name(), Some("esp32c3"));
    /// assert_eq!(ChipId::new(1).name(), None);
    /// ```
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "esp32",
            2 => "esp32s2",
            5 => "esp32c3",
            9 => "esp32s3",
            12 => "esp32c2",
            13 => "esp32c6",
            16 => "esp32h2",
            18 => "esp32p4",
            20 => "esp32c61",
            23 => "esp32c5",
            25 => "esp32h21",
            28 => "esp32h4",
            31 => "esp32e22",
            32 => "esp32s31",
            _ => return None,
        })
    }
}

impl fmt::Display for ChipId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "unknown chip {}", self.0),
        }
    }
}

impl fmt::Debug for ChipId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChipId({} = {self})", self.0)
    }
}

/// The most segments that a chip's loader takes.
pub const MAX_SEGMENTS: u8 = 16;

const MAGIC: u8 = 0xE9;
const APP_MAGIC: u32 = 0xABCD_5432;
const CHECKSUM_SEED: u8 = 0xEF;
const SIGNATURE_MAGIC: u8 = 0xE7;
const SIGNATURE_ALIGNMENT: usize = 4096;

/// Whether a file begins as an ESP image.
pub(super) fn is_esp_image(bytes: &[u8]) -> bool {
    bytes.first() == Some(&MAGIC)
}

/// Reads what an application image says of itself. Fails only where its structure is broken.
///
/// ```
/// use fleet_core::firmware::image::esp_idf::read_app_image;
///
/// let image = read_app_image(include_bytes!("../../../../tests/vectors/firmware/esp/esp32c3.bin"))?;
/// assert_eq!(image.chip.to_string(), "esp32c3");
/// assert_eq!((image.app.project_name.as_str(), image.app.secure_version), ("acme-thermostat", 7));
/// assert_eq!(image.accept(), Ok(()));
/// # Ok::<(), fleet_core::firmware::image::esp_idf::AppImageError>(())
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
    let app = AppDescriptor::read(segments.first).ok_or(AppImageError::NotAnApplication)?;

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
        computed_checksum: segments.checksum,
        digest,
        app,
    })
}

impl AppImage {
    /// Whether the image is whole: its checksum is right, and its digest if it has one (R-IMG-3).
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
        let _flash_mode_and_size = cursor.u16()?;
        let entry = cursor.u32()?;
        let _write_protect_and_drive = cursor.u32()?;
        let chip = ChipId(cursor.u16()?);
        let least_revision = cursor.u8()?;
        let revisions = (cursor.u16()?, cursor.u16()?);
        let _reserved = cursor.u32()?;
        let digest_flag = cursor.u8()?;
        Some(Self { segments, entry, chip, least_revision, revisions, digest_flag })
    }
}

struct Segments<'a> {
    first: &'a [u8],
    /// The XOR of all their bytes.
    checksum: u8,
}

impl<'a> Segments<'a> {
    fn read(cursor: &mut Cursor<'a>, count: u8) -> Result<Self, AppImageError> {
        if count == 0 || count > MAX_SEGMENTS {
            return Err(AppImageError::Segments { count });
        }
        let first = read_segment(cursor, 1)?;
        let mut checksum = xor(CHECKSUM_SEED, first);
        for number in 2..=count {
            checksum = xor(checksum, read_segment(cursor, number)?);
        }
        Ok(Self { first, checksum })
    }
}

fn read_segment<'a>(cursor: &mut Cursor<'a>, number: u8) -> Result<&'a [u8], AppImageError> {
    let remaining = cursor.rest().len();
    let head = cursor.u32().and_then(|_load_address| cursor.u32());
    let length = head.ok_or(AppImageError::SegmentCutShort { number, length: 8, remaining })?;
    let remaining = cursor.rest().len();
    let data = usize::try_from(length).ok().and_then(|length| cursor.take(length));
    data.ok_or(AppImageError::SegmentCutShort { number, length, remaining })
}

impl AppDescriptor {
    fn read(segment: &[u8]) -> Option<Self> {
        let mut fields = Cursor::new(segment.get(..256)?);
        if fields.u32()? != APP_MAGIC {
            return None;
        }
        let secure_version = fields.u32()?;
        let _reserved = fields.take(8)?;
        Some(Self {
            secure_version,
            version: text(fields.take(32)?),
            project_name: text(fields.take(32)?),
            time: text(fields.take(16)?),
            date: text(fields.take(16)?),
            idf_version: text(fields.take(32)?),
            elf_sha256: Sha256::new(fields.array()?),
            fuse_block_revisions: (fields.u16()?, fields.u16()?),
            mmu_page_exponent: fields.u8()?,
        })
    }
}

fn xor(sum: u8, bytes: &[u8]) -> u8 {
    bytes.iter().fold(sum, |sum, byte| sum ^ byte)
}

fn text(field: &[u8]) -> String {
    let text = field.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(text).into_owned()
}

/// A signature of secure boot version 2 begins at the next border of a flash sector, after `FF`.
fn trailing(bytes: &[u8], rest: &[u8]) -> Trailing {
    let image_length = bytes.len().saturating_sub(rest.len());
    let border = image_length.checked_next_multiple_of(SIGNATURE_ALIGNMENT);
    let filler = border.and_then(|border| bytes.get(image_length..border));
    let signed = border.and_then(|border| bytes.get(border)) == Some(&SIGNATURE_MAGIC);
    match filler.map(Trailing::of) {
        Some(Trailing::Nothing | Trailing::Erased) if signed => Trailing::Signature,
        _ => Trailing::of(rest),
    }
}
