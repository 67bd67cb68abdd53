//! A device list: a file's bytes in, one answer for each line out (R-IMP-1, R-IMP-2, R-IMP-5).
//!
//! What holds here: every line that is not blank and not the header gives exactly one [`Line`], in the file's order, under
//! the number that an editor shows for it. Nothing is allocated for a line of plain text, and no byte is looked at more
//! than a few times, whatever the bytes are. The file's name plays no part: a list is read by what is in it.

use super::encoding::{self, UnreadableFile};
use super::layout::{self, Layout};
use super::malformed::{Malformed, read_id, unquoted};
use super::row::{Delimiters, Field, Then, line_end, line_len};
use crate::DeviceId;
use std::borrow::Cow;
use std::iter::FusedIterator;

/// A file with a list of device ids, one a line: plain text, or CSV whose first column, or the one that its header names,
/// holds the ids.
///
/// Read right: UTF-8 with and without a byte order mark, UTF-16 with one, Latin-1 beside the ids; LF, CR LF and CR line
/// ends, mixed; either case; blanks, tabs, NBSP and invisible characters; quotes, `="…"` and apostrophes; `,`, `;` or tab,
/// `sep=`, empty columns; a header; Ctrl-Z. What can't be read is a [`Malformed`] on its line. The text behind an id and a
/// blank may be a secret, and is neither kept nor shown (R-IMP-5).
///
/// The names of an id column are `id`, `device_id`, `Device ID`, `deviceid`, `device`, `core id`, their plurals and
/// `Serial Number`, in any case, with or without blanks, `_` and `-`.
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
    /// Where the rows begin.
    start: Place,
}

/// A place in a text: its byte, and the number of its line counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    byte: usize,
    line: u32,
}

/// One line of a list that is not blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, counted from 1 over all lines of the file, blank ones and the header too.
    pub number: u32,
    /// The id on it, or why there is none.
    pub content: Result<DeviceId, Malformed>,
}

impl<'f> DeviceList<'f> {
    /// Reads how a file is written; its lines are read by [`lines`](Self::lines). Borrows the bytes, but for UTF-16, which
    /// is decoded into at most one and a half times its size.
    ///
    /// # Errors
    ///
    /// [`UnreadableFile`] when the whole file is no list: empty, no text, another kind of document, too large.
    ///
    /// ```
    /// use fleet_core::device::import::{DeviceList, UnreadableFile};
    ///
    /// assert_eq!(DeviceList::read(b"\n\n \n").unwrap_err(), UnreadableFile::Empty);
    /// assert_eq!(DeviceList::read(b"55ff6d04498b49a1b2c3d4e5").unwrap().lines().count(), 1);
    /// ```
    pub fn read(bytes: &'f [u8]) -> Result<Self, UnreadableFile> {
        let text = encoding::text(bytes)?;
        let mut place = first_row(&text, Place { byte: 0, line: 1 }).ok_or(UnreadableFile::Empty)?;
        let mut layout = Layout::UNNAMED;
        let mut header_line = None;

        let named = layout::named_delimiter(text.get(place.byte..).unwrap_or_default());
        if let Some((delimiters, bytes)) = named {
            layout.delimiters = delimiters;
            place = Place { byte: place.byte + bytes, line: place.line + 1 };
            place = first_row(&text, place).ok_or(UnreadableFile::Empty)?;
        }
        let known = named.map(|(delimiters, _)| delimiters);
        if let Some(header) = layout::header(text.get(place.byte..).unwrap_or_default(), known) {
            layout = header.layout;
            header_line = Some(place.line);
            place = Place { byte: place.byte + header.bytes, line: place.line + header.lines };
        }
        Ok(Self { text, layout, header_line, start: place })
    }

    /// The line of the header, if there is one. It is the only line that is not blank and gets no answer, together with
    /// a spreadsheet's `sep=` line before it.
    pub fn header_line(&self) -> Option<u32> {
        self.header_line
    }

    /// The lines that are not blank, in the file's order.
    pub fn lines(&self) -> Lines<'_> {
        Lines { text: &self.text, layout: self.layout, place: self.start, quotes_doubted_to: 0 }
    }
}

impl<'l> IntoIterator for &'l DeviceList<'_> {
    type Item = Line;
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
    place: Place,
    /// Up to this byte no quote goes on over a line end: a search for its other half has been here in vain. Thus each byte
    /// is searched at most twice, however many quotes are left open.
    quotes_doubted_to: usize,
}

impl Lines<'_> {
    /// An id and nothing else on the line. Most lines are this, and a search for the line's end would cost more than
    /// reading the id.
    fn bare_id(&mut self, rest: &[u8]) -> Option<Line> {
        if self.layout.column > 0 {
            return None;
        }
        let (digits, after) = rest.split_first_chunk::<{ 2 * 12 }>()?;
        let end = line_end(after);
        if end == 0 && !after.is_empty() {
            return None;
        }
        let id = DeviceId::from_hex(digits)?;
        let line = Line { number: self.place.line, content: Ok(id) };
        self.place = Place { byte: self.place.byte + digits.len() + end, line: self.place.line + 1 };
        Some(line)
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        loop {
            let rest = self.text.get(self.place.byte..).filter(|rest| !rest.is_empty())?;
            if let Some(line) = self.bare_id(rest) {
                return Some(line);
            }
            let row = Row::first(rest, self.layout, self.place.byte >= self.quotes_doubted_to);
            let number = self.place.line;
            self.quotes_doubted_to = self.quotes_doubted_to.max(self.place.byte + row.searched);
            self.place = Place { byte: self.place.byte + row.bytes, line: number + row.lines };
            if let Some(content) = row.content {
                return Some(Line { number, content });
            }
        }
    }
}

