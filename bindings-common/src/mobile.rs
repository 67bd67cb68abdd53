//! What Swift and Kotlin have types of their own for.

use crate::{Moment, SecretText};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

uniffi::custom_type!(Moment, SystemTime, {
    try_lift: |at| Ok(Moment::from_millis(match at.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos().div_ceil(1_000_000)).map_or(i64::MIN, |millis| -millis),
    })),
    lower: |at| {
        let span = Duration::from_millis(at.as_millis().unsigned_abs());
        let moment = if at.as_millis() < 0 { UNIX_EPOCH.checked_sub(span) } else { UNIX_EPOCH.checked_add(span) };
        moment.unwrap_or(UNIX_EPOCH)
    },
});

uniffi::custom_type!(SecretText, String, {
    try_lift: |text| Ok(SecretText(text)),
    lower: |secret| secret.0,
});
