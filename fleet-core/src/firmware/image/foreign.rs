//! Recognises files that people mistake for an image, and names what to upload instead (R-IMG-4).

use super::trailing::is_erased;
use crate::cursor::Cursor;

/// A file format that is not a supported firmware image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Foreign {
    /// A linker's output.
    Elf,
    /// Intel HEX.
    IntelHex,
    /// Motorola S-records.
    SRecord,
    /// UF2.
    Uf2,
    /// A zip archive.
    Zip,
    /// An fwup firmware: a zip with a `meta.conf`.
    Fwup,
    /// A Mender artifact: a tar with `version` as its first entry.
    Mender,
    /// A RAUC bundle: a squashfs or signed content.
    Rauc,
    /// A SWUpdate image: a cpio with `sw-description` as its first entry.
    SwUpdate,
    /// A tar archive.
    Tar,
    /// Compressed with gzip.
    Gzip,
    /// Compressed with xz.
    Xz,
    /// Compressed with zstd.
    Zstd,
    /// An image for an ESP8266.
    Esp8266,
    /// A partition table of an ESP chip.
    EspPartitionTable,
    /// The contents of an ESP chip's flash: bootloader, partition table, application.
    EspFlash,
    /// A partition of key-value pairs of an ESP chip.
    EspNvs,
    /// Only `FF`, the value of erased flash.
    ErasedFlash,
    /// A file system: LittleFS, FAT, ext, UBI or another.
    FileSystem,
    /// The contents of a disk, with its partition table.
    Disk,
    /// A DFU file with several targets.
    DfuSe,
    /// Compressed with bzip2.
    Bzip2,
    /// A 7z archive.
    SevenZip,
    /// A PDF.
    Pdf,
    /// A web page, the usual result of a failed download.
    Html,
}

impl Foreign {
    /// Recognises a format by a unique mark at its beginning (a RAUC bundle also by its signature at the end).
    pub(super) fn recognise(bytes: &[u8]) -> Option<Self> {
        if let Some(text) = Self::in_text(without_blanks(bytes)) {
            return Some(text);
        }
        Some(match bytes {
            [0x7F, b'E', b'L', b'F', ..] => Self::Elf,
            [b'U', b'F', b'2', b'\n', 0x57, 0x51, 0x5D, 0x9E, ..] => Self::Uf2,
            [b'P', b'K', 3, 4, ..] if has_fwup_entry(bytes) => Self::Fwup,
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Self::Zip,
            [b'h', b's', b'q', b's', ..] => Self::Rauc,
            [b'0', b'7', b'0', b'7', b'0', b'1' | b'2', ..] if entry_at(bytes, 110, b"sw-description") => {
                Self::SwUpdate
            }
            [0x1F, 0x8B, 8, ..] => Self::Gzip,
            [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Self::Zstd,
            [b'%', b'P', b'D', b'F', b'-', ..] => Self::Pdf,
            bytes if begins_at(bytes, 257, b"ustar") => {
                if entry_at(bytes, 0, b"version") {
                    Self::Mender
                } else {
                    Self::Tar
                }
            }
            [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', b'&', b'S', b'Y', ..] => Self::Bzip2,
            [b'7', b'z', 0xBC, 0xAF, 0x27, 0x1C, ..] => Self::SevenZip,
            [b'D', b'f', b'u', b'S', b'e', 1, ..] => Self::DfuSe,
            bytes if is_esp8266(bytes) => Self::Esp8266,
            bytes if begins_with_partitions(bytes) => Self::EspPartitionTable,
            bytes if has_partition_table(bytes, 0) => Self::EspFlash,
            bytes if is_nvs(bytes) => Self::EspNvs,
            bytes if bytes.len() >= LEAST_ERASED && is_erased(bytes) => Self::ErasedFlash,
            bytes if is_file_system(bytes) => Self::FileSystem,
            bytes if begins_at(bytes, 512, b"EFI PART") => Self::Disk,
            bytes if ends_with_a_signature(bytes) => Self::Rauc,
            _ => return None,
        })
    }

    /// Recognises a text format, after leading blank lines.
    fn in_text(bytes: &[u8]) -> Option<Self> {
        match bytes {
            bytes if is_hex_line(bytes, b":", 10) => Some(Self::IntelHex),
            [b'S', kind @ b'0'..=b'9', ..] if is_hex_line(bytes, &[b'S', *kind], 8) => Some(Self::SRecord),
            bytes if is_web_page(bytes) => Some(Self::Html),
            _ => None,
        }
    }

    /// Its name, which completes "this is …".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Elf => "an elf file",
            Self::IntelHex => "an intel hex file",
            Self::SRecord => "a file of s-records",
            Self::Uf2 => "a uf2 file",
            Self::Zip => "a zip archive",
            Self::Fwup => "a fwup firmware",
            Self::Mender => "a mender artifact",
            Self::Rauc => "a rauc bundle",
            Self::SwUpdate => "a swupdate image",
            Self::Tar => "a tar archive",
            Self::Gzip => "compressed with gzip",
            Self::Xz => "compressed with xz",
            Self::Zstd => "compressed with zstd",
            Self::Esp8266 => "an image for the esp8266",
            Self::EspPartitionTable => "a partition table",
            Self::EspFlash => "an image of a whole flash",
            Self::EspNvs => "a partition of key-value pairs (nvs)",
            Self::ErasedFlash => "only ff bytes, as in erased flash",
            Self::FileSystem => "a file system",
            Self::Disk => "an image of a whole disk",
            Self::DfuSe => "a dfuse file",
            Self::Bzip2 => "compressed with bzip2",
            Self::SevenZip => "a 7z archive",
            Self::Pdf => "a pdf document",
            Self::Html => "a web page",
        }
    }

