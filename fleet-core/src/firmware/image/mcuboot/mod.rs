//! Parses MCUboot images (R-IMG-3).
//!
//! An image is a header, the firmware, a protected area of type-length-values that the hash covers, and an unprotected
//! area with the hash and the signatures. [`read_mcuboot_image`] returns the facts in an image even if its hash is
//! wrong; [`McubootImage::accept`] checks the hash.

mod error;

pub use error::McubootError;

use super::trailing::Trailing;
use crate::cursor::Cursor;
use crate::firmware::Sha256;
use std::fmt;

/// The facts in an MCUboot image, with its stored and computed hash.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct McubootImage {
    /// Size of the file in bytes.
    pub size: usize,
    /// Size of the image in bytes, with its header and both areas and without the bytes that follow it.
    pub image_length: usize,
    /// The kind of bytes that follow the image.
    pub trailing: Trailing,
    /// The address to which it is loaded; 0 if it runs in place.
    pub load_address: u32,
    /// Size of the header in bytes.
    pub header_size: u16,
    /// Size of the firmware in bytes.
    pub firmware_size: u32,
    /// Size of the protected area in bytes; 0 if there is none.
    pub protected_size: u16,
    /// The flags, as stored.
    pub flags: u32,
    /// The firmware's version.
    pub version: ImageVersion,
    /// The security counter, from the protected area only.
    pub security_counter: Option<u32>,
    /// The images that this one needs, from the protected area only.
    pub dependencies: Vec<ImageDependency>,
    /// The vendor's UUID, from the protected area only.
    pub vendor_id: Option<[u8; 16]>,
    /// The device class's UUID, from the protected area only.
    pub class_id: Option<[u8; 16]>,
    /// Number of bytes from the beginning that the hash covers.
    pub hashed_length: usize,
    /// The hash.
    pub hash: ImageHash,
    /// All entries of both areas, in order.
    pub entries: Vec<Entry>,
}

/// A version, written as `1.2.3+4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageVersion {
    /// Incompatible changes.
    pub major: u8,
    /// Additions.
    pub minor: u8,
    /// Corrections.
    pub revision: u16,
    /// The build number.
    pub build: u32,
}

/// An image that another one needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageDependency {
    /// The number of the image on the device.
    pub image: u8,
    /// Its slot; 0 in images from before slots were introduced.
    pub slot: u8,
    /// Its lowest version.
    pub least: ImageVersion,
}

/// The hash of header, firmware and protected area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageHash {
    /// SHA-256.
    Sha256 {
        /// As stored.
        stored: Sha256,
        /// The hash of the bytes.
        computed: Sha256,
    },
    /// SHA-384; only whether it is right.
    Sha384 {
        /// Whether the stored hash is that of the bytes.
        is_right: bool,
    },
    /// SHA-512; only whether it is right.
    Sha512 {
        /// Whether the stored hash is that of the bytes.
        is_right: bool,
    },
}

/// A type, a length and a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whether it is from the protected area.
    pub is_protected: bool,
    /// The type.
    pub kind: u16,
    /// The value.
    pub value: Vec<u8>,
}

impl Entry {
    /// SHA-256 of the public key.
    pub const KEY_HASH: u16 = 0x01;
    /// The public key.
    pub const PUBLIC_KEY: u16 = 0x02;
    /// SHA-256 of the image.
    pub const SHA256: u16 = 0x10;
    /// SHA-384 of the image.
    pub const SHA384: u16 = 0x11;
    /// SHA-512 of the image.
    pub const SHA512: u16 = 0x12;
    /// An RSA signature with a key of 2048 bits.
    pub const RSA_SIGNATURE: u16 = 0x20;
    /// A signature by an elliptic curve over a prime field.
    pub const ECDSA_SIGNATURE: u16 = 0x22;
    /// An Ed25519 signature.
    pub const ED25519_SIGNATURE: u16 = 0x24;
    /// An image that this one needs.
    pub const DEPENDENCY: u16 = 0x40;
    /// The security counter.
    pub const SECURITY_COUNTER: u16 = 0x50;
    /// The vendor's UUID.
    pub const VENDOR_ID: u16 = 0x74;
    /// The device class's UUID.
    pub const CLASS_ID: u16 = 0x75;
}

impl fmt::Display for ImageVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}+{}", self.major, self.minor, self.revision, self.build)
    }
}

/// Maximum number of entries in both areas together.
pub const MAX_ENTRIES: usize = 128;

const MAGIC: [u8; 4] = 0x96F3_B83D_u32.to_le_bytes();
const HEADER_SIZE: u16 = 32;
const PROTECTED_MAGIC: u16 = 0x6908;
const UNPROTECTED_MAGIC: u16 = 0x6907;
const AREA_HEADER_SIZE: u16 = 4;
/// AES with keys of 128 or 256 bits.
const ENCRYPTED_FLAGS: u32 = 0x04 | 0x08;
/// The entry types of an encrypted image's keys: RSA, AES key wrap, and two curves.
const ENCRYPTION_KEYS: std::ops::RangeInclusive<u16> = 0x30..=0x33;
/// The bootloader does not start the image.
const NON_BOOTABLE_FLAG: u32 = 0x10;
/// The end of a slot that MCUboot boots from.
const BOOT_MAGIC: [u8; 16] =
    [0x77, 0xC2, 0x95, 0xF3, 0x60, 0xD2, 0xEF, 0x7F, 0x35, 0x52, 0x50, 0x0F, 0x2C, 0xB6, 0x79, 0x80];

