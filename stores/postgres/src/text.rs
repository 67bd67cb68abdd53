//! Encodes text for PostgreSQL, which stores no NUL, neither in text nor in JSON; records may contain one.
//!
//! NUL is written as U+FDD0 `0`, and U+FDD0 itself, a noncharacter, as U+FDD0 `1`.

use std::borrow::Cow;

const MARK: char = '\u{FDD0}';

/// Encodes text.
pub(crate) fn to_text(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', MARK]) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(MARK, "\u{FDD0}1").replace('\0', "\u{FDD0}0"))
}

/// Decodes text.
pub(crate) fn from_text(text: &str) -> Cow<'_, str> {
    if !text.contains(MARK) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\u{FDD0}0", "\0").replace("\u{FDD0}1", "\u{FDD0}"))
}

/// Encodes JSON. In JSON a NUL is always an escape.
pub(crate) fn to_json(json: &str) -> Cow<'_, str> {
    if !json.contains(MARK) && !json.contains("\\u0000") {
        return Cow::Borrowed(json);
    }
    let mut kept = String::with_capacity(json.len() + 16);
    let mut rest = json;
    while let Some(place) = rest.find([MARK, '\\']) {
        let (before, found) = rest.split_at(place);
        kept.push_str(before);
        rest = if let Some(after) = found.strip_prefix(MARK) {
            kept.push_str("\u{FDD0}1");
            after
        } else if let Some(after) = found.strip_prefix("\\u0000") {
            kept.push_str("\u{FDD0}0");
            after
        } else {
            // Any other escape is copied completely; otherwise the text after an escaped backslash could be taken for
            // an escape.
            let (escape, after) = found.split_at_checked(2).unwrap_or((found, ""));
            kept.push_str(escape);
            after
        };
    }
    kept.push_str(rest);
    Cow::Owned(kept)
}

/// Decodes JSON.
pub(crate) fn from_json(json: &str) -> Cow<'_, str> {
    if !json.contains(MARK) {
        return Cow::Borrowed(json);
    }
    Cow::Owned(json.replace("\u{FDD0}0", "\\u0000").replace("\u{FDD0}1", "\u{FDD0}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Texts in which the special characters are frequent.
    fn texts() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("\0"),
            Just("\u{FDD0}"),
            Just("\\"),
            Just("u0000"),
            Just("\""),
            Just("0"),
            Just("1"),
            Just("é"),
        ];
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn text_reads_back_and_is_kept_without_nul(text in texts()) {
            let kept = to_text(&text);
            prop_assert!(!kept.contains('\0'), "{kept:?}");
            prop_assert_eq!(&*from_text(&kept), &text);
        }

        #[test]
        fn json_reads_back_and_is_kept_without_nul(text in texts()) {
            let json = serde_json::to_string(&text).unwrap();
            let kept = to_json(&json);
            let said: String = serde_json::from_str(&kept).unwrap();
            prop_assert!(!said.contains('\0'), "{kept:?}");
            // The server writes JSON anew, with its own choice of escapes.
            let rewritten = serde_json::to_string(&said).unwrap();
            prop_assert_eq!(serde_json::from_str::<String>(&from_json(&rewritten)).unwrap(), text);
        }
    }
}
