//! Parser of guest lists: bytes of a file in, one user name or error for each line out (R-CUS-4). It parses like device
//! lists.
//!
//! Invariants: each line that is neither blank nor the header gets an answer; no part of a line becomes a separate
//! guest; no line with an address becomes part of another line's quoted text.

use crate::list::{
    self, Cut, Delimiters, Field, Layout, Names, Position, Quotes, Then, UnreadableFile, decode, is_nothing, unwrapped,
};
use crate::text::{self, NAME};
use crate::{Error, ErrorKind};

/// Maximum number of nonblank lines of a list.
pub const MAX_LINES: usize = 100_000;

/// Column names in guest lists. A user name takes precedence over an address.
const NAMES: Names = Names {
    columns: &[
        "username",
        "usernames",
        "login",
        "email",
        "emails",
        "emailaddress",
        "emailaddresses",
        "mail",
        "mailaddress",
    ],
    others: &["name", "names", "fullname", "firstname", "lastname", "user", "users", "customer", "customers"],
    products: &[],
    is_data,
};

const SEVERAL: &str = "more than one address on this line: write one guest a line, or name the columns in a header";
const OPEN_QUOTE: &str = "a quote on this line is not closed: close it or take it out";
const QUOTED_LINES: &str =
    "the quoted text on this line continues on other lines: write each guest on a line of their own";
const MISSING: &str = "nothing in the column of the user names: fill it in or delete the line";
const UNDECODABLE: &str = "the user name could not be decoded: save the file as UTF-8 text";

/// A line's number, and its user name or the reason why it has none.
pub(super) type Named = (u32, Result<String, String>);

/// Returns the nonblank lines of a list.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Named>, Error> {
    let text = match list::text(bytes) {
        Ok(text) if text.is_empty() && bytes.len() == 2 => {
            let problem = "the file is empty and UTF-16, not UTF-8; write one user name a line";
            return Err(Error::invalid("list", problem));
        }
        Err(UnreadableFile::Empty) => return Ok(Vec::new()),
        text => text?,
    };
    let (layout, mut at) = Columns::of(&text);
    let mut lines = Vec::new();
    // Up to this byte, a search for the closing quote has already failed.
    let mut quotes_doubted_to = 0;
    while let Some(rest) = text.get(at.byte..).filter(|rest| !rest.is_empty()) {
        let quotes = if at.byte < quotes_doubted_to { Quotes::OnOneLine } else { OVER_LINES };
        let row = Row::read(rest, layout.of_row(rest), quotes);
        quotes_doubted_to = quotes_doubted_to.max(at.byte + row.searched);
        if let Some(name) = row.name {
            if lines.len() == MAX_LINES {
                return Err(Error::invalid("list", format!("has over {MAX_LINES} lines; split it")));
            }
            lines.push((at.line, name));
        }
        at = at.behind(row.bytes, row.lines);
    }
    Ok(lines)
}

/// A quoted text may continue over lines that cannot be rows themselves.
const OVER_LINES: Quotes = Quotes::OverLines { holds: may_be_rows };

/// Where a list has its user names.
#[derive(Clone, Copy)]
struct Columns {
    layout: Layout,
    /// Whether a `sep=` line names the delimiter. Then no other delimiter counts.
    is_named: bool,
}

impl Columns {
    /// Returns the columns of a list, and the start of its rows.
    fn of(text: &[u8]) -> (Self, Position) {
        let mut at = first_row(text, Position::START);
        let mut columns = Self { layout: Layout::UNNAMED, is_named: false };
        if let Some((delimiters, bytes)) = list::named_delimiter(text.get(at.byte..).unwrap_or_default()) {
            columns = Self { layout: Layout::UNNAMED.cut_by(delimiters), is_named: true };
            at = first_row(text, at.behind(bytes, 1));
        }
        let known = columns.is_named.then_some(columns.layout.delimiters);
        let Some(head) = NAMES.header(text.get(at.byte..).unwrap_or_default(), known) else { return (columns, at) };
        let below = at.behind(head.bytes, head.lines);
        // `Jane,e-mail` may be a guest and their contact. It is a header if the row below has an address in that
        // column.
        let is_header = head.is_sure || head.layout.column == 0 || {
            let below = first_row(text, below);
            let row = Cut::first(text.get(below.byte..).unwrap_or_default(), head.layout, OVER_LINES);
            row.value.is_some_and(|(_, field)| field.raw.contains(&b'@') && !NAMES.is_column(field.raw))
        };
        if is_header { (Self { layout: head.layout, ..columns }, below) } else { (columns, at) }
    }

