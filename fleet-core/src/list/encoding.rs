//! Decodes a file's bytes into text, or refuses the file: handles byte order marks, UTF-16, and documents that people
//! upload instead of a list.
//!
//! The text stays bytes: a list of an old system may have Latin-1 in its other columns, which must not make the whole
//! file unreadable. Only the fields that are read are decoded, see [`decode`].

use std::borrow::Cow;

/// The largest list that is accepted: 256 MiB, ten million device ids.
pub const MAX_BYTES: usize = 256 << 20;

/// Why a whole file is not a list of device ids or of guests (R-IMP-2). Each message names the next step.
///
/// ```
/// use fleet_core::device::import::{DeviceList, UnreadableFile};
///
/// let refused = DeviceList::read(b"PK\x03\x04 and the rest of an .xlsx").unwrap_err();
/// assert_eq!(refused, UnreadableFile::Spreadsheet);
/// assert_eq!(refused.code(), "spreadsheet_document");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnreadableFile {
    /// The file has no bytes, or only blank lines.
    #[error("the file is empty: write one entry per line")]
    Empty,
    /// The file is larger than [`MAX_BYTES`].
    #[error("the file has {bytes} bytes, a list may have {}: split it", MAX_BYTES)]
    TooLarge {
        /// Size of the file in bytes.
        bytes: usize,
    },
    /// The file has too many lines without a device id.
    #[error("over {most} lines of the file have no device id: check which column has the ids, and upload that one")]
    NoIds {
        /// Maximum number of such lines in a list.
        most: usize,
    },
    /// The file has NUL bytes: it is UTF-16 without a byte order mark, UTF-32, or not text.
    #[error("the file has NUL bytes, so its text encoding is not supported: save it as UTF-8 text")]
    UnsupportedEncoding,
    /// The file is a workbook (.xlsx, .ods, .numbers, .xls) or another zip archive.
    #[error("the file is a spreadsheet document or an archive: open it and save the sheet as CSV")]
    Spreadsheet,
    /// The file is a PDF or RTF document.
    #[error("the file is a formatted document (PDF or RTF): save the list as plain text")]
    Document,
    /// The file is a gzip, bzip2, xz or zstd stream.
    #[error("the file is compressed: unpack it first")]
    Compressed,
}

impl UnreadableFile {
    /// A stable code of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLarge { .. } => "too_large",
            Self::NoIds { .. } => "no_ids",
            Self::UnsupportedEncoding => "unsupported_encoding",
            Self::Spreadsheet => "spreadsheet_document",
            Self::Document => "formatted_document",
            Self::Compressed => "compressed",
        }
    }
}

const SIGNATURES: [(&[u8], UnreadableFile); 10] = [
    (b"PK\x03\x04", UnreadableFile::Spreadsheet),
    (b"PK\x05\x06", UnreadableFile::Spreadsheet),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", UnreadableFile::Spreadsheet),
    (b"%PDF-", UnreadableFile::Document),
    (b"{\\rtf", UnreadableFile::Document),
    (b"\x1F\x8B\x08", UnreadableFile::Compressed),
    (b"BZh91AY&SY", UnreadableFile::Compressed),
    (b"\xFD7zXZ\0", UnreadableFile::Compressed),
    (b"\x28\xB5\x2F\xFD", UnreadableFile::Compressed),
    (b"7z\xBC\xAF\x27\x1C", UnreadableFile::Compressed),
];

/// The text of a file, without its byte order mark. UTF-16 is decoded, into at most one and a half times the file's
/// size. An unpaired surrogate and a last odd byte become U+FFFD, which is an error on its line.
pub(crate) fn text(bytes: &[u8]) -> Result<Cow<'_, [u8]>, UnreadableFile> {
    if bytes.is_empty() {
        return Err(UnreadableFile::Empty);
    }
    if bytes.len() > MAX_BYTES {
        return Err(UnreadableFile::TooLarge { bytes: bytes.len() });
    }
    if let Some((_, document)) = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature)) {
        return Err(*document);
    }
    let text = match bytes {
        [0xFF, 0xFE, units @ ..] => Cow::Owned(utf16(units, u16::from_le_bytes)),
        [0xFE, 0xFF, units @ ..] => Cow::Owned(utf16(units, u16::from_be_bytes)),
        [0xEF, 0xBB, 0xBF, text @ ..] => Cow::Borrowed(text),
        text => Cow::Borrowed(text),
    };
    match memchr::memchr(0, &text) {
        Some(_) => Err(UnreadableFile::UnsupportedEncoding),
        None => Ok(text),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    text.extend(
        char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)),
    );
    if !odd.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text.into_bytes()
}

/// The visible characters of one field, read as UTF-8, or as Latin-1 if it is not UTF-8. Allocates only for a field
/// that is not plain UTF-8.
pub(crate) fn decode(field: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(field) {
        Ok(text) if !text.contains(is_invisible) => Cow::Borrowed(text),
        Ok(text) => Cow::Owned(text.chars().filter(|c| !is_invisible(*c)).collect()),
        Err(_) => Cow::Owned(field.iter().map(|byte| latin(*byte)).filter(|c| !is_invisible(*c)).collect()),
    }
}

/// Latin-1, with the typographic quotes of Windows-1252, which may be around an id.
fn latin(byte: u8) -> char {
    match byte {
        0x91 => '‘',
        0x92 => '’',
        0x93 => '“',
        0x94 => '”',
        byte => char::from(byte),
    }
}

/// Whether a character is invisible, so that a person cannot have meant it: soft hyphen, zero-width blanks and joiners,
/// direction marks, a byte order mark in the middle of joined files.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Whether a character is white space of any script, including NBSP, or the Ctrl-Z with which DOS programs end a file.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{1A}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_over_the_limit_is_refused_by_its_size_alone() {
        let bytes = vec![0; MAX_BYTES + 1];
        assert_eq!(text(&bytes), Err(UnreadableFile::TooLarge { bytes: MAX_BYTES + 1 }));
    }

    #[test]
    fn documents_that_are_not_lists_are_named() {
        for (signature, document) in SIGNATURES {
            assert_eq!(text(&[signature, b"\0rest"].concat()), Err(document));
        }
    }

    #[test]
    fn an_unpaired_surrogate_and_a_last_odd_byte_are_marked() {
        assert_eq!(text(b"\xFF\xFE5\0\x00\xD8\n\0").unwrap(), "5\u{FFFD}\n".as_bytes());
        assert_eq!(text(b"\xFE\xFF\x005\x00").unwrap(), "5\u{FFFD}".as_bytes());
    }

    #[test]
    fn utf_16_without_a_mark_and_utf_32_are_unsupported() {
        for bytes in [&b"5\x005\0"[..], b"\x005\x005", b"\xFF\xFE\0\0\x35\0\0\0"] {
            assert_eq!(text(bytes), Err(UnreadableFile::UnsupportedEncoding));
        }
    }
}
