//! Concurrent callers that write the same record take turns: all are answered, whatever their number.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use crate::crowd as contention;

use contention::{Crowd, all_are_answered, all_join, device, members, processes_are_answered, report};
use fleet_core::device::Report;
use fleet_core::store::{Commit, CommitOutcome, GroupCommit, Key, Range, Row, Store};
use fleet_core::{MemoryStore, StoreError, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A store whose every call takes a while, like a server's, and that counts its commits.
#[derive(Debug, Default)]
struct Distant {
    inner: MemoryStore,
    commits: AtomicUsize,
}

impl Store for Distant {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        std::thread::sleep(Duration::from_micros(200));
        self.inner.get(keys)
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.inner.scan(range)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        self.commits.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(Duration::from_micros(200));
        self.inner.commit(batch)
    }
}

#[test]
fn all_of_400_callers_of_each_command_are_answered_in_memory() {
    all_are_answered(|| Arc::new(MemoryStore::new()), 400);
}

#[test]
fn all_of_100_callers_of_each_command_are_answered_by_a_slow_store() {
    all_are_answered(|| Arc::new(Distant::default()), 100);
}

#[test]
fn callers_of_eight_processes_are_answered() {
    let store = Arc::new(Distant::default());
    processes_are_answered(|| Arc::clone(&store) as _, 8, 200);
}

#[test]
fn all_of_400_strangers_join_at_once() {
    all_join(MemoryStore::new(), 400);
    all_join(GroupCommit::new(MemoryStore::new()), 400);
    all_join(Distant::default(), 400);
}

#[test]
fn strangers_that_join_at_once_share_commits() {
    let store = Arc::new(Distant::default());
    let crowd = Crowd::new(Arc::clone(&store), 400);
    let before = store.commits.load(Ordering::Relaxed);
    let (_, refused) = crowd.meet(|n| crowd.fleet.gateway(Timestamp::from_millis(0)).connect(&report(n)).map(drop));
    let commits = store.commits.load(Ordering::Relaxed) - before;
    assert!(refused.is_empty() && commits < 200, "{commits} commits, {refused:?}");
}

#[test]
fn a_thousand_first_reports_of_hardware_need_few_commits() {
    let store = Arc::new(Distant::default());
    let crowd = Crowd::new(Arc::clone(&store), 1000);
    let reports: Vec<Report> = (0..1000).map(report).collect();
    let connect = |what: &str| {
        let before = store.commits.load(Ordering::Relaxed);
        let answers = crowd.fleet.gateway(Timestamp::from_millis(0)).connect_many(&reports).unwrap();
        let commits = store.commits.load(Ordering::Relaxed) - before;
        assert!(answers.len() == 1000 && commits <= 10, "{what}: {commits} commits");
    };
    connect("strangers");
    (0..1000).for_each(|n| crowd.owner().deny_device(crowd.product, device(n)).unwrap());
    (0..1000).for_each(|n| crowd.owner().undeny_device(crowd.product, device(n)).unwrap());
    members(&crowd);
    connect("members");
}