    /// Returns the layout of the row at the start of a text. A row of a joined list may use another delimiter than the
    /// header does; then an address shows where the field ends.
    fn of_row(self, text: &[u8]) -> Layout {
        let line = text.get(..list::line_len(text)).unwrap_or(text);
        let is_cut = self.is_named || line.iter().any(|byte| self.layout.delimiters.has(*byte));
        let any = self.layout.cut_by(Delimiters::ANY);
        let cut = Cut::first(line, any, Quotes::OnOneLine);
        let has_address = cut.value.is_some_and(|(_, field)| field.then == Then::Field && field.raw.contains(&b'@'));
        if !is_cut && has_address { any } else { self.layout }
    }
}

/// Returns the start of the first nonblank row.
fn first_row(text: &[u8], mut at: Position) -> Position {
    while let Some(rest) = text.get(at.byte..).filter(|rest| !rest.is_empty()) {
        let row = Row::read(rest, Layout::UNNAMED, OVER_LINES);
        if row.name.is_some() {
            break;
        }
        at = at.behind(row.bytes, row.lines);
    }
    at
}

struct Row {
    /// The user name, the reason why there is none, or `None` for a blank row.
    name: Option<Result<String, String>>,
    bytes: usize,
    lines: u32,
    searched: usize,
}

impl Row {
    fn read(text: &[u8], layout: Layout, quotes: Quotes) -> Self {
        let cut = Cut::first(text, layout, quotes);
        let row = |name| Self { name, bytes: cut.bytes, lines: cut.lines, searched: cut.open_quote.unwrap_or(0) };
        if let Some(searched) = cut.open_quote {
            return match quoted_lines(text, layout, searched) {
                Some((bytes, lines)) => Self { name: Some(Err(QUOTED_LINES.to_owned())), bytes, lines, searched: 0 },
                None => row(Some(Err(OPEN_QUOTE.to_owned()))),
            };
        }
        let whole = text.get(..cut.bytes).unwrap_or(text);
        let Some((at, field)) = cut.value else {
            return row((!is_nothing(whole, layout.delimiters)).then(|| Err(MISSING.to_owned())));
        };
        let name = match (user_name(field), whole.split_at_checked(at)) {
            (None, _) if is_nothing(whole, layout.delimiters) => None,
            (None, Some((before, rest))) => {
                let behind = rest.get(field.bytes..).unwrap_or_default();
                let is_nothing = |text| is_nothing(text, layout.delimiters);
                (!is_nothing(before) || !is_nothing(behind)).then(|| Err(MISSING.to_owned()))
            }
            (Some(Ok(name)), _) if has_other_address(whole, &cut, layout, &name) => Some(Err(SEVERAL.to_owned())),
            (name, _) => name,
        };
        row(name)
    }
}

/// Returns the bytes and lines of a row whose quoted text continues over lines that could be rows but contain no
/// address. Whether they are one text or separate rows is ambiguous, so none of them is read.
fn quoted_lines(text: &[u8], layout: Layout, searched: usize) -> Option<(usize, u32)> {
    let taken = text.get(..searched)?;
    let after = text.get(searched..)?.strip_prefix(b"\"")?;
    let end = Field::first(after, layout.delimiters, Quotes::OnOneLine);
    let is_closed = end.raw.trim_ascii().is_empty();
    if !is_closed || taken.contains(&b'@') {
        return None;
    }
    let rest = after.get(end.bytes..).unwrap_or_default();
    let tail = if end.then == Then::Row { 0 } else { Cut::first(rest, Layout::UNNAMED, Quotes::OnOneLine).bytes };
    let ends = list::line_ends(taken);
    (ends > 0).then(|| (searched + 1 + end.bytes + tail, 1 + ends))
}

/// Returns the user name in a field.
fn user_name(field: Field<'_>) -> Option<Result<String, String>> {
    if field.breaks > 0 {
        return Some(Err(QUOTED_LINES.to_owned()));
    }
    // A longer field contains no name and need not be searched.
    const LONGEST: usize = 4096;
    let raw = field.raw.get(..LONGEST).unwrap_or(field.raw).trim_ascii();
    let Ok(text) = std::str::from_utf8(raw) else {
        let is_cut = raw.len() == LONGEST;
        return Some(Err(if is_cut { "is too long: at most 100 characters" } else { UNDECODABLE }.to_owned()));
    };
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Some(Err(UNDECODABLE.to_owned()));
    }
    let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    if text.matches('"').count() % 2 == 1 {
        return Some(Err(OPEN_QUOTE.to_owned()));
    }
    let text = quoted.map_or_else(|| text.to_owned(), |inner| inner.replace("\"\"", "\""));
    let name = unwrapped(text.trim_matches(is_edge)).trim_matches(is_edge);
    if name.is_empty() {
        return None;
    }
    if name.split_whitespace().filter(|word| word.contains('@')).count() > 1 {
        return Some(Err(SEVERAL.to_owned()));
    }
    Some(text::checked("user name", name, NAME).map_err(|error| match error.kind() {
        ErrorKind::Invalid { problem, .. } => problem.clone(),
        _ => error.to_string(),
    }))
}

