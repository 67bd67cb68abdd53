//! Products: fleets of one hardware type, and the policies that their teams set.
//!
//! Invariants: an id is assigned once and never reused, not even after removal; the platform never changes (R-PRD-1,
//! R-PRD-2).

mod configuration;
mod console;
mod id;
mod platform;
mod policy;

pub use configuration::{Configuration, ConfigurationAnswer, Form, Missing, QUESTIONS, Question, Section};
pub use console::MAX_GROUPS;
pub use id::ProductId;
pub use platform::Platform;
pub use policy::{Authentication, Gate, GateChange, Policy, PolicyChange};

use crate::audit::{Entry, shown};
use crate::billing::Limits;
use crate::firmware::{FirmwareVersion, Release};
use crate::team::AccountId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A product: one platform, one owner, one fleet (R-PRD).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Product {
    /// Its number.
    pub id: ProductId,
    /// Its name: 1 to 100 characters.
    pub name: String,
    /// The hardware type of its fleet.
    pub platform: Platform,
    /// The account that owns it and is its only primary administrator (R-PRD-3).
    pub owner: AccountId,
    /// When it was created: the anchor of its billing dates.
    pub created_at: Timestamp,
    /// The name of its tier in the catalogue.
    pub tier: Arc<str>,
    /// The limits of the product. `None` in the records of an earlier version means the catalogue's limits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// The policies that its team set.
    pub policy: Policy,
    /// The version for devices that are not locked and in no group with its own release (R-TGT-1).
    pub release: Option<Release>,
    /// The groups of devices.
    pub groups: BTreeMap<GroupId, Group>,
    /// The number of the next group. Numbers are not reused, because devices keep the numbers of deleted groups.
    pub(crate) next_group: u16,
    /// When an operator removed it. The record remains, so that the id is never reused.
    pub removed_at: Option<Timestamp>,
}

impl Product {
    /// The audit entry of a command that changed `self` to `after`.
    pub(crate) fn changed(&self, subject: impl Into<String>, after: &Self) -> Entry {
        let name =
            |product: &Self, id: &GroupId| shown(product.groups.get(id).map(|group| format!("`{}`", group.name)));
        let release = |product: &Self, id: &GroupId| shown(product.groups.get(id).and_then(|group| group.release));
        let ids: BTreeSet<&GroupId> = self.groups.keys().chain(after.groups.keys()).collect();
        let groups: Vec<(String, String, String)> = ids
            .into_iter()
            .flat_map(|id| {
                let named = (format!("group {id}"), name(self, id), name(after, id));
                [named, (format!("release of group {id}"), release(self, id), release(after, id))]
            })
            .collect();
        let version = |product: &Self| shown(product.release.map(|release| release.version));
        let own = [
            ("name", format!("`{}`", self.name), format!("`{}`", after.name)),
            ("release", version(self), version(after)),
        ];
        let groups = groups.iter().map(|(name, old, new)| (name.as_str(), old.clone(), new.clone()));
        Entry::changed(subject, own.into_iter().chain(groups))
    }
}

/// The number of a group within its product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GroupId(u16);

impl GroupId {
    /// The group with this number.
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl std::fmt::Display for GroupId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A named set of devices within a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Group {
    /// Its name: 1 to 100 characters, distinct within the product.
    pub name: String,
    /// The version released to this group (R-TGT-4).
    pub release: Option<FirmwareVersion>,
}