    /// The next step: what to upload instead.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Elf => "upload the .bin that the build makes from it",
            Self::IntelHex | Self::SRecord | Self::Uf2 => "upload the .bin of the same build",
            Self::Zip | Self::Tar | Self::SevenZip => "unpack it and upload the application's .bin",
            Self::Fwup | Self::Mender | Self::Rauc | Self::SwUpdate => {
                "it updates a linux system, and no supported platform runs it; upload the .bin that is built for this product's platform"
            }
            Self::Esp8266 => "no supported platform runs it; upload the .bin that is built for this product's platform",
            Self::EspPartitionTable | Self::EspFlash | Self::EspNvs | Self::FileSystem | Self::Disk => {
                "an update contains only the application; upload its .bin"
            }
            Self::ErasedFlash => "it is empty; upload the application's .bin",
            Self::DfuSe => "upload the .bin of the same build",
            Self::Gzip | Self::Xz | Self::Zstd | Self::Bzip2 => "decompress it and upload the file inside",
            Self::Pdf | Self::Html => "the download failed; fetch the firmware again",
        }
    }

    /// A code that stays the same in every release.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Elf => "foreign_elf",
            Self::IntelHex => "foreign_intel_hex",
            Self::SRecord => "foreign_s_record",
            Self::Uf2 => "foreign_uf2",
            Self::Zip => "foreign_zip",
            Self::Fwup => "foreign_fwup",
            Self::Mender => "foreign_mender",
            Self::Rauc => "foreign_rauc",
            Self::SwUpdate => "foreign_swupdate",
            Self::Tar => "foreign_tar",
            Self::Gzip => "foreign_gzip",
            Self::Xz => "foreign_xz",
            Self::Zstd => "foreign_zstd",
            Self::Esp8266 => "foreign_esp8266",
            Self::EspPartitionTable => "foreign_esp_partition_table",
            Self::EspFlash => "foreign_esp_flash",
            Self::EspNvs => "foreign_esp_nvs",
            Self::ErasedFlash => "foreign_erased_flash",
            Self::FileSystem => "foreign_file_system",
            Self::Disk => "foreign_disk",
            Self::DfuSe => "foreign_dfuse",
            Self::Bzip2 => "foreign_bzip2",
            Self::SevenZip => "foreign_7z",
            Self::Pdf => "foreign_pdf",
            Self::Html => "foreign_html",
        }
    }
}

/// A text without its byte order mark and leading blanks and blank lines.
fn without_blanks(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start()
}

fn begins_at(bytes: &[u8], offset: usize, text: &[u8]) -> bool {
    bytes.get(offset..).is_some_and(|rest| rest.starts_with(text))
}

/// Whether the name of an archive's entry is at `offset`, terminated by a NUL.
fn entry_at(bytes: &[u8], offset: usize, name: &[u8]) -> bool {
    let rest = bytes.get(offset..).and_then(|rest| rest.strip_prefix(name));
    rest.and_then(<[u8]>::first) == Some(&0)
}

/// Whether the first entry of the zip is fwup's `meta.conf`, or its signature.
fn has_fwup_entry(bytes: &[u8]) -> bool {
    let name = bytes.get(30..).unwrap_or_default();
    name.get(..9).is_some_and(|name| name.eq_ignore_ascii_case(b"meta.conf"))
}

/// Whether the bytes begin with `mark` and at least `digits` hexadecimal digits.
fn is_hex_line(bytes: &[u8], mark: &[u8], digits: usize) -> bool {
    let line = bytes.strip_prefix(mark).and_then(|rest| rest.get(..digits));
    line.is_some_and(|line| line.iter().all(u8::is_ascii_hexdigit))
}

fn is_web_page(bytes: &[u8]) -> bool {
    [b"<!doctype html".as_slice(), b"<html", b"<?xml"]
        .iter()
        .any(|start| bytes.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start)))
}

/// Minimum number of `FF` bytes that count as erased flash; fewer may be anything.
const LEAST_ERASED: usize = 64;

/// The range in which the partition tables of ESP chips begin, each at a flash sector boundary; the first is the usual
/// position.
const TABLES: std::ops::RangeInclusive<usize> = 0x8000..=0x2_0000;
const SECTOR: usize = 0x1000;
const PARTITION_SIZE: usize = 32;

