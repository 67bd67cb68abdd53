//! Subscriptions: which events are delivered, and where. Pure rules.

use super::record::{MAX_NAME, checked_text};
use crate::Error;
use crate::device::DeviceId;
use crate::text::{self, NAME};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Maximum number of subscriptions of a product.
pub const MAX_SUBSCRIPTIONS: usize = 1000;

/// Maximum number of bytes of a webhook's URL.
const MAX_URL: usize = 2048;

/// Number of a subscription within its product: increasing, and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubscriptionId(u32);

impl SubscriptionId {
    /// Creates the id with this number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for SubscriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The target of a webhook: an `http` or `https` URL of at most 2,048 bytes. It may contain a secret, so `Debug` hides
/// it; only [`reveal`](Self::reveal) returns its text.
///
/// ```
/// use fleet_core::event::WebhookUrl;
///
/// let url: WebhookUrl = "https://example.com/hook?key=s3cret".parse()?;
/// assert_eq!(format!("{url:?}"), "WebhookUrl(hidden)");
/// assert_eq!("ftp://example.com".parse::<WebhookUrl>().unwrap_err().code(), "invalid");
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WebhookUrl(Box<str>);

impl WebhookUrl {
    /// Returns the text, for the sender of the webhook.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for WebhookUrl {
    type Err = Error;

    fn from_str(url: &str) -> Result<Self, Error> {
        let wrong = |problem: String| Err(Error::invalid("webhook url", problem));
        if url.len() > MAX_URL {
            return wrong(format!("has {} bytes; at most {MAX_URL} are allowed: shorten it", url.len()));
        }
        let scheme = |name: &str| {
            let (head, rest) = url.split_at_checked(name.len())?;
            head.eq_ignore_ascii_case(name).then_some(rest)
        };
        let Some(rest) = scheme("https://").or_else(|| scheme("http://")) else {
            return wrong("must begin with https:// or http://".to_owned());
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        if host.is_empty() || host.starts_with(':') {
            return wrong("names no host; write it like https://example.com/events".to_owned());
        }
        if url.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return wrong("contains a blank or a control character; write it as %20 or the like".to_owned());
        }
        Ok(Self(url.into()))
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookUrl(hidden)")
    }
}

/// Where matching events are delivered (R-EVT-1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Destination {
    /// To a server of the vendor.
    Webhook {
        /// Its URL.
        url: WebhookUrl,
    },
    /// To a service that the host knows by this name: 1 to 100 characters.
    Integration {
        /// The name.
        name: Box<str>,
    },
    /// To the clients that hold the product's live stream open at the host.
    LiveStream,
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Webhook { .. } => f.write_str("a webhook"),
            Self::Integration { name } => write!(f, "the integration `{name}`"),
            Self::LiveStream => f.write_str("the live stream"),
        }
    }
}

/// A subscription to create.
///
/// ```
/// use fleet_core::event::{Destination, NewSubscription};
///
/// let doors = NewSubscription::new(Destination::Webhook { url: "https://example.com/doors".parse()? }).prefix("door/");
/// # let _ = doors;
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewSubscription {
    /// The destination.
    pub destination: Destination,
    /// The prefix that an event's name must have, byte for byte: at most 64 bytes without control characters. An empty
    /// prefix matches every name.
    pub prefix: String,
    /// The device whose events are delivered. `None` means all devices.
    pub device: Option<DeviceId>,
}

impl NewSubscription {
    /// Creates a subscription to every event of every device.
    pub fn new(destination: Destination) -> Self {
        Self { destination, prefix: String::new(), device: None }
    }

