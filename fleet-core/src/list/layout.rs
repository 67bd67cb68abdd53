//! Which column of a list is read, cut by which delimiter. Found once, from the first rows.
//!
//! A header is the first row that is not blank, when one of its fields is a known name of a column and none holds data. Any
//! other first row is a line like the rest, and gets its answer: nothing but a header is ever left out.

use super::encoding::{decode, is_blank};
use super::row::{Delimiters, Field, Quotes, Then, line_end, line_len, unwrapped};

/// What the columns of a list are called, in lower case and without blanks, `_` and `-`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
    /// Names of the column that is read, best first.
    pub(crate) columns: &'static [&'static str],
    /// Names that make a row a header and leave the first column the one that is read.
    pub(crate) others: &'static [&'static str],
    /// Names of a column of product ids.
    pub(crate) products: &'static [&'static str],
    /// Whether a field holds data: then its row is no header, whatever stands beside it.
    pub(crate) is_data: fn(&[u8]) -> bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) delimiters: Delimiters,
    /// The column that is read, counted from 0.
    pub(crate) column: usize,
    /// The column of product ids.
    pub(crate) product: Option<usize>,
    /// A bit for each of the first 64 columns that the header names.
    named: u64,
}

impl Layout {
    /// The first column is read, whatever follows: all that can be said of a list without a header.
    pub(crate) const UNNAMED: Self = Self { delimiters: Delimiters::ANY, column: 0, product: None, named: 0 };

    /// The same columns, cut by another delimiter.
    pub(crate) fn cut_by(self, delimiters: Delimiters) -> Self {
        Self { delimiters, ..self }
    }

    /// The last column that is looked at.
    pub(crate) fn last(self) -> usize {
        self.product.map_or(self.column, |product| product.max(self.column))
    }

    /// Whether the header says what a column holds. Columns from the 65th on are taken as named.
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
    /// The first field is empty or a known name, so that the row cannot be one of data.
    pub(crate) is_sure: bool,
}

/// The delimiter that a spreadsheet's first line `sep=;` names, and the bytes of that line.
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
    /// The header at the start of a text, if its first row is one. Without a known delimiter, the one that cuts the row
    /// into most fields is the file's.
    pub(crate) fn header(&self, text: &[u8], known: Option<Delimiters>) -> Option<Head> {
        match known {
            Some(delimiters) => self.row(text, delimiters).map(|row| row.head(delimiters)),
            None => [b',', b';', b'\t']
                .into_iter()
                .map(Delimiters::only)
                .filter_map(|delimiters| Some((self.row(text, delimiters)?, delimiters)))
                .reduce(|best, next| if next.0.count() > best.0.count() { next } else { best })
                .map(|(row, delimiters)| {
                    // A lone name shows no delimiter: `id,,,` may stand above `55ff…;x`, and a tab behind it is padding.
                    if row.column > 0 || row.count() > 1 {
                        row.head(delimiters)
                    } else {
                        Row { named: 0, ..row }.head(Delimiters::ANY)
                    }
                }),
        }
    }

    /// The first row, if its fields can be names of columns and one of them is known.
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
            let rank = place(field.raw, self.columns);
            let is_known = rank.is_some() || place(field.raw, self.others).is_some();
            is_header |= is_known;
            if column == 0 {
                row.is_sure = is_known || is_blank;
            }
            if let Some(rank) = rank.filter(|rank| best.is_none_or(|(best, _)| *rank < best)) {
                best = Some((rank, column));
            }
            if row.product.is_none() && place(field.raw, self.products).is_some() {
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

    /// Whether a field is a known name of the column that is read.
    pub(crate) fn is_column(&self, field: &[u8]) -> bool {
        place(field, self.columns).is_some()
    }
}

/// A row whose fields could be names of columns.
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
    /// The number of columns that have a name.
    fn count(self) -> u32 {
        self.named.count_ones()
    }

    fn head(self, delimiters: Delimiters) -> Head {
        let Self { column, product, named, bytes, lines, is_sure } = self;
        Head { layout: Layout { delimiters, column, product, named }, bytes, lines, is_sure }
    }
}

/// The place of a field's text among some names.
fn place(field: &[u8], names: &[&str]) -> Option<usize> {
    const LONGEST: usize = 64;
    if field.len() > LONGEST {
        return None;
    }
    let text = decode(field);
    let letters = || unwrapped(&text).chars().filter(|c| !is_blank(*c) && !matches!(c, '_' | '-'));
    names.iter().position(|name| letters().map(|c| c.to_ascii_lowercase()).eq(name.chars()))
}
