//! Reads the lists that people upload: splits a file's bytes into rows of fields.
//!
//! One reader serves lists of devices and lists of guests. It handles encodings, line ends, quotes, delimiters and
//! headers; the caller defines what a field means ([`Names`], [`Quotes`]). Invariant: every line belongs to exactly one
//! row, rows come in the file's order with the line numbers that an editor shows, and no byte is read more than a few
//! times.

mod encoding;
mod layout;
mod row;

pub use encoding::{MAX_BYTES, UnreadableFile};
pub(crate) use encoding::{decode, is_blank, is_invisible, text};
pub(crate) use layout::{Layout, Names, named_delimiter};
pub(crate) use row::{
    Cut, Delimiters, Field, Quotes, Then, is_nothing, line_end, line_ends, line_len, unquoted, unwrapped,
};

/// A position in a text: its byte offset, and its line number from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) byte: usize,
    pub(crate) line: u32,
}

impl Position {
    pub(crate) const START: Self = Self { byte: 0, line: 1 };

    /// The position after a row of this size.
    pub(crate) fn behind(self, bytes: usize, lines: u32) -> Self {
        Self { byte: self.byte.saturating_add(bytes), line: self.line.saturating_add(lines) }
    }
}
