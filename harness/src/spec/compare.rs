//! Compares an answer with what a step expects.

use serde_json::Value;
use std::fmt;

/// A difference between an answer and what was expected, with both values.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    place: String,
    expected: String,
    found: String,
}

impl Difference {
    pub(super) fn new(place: &str, expected: impl fmt::Display, found: impl fmt::Display) -> Self {
        Self { place: place.to_owned(), expected: expected.to_string(), found: found.to_string() }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, found {}", self.place, self.expected, self.found)
    }
}

/// Notes the differences between `found` and `expected`: an object may have more fields than expected, an array may not
/// have more elements, and a field expected to be null may be missing.
pub(super) fn compare(place: &str, expected: &Value, found: &Value, differences: &mut Vec<Difference>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, expected) in expected {
                compare(&format!("{place}.{key}"), expected, found.get(key).unwrap_or(&Value::Null), differences);
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for ((expected, found), index) in expected.iter().zip(found).zip(0..) {
                compare(&format!("{place}.{index}"), expected, found, differences);
            }
        }
        (expected, found) if expected == found => {}
        (expected, found) => differences.push(Difference::new(place, expected, found)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn differences(expected: &Value, found: &Value) -> Vec<String> {
        let mut differences = Vec::new();
        compare("answer", expected, found, &mut differences);
        differences.iter().map(Difference::to_string).collect()
    }

    #[test]
    fn an_object_may_have_more_than_is_listed_and_null_may_be_missing() {
        let found = json!({ "a": 1, "b": { "c": [1, { "d": 2, "e": 3 }] } });
        for expected in
            [json!({}), json!({ "a": 1 }), json!({ "b": { "c": [1, { "d": 2 }] } }), json!({ "z": null, "b": {} })]
        {
            assert_eq!(differences(&expected, &found), [""; 0], "{expected}");
        }
    }

    #[test]
    fn a_difference_names_its_place_and_both_values() {
        let found = json!({ "a": 1, "b": { "c": [1, { "d": 2 }] } });
        for (expected, said) in [
            (json!({ "a": 2 }), "answer.a: expected 2, found 1"),
            (json!({ "a": null }), "answer.a: expected null, found 1"),
            (json!({ "z": 1 }), "answer.z: expected 1, found null"),
            (json!({ "b": { "c": [1, { "d": "2" }] } }), "answer.b.c.1.d: expected \"2\", found 2"),
            (json!({ "b": { "c": [1] } }), "answer.b.c: expected [1], found [1,{\"d\":2}]"),
        ] {
            assert_eq!(differences(&expected, &found), [said]);
        }
    }
}
