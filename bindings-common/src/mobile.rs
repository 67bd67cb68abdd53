//! Types that Swift and Kotlin have of their own. `bindings-mobile/uniffi.toml` lists them.

use crate::{Moment, SecretText};

// In whole milliseconds, as in the core. A `Date` is a floating-point number, so it is rounded, not truncated.
uniffi::custom_type!(Moment, i64, {
    try_lift: |millis| Ok(Moment::from_millis(millis)),
    lower: |at| at.as_millis(),
});

uniffi::custom_type!(SecretText, String, {
    try_lift: |text| Ok(SecretText(text)),
    lower: |secret| secret.0,
});