/// Whether a file begins like an MCUboot image.
pub(super) fn is_mcuboot_image(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

/// Parses an MCUboot image. Fails only if its structure is broken.
///
/// ```
/// use fleet_core::firmware::image::mcuboot::read_mcuboot_image;
///
/// let image = read_mcuboot_image(include_bytes!("../../../../tests/vectors/firmware/mcuboot/ed25519.bin"))?;
/// assert_eq!(image.version.to_string(), "2.0.0+77");
/// assert_eq!(image.security_counter, Some(5));
/// assert_eq!(image.accept(), Ok(()));
/// # Ok::<(), fleet_core::firmware::image::mcuboot::McubootError>(())
/// ```
pub fn read_mcuboot_image(bytes: &[u8]) -> Result<McubootImage, McubootError> {
    let size = bytes.len();
    let header = Header::read(bytes).ok_or(McubootError::TooShort { size })?;
    if header.header_size < HEADER_SIZE {
        return Err(McubootError::HeaderSize { stated: header.header_size });
    }
    let stated = u64::from(header.header_size).saturating_add(u64::from(header.firmware_size));
    let mut cursor = usize::try_from(stated)
        .ok()
        .and_then(|stated| Cursor::at(bytes, stated))
        .ok_or(McubootError::CutShort { stated, size })?;

    let mut entries = Vec::new();
    read_protected(&mut cursor, header.protected_size, &mut entries)?;
    let hashed_length = size.saturating_sub(cursor.rest().len());
    match peek_area(&cursor) {
        Some((UNPROTECTED_MAGIC, area_size)) => read_area(&mut cursor, area_size, false, &mut entries)?,
        _ => return Err(McubootError::NoArea),
    }
    let hashed = bytes.get(..hashed_length).unwrap_or_default();
    Ok(McubootImage {
        size,
        image_length: size.saturating_sub(cursor.rest().len()),
        trailing: trailing(cursor.rest()),
        load_address: header.load_address,
        header_size: header.header_size,
        firmware_size: header.firmware_size,
        protected_size: header.protected_size,
        flags: header.flags,
        version: header.version,
        security_counter: protected(&entries, Entry::SECURITY_COUNTER)?.map(u32::from_le_bytes),
        dependencies: dependencies(&entries)?,
        vendor_id: protected(&entries, Entry::VENDOR_ID)?,
        class_id: protected(&entries, Entry::CLASS_ID)?,
        hashed_length,
        hash: ImageHash::read(&entries, hashed)?,
        entries,
    })
}

impl McubootImage {
    /// Checks that the image is intact and usable: not encrypted, bootable, and with a right hash (R-IMG-3).
    ///
    /// Signatures are not checked: their keys belong to the device, and each product has its own (R-IMG-8).
    pub fn accept(&self) -> Result<(), McubootError> {
        let has_key = self.entries.iter().any(|entry| ENCRYPTION_KEYS.contains(&entry.kind));
        if has_key || self.flags & ENCRYPTED_FLAGS != 0 {
            return Err(McubootError::Encrypted);
        }
        if self.flags & NON_BOOTABLE_FLAG != 0 {
            return Err(McubootError::NonBootable);
        }
        match self.hash {
            ImageHash::Sha256 { stored, computed } if stored != computed => {
                Err(McubootError::Sha256Mismatch { stored, computed })
            }
            ImageHash::Sha384 { is_right: false } => Err(McubootError::LongHashMismatch { bits: 384 }),
            ImageHash::Sha512 { is_right: false } => Err(McubootError::LongHashMismatch { bits: 512 }),
            _ => Ok(()),
        }
    }
}

struct Header {
    load_address: u32,
    header_size: u16,
    protected_size: u16,
    firmware_size: u32,
    flags: u32,
    version: ImageVersion,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut fields = Cursor::new(bytes);
        let _magic = fields.u32()?;
        let header = Self {
            load_address: fields.u32()?,
            header_size: fields.u16()?,
            protected_size: fields.u16()?,
            firmware_size: fields.u32()?,
            flags: fields.u32()?,
            version: ImageVersion::read(&mut fields)?,
        };
        let _padding = fields.u32()?;
        Some(header)
    }
}

impl ImageVersion {
    fn read(fields: &mut Cursor<'_>) -> Option<Self> {
        Some(Self { major: fields.u8()?, minor: fields.u8()?, revision: fields.u16()?, build: fields.u32()? })
    }
}

/// The magic number and size of the next area; the size includes the area's header.
fn peek_area(cursor: &Cursor<'_>) -> Option<(u16, u16)> {
    let mut ahead = cursor.clone();
    Some((ahead.u16()?, ahead.u16()?))
}

