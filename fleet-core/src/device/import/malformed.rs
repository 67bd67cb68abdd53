//! One field of a list: the id in it, or what it is instead.
//!
//! Nothing here keeps or shows the field's text beyond a single character of its first word: what follows a space on a
//! sticker's scan is a secret (R-IMP-5).

use crate::DeviceId;
use crate::list::{decode, is_blank, unquoted, unwrapped};
use std::fmt;

/// The longest field, in bytes, in which an id is looked for. Longer ones are refused by their length.
const MAX_FIELD: usize = 4096;

/// Why a line gives no device id (R-IMP-2, R-IMP-5). Small, and free of the line's text but for one offending character.
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
    /// Hexadecimal digits, but not 24 of them.
    #[error("a device id has 24 hexadecimal digits, this has {characters} characters before any space")]
    WrongLength {
        /// How many digits there were.
        characters: u32,
    },
    /// A character that is no hexadecimal digit, whatever the length.
    #[error("{} at position {position} is not a hexadecimal digit", Shown(*.found))]
    NotHex {
        /// The first character that is no hexadecimal digit.
        found: char,
        /// Its place in the id, counted from 1.
        position: u32,
    },
    /// A number such as 3.50029E+23, or 350029001047343000000000: a spreadsheet took the id for one, and its digits are lost.
    #[error("a spreadsheet made a number of this id and lost its digits: format the column as text and export again")]
    SpreadsheetNumber,
    /// 24 times `0` or `f`: what a device says whose id was never set.
    #[error("24 times the same digit `0` or `f` is no device id: look up the id of this device")]
    UnsetId,
    /// A serial number, as printed on the device.
    #[error("this is a serial number: look up the device id that belongs to it")]
    SerialNumber,
    /// A serial number and what follows it on the sticker's code: the mobile secret.
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
    /// Another id after the first, where nothing says that it is another column.
    #[error("more than one device id on this line: write one id a line, or name the columns in a header")]
    SeveralIds,
    /// A quote that is not closed, or not where a field ends.
    #[error("a quote on this line is not closed: close it or take it out")]
    UnterminatedQuote,
    /// Bytes that are no character in the file's encoding.
    #[error("characters on this line could not be decoded: save the file as UTF-8 text")]
    Undecodable,
    /// A field too long to look for an id in.
    #[error("the text in place of an id is {bytes} bytes long: write one id a line")]
    TooLong {
        /// How many bytes it had.
        bytes: u32,
    },
    /// The column of the ids is empty on this line, or the line ends before it.
    #[error("nothing in the column of the device ids: fill it in or delete the line")]
    MissingField,
}

impl Malformed {
    /// A stable name of the reason, for programs.
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

/// A character as a person can tell it: itself when it is seen, its number when it is not.
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

/// The id in a field, why there is none, or `None` for a blank field. A good id is read whatever follows it after a
/// blank, unless that is another id: a list written on one line must not shrink to its first id in silence.
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
        None => Err(what_instead(word, !rest.trim_matches(is_blank).is_empty())),
    })
}

/// An id as it was written, unless it is what a spreadsheet left of one, or no device's.
pub(super) fn checked(id: DeviceId) -> Result<DeviceId, Malformed> {
    if id.is_unset() {
        return Err(Malformed::UnsetId);
    }
    // A spreadsheet keeps 15 digits of a number: of 24 decimal ones the last nine are zeros.
    let [digits @ .., half, 0, 0, 0, 0] = id.as_bytes() else { return Ok(id) };
    let is_decimal = |byte: &u8| byte >> 4 <= 9 && byte & 0x0F <= 9;
    if half & 0x0F == 0 && is_decimal(half) && digits.iter().all(is_decimal) {
        return Err(Malformed::SpreadsheetNumber);
    }
    Ok(id)
}

/// Whether a field holds an id, whole or damaged, or what is often taken for one: its row is no header.
pub(super) fn is_data(field: &[u8]) -> bool {
    /// More decimal digits than the name of a column has.
    const DIGITS: usize = 5;
    /// More hexadecimal digits in a row than a word has.
    const HEX: usize = 12;
    if field.len() > MAX_FIELD || field.iter().filter(|byte| byte.is_ascii_digit()).count() >= DIGITS {
        return true;
    }
    let text = decode(field);
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| word.len() >= HEX && word.bytes().all(|byte| byte.is_ascii_hexdigit()))
        || unwrapped(&text).split(is_blank).any(is_spreadsheet_number)
}

/// Whether a text has an id in it from its second line on.
pub(super) fn holds_id(text: &[u8]) -> bool {
    ids_within(text).next().is_some()
}

fn holds_other_id(text: &[u8], id: DeviceId) -> bool {
    ids_within(text).any(|other| other != id)
}

/// The ids that stand as whole words in a text.
pub(super) fn ids_within(text: &[u8]) -> impl Iterator<Item = DeviceId> {
    text.split(|byte| !byte.is_ascii_alphanumeric()).filter_map(DeviceId::from_hex)
}

fn what_instead(word: &str, followed: bool) -> Malformed {
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

/// `3.50029E+23`, `3,50029E+023`, `5E+23`. An exponent needs a sign or the mantissa a decimal mark: digits with one `e`
/// among them are what is left of an id.
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

/// `350029001047343000000000`, also grouped or with a fraction of zeros: a spreadsheet keeps 15 digits of a number. Fewer
/// than 24 digits where the id began with zeros.
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

/// A letter, then 13 or 14 letters and digits, with a letter among them that no id has: `P046AB12CD34EF5`.
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

/// 19 or 20 digits from 89 on; a SIM's 19 digits are often filled up with an F.
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
