//! Positions in an event log, and cursors that mark how far it was read.

use crate::Error;
use crate::device::DeviceId;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// Number of slots of a product's log.
pub const SLOTS: u8 = 8;

/// Maximum number of bytes of a cursor's text.
const MAX_TEXT: usize = 17 * SLOTS as usize - 1;

/// The highest sequence number of an event. It fits the signed numbers of database engines.
pub(crate) const LAST_SEQUENCE: u64 = i64::MAX.cast_unsigned();

/// Position of an event in its product's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Position {
    /// The slot, computed from the device's id: below [`SLOTS`].
    pub slot: u8,
    /// The sequence number within the slot, from 0, without gaps.
    pub sequence: u64,
}

impl Position {
    pub(crate) fn new(slot: u8, sequence: u64) -> Self {
        Self { slot, sequence }
    }
}

/// Returns the slot of a device's events. The function must never change: stored events depend on it.
pub(crate) fn slot_of(device: DeviceId) -> u8 {
    // FNV-1a, mixed once more, so that ids which differ only in their last bytes are spread too.
    let hash = device
        .as_bytes()
        .iter()
        .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3));
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    u8::try_from(mixed >> 61).unwrap_or(0)
}

/// How far a log has been read: a boundary between events, one sequence number for each slot.
/// [`events`](crate::ProductConsole::events) continues with the events before it,
/// [`follow_events`](crate::ProductConsole::follow_events) with those after it.
///
/// Opaque, but it can be formatted and parsed back:
///
/// ```
/// use fleet_core::event::EventCursor;
///
/// let beginning = EventCursor::default();
/// assert_eq!(beginning.to_string().parse::<EventCursor>()?, beginning);
/// assert_eq!("yesterday".parse::<EventCursor>().unwrap_err().code(), "invalid");
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct EventCursor([u64; SLOTS as usize]);

impl EventCursor {
    /// Returns the first sequence number after the boundary.
    pub(crate) fn sequence(&self, slot: u8) -> u64 {
        self.0.get(usize::from(slot)).copied().unwrap_or(0)
    }

    pub(crate) fn set(&mut self, slot: u8, sequence: u64) {
        if let Some(current) = self.0.get_mut(usize::from(slot)) {
            *current = sequence;
        }
    }

    /// Returns the cursor moved past this event: a reader of a stream moves its cursor with it.
    #[must_use]
    pub fn past(mut self, position: Position) -> Self {
        self.set(position.slot, self.sequence(position.slot).max(position.sequence.saturating_add(1)));
        self
    }
}

impl fmt::Display for EventCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (slot, sequence) in self.0.iter().enumerate() {
            write!(f, "{}{sequence:x}", if slot == 0 { "" } else { "-" })?;
        }
        Ok(())
    }
}

impl FromStr for EventCursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || {
            Error::invalid(
                "cursor",
                "is not a cursor of events; give the `cursor` of an event, the `next` of a page, or none",
            )
        };
        if text.len() > MAX_TEXT {
            return Err(wrong());
        }
        let mut cursor = Self::default();
        let mut parts = text.split('-');
        for sequence in &mut cursor.0 {
            let part = parts.next().filter(|part| !part.starts_with('+')).ok_or_else(wrong)?;
            *sequence = u64::from_str_radix(part, 16).map_err(|_| wrong())?;
        }
        if parts.next().is_some() { Err(wrong()) } else { Ok(cursor) }
    }
}

impl Serialize for EventCursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EventCursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_parsed_back_and_other_text_is_refused() {
        let cursor = EventCursor([0, 1, 15, 16, u64::MAX, 7, 8, 9]);
        assert_eq!(cursor.to_string(), "0-1-f-10-ffffffffffffffff-7-8-9");
        assert_eq!(cursor.to_string().parse::<EventCursor>().unwrap(), cursor);
        for text in
            ["", "0", "0-0-0-0-0-0-0", "0-0-0-0-0-0-0-0-0", "0-0-0-0-0-0-0-+1", "0-0-0-0-0-0-0-10000000000000000"]
        {
            assert_eq!(text.parse::<EventCursor>().unwrap_err().code(), "invalid", "{text}");
        }
        let longest = EventCursor([u64::MAX; SLOTS as usize]).to_string();
        assert_eq!((longest.len(), longest.parse::<EventCursor>().is_ok()), (MAX_TEXT, true));
        let too_long = format!("{}0-0-0-0-0-0-0-0", "0".repeat(MAX_TEXT));
        assert_eq!(too_long.parse::<EventCursor>().unwrap_err().code(), "invalid");
    }

    #[test]
    fn devices_are_spread_over_all_slots_and_stay_in_theirs() {
        let mut slots = [0; SLOTS as usize];
        for number in 0..800_u16 {
            let mut bytes = [0x3A; 12];
            bytes[10..].copy_from_slice(&number.to_be_bytes());
            slots[usize::from(slot_of(DeviceId::new(bytes)))] += 1;
        }
        assert!(slots.iter().all(|count| (50..150).contains(count)), "{slots:?}");
        // Stored logs depend on this value.
        assert_eq!(slot_of("55ff6d04498b49a1b2c3d4e5".parse().unwrap()), 5);
    }
}
