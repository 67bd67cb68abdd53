//! Parses a device list: returns one answer for each line of a file's bytes (R-IMP-1, R-IMP-2, R-IMP-5).
//!
//! Invariant: every line that is neither blank nor the header gives exactly one [`ListLine`], in the file's order, with
//! the line number that an editor shows. A line of plain text needs no allocation, and no byte is read more than a few
//! times, whatever the input. The file's name is ignored: only the content decides.

use super::malformed::{Malformed, checked, holds_id, ids_within, is_data, read_id};
use crate::DeviceId;
use crate::list::{
    self, Cut, Delimiters, Field, Layout, Names, Position, Quotes, Then, UnreadableFile, decode, is_nothing, line_end,
    unwrapped,
};
use std::borrow::Cow;
use std::iter::FusedIterator;

/// A file with a list of device ids, one per line: plain text, or CSV with the ids in its first column or in the one
/// that its header names.
///
/// It accepts UTF-8 with and without a byte order mark, UTF-16 with one, and Latin-1 beside the ids; LF, CR LF and CR
/// line ends, mixed; either case; blanks, tabs, NBSP and invisible characters; quotes, `="…"` and apostrophes; `,`, `;`
/// or tab, `sep=`, empty columns; a header; Ctrl-Z. A line that cannot be read gives a [`Malformed`]. The text after an
/// id and a blank may be a secret, and is neither stored nor shown (R-IMP-5).
///
/// The ids are in the first column, unless a header names another column `id`, `device_id` or `deviceid`, in any case,
/// with or without blanks, `_` and `-`. If it names a column `product_id` or `product`, each line gives that product's
/// number.
///
/// ```
/// use fleet_core::device::import::{DeviceList, Malformed};
///
/// let file = b"name;Device ID\r\nK\xFCche;55FF6D04498B49A1B2C3D4E5\r\n\r\nFlur;P046AB12CD34EF5\r\n";
/// let list = DeviceList::read(file)?;
/// assert_eq!(list.header_line(), Some(1));
///
/// let answers: Vec<_> = list.lines().map(|line| (line.number, line.content)).collect();
/// assert_eq!(answers[0], (2, Ok("55ff6d04498b49a1b2c3d4e5".parse()?)));
/// assert_eq!(answers[1], (4, Err(Malformed::SerialNumber)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct DeviceList<'f> {
    text: Cow<'f, [u8]>,
    layout: Layout,
    header_line: Option<u32>,
    /// The position of the first row.
    start: Position,
}

/// Known names of columns, best first. In a header with both `id` and `Device ID`, `id` is usually a row number.
const NAMES: Names = Names {
    columns: &["deviceid", "deviceids", "id", "ids"],
    others: &["coreid", "coreids", "particleid", "particleids", "device", "devices", "serialnumber", "serial"],
    products: &["productid", "product"],
    is_data,
};

/// A quoted text may continue over lines that contain no id.
const OVER_LINES: Quotes = Quotes::OverLines { holds: holds_id };

/// One line of a list that is not blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListLine {
    /// Its line number in the file, from 1; blank lines and the header count.
    pub number: u32,
    /// The id on the line, or why there is none.
    pub content: Result<DeviceId, Malformed>,
    /// The number in the column of product ids, if the list has that column and the line has a number in it. Larger
    /// numbers than [`u32::MAX`] become `u32::MAX`, which is no product's id.
    pub product: Option<u32>,
}

