//! An event as a gateway publishes it. It is validated when it is created, so the core receives only valid events.

use crate::Error;
use crate::device::DeviceId;
use crate::product::ProductId;
use crate::text;
use crate::time::Timestamp;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Maximum number of bytes of an event's name.
pub const MAX_NAME: usize = 64;

/// Maximum number of bytes of an event's data.
pub const MAX_DATA: usize = 1024;

/// Maximum number of bytes of an event's id.
pub const MAX_ID: usize = 64;

/// Maximum number of characters of the kind of an error report.
pub const MAX_KIND: usize = 64;

const KIND: RangeInclusive<usize> = 1..=MAX_KIND;

/// An event of a device, as its gateway publishes it.
///
/// ```
/// use fleet_core::{Timestamp, event::Event};
///
/// let at = Timestamp::from_millis(0);
/// let device = "55ff6d04498b49a1b2c3d4e5".parse()?;
/// let event = Event::new(device, "room/temperature", "21.5", at)?.with_product(94).with_id("17")?;
/// assert_eq!((event.name(), event.data(), event.id()), ("room/temperature", "21.5", Some("17")));
///
/// let crash = Event::new(device, "crash", "at 0x0800fe21", at)?.with_error("stack overflow")?;
/// assert_eq!(crash.error(), Some("stack overflow"));
/// assert_eq!(Event::new(device, "", "", at).unwrap_err().code(), "invalid");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    device: DeviceId,
    product: Option<u32>,
    name: Arc<str>,
    data: Arc<str>,
    id: Option<Arc<str>>,
    error: Option<Box<str>>,
    at: Timestamp,
}

impl Event {
    /// Creates an event of a device. Its name has 1 to 64 bytes and no control characters, its data at most 1,024 bytes
    /// of text. `at` is when it happened, as reported by the device or its gateway; a later moment than the gateway's
    /// counts as the gateway's.
    ///
    /// # Errors
    /// `invalid` for any other name or data.
    pub fn new(device: DeviceId, name: &str, data: &str, at: Timestamp) -> Result<Self, Error> {
        if data.len() > MAX_DATA {
            let problem =
                format!("has {} bytes; an event carries at most {MAX_DATA}: send less, or several", data.len());
            return Err(Error::invalid("event data", problem));
        }
        let name = checked_text("event name", name, MAX_NAME)?.into();
        Ok(Self { device, product: None, name, data: data.into(), id: None, error: None, at })
    }

    /// Sets the product id in the device's firmware, with the meaning of a [`Report`](crate::device::Report): 0, 65535,
    /// or a Particle platform's own id name no product.
    #[must_use]
    pub fn with_product(self, product: u32) -> Self {
        Self { product: Some(product), ..self }
    }

    /// Sets an id chosen by the caller, 1 to 64 bytes without control characters, unique among the device's events: an
    /// event published again under its id is recognised (R-EVT-7).
    ///
    /// # Errors
    /// `invalid` for any other id.
    pub fn with_id(self, id: &str) -> Result<Self, Error> {
        Ok(Self { id: Some(checked_text("event id", id, MAX_ID)?.into()), ..self })
    }

    /// Marks the event as a report of an error or exception of this kind, 1 to 64 characters without control
    /// characters. Such reports are counted (R-EVT-8).
    ///
    /// # Errors
    /// `invalid` for any other kind.
    pub fn with_error(self, kind: &str) -> Result<Self, Error> {
        Ok(Self { error: Some(text::checked("error kind", kind, KIND)?.into()), ..self })
    }

    /// The device.
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// The product id that the device reports.
    pub fn product(&self) -> Option<u32> {
        self.product
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The data.
    pub fn data(&self) -> &str {
        &self.data
    }

    /// The caller's id.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The kind of error that it reports.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// When it happened.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The name, the data and the id, for deliveries, which share them.
    pub(super) fn shared(&self) -> (Arc<str>, Arc<str>, Option<Arc<str>>) {
        (Arc::clone(&self.name), Arc::clone(&self.data), self.id.clone())
    }

    /// Returns the product that it names, before a platform's id is excluded.
    pub(super) fn names(&self) -> Option<ProductId> {
        ProductId::new(self.product?).ok()
    }
}

/// Checks that a text has 1 to `most` bytes and no control characters. The text is kept unchanged.
pub(super) fn checked_text(field: &'static str, text: &str, most: usize) -> Result<Box<str>, Error> {
    if text.is_empty() || text.len() > most {
        return Err(Error::invalid(field, format!("has {} bytes; give 1 to {most}", text.len())));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::invalid(field, "contains a control character; remove it"));
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, data: &str) -> Result<Event, Error> {
        Event::new(DeviceId::new([1; 12]), name, data, Timestamp::from_millis(0))
    }

    #[test]
    fn each_size_limit_is_exact() {
        let plain = event("n", "").unwrap();
        assert!(event(&"n".repeat(64), &"d".repeat(1024)).is_ok());
        assert!(plain.clone().with_id(&"i".repeat(64)).is_ok() && plain.clone().with_error(&"é".repeat(64)).is_ok());
        let refused = [
            event("", ""),
            event(&"n".repeat(65), ""),
            event(&"é".repeat(33), ""),
            event("a\nb", ""),
            event("n", &"d".repeat(1025)),
            plain.clone().with_id(""),
            plain.clone().with_id(&"i".repeat(65)),
            plain.clone().with_id("a\0"),
            plain.clone().with_error(""),
            plain.clone().with_error(&"k".repeat(65)),
            plain.clone().with_error("a\tb"),
        ];
        for (case, refused) in refused.into_iter().enumerate() {
            assert_eq!(refused.unwrap_err().code(), "invalid", "{case}");
        }
    }
}
