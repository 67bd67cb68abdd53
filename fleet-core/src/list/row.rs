//! Splits text into rows and fields, with the line numbers that an editor shows.
//!
//! Quotes follow RFC 4180, with doubled quotes and line ends inside, but a quote that a person forgot to close must not
//! absorb the lines below it. A field may continue over line ends only if its closing quote is at the end of a field
//! and not too far away, and if no line in between contains an entry of the list ([`Quotes`]). Otherwise the quote is
//! an error on its line, and the next line is read on its own.
//!
//! The `csv` crate does not fit: it reads an unclosed quote to the end of the file, counts only LF as a line end,
//! accepts only one delimiter, and cannot undo a row.

use super::encoding::is_blank;
use super::layout::Layout;

/// Maximum distance in bytes between an opening and a closing quote: a spreadsheet's largest cell.
const MAX_QUOTED: usize = 32_768;

/// Whether a quoted field may continue over line ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Quotes {
    /// The field must end on its line.
    OnOneLine,
    /// The field may continue, unless the further lines contain an entry of the list.
    OverLines {
        /// Whether a text contains an entry of the list from its second line on.
        holds: fn(&[u8]) -> bool,
    },
}

/// The bytes that end a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Delimiters([u8; 3]);

impl Delimiters {
    /// The usual delimiters, for a file that has not shown which one it uses.
    pub(crate) const ANY: Self = Self(*b",;\t");

    pub(crate) const fn only(delimiter: u8) -> Self {
        Self([delimiter; 3])
    }

    /// Without the comma, which some locales use as the decimal mark.
    pub(crate) const DECIMAL_COMMA: Self = Self(*b";;\t");

    pub(crate) fn has(self, byte: u8) -> bool {
        self.0.contains(&byte)
    }

    fn is_padding(self, byte: u8) -> bool {
        byte == b' ' || byte == b'\t' && !self.has(byte)
    }

    fn end_field(self, byte: u8) -> bool {
        self.has(byte) || matches!(byte, b'\n' | b'\r')
    }
}

impl Quotes {
    fn allow(self, later_lines: &[u8]) -> bool {
        match self {
            Self::OnOneLine => false,
            Self::OverLines { holds } => !holds(later_lines),
        }
    }
}

/// What follows a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    Field,
    Row,
    /// The field has an unclosed quote; the search for the closing quote ended after this number of bytes.
    OpenQuote {
        searched: usize,
    },
}

/// One field at the start of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'t> {
    /// Its text, including quotes and padding.
    pub(crate) raw: &'t [u8],
    /// Its length in bytes, including the delimiter or line end after it.
    pub(crate) bytes: usize,
    /// Number of line ends within its quotes.
    pub(crate) breaks: u32,
    pub(crate) then: Then,
}

impl<'t> Field<'t> {
    /// The first field of a text.
    pub(crate) fn first(text: &'t [u8], delimiters: Delimiters, quotes: Quotes) -> Self {
        let padding = text.iter().take_while(|byte| delimiters.is_padding(**byte)).count();
        match text.get(padding..) {
            Some([b'"', quoted @ ..]) => Self::quoted(text, quoted, delimiters, quotes),
            _ => Self::plain(text, 0, delimiters),
        }
    }

