//! The guard record of a product's messages (R-EVT-3, R-EVT-6) and its pure rules, which do not use the store.
//!
//! Invariant: at the time of a grant, used messages plus those reserved by open leases never exceed the limit.

use super::threshold;
use super::{LEASE_LIFE, MAX_LEASE, MAX_LEASES};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Messages of a product in one usage month: sent, and reserved by nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsageMonth {
    /// Number of messages that nodes reported as sent, or that count as sent because their node stopped reporting.
    pub used: u64,
    /// The open leases, at most 64, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leases: Vec<Lease>,
    /// For each limit that the product had this month, the highest percentage that people were notified of (R-EVT-5).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<Told>,
}

/// A block of messages that a node may send without asking the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lease {
    /// A random id.
    pub id: u64,
    /// Number of messages in it, sent ones included.
    pub size: u64,
    /// Number of messages that the node reported as sent.
    pub reported: u64,
    /// When the node last reported.
    pub reported_at: Timestamp,
}

/// A notification that a percentage of a limit is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// The limit.
    pub limit: u64,
    /// The percentage used.
    pub percent: u8,
}

/// A node's report of its lease: the number it has sent so far, and the most that it will have sent.
///
/// The first only grows and the second only falls, so a report that is lost, duplicated, late or out of order does no
/// harm. When both are equal, the lease ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) lease: u64,
    pub(super) spent: u64,
    pub(super) size: u64,
}

/// A node's request for messages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    /// The id of the lease.
    pub(super) id: u64,
    /// Number of messages to send now.
    pub(super) want: u64,
    /// Number of messages that it wants to send without asking again, those of now included.
    pub(super) size: u64,
}

/// Result of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    /// Number of messages to send now, already counted.
    pub(super) now: u64,
    /// Number of messages that it may send without asking.
    pub(super) more: u64,
    /// Whether the last message reaches a threshold that people are notified of.
    pub(super) ends_at_threshold: bool,
}

impl UsageMonth {
    /// Number of messages that open leases reserve and nobody reported as sent.
    pub fn reserved(&self) -> u64 {
        self.leases.iter().fold(0, |sum, lease| sum.saturating_add(lease.rest()))
    }

    /// Number of messages granted and not returned.
    pub fn granted(&self) -> u64 {
        self.used.saturating_add(self.reserved())
    }

    /// Applies a report. Returns whether the lease is still open.
    pub(super) fn report(&mut self, report: Report, now: Timestamp) -> bool {
        let Some(index) = self.leases.iter().position(|lease| lease.id == report.lease) else { return false };
        let Some(lease) = self.leases.get_mut(index) else { return false };
        let spent = report.spent.min(lease.size).max(lease.reported);
        self.used = self.used.saturating_add(spent - lease.reported);
        lease.reported = spent;
        lease.size = lease.size.min(report.size).max(spent);
        lease.reported_at = now;
        if lease.rest() == 0 {
            self.leases.remove(index);
            return false;
        }
        true
    }

    /// Grants a request, as far as the limit allows.
    pub(super) fn grant(
        &mut self,
        limit: u64,
        percents: impl IntoIterator<Item = u8>,
        request: Request,
        at: Timestamp,
    ) -> Grant {
        let free = limit.saturating_sub(self.granted());
        let now = request.want.min(free);
        if now < request.want {
            self.close_expired(at, usize::MAX);
        } else if self.leases.len() >= MAX_LEASES {
            self.close_expired(at, 1);
        }
        self.used = self.used.saturating_add(now);
        let mut more = request.size.min(MAX_LEASE).saturating_sub(now).min((free - now) / 8);
        let mut ends_at_threshold = false;
        if let Some(next) = threshold::next_after(limit, self.used, percents) {
            ends_at_threshold = next - self.used <= more;
            more = more.min(next - self.used);
        }
        if self.leases.len() >= MAX_LEASES {
            more = 0;
        }
        if more > 0 {
            let size = now.saturating_add(more);
            self.leases.push(Lease { id: request.id, size, reported: now, reported_at: at });
        }
        Grant { now, more, ends_at_threshold: ends_at_threshold && more > 0 }
    }

    /// Closes leases whose nodes have been silent for too long, the oldest first. Their rest counts as sent.
    fn close_expired(&mut self, now: Timestamp, most: usize) {
        for _ in 0..most {
            let expired = self.leases.iter().enumerate().filter(|(_, lease)| lease.is_expired(now));
            let Some((index, rest)) =
                expired.min_by_key(|(_, lease)| lease.reported_at).map(|(index, lease)| (index, lease.rest()))
            else {
                return;
            };
            self.leases.remove(index);
            self.used = self.used.saturating_add(rest);
        }
    }

    /// Returns the percentage of the limit that people must be notified of now (R-EVT-5), and marks it as notified.
    pub(super) fn notify_threshold(&mut self, limit: u64, percents: impl IntoIterator<Item = u8>) -> Option<u8> {
        let percent = threshold::highest_reached(limit, self.used, percents)?;
        match self.told.iter_mut().find(|told| told.limit == limit) {
            Some(told) if told.percent >= percent => return None,
            Some(told) => told.percent = percent,
            None => self.told.push(Told { limit, percent }),
        }
        Some(percent)
    }
}

impl Lease {
    fn rest(&self) -> u64 {
        self.size.saturating_sub(self.reported)
    }

    /// Whether its node has been silent for too long, by a clock that may have jumped either way.
    fn is_expired(&self, now: Timestamp) -> bool {
        now.since(self.reported_at).max(self.reported_at.since(now)) >= LEASE_LIFE
    }
}
