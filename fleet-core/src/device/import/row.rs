//! Cutting text into rows and fields, with the line numbers that a person's editor shows.
//!
//! Quotes follow RFC 4180 with doubled quotes and line ends inside, but they are not believed blindly: a quote that
//! someone forgot to close must not swallow the ids below it. A field may go on over line ends only when its closing
//! quote stands where a field ends, not too far away, and no line in between holds an id. Otherwise the quote is an
//! error on its line and the next line is read for itself.
//!
//! The `csv` crate is not used for this: it takes an open quote to the end of the file, counts only LF as a line, wants
//! one delimiter and gives no way to take a row back. What is left of its work is the eighty lines below.

use super::malformed::ids_within;

/// How far, in bytes, a closing quote may be from its opening one: a spreadsheet's largest cell.
const MAX_QUOTED: usize = 32_768;

/// The bytes that end a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Delimiters([u8; 3]);

impl Delimiters {
    /// What lists are found with, for a file that has not shown which one it uses.
    pub(super) const ANY: Self = Self(*b",;\t");

    pub(super) const fn only(delimiter: u8) -> Self {
        Self([delimiter; 3])
    }

    /// Without the comma, which some desks write in numbers.
    pub(super) const DECIMAL_COMMA: Self = Self(*b";;\t");

    pub(super) fn has(self, byte: u8) -> bool {
        self.0.contains(&byte)
    }

    fn is_padding(self, byte: u8) -> bool {
        byte == b' ' || byte == b'\t' && !self.has(byte)
    }

    fn end_field(self, byte: u8) -> bool {
        self.has(byte) || matches!(byte, b'\n' | b'\r')
    }
}

/// What comes after a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Field,
    Row,
    /// A quote of this field is open; what it was compared with ends after so many bytes.
    OpenQuote {
        searched: usize,
    },
}

/// One field at the start of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'t> {
    /// Its text with quotes and padding.
    pub(super) raw: &'t [u8],
    /// How many bytes it takes with the delimiter or line end after it.
    pub(super) bytes: usize,
    /// How many line ends are within its quotes.
    pub(super) breaks: u32,
    pub(super) then: Then,
}

impl<'t> Field<'t> {
    /// The first field of a text. With `over_lines` false, a quote must close on its line.
    pub(super) fn first(text: &'t [u8], delimiters: Delimiters, over_lines: bool) -> Self {
        let padding = text.iter().take_while(|byte| delimiters.is_padding(**byte)).count();
        match text.get(padding..) {
            Some([b'"', quoted @ ..]) => Self::quoted(text, quoted, delimiters, over_lines),
            _ => Self::plain(text, 0, delimiters),
        }
    }

    fn quoted(text: &'t [u8], quoted: &'t [u8], delimiters: Delimiters, over_lines: bool) -> Self {
        let (inside, closed) = up_to_quote(quoted.get(..MAX_QUOTED).unwrap_or(quoted), over_lines);
        let open = Self {
            raw: text,
            bytes: text.len(),
            breaks: 0,
            then: Then::OpenQuote { searched: text.len() - quoted.len() + inside.len() },
        };
        if !closed {
            return open;
        }
        let after = text.len() - quoted.len() + inside.len() + 1;
        let behind = text.get(after..).unwrap_or_default();
        let padding = behind.iter().take_while(|byte| delimiters.is_padding(**byte)).count();
        let ends_field = behind.get(padding).is_none_or(|byte| delimiters.end_field(*byte));
        let breaks = line_ends(inside);
        if breaks == 0 {
            Self::plain(text, after, delimiters)
        } else if ends_field && ids_within(inside.get(line_len(inside)..).unwrap_or_default()).next().is_none() {
            Self { breaks, ..Self::ending(text, after + padding, delimiters) }
        } else {
            open
        }
    }

    fn plain(text: &'t [u8], from: usize, delimiters: Delimiters) -> Self {
        let rest = text.get(from..).unwrap_or_default();
        let end = rest.iter().position(|byte| delimiters.end_field(*byte)).unwrap_or(rest.len());
        Self::ending(text, from + end, delimiters)
    }

    fn ending(text: &'t [u8], end: usize, delimiters: Delimiters) -> Self {
        let (raw, rest) = text.split_at_checked(end).unwrap_or((text, &[]));
        let (then, delimiter) = match rest {
            [byte, ..] if delimiters.has(*byte) => (Then::Field, 1),
            _ => (Then::Row, line_end(rest)),
        };
        Self { raw, bytes: end + delimiter, breaks: 0, then }
    }
}

/// The text up to the first quote that is not doubled, and whether there is one.
fn up_to_quote(text: &[u8], over_lines: bool) -> (&[u8], bool) {
    let mut from = 0;
    loop {
        let rest = text.get(from..).unwrap_or_default();
        let next = if over_lines { memchr::memchr(b'"', rest) } else { memchr::memchr3(b'"', b'\n', b'\r', rest) };
        let end = from + next.unwrap_or(rest.len());
        match text.get(end..).unwrap_or_default() {
            [b'"', b'"', ..] => from = end + 2,
            stop => return (text.get(..end).unwrap_or(text), stop.starts_with(b"\"")),
        }
    }
}

/// The bytes of the line end at the start of a text: CR LF, LF or CR; 0 for none.
pub(super) fn line_end(text: &[u8]) -> usize {
    match text {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// The bytes of the first line, without its end.
pub(super) fn line_len(text: &[u8]) -> usize {
    memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len())
}

fn line_ends(text: &[u8]) -> u32 {
    let mut rest = text;
    let mut ends = 0;
    loop {
        rest = rest.get(line_len(rest)..).unwrap_or_default();
        match line_end(rest) {
            0 => return ends,
            bytes => rest = rest.get(bytes..).unwrap_or_default(),
        }
        ends += 1;
    }
}