impl<'f> DeviceList<'f> {
    /// Detects the format of a file; [`lines`](Self::lines) reads its lines. Borrows the bytes, except for UTF-16,
    /// which is decoded into at most one and a half times its size.
    ///
    /// # Errors
    ///
    /// [`UnreadableFile`] if the whole file is not a list: it is empty, not text, another kind of document, or too
    /// large.
    ///
    /// ```
    /// use fleet_core::device::import::{DeviceList, UnreadableFile};
    ///
    /// assert_eq!(DeviceList::read(b"\n\n \n").unwrap_err(), UnreadableFile::Empty);
    /// assert_eq!(DeviceList::read(b"55ff6d04498b49a1b2c3d4e5").unwrap().lines().count(), 1);
    /// ```
    pub fn read(bytes: &'f [u8]) -> Result<Self, UnreadableFile> {
        let text = list::text(bytes)?;
        let mut start = first_row(&text, Position::START).ok_or(UnreadableFile::Empty)?;
        let mut layout = Layout::UNNAMED;
        let mut header_line = None;

        let named = list::named_delimiter(text.get(start.byte..).unwrap_or_default());
        if let Some((delimiters, bytes)) = named {
            layout.delimiters = delimiters;
            start = start.behind(bytes, 1);
            start = first_row(&text, start).ok_or(UnreadableFile::Empty)?;
        }
        let known = named.map(|(delimiters, _)| delimiters);
        if let Some(header) = NAMES.header(text.get(start.byte..).unwrap_or_default(), known) {
            layout = header.layout;
            header_line = Some(start.line);
            start = start.behind(header.bytes, header.lines);
        }
        Ok(Self { text, layout, header_line, start })
    }

    /// The line number of the header, if there is one. The header, and a spreadsheet's `sep=` line before it, are the
    /// only lines that are not blank and get no answer.
    pub fn header_line(&self) -> Option<u32> {
        self.header_line
    }

    /// Returns the lines that are not blank, in the file's order.
    pub fn lines(&self) -> Lines<'_> {
        Lines { text: &self.text, layout: self.layout, position: self.start, unclosed_up_to: 0 }
    }
}

impl<'l> IntoIterator for &'l DeviceList<'_> {
    type Item = ListLine;
    type IntoIter = Lines<'l>;

    fn into_iter(self) -> Lines<'l> {
        self.lines()
    }
}

/// The lines of a [`DeviceList`].
#[derive(Clone, Debug)]
pub struct Lines<'l> {
    text: &'l [u8],
    layout: Layout,
    position: Position,
    /// Up to this byte, no quote continues over a line end: a search for its closing quote has failed here. Each byte
    /// is therefore searched at most twice, however many quotes are unclosed.
    unclosed_up_to: usize,
}

impl Lines<'_> {
    /// Reads a line that contains only an id. Most lines do, and searching for the line's end would cost more than
    /// reading the id.
    fn bare_id(&mut self, rest: &[u8]) -> Option<ListLine> {
        if self.layout.last() > 0 {
            return None;
        }
        let (digits, after) = rest.split_first_chunk::<{ 2 * 12 }>()?;
        let end = line_end(after);
        if end == 0 && !after.is_empty() {
            return None;
        }
        let id = DeviceId::from_hex(digits)?;
        let line = ListLine { number: self.position.line, content: checked(id), product: None };
        self.position = self.position.behind(digits.len() + end, 1);
        Some(line)
    }
}

impl Iterator for Lines<'_> {
    type Item = ListLine;

    fn next(&mut self) -> Option<ListLine> {
        loop {
            let rest = self.text.get(self.position.byte..).filter(|rest| !rest.is_empty())?;
            if let Some(line) = self.bare_id(rest) {
                return Some(line);
            }
            let is_unclosed = self.position.byte < self.unclosed_up_to;
            let row = Row::read(rest, self.layout, if is_unclosed { Quotes::OnOneLine } else { OVER_LINES });
            let number = self.position.line;
            self.unclosed_up_to = self.unclosed_up_to.max(self.position.byte + row.searched);
            self.position = self.position.behind(row.bytes, row.lines);
            if let Some(content) = row.content {
                return Some(ListLine { number, content, product: row.product });
            }
        }
    }
}

impl FusedIterator for Lines<'_> {}

/// The position of the first row, from a position on, that is not empty.
fn first_row(text: &[u8], mut position: Position) -> Option<Position> {
    loop {
        let rest = text.get(position.byte..).filter(|rest| !rest.is_empty())?;
        let row = Row::read(rest, Layout::UNNAMED, OVER_LINES);
        if row.content.is_some() {
            return Some(position);
        }
        position = position.behind(row.bytes, row.lines);
    }
}

