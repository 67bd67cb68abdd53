//! Records who did what, when, on which product or account (R-TEAM-7). The commit that makes a change also writes its
//! record.

use crate::team::{Actor, Command};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One recorded action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AuditRecord {
    /// When it was done.
    pub at: Timestamp,
    /// The actor that did it.
    pub actor: Actor,
    /// The command.
    pub command: Command,
    /// What it was done to, in short: a device's id, a version, a title. Never a secret.
    pub subject: String,
    /// The changed values before the change, such as `name: Kettle`. `None` means that no earlier value was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// The changed values after the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

/// The content of an audit record: its subject, and the values that the command changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    subject: String,
    old: Option<String>,
    new: Option<String>,
}

impl Entry {
    /// An entry with those of the named values (name, old, new) that differ.
    pub(crate) fn changed<'v>(
        subject: impl Into<String>,
        values: impl IntoIterator<Item = (&'v str, String, String)>,
    ) -> Self {
        let (mut old, mut new) = (Vec::new(), Vec::new());
        for (name, before, after) in values {
            if before != after {
                old.push(format!("{name}: {before}"));
                new.push(format!("{name}: {after}"));
            }
        }
        let joined = |values: Vec<String>| Some(values.join(", ")).filter(|values| !values.is_empty());
        Self { subject: subject.into(), old: joined(old), new: joined(new) }
    }

    /// Replaces the subject.
    pub(crate) fn of(self, subject: impl Into<String>) -> Self {
        Self { subject: subject.into(), ..self }
    }

    /// Appends the changes of another entry.
    pub(crate) fn and(self, more: Self) -> Self {
        let joined = |a: Option<String>, b: Option<String>| match (a, b) {
            (Some(a), Some(b)) => Some(format!("{a}, {b}")),
            (a, b) => a.or(b),
        };
        Self { subject: self.subject, old: joined(self.old, more.old), new: joined(self.new, more.new) }
    }
}

/// Formats an optional value for the audit; `None` is written as `none`.
pub(crate) fn shown<T: std::fmt::Display>(value: Option<T>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

impl From<String> for Entry {
    fn from(subject: String) -> Self {
        Self { subject, ..Self::default() }
    }
}

impl From<&str> for Entry {
    fn from(subject: &str) -> Self {
        subject.to_owned().into()
    }
}

impl AuditRecord {
    pub(crate) fn new(at: Timestamp, actor: Actor, command: Command, entry: impl Into<Entry>) -> Self {
        let Entry { subject, old, new } = entry.into();
        Self { at, actor, command, subject, old, new }
    }
}