/// Reads the protected area, which must have the size that the header states, or be absent if that is 0.
fn read_protected(cursor: &mut Cursor<'_>, header: u16, entries: &mut Vec<Entry>) -> Result<(), McubootError> {
    let area = match peek_area(cursor) {
        Some((PROTECTED_MAGIC, area)) => area,
        _ => 0,
    };
    if area != header {
        return Err(McubootError::ProtectedSize { header, area });
    }
    if area == 0 { Ok(()) } else { read_area(cursor, area, true, entries) }
}

fn read_area(
    cursor: &mut Cursor<'_>,
    stated: u16,
    is_protected: bool,
    entries: &mut Vec<Entry>,
) -> Result<(), McubootError> {
    let wrong_size = McubootError::AreaSize { stated, remaining: cursor.rest().len() };
    let area = cursor.take(usize::from(stated)).ok_or(wrong_size)?;
    let mut area = Cursor::at(area, usize::from(AREA_HEADER_SIZE)).ok_or(wrong_size)?;
    while !area.rest().is_empty() {
        let stray = McubootError::StrayBytes { remaining: area.rest().len() };
        let (kind, length) = area.u16().zip(area.u16()).ok_or(stray)?;
        let remaining = area.rest().len();
        let value = area.take(usize::from(length)).ok_or(McubootError::EntrySize { kind, length, remaining })?;
        if entries.len() == MAX_ENTRIES {
            return Err(McubootError::TooManyEntries);
        }
        entries.push(Entry { is_protected, kind, value: value.to_vec() });
    }
    Ok(())
}

/// The only protected entry of this type. The unprotected area is ignored, because anyone can add entries to it.
fn protected<const N: usize>(entries: &[Entry], kind: u16) -> Result<Option<[u8; N]>, McubootError> {
    let mut found = entries.iter().filter(|entry| entry.is_protected && entry.kind == kind);
    let Some(entry) = found.next() else { return Ok(None) };
    if found.next().is_some() {
        return Err(McubootError::Twice { kind });
    }
    entry.fixed().map(Some)
}

fn dependencies(entries: &[Entry]) -> Result<Vec<ImageDependency>, McubootError> {
    let protected = entries.iter().filter(|entry| entry.is_protected && entry.kind == Entry::DEPENDENCY);
    protected.map(ImageDependency::read).collect()
}

impl Entry {
    /// The value, if it has the length that its type requires.
    fn fixed<const N: usize>(&self) -> Result<[u8; N], McubootError> {
        let wrong = McubootError::ValueLength { kind: self.kind, expected: N, actual: self.value.len() };
        self.value.as_slice().try_into().map_err(|_| wrong)
    }
}

impl ImageDependency {
    fn read(entry: &Entry) -> Result<Self, McubootError> {
        let [image, slot, _, _, major, minor, revision @ .., b0, b1, b2, b3] = entry.fixed::<12>()?;
        let (revision, build) = (u16::from_le_bytes(revision), u32::from_le_bytes([b0, b1, b2, b3]));
        Ok(Self { image, slot, least: ImageVersion { major, minor, revision, build } })
    }
}

impl ImageHash {
    /// The single hash of the unprotected area, together with that of `hashed`.
    fn read(entries: &[Entry], hashed: &[u8]) -> Result<Self, McubootError> {
        use sha2::Digest as _;
        let is_hash = |entry: &&Entry| matches!(entry.kind, Entry::SHA256 | Entry::SHA384 | Entry::SHA512);
        let mut hashes = entries.iter().filter(|entry| !entry.is_protected).filter(is_hash);
        let entry = hashes.next().ok_or(McubootError::NoHash)?;
        if let Some(second) = hashes.next() {
            return Err(McubootError::Twice { kind: second.kind });
        }
        Ok(match entry.kind {
            Entry::SHA384 => {
                Self::Sha384 { is_right: entry.fixed()? == <[u8; 48]>::from(sha2::Sha384::digest(hashed)) }
            }
            Entry::SHA512 => {
                Self::Sha512 { is_right: entry.fixed()? == <[u8; 64]>::from(sha2::Sha512::digest(hashed)) }
            }
            _ => Self::Sha256 { stored: Sha256::new(entry.fixed()?), computed: Sha256::of(hashed) },
        })
    }
}

/// Size of the trailer's fields, each in up to 32 bytes: the magic, three flags and the size of the swapped data.
const TRAILER_FIELDS: usize = 5 * 32;

/// Whether the bytes are a trailer: they end a slot that is erased up to the trailer's fields.
fn trailing(rest: &[u8]) -> Trailing {
    let fields = rest.len().saturating_sub(TRAILER_FIELDS);
    let is_erased =
        matches!(Trailing::of(rest.get(..fields).unwrap_or_default()), Trailing::Nothing | Trailing::Erased);
    if rest.ends_with(&BOOT_MAGIC) && is_erased { Trailing::BootTrailer } else { Trailing::of(rest) }
}