/// One row at the start of a text.
struct Row {
    /// The id, why there is none, or `None` for an empty row.
    content: Option<Result<DeviceId, Malformed>>,
    product: Option<u32>,
    bytes: usize,
    lines: u32,
    /// Number of bytes that were searched for the closing quote in vain.
    searched: usize,
}

impl Row {
    fn read(text: &[u8], layout: Layout, quotes: Quotes) -> Self {
        let cut = Cut::first(text, layout, quotes);
        let content = match cut.open_quote {
            Some(_) => Some(Err(Malformed::UnterminatedQuote)),
            None => content(&cut, text, layout, quotes),
        };
        let product = cut.product.and_then(|field| product_in(field.raw));
        Self { content, product, bytes: cut.bytes, lines: cut.lines, searched: cut.open_quote.unwrap_or(0) }
    }
}

fn content(cut: &Cut<'_>, text: &[u8], layout: Layout, quotes: Quotes) -> Option<Result<DeviceId, Malformed>> {
    let whole = text.get(..cut.bytes).unwrap_or(text);
    let missing = |besides: [&[u8]; 2]| {
        let nothing = besides.iter().all(|text| is_nothing(text, layout.delimiters));
        (!nothing).then_some(Err(Malformed::MissingField))
    };
    let Some((at, field)) = cut.value else { return missing([whole, b""]) };
    let (before, from) = whole.split_at_checked(at).unwrap_or((whole, b""));
    let behind = from.get(field.bytes..).unwrap_or_default();
    let read = read_id(field.raw);
    match read {
        None => missing([before, behind]),
        Some(Ok(id)) if [before, behind].iter().any(|rest| ids_within(rest).any(|other| other != id)) => {
            Some(refuse_other_ids(whole, cut.padding, layout, quotes, id))
        }
        Some(Err(_)) if layout.delimiters == Delimiters::ANY && is_number_with_comma(from, field.raw.len()) => {
            Some(Err(Malformed::SpreadsheetNumber))
        }
        read => read,
    }
}

/// Refuses `id1,,id2` on one line, where all but the first id would be lost silently. A column that the header names
/// may contain ids of something else.
fn refuse_other_ids(
    row: &[u8],
    padding: usize,
    layout: Layout,
    quotes: Quotes,
    id: DeviceId,
) -> Result<DeviceId, Malformed> {
    let mut at = padding;
    for column in 0.. {
        let field = Field::first(row.get(at..).unwrap_or_default(), layout.delimiters, quotes);
        let other = match read_id(field.raw) {
            Some(Ok(other)) => other != id,
            other => other == Some(Err(Malformed::SeveralIds)),
        };
        if other && column != layout.column && !layout.names(column) {
            return Err(Malformed::SeveralIds);
        }
        at += field.bytes;
        if field.then != Then::Field {
            break;
        }
    }
    Ok(id)
}

/// The number in a field of product ids. A spreadsheet may have added a fraction of zeros.
fn product_in(field: &[u8]) -> Option<u32> {
    const LONGEST: usize = 64;
    let text = decode(field.get(..LONGEST).unwrap_or(field));
    let text = unwrapped(&text);
    let whole =
        text.split_once('.').map_or(text, |(whole, zeros)| if zeros.bytes().all(|b| b == b'0') { whole } else { "" });
    let is_number = !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| whole.parse().unwrap_or(u32::MAX))
}

/// Recognises `3,50029E+23;name` of a locale with decimal commas: the comma after the first digits does not end the
/// field.
fn is_number_with_comma(row: &[u8], first: usize) -> bool {
    row.get(first) == Some(&b',')
        && read_id(Field::first(row, Delimiters::DECIMAL_COMMA, Quotes::OnOneLine).raw)
            == Some(Err(Malformed::SpreadsheetNumber))
}

#[cfg(test)]
mod tests;
