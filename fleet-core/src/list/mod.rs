//! Reading the lists that people upload: a file's bytes in, rows of fields out.
//!
//! One reader for lists of devices and lists of guests. It knows encodings, line ends, quotes, delimiters and headers; what
//! a field means is the caller's ([`Names`], [`Quotes`]). What holds here: every line belongs to exactly one row, rows come
//! in the file's order under the numbers that an editor shows, and no byte is looked at more than a few times.

mod encoding;
mod layout;
mod row;

pub use encoding::{MAX_BYTES, UnreadableFile};
pub(crate) use encoding::{decode, is_blank, is_invisible, text};
pub(crate) use layout::{Layout, Names, named_delimiter};
pub(crate) use row::{
    Cut, Delimiters, Field, Quotes, Then, is_nothing, line_end, line_ends, line_len, unquoted, unwrapped,
};

/// A position in a text: its byte, and the number of its line counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) byte: usize,
    pub(crate) line: u32,
}

impl Position {
    pub(crate) const START: Self = Self { byte: 0, line: 1 };

    /// The position behind a row of this size.
    pub(crate) fn behind(self, bytes: usize, lines: u32) -> Self {
        Self { byte: self.byte.saturating_add(bytes), line: self.line.saturating_add(lines) }
    }
}