impl FusedIterator for Lines<'_> {}

/// The first row of a text, from a place on, in which something stands.
fn first_row(text: &[u8], mut place: Place) -> Option<Place> {
    loop {
        let rest = text.get(place.byte..).filter(|rest| !rest.is_empty())?;
        let row = Row::first(rest, Layout::UNNAMED, true);
        if row.content.is_some() {
            return Some(place);
        }
        place = Place { byte: place.byte + row.bytes, line: place.line + row.lines };
    }
}

/// One row at the start of a text.
struct Row {
    /// The id, why there is none, or `None` for a row in which nothing stands.
    content: Option<Result<DeviceId, Malformed>>,
    bytes: usize,
    lines: u32,
    /// How far the other half of an open quote was searched in vain.
    searched: usize,
}

impl Row {
    fn first(text: &[u8], layout: Layout, over_lines: bool) -> Self {
        let unnamed = layout.delimiters == Delimiters::ANY;
        // Without a known delimiter, a tab before the id is padding and not an empty first column.
        let padding = if unnamed { text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count() } else { 0 };
        let mut row = Self { content: None, bytes: padding, lines: 1, searched: 0 };
        let mut ids: Option<(usize, Field<'_>)> = None;
        let mut next_quote = 0;

        for column in 0.. {
            let rest = text.get(row.bytes..).unwrap_or_default();
            if column > layout.column && row.bytes >= next_quote {
                match rest_of_line(rest) {
                    Rest::Plain { bytes } => {
                        row.bytes += bytes;
                        break;
                    }
                    Rest::Quote { at } => next_quote = row.bytes + at + 1,
                }
            }
            let field = Field::first(rest, layout.delimiters, over_lines);
            if let Then::OpenQuote { searched } = field.then {
                return Self::with_open_quote(text, row.bytes + searched);
            }
            if column == layout.column {
                ids = Some((row.bytes, field));
            }
            row.bytes += field.bytes;
            row.lines += field.breaks;
            if field.then == Then::Row {
                break;
            }
        }

        let whole = text.get(..row.bytes).unwrap_or(text);
        let Some((at, field)) = ids else {
            row.content = (!is_nothing(whole, layout.delimiters)).then_some(Err(Malformed::MissingField));
            return row;
        };
        let behind = whole.get(at + field.bytes..).unwrap_or_default();
        row.content = match read_id(field.raw) {
            None => {
                let before = whole.get(..at).unwrap_or_default();
                let nothing = is_nothing(before, layout.delimiters) && is_nothing(behind, layout.delimiters);
                (!nothing).then_some(Err(Malformed::MissingField))
            }
            Some(Ok(id)) if unnamed && next_is_other_id(behind, id) => Some(Err(Malformed::SeveralIds)),
            Some(Err(_)) if unnamed && is_number_with_comma(whole.get(at..).unwrap_or_default(), field.raw.len()) => {
                Some(Err(Malformed::SpreadsheetNumber))
            }
            content => content,
        };
        row
    }

    /// Only the first line is taken, so that the ones below it are read.
    fn with_open_quote(text: &[u8], searched: usize) -> Self {
        let len = line_len(text);
        let bytes = len + line_end(text.get(len..).unwrap_or_default());
        Self { content: Some(Err(Malformed::UnterminatedQuote)), bytes, lines: 1, searched }
    }
}

/// What the columns behind the ids are read for: where the line ends.
enum Rest {
    /// So many bytes on, its end among them.
    Plain { bytes: usize },
    /// A quote comes first, behind which a line end need not be the row's.
    Quote { at: usize },
}

fn rest_of_line(text: &[u8]) -> Rest {
    let at = memchr::memchr3(b'\n', b'\r', b'"', text).unwrap_or(text.len());
    match text.get(at..).unwrap_or_default() {
        [b'"', ..] => Rest::Quote { at },
        end => Rest::Plain { bytes: at + line_end(end) },
    }
}

/// Only delimiters, blanks and quotes: what spreadsheets write for an empty row.
fn is_nothing(text: &[u8], delimiters: Delimiters) -> bool {
    text.iter().all(|byte| delimiters.has(*byte) || byte.is_ascii_whitespace() || matches!(byte, b'"' | 0x1A))
}

/// `id1,id2,id3` on one line: a list that would shrink to its first id in silence. With a header, another column may well
/// hold ids of something else.
fn next_is_other_id(behind: &[u8], id: DeviceId) -> bool {
    !behind.is_empty()
        && DeviceId::from_hex(unquoted(Field::first(behind, Delimiters::ANY, false).raw))
            .is_some_and(|other| other != id)
}

/// `3,50029E+23;name`, from a desk that writes decimal commas: the comma after so many bytes ended no field.
fn is_number_with_comma(row: &[u8], first: usize) -> bool {
    row.get(first) == Some(&b',')
        && read_id(Field::first(row, Delimiters::DECIMAL_COMMA, false).raw) == Some(Err(Malformed::SpreadsheetNumber))
}

#[cfg(test)]
mod tests;
