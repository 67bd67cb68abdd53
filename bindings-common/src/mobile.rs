//! What Swift and Kotlin have types of their own for. Which, is in `bindings-swift/uniffi.toml`.

use crate::{Moment, SecretText};

// In whole milliseconds, as the core has them: a `Date` is a floating-point number, and is rounded, not cut off.
uniffi::custom_type!(Moment, i64, {
    try_lift: |millis| Ok(Moment::from_millis(millis)),
    lower: |at| at.as_millis(),
});

uniffi::custom_type!(SecretText, String, {
    try_lift: |text| Ok(SecretText(text)),
    lower: |secret| secret.0,
});
