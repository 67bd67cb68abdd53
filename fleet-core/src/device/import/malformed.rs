//! Parses one field of a list: returns the id in it, or why there is none.
//!
//! Nothing here stores or shows the field's text, except for a single character of its first word: the text after a
//! space in a sticker's scan is a secret (R-IMP-5).

use crate::DeviceId;
use crate::list::{decode, is_blank, unquoted, unwrapped};
use std::fmt;

/// The longest field, in bytes, that is searched for an id. A longer field is refused for its length.
const MAX_FIELD: usize = 4096;

/// Why a line gives no device id (R-IMP-2, R-IMP-5). It is small, and contains at most one character of the line's
/// text.
///
/// ```
/// use fleet_core::device::import::{DeviceList, Malformed};
///
/// let list = DeviceList::read(b"55ff6d04498b49XXXXXXXXXX\n3.50029E+23\n")?;
/// let mut reasons = list.lines().filter_map(|line| line.content.err());
/// assert_eq!(reasons.next(), Some(Malformed::NotHex { found: 'X', position: 15 }));
/// assert_eq!(reasons.next(), Some(Malformed::SpreadsheetNumber));
/// # Ok::<(), fleet_core::device::import::UnreadableFile>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// The id has hexadecimal digits, but not 24 of them.
    #[error("a device id has 24 hexadecimal digits, this has {characters} characters before any space")]
    WrongLength {
        /// Number of digits.
        characters: u32,
    },
    /// The id contains a character that is not a hexadecimal digit, whatever its length.
    #[error("{} at position {position} is not a hexadecimal digit", Shown(*.found))]
    NotHex {
        /// The first character that is not a hexadecimal digit.
        found: char,
        /// Its position in the id, from 1.
        position: u32,
    },
    /// A number such as 3.50029E+23, or 350029001047343000000000: a spreadsheet converted the id to a number, and
    /// digits are lost.
    #[error("a spreadsheet made a number of this id and lost its digits: format the column as text and export again")]
    SpreadsheetNumber,
    /// 24 times `0` or `f`: the id of a device whose id was never set.
    #[error("24 times the same digit `0` or `f` is not a device id: look up the id of this device")]
    UnsetId,
    /// A serial number, as printed on the device.
    #[error("this is a serial number: look up the device id that belongs to it")]
    SerialNumber,
    /// A serial number and the mobile secret that follows it in the sticker's code.
    #[error(
        "this is the scan of a sticker, a serial number and a mobile secret: look up the device id, keep the secret out of lists"
    )]
    SerialAndSecret,
    /// A modem's IMEI: 15 decimal digits.
    #[error("this is an IMEI, the number of a modem: look up the device id that belongs to it")]
    Imei,
    /// A SIM's ICCID: 19 or 20 decimal digits that begin with 89.
    #[error("this is an ICCID, the number of a SIM: look up the device id that belongs to it")]
    Iccid,
    /// A second id after the first, and no header that makes it another column.
    #[error("more than one device id on this line: write one id per line, or name the columns in a header")]
    SeveralIds,
    /// A quote is not closed, or is closed before the field ends.
    #[error("a quote on this line is not closed: close it or take it out")]
    UnterminatedQuote,
    /// The line has bytes that are not characters in the file's encoding.
    #[error("characters on this line could not be decoded: save the file as UTF-8 text")]
    Undecodable,
    /// The field is too long to search for an id.
    #[error("the field is {bytes} bytes long, an id has 24: write one id per line")]
    TooLong {
        /// Number of bytes.
        bytes: u32,
    },
    /// The id column is empty on this line, or the line ends before it.
    #[error("nothing in the column of the device ids: fill it in or delete the line")]
    MissingField,
}

impl Malformed {
    /// A stable code of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WrongLength { .. } => "wrong_length",
            Self::NotHex { .. } => "not_hex",
            Self::SpreadsheetNumber => "spreadsheet_number",
            Self::UnsetId => "unset_id",
            Self::SerialNumber => "serial_number",
            Self::SerialAndSecret => "serial_and_secret",
            Self::Imei => "imei",
            Self::Iccid => "iccid",
            Self::SeveralIds => "several_ids",
            Self::UnterminatedQuote => "unterminated_quote",
            Self::Undecodable => "undecodable",
            Self::TooLong { .. } => "too_long",
            Self::MissingField => "missing_field",
        }
    }
}

/// Formats a character for a person: the character itself if it is visible, its code point otherwise.
struct Shown(char);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            '`' => f.write_str("a backtick"),
            c if c.is_ascii_graphic() => write!(f, "`{c}`"),
            c if c.is_alphanumeric() => write!(f, "`{c}` (U+{:04X})", u32::from(c)),
            c => write!(f, "U+{:04X}", u32::from(c)),
        }
    }
}

/// Returns the id in a field, why there is none, or `None` for a blank field. Text after a valid id and a blank is
/// ignored, unless it contains another id: a list on one line must not lose all but its first id silently.
pub(super) fn read_id(field: &[u8]) -> Option<Result<DeviceId, Malformed>> {
    let plain = unquoted(field);
    if let Some(id) = DeviceId::from_hex(plain) {
        return Some(checked(id));
    }
    if plain.is_empty() {
        return None;
    }
    if plain.len() > MAX_FIELD {
        return Some(Err(Malformed::TooLong { bytes: count(plain.len()) }));
    }
    let text = decode(plain);
    let text = unwrapped(&text);
    if text.is_empty() {
        return None;
    }
    let (word, rest) = text.split_once(is_blank).unwrap_or((text, ""));
    let word = unwrapped(word);
    Some(match DeviceId::from_hex(word.as_bytes()) {
        Some(id) if holds_other_id(rest.as_bytes(), id) => Err(Malformed::SeveralIds),
        Some(id) => checked(id),
        None => Err(classify(word, !rest.trim_matches(is_blank).is_empty())),
    })
}

