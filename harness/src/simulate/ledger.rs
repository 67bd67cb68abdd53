//! Invariants that must hold after every commit, whoever sent it and however it arrived.

use super::link::puts;
use fleet_core::event::metering::UsageMonth;
use fleet_core::event::metering::threshold::first_used_at;
use fleet_core::notice::NoticeSubject;
use fleet_core::store::{Commit, Key, Record};
use fleet_core::{Catalogue, MemoryStore, ProductId, Store};
use std::collections::BTreeMap;

/// Watches the usage months of one product.
#[derive(Debug)]
pub(super) struct Ledger {
    catalogue: Catalogue,
    /// The percentages that people were notified of, by month and limit.
    percentages: BTreeMap<(u32, u64), Vec<u8>>,
    problem: Option<String>,
}

impl Ledger {
    pub(super) fn new(catalogue: Catalogue) -> Self {
        Self { catalogue, percentages: BTreeMap::new(), problem: None }
    }

    /// Returns the first violation.
    pub(super) fn problem(&self) -> Option<String> {
        self.problem.clone()
    }

    /// Returns the percentages that people were notified of for a limit in a month, in order.
    pub(super) fn percentages(&self, month: u32, limit: u64) -> &[u8] {
        self.percentages.get(&(month, limit)).map_or(&[], Vec::as_slice)
    }

    /// Returns the current records of the months that a commit is about to write.
    pub(super) fn before(&self, store: &MemoryStore, commit: &Commit) -> Vec<(ProductId, u32, UsageMonth)> {
        puts(commit)
            .filter_map(|(key, _)| match key {
                Key::UsageMonth(product, month) => Some((*product, *month, usage_month(store, *product, *month))),
                _ => None,
            })
            .collect()
    }

    /// Checks a commit that was applied.
    pub(super) fn applied(&mut self, store: &MemoryStore, before: Vec<(ProductId, u32, UsageMonth)>, commit: &Commit) {
        for (product, month, before) in before {
            let (after, limit) = (usage_month(store, product, month), limit(store, &self.catalogue, product));
            if after.used < before.used {
                self.found(format!("month {month}: used fell from {} to {}", before.used, after.used));
            }
            if after.granted() > before.granted() && limit.is_some_and(|limit| after.granted() > limit) {
                self.found(format!("month {month}: {} granted of {limit:?}", after.granted()));
            }
            if let Some(lease) = after.leases.iter().find(|lease| lease.reported > lease.size) {
                self.found(format!("month {month}: a lease reports more than it holds: {lease:?}"));
            }
        }
        for (key, record) in puts(commit) {
            if let (Key::Notice(product, _), Record::Notice(notice)) = (key, record) {
                self.tell(store, *product, &notice.subject);
            }
        }
    }

    fn tell(&mut self, store: &MemoryStore, product: ProductId, subject: &NoticeSubject) {
        let (month, limit, percent) = match subject {
            NoticeSubject::UsageWarning { month, limit, percent, .. } => (*month, *limit, *percent),
            NoticeSubject::UsageLimitReached { month, limit, .. } => (*month, *limit, 100),
            _ => return,
        };
        let used = usage_month(store, product, month).used;
        let percentages = self.percentages.entry((month, limit)).or_default();
        let before = percentages.last().copied();
        percentages.push(percent);
        if before.is_some_and(|before| before >= percent) {
            self.found(format!("month {month}: {percent} % of {limit} was notified after {before:?} %"));
        }
        if used < first_used_at(limit, percent) {
            self.found(format!("month {month}: {percent} % of {limit} was notified at {used}"));
        }
    }

    fn found(&mut self, problem: String) {
        self.problem.get_or_insert(problem);
    }
}

/// Returns the record of a month.
pub(super) fn usage_month(store: &MemoryStore, product: ProductId, month: u32) -> UsageMonth {
    match record(store, Key::UsageMonth(product, month)) {
        Some(Record::UsageMonth(month)) => *month,
        _ => UsageMonth::default(),
    }
}

/// Returns the current limit of the product's tier.
pub(super) fn limit(store: &MemoryStore, catalogue: &Catalogue, product: ProductId) -> Option<u64> {
    match record(store, Key::Product(product)) {
        Some(Record::Product(product)) => catalogue.tier(&product.tier)?.messages,
        _ => Some(0),
    }
}

fn record(store: &MemoryStore, key: Key) -> Option<Record> {
    store.get(&[key]).ok()?.pop().flatten().map(|row| row.record)
}
