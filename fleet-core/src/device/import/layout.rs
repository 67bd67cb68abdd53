//! Where a list keeps its ids: which column, cut by which delimiter. Found once, from the first rows.
//!
//! A header is the first row that is not blank, when one of its fields is a name from [`ID_COLUMNS`]. Any other first row
//! is a line like the rest, and gets its answer: nothing but a header is ever left out.

use super::encoding::{decode, is_blank};
use super::malformed::unwrapped;
use super::row::{Delimiters, Field, Then, line_end, line_len};

/// The names of a column of ids, best first, in lower case and without blanks, `_` and `-`. In a header of both `id` and
/// `Device ID`, the first is the number of a row somewhere. A serial number is no id, but a list of them has this header,
/// and its lines should each be told that they are serial numbers.
const ID_COLUMNS: [&str; 9] =
    ["deviceid", "deviceids", "coreid", "id", "ids", "device", "devices", "serialnumber", "serial"];

/// More digits than this in a row make it a row of data, even if one of its fields reads like a column's name.
const DIGITS_IN_A_NAME: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) delimiters: Delimiters,
    /// The column of the ids, counted from 0.
    pub(super) column: usize,
}

impl Layout {
    /// Ids come first, whatever follows: all that can be said of a list without a header.
    pub(super) const UNNAMED: Self = Self { delimiters: Delimiters::ANY, column: 0 };
}

/// A header row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) layout: Layout,
    pub(super) bytes: usize,
    pub(super) lines: u32,
}

/// The delimiter that a spreadsheet's first line `sep=;` names, and the bytes of that line.
pub(super) fn named_delimiter(text: &[u8]) -> Option<(Delimiters, usize)> {
    let len = line_len(text);
    let (line, rest) = text.split_at_checked(len)?;
    let line = line.trim_ascii_start();
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let (name, [delimiter, padding @ ..]) = line.split_at_checked(4)? else { return None };
    let fits = name.eq_ignore_ascii_case(b"sep=")
        && (delimiter.is_ascii_punctuation() || *delimiter == b'\t')
        && !matches!(delimiter, b'"' | b'\'' | b'=')
        && padding.iter().all(|byte| byte == delimiter || matches!(byte, b' ' | b'"'));
    fits.then(|| (Delimiters::only(*delimiter), len + line_end(rest)))
}

/// The header at the start of a text, if its first row is one. Without a known delimiter, the one that cuts the row into
/// most fields and a column of ids is the file's.
pub(super) fn header(text: &[u8], known: Option<Delimiters>) -> Option<Header> {
    match known {
        Some(delimiters) => Row::of_names(text, delimiters).map(|row| row.header(delimiters)),
        None => [b',', b';', b'\t']
            .into_iter()
            .map(Delimiters::only)
            .filter_map(|delimiters| Some((Row::of_names(text, delimiters)?, delimiters)))
            .reduce(|best, next| if next.0.named > best.0.named { next } else { best })
            .map(|(row, delimiters)| {
                // A lone name shows no delimiter: `id,,,` may stand above `55ff…;x`, and a tab behind it is padding.
                let shown = row.column > 0 || row.named > 1;
                row.header(if shown { delimiters } else { Delimiters::ANY })
            }),
    }
}

/// A row whose fields could be names of columns.
struct Row {
    column: usize,
    named: usize,
    bytes: usize,
    lines: u32,
}

impl Row {
    fn of_names(text: &[u8], delimiters: Delimiters) -> Option<Self> {
        let mut best: Option<(usize, usize)> = None;
        let mut row = Self { column: 0, named: 0, bytes: 0, lines: 1 };
        for column in 0.. {
            let field = Field::first(text.get(row.bytes..)?, delimiters, true);
            if field.raw.iter().filter(|byte| byte.is_ascii_digit()).count() > DIGITS_IN_A_NAME {
                return None;
            }
            row.bytes += field.bytes;
            row.lines += field.breaks;
            row.named += usize::from(!field.raw.trim_ascii().is_empty());
            if let Some(rank) = rank(field.raw).filter(|rank| best.is_none_or(|(best, _)| *rank < best)) {
                best = Some((rank, column));
            }
            match field.then {
                Then::Field => {}
                Then::Row => break,
                Then::OpenQuote { .. } => return None,
            }
        }
        best.map(|(_, column)| Self { column, ..row })
    }

    fn header(self, delimiters: Delimiters) -> Header {
        Header { layout: Layout { delimiters, column: self.column }, bytes: self.bytes, lines: self.lines }
    }
}

/// The place in [`ID_COLUMNS`] of a field that names such a column.
fn rank(field: &[u8]) -> Option<usize> {
    const LONGEST: usize = 64;
    if field.len() > LONGEST {
        return None;
    }
    let text = decode(field);
    let letters = || unwrapped(&text).chars().filter(|c| !is_blank(*c) && !matches!(c, '_' | '-'));
    ID_COLUMNS.iter().position(|name| letters().map(|c| c.to_ascii_lowercase()).eq(name.chars()))
}
