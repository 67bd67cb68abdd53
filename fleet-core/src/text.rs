//! Texts that people hand in: trimmed, bounded, without control characters.

use crate::Error;
use std::ops::RangeInclusive;

/// A text as it is kept, if it has so many characters.
pub(crate) fn checked(field: &'static str, text: &str, length: RangeInclusive<usize>) -> Result<String, Error> {
    let text = text.trim();
    // Counting stops where it is too long, whatever was handed in.
    let characters = text.chars().take(length.end() + 1).count();
    if characters < *length.start() {
        let problem = match length.start() {
            1 => "is empty; give it a text".to_owned(),
            least => format!("is too short: at least {least} characters"),
        };
        return Err(Error::invalid(field, problem));
    }
    if characters > *length.end() {
        return Err(Error::invalid(field, format!("is too long: at most {} characters", length.end())));
    }
    // Only what is longer than a name has lines: a name with a line end would forge a second line where it is listed.
    let has_lines = length.end() > NAME.end();
    if text.chars().any(|c| c.is_control() && !(has_lines && c == '\n')) {
        return Err(Error::invalid(field, "has a control character in it; type it again without"));
    }
    Ok(text.to_owned())
}

/// Titles and names: 1 to 100 characters.
pub(crate) const NAME: RangeInclusive<usize> = 1..=100;

/// Descriptions: up to 2,000 characters.
pub(crate) const DESCRIPTION: RangeInclusive<usize> = 0..=2000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_the_length_are_told_apart() {
        assert!(checked("name", &"é".repeat(100), NAME).is_ok());
        assert_eq!(checked("name", &"é".repeat(101), NAME).unwrap_err().code(), "invalid");
        assert_eq!(checked("name", "  ", NAME).unwrap_err().code(), "invalid");
        assert_eq!(checked("name", " a ", NAME).unwrap(), "a");
        assert!(checked("name", "a\0b", NAME).is_err());
    }
}
