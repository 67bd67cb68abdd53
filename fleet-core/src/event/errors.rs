//! Counts of the errors that devices report, by kind (R-EVT-8, R-SEE-1). Their memory is bounded, whatever devices
//! send.

use crate::device::DeviceId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Number of kinds of error that each slot of a product's log counts separately. Later kinds are counted as [`OTHER`].
pub const MAX_KINDS: usize = 64;

/// The kind under which errors beyond [`MAX_KINDS`] are counted.
pub const OTHER: &str = "other";

/// Count of the errors of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceError {
    /// Number of reports.
    pub count: u64,
    /// When the first one was logged since counting began.
    pub first_at: Timestamp,
    /// When the latest one was logged.
    pub last_at: Timestamp,
    /// The device that reported the latest one.
    pub device: DeviceId,
}

/// Errors that the devices of one slot reported, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceErrors(pub(crate) BTreeMap<Box<str>, DeviceError>);

impl DeviceErrors {
    /// Counts one more error.
    pub(super) fn count(&mut self, kind: &str, at: Timestamp, device: DeviceId) {
        self.add(kind, DeviceError { count: 1, first_at: at, last_at: at, device });
    }

    fn add(&mut self, kind: &str, more: DeviceError) {
        let known = self.0.contains_key(kind);
        let told_apart = self.0.len() - usize::from(self.0.contains_key(OTHER));
        let kind = if known || told_apart < MAX_KINDS { kind } else { OTHER };
        match self.0.get_mut(kind) {
            Some(error) => error.merge(more),
            None => {
                self.0.insert(kind.into(), more);
            }
        }
    }

    /// Deletes the count of a kind. Returns whether there was one.
    pub(super) fn forget(&mut self, kind: &str) -> bool {
        self.0.remove(kind).is_some()
    }
}

impl DeviceError {
    /// Adds the counts of another slot.
    pub(super) fn merge(&mut self, more: Self) {
        self.count = self.count.saturating_add(more.count);
        self.first_at = self.first_at.min(more.first_at);
        if more.last_at >= self.last_at {
            (self.last_at, self.device) = (more.last_at, more.device);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(errors: &mut DeviceErrors, kind: &str, at: i64) {
        errors.count(kind, Timestamp::from_millis(at), DeviceId::new([1; 12]));
    }

    #[test]
    fn the_65th_kind_is_counted_as_other() {
        let mut errors = DeviceErrors::default();
        for number in 0..MAX_KINDS {
            count(&mut errors, &format!("kind {number}"), 0);
        }
        assert_eq!((errors.0.len(), errors.0.get(OTHER)), (MAX_KINDS, None));
        for (at, kind) in [(5, "one more"), (6, "and one more"), (7, OTHER), (8, "kind 1")] {
            count(&mut errors, kind, at);
        }
        let seen = |kind: &str| errors.0.get(kind).map(|error| (error.count, error.first_at.as_millis()));
        assert_eq!((errors.0.len(), seen(OTHER), seen("kind 1")), (MAX_KINDS + 1, Some((3, 5)), Some((2, 0))));
        assert!(errors.forget("kind 1") && !errors.forget("kind 1"));
        count(&mut errors, "new kind", 9);
        assert_eq!(errors.0.get("new kind").map(|error| error.count), Some(1));
    }
}