/// Invisible characters at the edges of a name: blanks, the Ctrl-Z with which DOS programs end a file, and others.
fn is_edge(c: char) -> bool {
    list::is_blank(c) || list::is_invisible(c)
}

/// Whether a row has several addresses, like `jane@x,,bob@x`: such a list would silently shrink to its first guest.
/// With a column named by the header, other columns may contain addresses.
fn has_other_address(row: &[u8], cut: &Cut<'_>, layout: Layout, name: &str) -> bool {
    if !name.contains('@') {
        return false;
    }
    let name = name.to_lowercase();
    let mut at = cut.padding;
    for column in 0.. {
        let field = Field::first(row.get(at..).unwrap_or_default(), layout.delimiters, OVER_LINES);
        if column != layout.column && !layout.names(column) && field.raw.contains(&b'@') {
            let text = decode(field.raw);
            let text = unwrapped(&text);
            let is_address = !text.contains(char::is_whitespace);
            if is_address && text.to_lowercase() != name {
                return true;
            }
        }
        at += field.bytes;
        if field.then != Then::Field {
            return false;
        }
    }
    false
}

/// Whether a field contains a guest or a number: then its row is no header.
fn is_data(field: &[u8]) -> bool {
    /// More decimal digits than a column name has.
    const DIGITS: usize = 5;
    field.contains(&b'@') || field.iter().filter(|byte| byte.is_ascii_digit()).count() >= DIGITS
}