    /// Restricts it to events whose name begins with this.
    #[must_use]
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), ..self }
    }

    /// Restricts it to the events of one device.
    #[must_use]
    pub fn device(self, device: DeviceId) -> Self {
        Self { device: Some(device), ..self }
    }

    /// Validates it, and returns the subscription to store.
    pub(super) fn made(&self, id: SubscriptionId, created_at: Timestamp) -> Result<Subscription, Error> {
        let destination = match &self.destination {
            Destination::Integration { name } => {
                Destination::Integration { name: text::checked("integration", name, NAME)?.into() }
            }
            other => other.clone(),
        };
        let prefix =
            if self.prefix.is_empty() { "".into() } else { checked_text("event prefix", &self.prefix, MAX_NAME)? };
        Ok(Subscription { id, destination, prefix, device: self.device, created_at })
    }
}

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Subscription {
    /// Its number.
    pub id: SubscriptionId,
    /// The destination of matching events.
    pub destination: Destination,
    /// The prefix that an event's name must have. An empty prefix matches every name.
    pub prefix: Box<str>,
    /// The device whose events are delivered. `None` means all devices.
    pub device: Option<DeviceId>,
    /// When it was created.
    pub created_at: Timestamp,
}

impl Subscription {
    /// Whether an event must be delivered.
    pub fn wants(&self, device: DeviceId, name: &str) -> bool {
        self.device.is_none_or(|wanted| wanted == device) && name.starts_with(&*self.prefix)
    }
}

impl fmt::Display for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "subscription {}: events `{}*`", self.id, self.prefix)?;
        if let Some(device) = self.device {
            write!(f, " of {device}")?;
        }
        write!(f, " to {}", self.destination)
    }
}

/// The subscriptions of a product in the order of creation, which is the order of delivery (R-EVT-3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscriptions {
    /// The number assigned last.
    pub(crate) last: u32,
    pub(crate) list: Vec<Subscription>,
}

impl Subscriptions {
    /// Returns all subscriptions, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Subscription> {
        self.list.iter()
    }

    /// Returns where a subscription's events are delivered. `None` means that it was ended.
    pub fn destination(&self, id: SubscriptionId) -> Option<&Destination> {
        let index = self.list.binary_search_by_key(&id, |one| one.id).ok()?;
        self.list.get(index).map(|one| &one.destination)
    }

    /// Returns the subscriptions that an event matches, in order (R-EVT-1).
    pub fn matching(&self, device: DeviceId, name: &str) -> impl Iterator<Item = SubscriptionId> {
        self.list.iter().filter(move |one| one.wants(device, name)).map(|one| one.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_needs_a_url_that_can_be_called() {
        let longest = format!("https://h/{}", "p".repeat(2038));
        for url in ["http://localhost:8080", "HTTPS://user:key@example.com/a?b#c", "https://[::1]/", &longest] {
            assert_eq!(url.parse::<WebhookUrl>().unwrap().reveal(), url);
        }
        let too_long = format!("{longest}p");
        for url in [
            "",
            "https:/x",
            "ftp://x",
            "https://",
            "https:///x",
            "http://:80",
            "https://@/",
            "https://a b",
            "https://a\n",
            &too_long,
        ] {
            let error = url.parse::<WebhookUrl>().unwrap_err();
            assert_eq!(error.code(), "invalid", "{url}");
            assert!(url.len() < 9 || !error.to_string().contains(url), "{error}");
        }
    }

    #[test]
    fn an_event_matches_subscriptions_by_name_and_device() {
        let (one, two) = (DeviceId::new([1; 12]), DeviceId::new([2; 12]));
        let of = |prefix: &str, device| NewSubscription {
            prefix: prefix.into(),
            device,
            ..NewSubscription::new(Destination::LiveStream)
        };
        let asked = [of("", None), of("door", None), of("door/", Some(one)), of("Door", None), of("", Some(two))];
        let made =
            asked.iter().zip(1..).map(|(asked, id)| asked.made(SubscriptionId(id), Timestamp::from_millis(0)).unwrap());
        let all = Subscriptions { last: 5, list: made.collect() };
        let sent = |device, name| all.matching(device, name).map(SubscriptionId::get).collect::<Vec<_>>();
        assert_eq!(sent(one, "door/front"), [1, 2, 3]);
        assert_eq!(sent(two, "door"), [1, 2, 5]);
        assert_eq!(sent(one, "window"), [1]);
        assert!(of(&"p".repeat(64), None).made(SubscriptionId(1), Timestamp::from_millis(0)).is_ok());
        for prefix in ["p".repeat(65), "a\n".to_owned()] {
            assert!(of(&prefix, None).made(SubscriptionId(1), Timestamp::from_millis(0)).is_err(), "{prefix}");
        }
    }
}