    fn quoted(text: &'t [u8], quoted: &'t [u8], delimiters: Delimiters, quotes: Quotes) -> Self {
        let (inside, closed) = up_to_quote(quoted.get(..MAX_QUOTED).unwrap_or(quoted), quotes);
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
        } else if ends_field && quotes.allow(inside.get(line_len(inside)..).unwrap_or_default()) {
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
fn up_to_quote(text: &[u8], quotes: Quotes) -> (&[u8], bool) {
    let mut from = 0;
    loop {
        let rest = text.get(from..).unwrap_or_default();
        let next = match quotes {
            Quotes::OverLines { .. } => memchr::memchr(b'"', rest),
            Quotes::OnOneLine => memchr::memchr3(b'"', b'\n', b'\r', rest),
        };
        let end = from + next.unwrap_or(rest.len());
        match text.get(end..).unwrap_or_default() {
            [b'"', b'"', ..] => from = end + 2,
            stop => return (text.get(..end).unwrap_or(text), stop.starts_with(b"\"")),
        }
    }
}

/// The length in bytes of the line end at the start of a text: CR LF, LF or CR; 0 if there is none.
pub(crate) fn line_end(text: &[u8]) -> usize {
    match text {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// The length in bytes of the first line, without its end.
pub(crate) fn line_len(text: &[u8]) -> usize {
    memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len())
}

/// The number of line ends in a text.
pub(crate) fn line_ends(text: &[u8]) -> u32 {
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

/// One row at the start of a text, as far as a layout reads it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut<'t> {
    /// The field of the column to read, and the byte at which it begins. `None` if the row ends before it.
    pub(crate) value: Option<(usize, Field<'t>)>,
    /// The field of the column of product ids.
    pub(crate) product: Option<Field<'t>>,
    /// Number of bytes before the first field.
    pub(crate) padding: usize,
    /// Length of the row in bytes, including its line end.
    pub(crate) bytes: usize,
    /// Number of lines of the row.
    pub(crate) lines: u32,
    /// Set if a quote is unclosed: the number of bytes that were searched for the closing quote. The row is then only
    /// its first line, so that the lines below it are read.
    pub(crate) open_quote: Option<usize>,
}

impl<'t> Cut<'t> {
    pub(crate) fn first(text: &'t [u8], layout: Layout, quotes: Quotes) -> Self {
        // Without a known delimiter, a tab before the value is padding, not an empty first column.
        let padding = match layout.delimiters {
            Delimiters::ANY => text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count(),
            _ => 0,
        };
        let mut row = Self { value: None, product: None, padding, bytes: padding, lines: 1, open_quote: None };
        let mut next_quote = 0;
        for column in 0.. {
            let rest = text.get(row.bytes..).unwrap_or_default();
            if column > layout.last() && row.bytes >= next_quote {
                match rest_of_line(rest) {
                    Rest::Plain { bytes } => {
                        row.bytes += bytes;
                        break;
                    }
                    Rest::Quote { at } => next_quote = row.bytes + at + 1,
                }
            }
            let field = Field::first(rest, layout.delimiters, quotes);
            if let Then::OpenQuote { searched } = field.then {
                let len = line_len(text);
                row.open_quote = Some(row.bytes + searched);
                row.bytes = len + line_end(text.get(len..).unwrap_or_default());
                row.lines = 1;
                break;
            }
            if column == layout.column {
                row.value = Some((row.bytes, field));
            }
            if layout.product == Some(column) {
                row.product = Some(field);
            }
            row.bytes += field.bytes;
            row.lines += field.breaks;
            if field.then == Then::Row {
                break;
            }
        }
        row
    }
}

/// The rest of a line after the columns that are read; only its end is needed.
enum Rest {
    /// The row ends after this number of bytes, including its line end.
    Plain { bytes: usize },
    /// A quote comes first; a line end after it may be inside the quotes.
    Quote { at: usize },
}

fn rest_of_line(text: &[u8]) -> Rest {
    let at = memchr::memchr3(b'\n', b'\r', b'"', text).unwrap_or(text.len());
    match text.get(at..).unwrap_or_default() {
        [b'"', ..] => Rest::Quote { at },
        end => Rest::Plain { bytes: at + line_end(end) },
    }
}

/// Whether a text has only delimiters, blanks and quotes, which is how spreadsheets write an empty row.
pub(crate) fn is_nothing(text: &[u8], delimiters: Delimiters) -> bool {
    text.iter().all(|byte| delimiters.has(*byte) || byte.is_ascii_whitespace() || matches!(byte, b'"' | 0x1A))
}

/// A field without ASCII blanks and one pair of quotes, which is all that most files have around a value.
pub(crate) fn unquoted(field: &[u8]) -> &[u8] {
    match field.trim_ascii() {
        [b'"', inner @ .., b'"'] => inner.trim_ascii(),
        plain => plain,
    }
}

/// A text without what programs put around values: blanks, quotes of any kind and doubling, a spreadsheet's `="…"` and
/// its leading apostrophe. Only whole pairs are removed, so that an unmatched quote remains.
pub(crate) fn unwrapped(mut text: &str) -> &str {
    const PAIRS: [(&str, &str); 5] = [("\"", "\""), ("=\"", "\""), ("'", "'"), ("“", "”"), ("‘", "’")];
    loop {
        text = text.trim_matches(is_blank);
        let pair = PAIRS.iter().find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close));
        match pair.or_else(|| text.strip_prefix('\'')) {
            Some(inner) => text = inner,
            None => return text,
        }
    }
}