/// Whether a partition table follows the first `behind` bytes, which belong to an image.
pub(super) fn has_partition_table(bytes: &[u8], behind: usize) -> bool {
    TABLES.step_by(SECTOR).filter(|at| *at >= behind).filter_map(|at| bytes.get(at..)).any(begins_with_partitions)
}

/// Whether the bytes begin with a partition and what may follow one: another partition, the table's digest, or erased
/// flash.
fn begins_with_partitions(bytes: &[u8]) -> bool {
    let next = bytes.get(PARTITION_SIZE..).unwrap_or_default();
    is_partition(bytes) && (is_partition(next) || next.starts_with(&[0xEB, 0xEB]) || next.starts_with(&[0xFF; 4]))
}

fn is_partition(bytes: &[u8]) -> bool {
    let read = || {
        let mut fields = Cursor::new(bytes.get(..PARTITION_SIZE)?);
        let (magic, kind, _subtype) = (fields.u16()?, fields.u8()?, fields.u8()?);
        let (offset, size, label) = (fields.u32()?, fields.u32()?, fields.take(16)?);
        let end = label.iter().position(|byte| *byte == 0).unwrap_or(label.len());
        let (name, filler) = label.split_at_checked(end)?;
        let is_named = name.iter().all(u8::is_ascii_graphic) && filler.iter().all(|byte| *byte == 0);
        let is_known = kind <= 3 || kind >= 0x40;
        Some(magic == 0x50AA && is_known && size > 0 && u64::from(offset) % SECTOR as u64 == 0 && is_named)
    };
    read().unwrap_or(false)
}

/// Whether the bytes are a page of key-value pairs, by its state, number, version and reserved bytes.
fn is_nvs(bytes: &[u8]) -> bool {
    let read = || {
        let mut fields = Cursor::new(bytes);
        let (state, _number, version) = (fields.u32()?, fields.u32()?, fields.u8()?);
        let reserved = fields.take(19)?;
        Some((0xFFFF_FFF0..u32::MAX).contains(&state) && version >= 0xFE && is_erased(reserved))
    };
    bytes.len() >= SECTOR && read().unwrap_or(false)
}

/// Whether the bytes have a header of 8 bytes and segments at addresses that only this chip has, with their checksum;
/// or are an outer image of the newer form around such an image.
fn is_esp8266(bytes: &[u8]) -> bool {
    let mut fields = Cursor::new(bytes);
    let (Some(magic), Some(count)) = (fields.u8(), fields.u8()) else { return false };
    let Some((_, entry)) = fields.u16().zip(fields.u32()) else { return false };
    let is_code = |address: u32| (0x4010_0000..0x4014_0000).contains(&address);
    match (magic, count) {
        (0xEA, 4) => {
            let outer = fields.u32().zip(fields.u32());
            let inner = outer.and_then(|(address, length)| {
                let length = usize::try_from(length).ok()?;
                fields.take(length).filter(|_| address == 0)
            });
            inner.is_some() && is_code(entry) && fields.rest().first() == Some(&0xE9)
        }
        (0xE9, 1..=16) if is_code(entry) => {
            let is_memory = |address: u32| (0x3FFE_0000..0x4000_0000).contains(&address);
            (0..count).all(|_| {
                let Some((address, length)) = fields.u32().zip(fields.u32()) else { return false };
                let fits = usize::try_from(length).ok().and_then(|length| fields.take(length)).is_some();
                fits && (is_code(address) || is_memory(address))
            })
        }
        _ => false,
    }
}

fn is_file_system(bytes: &[u8]) -> bool {
    let is_fat = || begins_at(bytes, 510, &[0x55, 0xAA]) && [54, 82].iter().any(|at| begins_at(bytes, *at, b"FAT"));
    let is_ext = || {
        begins_at(bytes, 0x438, &[0x53, 0xEF])
            && bytes.get(..0x400).is_some_and(|boot| boot.iter().all(|byte| *byte == 0))
    };
    begins_at(bytes, 8, b"littlefs")
        || bytes.starts_with(b"UBI#\x01")
        || bytes.starts_with(b"-rom1fs-")
        || bytes.starts_with(&[0x45, 0x3D, 0xCD, 0x28])
        || begins_at(bytes, 0x8001, b"CD001")
        || is_fat()
        || is_ext()
}

/// Whether the bytes end with a CMS signature and, in the last eight bytes, its size, as every RAUC bundle does, also
/// an encrypted one.
fn ends_with_a_signature(bytes: &[u8]) -> bool {
    const SIGNED_DATA: [u8; 11] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
    let Some((content, size)) = bytes.split_last_chunk::<8>() else { return false };
    let size = usize::try_from(u64::from_be_bytes(*size)).ok();
    let signature = size.and_then(|size| content.len().checked_sub(size)).and_then(|start| content.get(start..));
    signature.is_some_and(|der| der.first() == Some(&0x30) && begins_at(der, 4, &SIGNED_DATA))
}