/// Whether the later lines of a text could be rows: one of them contains an address or a delimiter.
fn may_be_rows(later_lines: &[u8]) -> bool {
    later_lines.iter().any(|byte| *byte == b'@' || Delimiters::ANY.has(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = Vec<(u32, Result<String, &'static str>)>;

    /// Returns what is read; of an error, the first words.
    fn read(file: impl AsRef<[u8]>) -> Read {
        let faults = [SEVERAL, OPEN_QUOTE, QUOTED_LINES, MISSING, UNDECODABLE];
        let short = |fault: String| faults.into_iter().find(|known| *known == fault).unwrap_or("another fault");
        let lines = super::read(file.as_ref()).unwrap();
        lines.into_iter().map(|(line, name)| (line, name.map_err(short))).collect()
    }

    fn names(lines: &[(u32, &str)]) -> Read {
        lines.iter().map(|(line, name)| (*line, Ok((*name).to_owned()))).collect()
    }

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(unit).collect()
    }

    #[test]
    fn a_quoted_comma_is_part_of_the_name() {
        assert_eq!(read("\"Doe, Jane\",x\n\"Roe; Jan\"\n"), names(&[(1, "Doe, Jane"), (2, "Roe; Jan")]));
        assert_eq!(read("\"Jane \"\"JJ\"\" Doe\"\n"), names(&[(1, "Jane \"JJ\" Doe")]));
    }

    #[test]
    fn a_spreadsheets_sep_line_names_the_delimiter() {
        assert_eq!(read("sep=;\r\nDoe, Jane;x\r\n"), names(&[(2, "Doe, Jane")]));
        assert_eq!(read("sep=;\nName;E-Mail\nJane;jane@x.io\n"), names(&[(3, "jane@x.io")]));
    }

    #[test]
    fn a_header_names_the_column_and_is_no_guest() {
        let two = names(&[(2, "jane@x.io"), (3, "bob@x.io")]);
        for name in ["Email Address", "E-Mail", "email_address", "User Name", "username", "\"Email\""] {
            assert_eq!(read(format!("{name}\njane@x.io\nbob@x.io")), two, "{name}");
            assert_eq!(read(format!("{name},Name\njane@x.io,Jane\nbob@x.io,Bob\n")), two, "{name}");
            assert_eq!(read(format!("Name;{name}\nJane;jane@x.io\nBob;bob@x.io\n")), two, "{name}");
            assert_eq!(read(format!("Batch\t{name}\nA\tjane@x.io\nB\tbob@x.io\n")), two, "{name}");
        }
        assert_eq!(read("email,name\njane@x.io;Jane\nDoe; Jane\n"), names(&[(2, "jane@x.io"), (3, "Doe; Jane")]));
        assert_eq!(read("sep=,\nemail,name\njane@x.io;Jane\n"), names(&[(3, "jane@x.io;Jane")]));
        assert_eq!(read("Email,User Name\njane@x.io,jane\n"), names(&[(2, "jane")]));
    }

    #[test]
    fn a_row_with_a_guest_in_it_is_no_header() {
        assert_eq!(read("jane@x.io,email\nbob@x.io,email\n"), names(&[(1, "jane@x.io"), (2, "bob@x.io")]));
        assert_eq!(read("Jane,email\nBob,email\n"), names(&[(1, "Jane"), (2, "Bob")]));
        assert_eq!(read("Jane,email\n"), names(&[(1, "Jane")]));
    }

    #[test]
    fn every_line_end_and_encoding_is_read() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["jane@x.io", "", "Zoë"].join(end);
            let expected = names(&[(1, "jane@x.io"), (3, "Zoë")]);
            assert_eq!(read(&text), expected, "{end:?}");
            assert_eq!(read(format!("\u{FEFF}{text}")), expected, "{end:?}");
            assert_eq!(read(utf16(&text, u16::to_le_bytes)), expected, "{end:?}");
            assert_eq!(read(utf16(&text, u16::to_be_bytes)), expected, "{end:?}");
        }
        assert_eq!(read(b"Zo\xEB\nbob@x.io\n"), [vec![(1, Err(UNDECODABLE))], names(&[(2, "bob@x.io")])].concat());
        assert_eq!(super::read(b"jane\0").unwrap_err().code(), "unsupported_encoding");
        assert_eq!(super::read(b"PK\x03\x04xlsx").unwrap_err().code(), "spreadsheet_document");
    }

    #[test]
    fn invisible_characters_are_no_part_of_a_name() {
        for line in ["jane@x.io\x1A", "\u{200B}jane@x.io", "\u{A0}jane@x.io ", "'jane@x.io", "“jane@x.io”"] {
            assert_eq!(read(line), names(&[(1, "jane@x.io")]), "{line:?}");
        }
        assert_eq!(read("jane@x.io\n\x1A"), names(&[(1, "jane@x.io")]));
        assert_eq!(read("\u{A0}\n,,;\n\"\"\n"), []);
    }

    #[test]
    fn an_open_quote_affects_no_other_guest() {
        let open = |line| (line, Err(OPEN_QUOTE));
        assert_eq!(read("\"jane@x.io\nbob@x.io\n"), [vec![open(1)], names(&[(2, "bob@x.io")])].concat());
        assert_eq!(read("jane@x.io,\"5 in\nbob@x.io,6\"\n"), [vec![open(1)], names(&[(2, "bob@x.io")])].concat());
        assert_eq!(read("\"Jane\nBob\nCarl\n"), [vec![open(1)], names(&[(2, "Bob"), (3, "Carl")])].concat());
        assert_eq!(read("Jane\"\n"), vec![open(1)]);
    }

    #[test]
    fn a_text_over_several_lines_is_one_row_or_an_error() {
        let file = "user_name,note\nJane,\"one\n\ntwo\"\nBob,x\n";
        assert_eq!(read(file), names(&[(2, "Jane"), (5, "Bob")]));
        let unclear = "Jane,\"5 in\nBob,6\"\nCarl,x\n";
        assert_eq!(read(unclear), [vec![(1, Err(QUOTED_LINES))], names(&[(3, "Carl")])].concat());
        assert_eq!(read("\"Doe\nJane\"\nBob\n"), [vec![(1, Err(QUOTED_LINES))], names(&[(3, "Bob")])].concat());
    }

    #[test]
    fn several_guests_on_one_line_do_not_shrink_to_the_first() {
        for line in ["jane@x.io,bob@x.io", "jane@x.io,,bob@x.io", "jane@x.io bob@x.io", "jane@x.io;x;bob@x.io"] {
            assert_eq!(read(line), [(1, Err(SEVERAL))], "{line}");
        }
        assert_eq!(read("jane@x.io,JANE@x.io\njane,jane@x.io\n"), names(&[(1, "jane@x.io"), (2, "jane")]));
        assert_eq!(read("email,sponsor\njane@x.io,bob@x.io\n"), names(&[(2, "jane@x.io")]));
    }

    #[test]
    fn a_line_without_a_guest_is_an_error() {
        assert_eq!(read(",Kitchen\n"), [(1, Err(MISSING))]);
        assert_eq!(read("name,email\nJane\nBob,\n"), [(2, Err(MISSING)), (3, Err(MISSING))]);
    }

    #[test]
    fn the_maximum_is_exact_and_checked_first() {
        assert_eq!(super::read("a\n\n".repeat(MAX_LINES).as_bytes()).unwrap().len(), MAX_LINES);
        let over = super::read("a\n".repeat(MAX_LINES + 1).as_bytes()).unwrap_err();
        assert_eq!(over.to_string(), "list: has over 100000 lines; split it");
    }
}
