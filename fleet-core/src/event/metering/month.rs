//! The guard record of a product's messages (R-EVT-3, R-EVT-6): pure rules, which know no store.
//!
//! Invariant: what is used and what open leases still hold is never more than the limit was when it was granted.

use super::threshold;
use super::{LEASE_LIFE, MAX_LEASE, MAX_LEASES};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What a product sent in one usage month, and what nodes may yet send of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsageMonth {
    /// Messages that nodes said they sent, or that are taken as sent because a node said nothing more.
    pub used: u64,
    /// The open leases, at most 64, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leases: Vec<Lease>,
    /// For each limit that the product had this month, the highest percentage of it that people were told of (R-EVT-5).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<Told>,
}

/// Messages that a node may send without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lease {
    /// A random number.
    pub id: u64,
    /// How many messages at most, sent ones among them.
    pub size: u64,
    /// How many the node has said it sent.
    pub reported: u64,
    /// When it last said so.
    pub reported_at: Timestamp,
}

/// That people were told how much of a limit is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Of which limit.
    pub limit: u64,
    /// How much of it, in percent.
    pub percent: u8,
}

/// What a node says of its lease: how much it sent at least, and how much it will have sent at most.
///
/// The first only grows and the second only falls, so a report that is lost, doubled, late or out of order does no harm.
/// Where the two meet, the lease is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) lease: u64,
    pub(super) spent: u64,
    pub(super) size: u64,
}

/// What a node asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    /// The number of the lease.
    pub(super) id: u64,
    /// What it sends now.
    pub(super) want: u64,
    /// What it would like to be able to send without asking again, this included.
    pub(super) size: u64,
}

/// What a node got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    /// What it sends now, which is counted.
    pub(super) now: u64,
    /// What it may send without asking.
    pub(super) more: u64,
    /// Whether its last message is one that people are to be told of.
    pub(super) ends_at_threshold: bool,
}

impl UsageMonth {
    /// What open leases hold that nobody said was sent.
    pub fn reserved(&self) -> u64 {
        self.leases.iter().fold(0, |sum, lease| sum.saturating_add(lease.rest()))
    }

    /// All that was granted and not given back.
    pub fn granted(&self) -> u64 {
        self.used.saturating_add(self.reserved())
    }

    /// Takes a report in. Says whether the lease is open still.
    pub(super) fn report(&mut self, report: Report, now: Timestamp) -> bool {
        let Some(place) = self.leases.iter().position(|lease| lease.id == report.lease) else { return false };
        let Some(lease) = self.leases.get_mut(place) else { return false };
        let spent = report.spent.min(lease.size).max(lease.reported);
        self.used = self.used.saturating_add(spent - lease.reported);
        lease.reported = spent;
        lease.size = lease.size.min(report.size).max(spent);
        lease.reported_at = now;
        if lease.rest() == 0 {
            self.leases.remove(place);
            return false;
        }
        true
    }

    /// Grants what a node asks for, as far as the limit allows.
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

    /// Takes the rest of leases as sent whose nodes have been silent for long, the oldest first.
    fn close_expired(&mut self, now: Timestamp, most: usize) {
        for _ in 0..most {
            let expired = self.leases.iter().enumerate().filter(|(_, lease)| lease.is_expired(now));
            let Some((place, rest)) =
                expired.min_by_key(|(_, lease)| lease.reported_at).map(|(place, lease)| (place, lease.rest()))
            else {
                return;
            };
            self.leases.remove(place);
            self.used = self.used.saturating_add(rest);
        }
    }

    /// The percentage of the limit that people have to be told of now (R-EVT-5); they count as told from here on.
    pub(super) fn tell(&mut self, limit: u64, percents: impl IntoIterator<Item = u8>) -> Option<u8> {
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
