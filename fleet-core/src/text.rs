//! Validates text that people enter: trimmed, of bounded length, normalised to NFC, without invisible characters.
//!
//! E-mails, user names and titles are compared by [`compared`], which ignores case and normalisation.

use crate::Error;
use std::borrow::Cow;
use std::ops::RangeInclusive;
use unicode_normalization::UnicodeNormalization as _;

fn too_long(most: &usize) -> String {
    format!("is too long: shorten it to {most} characters")
}

/// Returns the text as it is stored, if its length is in the range.
pub(crate) fn checked(field: &'static str, text: &str, length: RangeInclusive<usize>) -> Result<String, Error> {
    let text = text.trim();
    // Counting stops at the maximum, however long the input is.
    if text.chars().take(length.end() + 1).count() > *length.end() {
        return Err(Error::invalid(field, too_long(length.end())));
    }
    let text: String = text.nfc().collect();
    let characters = text.chars().count();
    if characters > *length.end() {
        return Err(Error::invalid(field, too_long(length.end())));
    }
    if characters < *length.start() {
        let problem = match length.start() {
            1 => "is empty; enter a text".to_owned(),
            least => format!("has {characters} characters; give at least {least}"),
        };
        return Err(Error::invalid(field, problem));
    }
    // Only texts that may be longer than a name have lines: in a list, a line end in a name would forge a second line.
    let has_lines = length.end() > NAME.end();
    if text.chars().any(|c| c.is_control() && !(has_lines && c == '\n')) {
        return Err(Error::invalid(field, "has a control character in it; type it again without it"));
    }
    // Some scripts are written with joiners. In a name, a joiner would make two names look alike.
    let joins = |c| has_lines && matches!(c, '\u{200C}' | '\u{200D}');
    if text.chars().any(|c| is_format(c) && !joins(c)) {
        return Err(Error::invalid(field, "has an invisible character in it; type it again without it"));
    }
    Ok(text)
}

/// Titles and names: 1 to 100 characters.
pub(crate) const NAME: RangeInclusive<usize> = 1..=100;

/// Descriptions: up to 2,000 characters.
pub(crate) const DESCRIPTION: RangeInclusive<usize> = 0..=2000;

/// The form by which texts are compared: equal for two that differ only in case, normalisation or invisible characters
/// (canonical caseless matching).
pub(crate) fn compared(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let seen: String = text.nfd().filter(|c| !is_format(*c) && !is_ignorable(*c)).collect();
    caseless::default_case_fold_str(&seen).nfc().collect()
}

/// The keys under which a name may be stored: its compared form, then the key of earlier versions, if that differs.
pub(crate) fn keys(name: &str) -> impl Iterator<Item = String> {
    let name = name.trim();
    let key = compared(name);
    let old = Some(name.to_lowercase()).filter(|old| *old != key);
    std::iter::once(key).chain(old)
}

/// A code in the form by which codes are compared: trimmed, normalised to NFC.
pub(crate) fn code(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.is_ascii() { text.into() } else { text.nfc().collect::<String>().into() }
}

/// Whether a character is invisible and changes how others are shown: category Cf, which includes the direction
/// controls, and the line and paragraph separators.
pub(crate) fn is_format(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{890}'..='\u{891}' | '\u{8E2}'
        | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}' | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E007F}')
}

/// Whether a character of another category is invisible too: fillers, and variation selectors.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{34F}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{E0100}'..='\u{E01EF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_at_the_maximum_length_is_accepted_and_a_longer_one_refused() {
        assert!(checked("name", &"é".repeat(100), NAME).is_ok());
        assert_eq!(checked("name", &"é".repeat(101), NAME).unwrap_err().code(), "invalid");
        assert_eq!(checked("name", "  ", NAME).unwrap_err().code(), "invalid");
        assert_eq!(checked("name", " a ", NAME).unwrap(), "a");
        assert!(checked("name", "a\0b", NAME).is_err());
    }

    #[test]
    fn a_name_with_an_invisible_character_is_refused() {
        for hidden in ['\u{200B}', '\u{200D}', '\u{202E}', '\u{2066}', '\u{2028}', '\u{2029}', '\u{FEFF}', '\u{AD}'] {
            let name = format!("ja{hidden}ne");
            assert_eq!(checked("name", &name, NAME).unwrap_err().code(), "invalid", "{name:?}");
        }
        assert!(checked("description", "नमस्\u{200D}ते\nsecond line", DESCRIPTION).is_ok());
        assert!(checked("description", "a\u{202E}b", DESCRIPTION).is_err());
        assert!(checked("description", "a\u{2028}b", DESCRIPTION).is_err());
    }

    #[test]
    fn names_that_look_alike_are_stored_and_compared_alike() {
        assert_eq!(checked("name", "e\u{301}", NAME).unwrap(), "\u{E9}");
        for (one, two) in [
            ("É", "e\u{301}"),
            ("ΟΔΟΣ", "οδος"),
            ("οδοσ", "οδος"),
            ("STRASSE", "straße"),
            ("❤\u{FE0F}", "❤"),
            ("K", "\u{212A}"),
        ] {
            assert_eq!(compared(one), compared(two), "{one} {two}");
        }
        assert_ne!(compared("jane"), compared("jame"));
    }

    #[test]
    fn a_name_of_an_earlier_version_is_looked_up_by_its_old_key_too() {
        assert_eq!(keys(" Jane ").collect::<Vec<_>>(), ["jane"]);
        assert_eq!(keys("Straße").collect::<Vec<_>>(), ["strasse", "straße"]);
    }
}
