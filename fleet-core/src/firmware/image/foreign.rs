//! Files that people take for an image, each with what to upload instead (R-IMG-4).

/// A file format that is not a firmware image this library reads.
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
    /// A firmware of fwup: a zip with a `meta.conf`.
    Fwup,
    /// A Mender artifact: a tar with `version` first.
    Mender,
    /// A RAUC bundle: a squashfs, or signed content.
    Rauc,
    /// A SWUpdate image: a cpio with `sw-description` first.
    SwUpdate,
    /// A tar archive.
    Tar,
    /// Compressed by gzip.
    Gzip,
    /// Compressed by xz.
    Xz,
    /// Compressed by zstd.
    Zstd,
    /// A PDF.
    Pdf,
    /// A web page, as a failed download leaves it.
    Html,
}

impl Foreign {
    /// Recognises a format by what only it has at its beginning (a RAUC bundle also by its signature at the end).
    pub(super) fn recognise(bytes: &[u8]) -> Option<Self> {
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
            bytes if is_hex_line(bytes, b":", 10) => Self::IntelHex,
            [b'S', kind @ b'0'..=b'9', ..] if is_hex_line(bytes, &[b'S', *kind], 8) => Self::SRecord,
            bytes if is_web_page(bytes) => Self::Html,
            bytes if ends_with_a_signature(bytes) => Self::Rauc,
            _ => return None,
        })
    }

    /// Its name, to complete "this is …".
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
            Self::Gzip => "compressed by gzip",
            Self::Xz => "compressed by xz",
            Self::Zstd => "compressed by zstd",
            Self::Pdf => "a pdf document",
            Self::Html => "a web page",
        }
    }

    /// What to upload instead.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Elf => "upload the .bin that the build makes from it",
            Self::IntelHex | Self::SRecord | Self::Uf2 => "upload the .bin of the same build",
            Self::Zip | Self::Tar => "unpack it and upload the application's .bin",
            Self::Fwup | Self::Mender | Self::Rauc | Self::SwUpdate => {
                "it updates a linux system; upload a microcontroller's .bin, or allow opaque images for the product"
            }
            Self::Gzip | Self::Xz | Self::Zstd => "decompress it first",
            Self::Pdf | Self::Html => "the download went wrong; fetch the firmware again",
        }
    }

    /// A name that stays the same from release to release.
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
            Self::Pdf => "foreign_pdf",
            Self::Html => "foreign_html",
        }
    }
}

fn begins_at(bytes: &[u8], offset: usize, text: &[u8]) -> bool {
    bytes.get(offset..).is_some_and(|rest| rest.starts_with(text))
}

/// The name of an archive's entry is at `offset`, closed by a NUL.
fn entry_at(bytes: &[u8], offset: usize, name: &[u8]) -> bool {
    let rest = bytes.get(offset..).and_then(|rest| rest.strip_prefix(name));
    rest.and_then(<[u8]>::first) == Some(&0)
}

/// The first entry of fwup's zip is its `meta.conf`, or the signature of it.
fn has_fwup_entry(bytes: &[u8]) -> bool {
    let name = bytes.get(30..).unwrap_or_default();
    name.get(..9).is_some_and(|name| name.eq_ignore_ascii_case(b"meta.conf"))
}

/// A line that begins with `mark` and goes on with hexadecimal digits, at least `digits` of them.
fn is_hex_line(bytes: &[u8], mark: &[u8], digits: usize) -> bool {
    let line = bytes.strip_prefix(mark).and_then(|rest| rest.get(..digits));
    line.is_some_and(|line| line.iter().all(u8::is_ascii_hexdigit))
}

fn is_web_page(bytes: &[u8]) -> bool {
    let text = bytes.get(..bytes.len().min(64)).unwrap_or_default().trim_ascii_start();
    [b"<!doctype html".as_slice(), b"<html"]
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start)))
}

/// A CMS signature and, in the last eight bytes, its size: how RAUC closes a bundle, an encrypted one too.
fn ends_with_a_signature(bytes: &[u8]) -> bool {
    const SIGNED_DATA: [u8; 11] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
    let Some((content, size)) = bytes.split_last_chunk::<8>() else { return false };
    let size = usize::try_from(u64::from_be_bytes(*size)).ok();
    let signature = size.and_then(|size| content.len().checked_sub(size)).and_then(|start| content.get(start..));
    signature.is_some_and(|der| der.first() == Some(&0x30) && begins_at(der, 4, &SIGNED_DATA))
}