/// Returns the id, unless a spreadsheet has damaged it or it is no device's.
pub(super) fn checked(id: DeviceId) -> Result<DeviceId, Malformed> {
    if id.is_unset() {
        return Err(Malformed::UnsetId);
    }
    // A spreadsheet keeps 15 digits of a number: of 24 decimal digits, the last nine are zeros.
    let [digits @ .., half, 0, 0, 0, 0] = id.as_bytes() else { return Ok(id) };
    let is_decimal = |byte: &u8| byte >> 4 <= 9 && byte & 0x0F <= 9;
    if half & 0x0F == 0 && is_decimal(half) && digits.iter().all(is_decimal) {
        return Err(Malformed::SpreadsheetNumber);
    }
    Ok(id)
}

/// Whether a field contains an id, whole or damaged, or something often mistaken for one. A row with such a field is
/// not a header.
pub(super) fn is_data(field: &[u8]) -> bool {
    /// More decimal digits than a column name has.
    const DIGITS: usize = 5;
    /// More consecutive hexadecimal digits than a word has.
    const HEX: usize = 12;
    if field.len() > MAX_FIELD || field.iter().filter(|byte| byte.is_ascii_digit()).count() >= DIGITS {
        return true;
    }
    let text = decode(field);
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| word.len() >= HEX && word.bytes().all(|byte| byte.is_ascii_hexdigit()))
        || unwrapped(&text).split(is_blank).any(is_spreadsheet_number)
}

/// Whether a text contains an id from its second line on.
pub(super) fn holds_id(text: &[u8]) -> bool {
    ids_within(text).next().is_some()
}

fn holds_other_id(text: &[u8], id: DeviceId) -> bool {
    ids_within(text).any(|other| other != id)
}

/// The ids that are whole words of a text.
pub(super) fn ids_within(text: &[u8]) -> impl Iterator<Item = DeviceId> {
    text.split(|byte| !byte.is_ascii_alphanumeric()).filter_map(DeviceId::from_hex)
}

fn classify(word: &str, followed: bool) -> Malformed {
    if word.contains(|c| c == char::REPLACEMENT_CHARACTER || ('\u{80}'..'\u{A0}').contains(&c)) {
        Malformed::Undecodable
    } else if is_spreadsheet_number(word) {
        Malformed::SpreadsheetNumber
    } else if is_serial_number(word) {
        if followed { Malformed::SerialAndSecret } else { Malformed::SerialNumber }
    } else if is_imei(word) {
        Malformed::Imei
    } else if is_iccid(word) {
        Malformed::Iccid
    } else if is_number_written_out(word) {
        Malformed::SpreadsheetNumber
    } else {
        match word.chars().zip(1..).find(|(c, _)| !c.is_ascii_hexdigit()) {
            Some((found, position)) => Malformed::NotHex { found, position },
            None => Malformed::WrongLength { characters: count(word.len()) },
        }
    }
}

/// Recognises `3.50029E+23`, `3,50029E+023`, `5E+23`. The exponent needs a sign, or the mantissa a decimal mark: digits
/// with only one `e` among them are a truncated id.
fn is_spreadsheet_number(word: &str) -> bool {
    let Some((mantissa, exponent)) = word.split_once(['e', 'E']) else { return false };
    let mantissa = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    is_decimal(whole)
        && (fraction.is_empty() || is_decimal(fraction))
        && is_decimal(unsigned)
        && (whole.len() < mantissa.len() || unsigned.len() < exponent.len())
}

/// Recognises `350029001047343000000000`, also grouped or with a fraction of zeros: a spreadsheet keeps 15 digits of a
/// number. There are fewer than 24 digits if the id began with zeros.
fn is_number_written_out(word: &str) -> bool {
    const KEPT: usize = 15;
    let whole = ['.', ','].iter().find_map(|mark| {
        let (whole, fraction) = word.rsplit_once(*mark)?;
        ((1..=2).contains(&fraction.len()) && fraction.bytes().all(|digit| digit == b'0')).then_some(whole)
    });
    let whole = whole.unwrap_or(word);
    let mut digits = 0;
    for c in whole.chars() {
        match c {
            '0' => digits += 1,
            '1'..='9' if digits < KEPT => digits += 1,
            ',' | '.' | '\'' | '’' => {}
            _ => return false,
        }
    }
    (20..=24).contains(&digits)
}

/// A letter, then 13 or 14 letters and digits, including a letter that is not hexadecimal: `P046AB12CD34EF5`.
fn is_serial_number(word: &str) -> bool {
    let bytes = word.as_bytes();
    matches!(bytes, [first, ..] if first.is_ascii_alphabetic())
        && (14..=15).contains(&bytes.len())
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && bytes.iter().any(|byte| !byte.is_ascii_hexdigit())
        && bytes.iter().filter(|byte| byte.is_ascii_digit()).count() >= 2
}

fn is_imei(word: &str) -> bool {
    word.len() == 15 && is_decimal(word)
}

/// 19 or 20 digits that begin with 89; a SIM's 19 digits are often padded with an F.
fn is_iccid(word: &str) -> bool {
    let digits = if word.len() == 20 { word.strip_suffix(['f', 'F']).unwrap_or(word) } else { word };
    (19..=20).contains(&digits.len()) && digits.starts_with("89") && is_decimal(digits)
}

fn is_decimal(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn count(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
