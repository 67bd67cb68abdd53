//! Arguments of commands: values, or references to saved answers; moments, texts, lists, binaries and filters.

use fleet_core::device::Standing;
use fleet_core::{AccountId, DeviceId, Timestamp};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;
use std::time::Duration;

/// A value, or a reference to an answer that an earlier step saved: `$name.field.0`.
#[derive(Clone, Debug)]
pub(super) enum Ref<T> {
    Value(T),
    Saved(String),
}

impl<'de, T: de::DeserializeOwned> Deserialize<'de> for Ref<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match value.as_str().and_then(|text| text.strip_prefix('$')) {
            Some(path) => Ok(Self::Saved(path.to_owned())),
            None => {
                T::deserialize(&value).map(Self::Value).map_err(|error| de::Error::custom(format!("{value}: {error}")))
            }
        }
    }
}

/// A moment: RFC 3339, or whole seconds after noon of 8 March 2016.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment(pub(super) Timestamp);

/// The moment that seconds are counted from: 2016-03-08T12:00:00Z.
const NOON: Timestamp = Timestamp::from_millis(1_457_438_400_000);

impl Moment {
    pub(super) const START: Self = Self(NOON);
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => text.parse().map(Self).map_err(de::Error::custom),
            value => match value.as_u64() {
                Some(seconds) => Ok(Self(NOON.after(Duration::from_secs(seconds)))),
                None => Err(de::Error::custom(format!("{value} is not a moment; write RFC 3339, or whole seconds"))),
            },
        }
    }
}

/// A device's report.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reported {
    pub(super) device: Ref<DeviceId>,
    pub(super) product: Option<Ref<u32>>,
    pub(super) version: Option<u16>,
    pub(super) image: Option<Ref<String>>,
    pub(super) platform: Option<String>,
    pub(super) system: Option<String>,
    pub(super) security_counter: Option<u32>,
    pub(super) chip_revision: Option<u16>,
    pub(super) takes_updates: Option<bool>,
    pub(super) session: Option<u64>,
    pub(super) reported_at: Option<Moment>,
}

/// An event that a device publishes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PublishedEvent {
    pub(super) device: Ref<DeviceId>,
    pub(super) product: Option<Ref<u32>>,
    pub(super) name: Text,
    pub(super) data: Option<Text>,
    pub(super) id: Option<Text>,
    pub(super) error_kind: Option<Text>,
    pub(super) happened_at: Option<Moment>,
}

/// A text, or one that is repeated several times.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Text {
    Plain(String),
    Repeated(Repeated),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Repeated {
    repeat: String,
    times: usize,
}

impl Text {
    pub(super) fn written(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Repeated(Repeated { repeat, times }) => repeat.repeat(*times),
        }
    }
}

/// Where events are sent.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Destined {
    Webhook { url: Text },
    Integration { name: Text },
    LiveStream,
}

/// Which events to list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventsFilter {
    pub(super) device: Option<Ref<DeviceId>>,
    pub(super) prefix: Option<String>,
}

/// A device on a manufacturing list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    pub(super) device: Ref<DeviceId>,
    pub(super) platform: Option<String>,
}

/// A device list, as a file that a person would upload.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum List {
    /// UTF-8.
    Text(String),
    /// Any bytes, as numbers.
    Bytes(Vec<u8>),
    /// A file under `fleet-core/tests/vectors`.
    File(String),
    /// Consecutive ids, one on each line.
    Run { first: DeviceId, count: u32 },
}

/// A firmware binary.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Binary {
    /// A file under `fleet-core/tests/vectors`.
    File(String),
    /// Any bytes, as numbers.
    Bytes(Vec<u8>),
    /// A file under `fleet-core/tests/vectors` with some bytes replaced.
    Patched { file: String, patches: Vec<Patch> },
}

/// Bytes that replace those of a file, from an offset on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Patch {
    pub(super) at: usize,
    pub(super) bytes: Vec<u8>,
}

/// Which devices to list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    pub(super) standing: Option<Standing>,
    pub(super) online: Option<bool>,
    pub(super) version: Option<u16>,
    pub(super) group: Option<Ref<u16>>,
    pub(super) locked: Option<bool>,
    pub(super) development: Option<bool>,
    pub(super) pending: Option<bool>,
    pub(super) failing: Option<bool>,
    pub(super) prefix: Option<String>,
}

/// How a customer is identified.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Identified {
    Simple,
    TwoLegged { user: Ref<String> },
    Linked { account: Ref<AccountId> },
}

/// Which customers to list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CustomersFilter {
    pub(super) activity: Option<Since>,
    pub(super) with_device: Option<bool>,
    pub(super) prefix: Option<String>,
}

/// Whether customers used their device since a moment.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Since {
    Since(Moment),
    NotSince(Moment),
}

/// A change for a dry run.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Change {
    Nothing {},
    Release { version: Option<Ref<u32>> },
    ReleaseToGroup { group: Ref<u16>, version: Option<Ref<u32>> },
    Lock { device: Ref<DeviceId>, version: Option<Ref<u32>> },
    Groups { device: Ref<DeviceId>, groups: Vec<Ref<u16>> },
}
