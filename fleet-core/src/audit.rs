//! Who did what, when, on which product (R-TEAM-7). Written by the commit that does it.

use crate::team::{Actor, Command};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AuditRecord {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// What.
    pub command: Command,
    /// To what, in short: a device's id, a version, a title. Never a secret.
    pub subject: String,
}

impl AuditRecord {
    pub(crate) fn new(at: Timestamp, actor: Actor, command: Command, subject: String) -> Self {
        Self { at, actor, command, subject }
    }
}
