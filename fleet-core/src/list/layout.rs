//! Detects, once and from the first rows, which column of a list to read and which delimiter separates the columns.
//!
//! The header is the first row that is not blank, if one of its fields is a known column name and none contains data.
//! Any other first row is a line like the rest and gets an answer: only a header is ever skipped.

use super::encoding::{decode, is_blank};
use super::row::{Delimiters, Field, Quotes, Then, line_end, line_len, unwrapped};

/// Known names of a list's columns, in lower case and without blanks, `_` and `-`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
    /// Names of the column that is read, best first.
    pub(crate) columns: &'static [&'static str],
    /// Names that make a row a header but leave the first column as the one to read.
    pub(crate) others: &'static [&'static str],
    /// Names of a column of product ids.
    pub(crate) products: &'static [&'static str],
    /// Whether a field contains data. A row with such a field is not a header.
    pub(crate) is_data: fn(&[u8]) -> bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) delimiters: Delimiters,
    /// The column to read, from 0.
    pub(crate) column: usize,
    /// The column of product ids.
    pub(crate) product: Option<usize>,
    /// A bit for each of the first 64 columns that the header names.
    named: u64,
}

impl Layout {
    /// The layout of a list without a header: the first column is read.
    pub(crate) const UNNAMED: Self = Self { delimiters: Delimiters::ANY, column: 0, product: None, named: 0 };

    /// The same columns with another delimiter.
    pub(crate) fn cut_by(self, delimiters: Delimiters) -> Self {
        Self { delimiters, ..self }
    }

    /// The last column that is read.
    pub(crate) fn last(self) -> usize {
        self.product.map_or(self.column, |product| product.max(self.column))
    }

    /// Whether the header names a column. Columns from the 65th on count as named.
    pub(crate) fn names(self, column: usize) -> bool {
        column >= 64 || self.named & (1 << column) != 0
    }
}

/// A header row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub(crate) layout: Layout,
    pub(crate) bytes: usize,
    pub(crate) lines: u32,
    /// The first field is empty or a known name, so the row cannot be data.
    pub(crate) is_sure: bool,
}

/// The delimiter that a spreadsheet's first line `sep=;` names, and the length of that line in bytes.
pub(crate) fn named_delimiter(text: &[u8]) -> Option<(Delimiters, usize)> {
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

impl Names {
    /// The header at the start of a text, if its first row is one. If no delimiter is known, the one that splits the
    /// row into the most fields is used.
    pub(crate) fn header(&self, text: &[u8], known: Option<Delimiters>) -> Option<Head> {
        match known {
            Some(delimiters) => self.row(text, delimiters).map(|row| row.head(delimiters)),
            None => [b',', b';', b'\t']
                .into_iter()
                .map(Delimiters::only)
                .filter_map(|delimiters| Some((self.row(text, delimiters)?, delimiters)))
                .reduce(|best, next| if next.0.count() > best.0.count() { next } else { best })
                .map(|(row, delimiters)| {
                    // A single name shows no delimiter: `id,,,` may be above `55ff…;x`, and a tab after it is padding.
                    if row.column > 0 || row.count() > 1 {
                        row.head(delimiters)
                    } else {
                        Row { named: 0, ..row }.head(Delimiters::ANY)
                    }
                }),
        }
    }

    /// The first row, if its fields can be column names and one of them is known.
    fn row(&self, text: &[u8], delimiters: Delimiters) -> Option<Row> {
        let mut best: Option<(usize, usize)> = None;
        let mut row = Row { column: 0, product: None, named: 0, bytes: 0, lines: 1, is_sure: false };
        let mut is_header = false;
        for column in 0.. {
            let field = Field::first(text.get(row.bytes..)?, delimiters, Quotes::OverLines { holds: self.is_data });
            if (self.is_data)(field.raw) {
                return None;
            }
            row.bytes += field.bytes;
            row.lines += field.breaks;
            let is_blank = field.raw.trim_ascii().is_empty();
            if !is_blank && column < 64 {
                row.named |= 1 << column;
            }
            let rank = index_of(field.raw, self.columns);
            let is_known = rank.is_some() || index_of(field.raw, self.others).is_some();
            is_header |= is_known;
            if column == 0 {
                row.is_sure = is_known || is_blank;
            }
            if let Some(rank) = rank.filter(|rank| best.is_none_or(|(best, _)| *rank < best)) {
                best = Some((rank, column));
            }
            if row.product.is_none() && index_of(field.raw, self.products).is_some() {
                row.product = Some(column);
            }
            match field.then {
                Then::Field => {}
                Then::Row => break,
                Then::OpenQuote { .. } => return None,
            }
        }
        row.column = best.map_or(0, |(_, column)| column);
        is_header.then_some(row)
    }

    /// Whether a field is a known name of the column to read.
    pub(crate) fn is_column(&self, field: &[u8]) -> bool {
        index_of(field, self.columns).is_some()
    }
}

/// A row whose fields could be column names.
#[derive(Clone, Copy)]
struct Row {
    column: usize,
    product: Option<usize>,
    named: u64,
    bytes: usize,
    lines: u32,
    is_sure: bool,
}

impl Row {
    /// Number of columns that have a name.
    fn count(self) -> u32 {
        self.named.count_ones()
    }

    fn head(self, delimiters: Delimiters) -> Head {
        let Self { column, product, named, bytes, lines, is_sure } = self;
        Head { layout: Layout { delimiters, column, product, named }, bytes, lines, is_sure }
    }
}

/// The index of a field's text among some names.
fn index_of(field: &[u8], names: &[&str]) -> Option<usize> {
    const LONGEST: usize = 64;
    if field.len() > LONGEST {
        return None;
    }
    let text = decode(field);
    let letters = || unwrapped(&text).chars().filter(|c| !is_blank(*c) && !matches!(c, '_' | '-'));
    names.iter().position(|name| letters().map(|c| c.to_ascii_lowercase()).eq(name.chars()))
}
