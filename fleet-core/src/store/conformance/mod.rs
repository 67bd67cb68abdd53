//! A conformance suite: the laws that every store must keep. Use it to test a store of your own.
//!
//! It is for tests, and it starts threads. [`check`] opens an empty store for each law, tries to break the law, and
//! reports how it was broken. [`check_reopen`] is for stores that outlive their process. A store that passes gives the
//! core what it relies on: no lost update, no partial commit and no missed row, whatever runs concurrently. A store
//! that fails usually shows more than one violation; begin with the first.
//!
//! ```
//! use fleet_core::{MemoryStore, store::conformance};
//!
//! conformance::check(MemoryStore::new).unwrap();
//! ```
//!
//! # The laws
//! Each has the name of the function that tries to break it.
//!
//! **Records**: `an_empty_store_holds_nothing` · `every_kind_of_record_reads_back`, with the extremes of each ·
//! `every_stamp_reads_back` · `keys_of_different_kinds_and_partitions_never_mix`
//!
//! **Sizes**: `long_keys_read_back`, of 255 bytes · `large_records_read_back`, of 300,000 bytes · `many_rows_read_back`
//!
//! **Reading**: `get_answers_in_the_order_asked`, a key that is asked for twice and one that is absent too ·
//! `scan_is_in_key_order` · `scan_keeps_its_bounds` · `scan_keeps_its_limit` · `a_range_without_keys_holds_nothing` ·
//! `scan_follows_what_was_deleted_and_made_again` · `pages_cover_a_range_once` · `for_each_shows_exactly_the_range` ·
//! `for_each_row_shows_every_row_once`, where the store has it
//!
//! **Commits**: `a_commit_is_whole_or_not_at_all` · `a_conflict_does_not_stop_the_next` ·
//! `a_commit_sees_those_before_it_in_its_batch` · `checks_come_before_writes` · `every_check_counts` ·
//! `a_row_that_must_be_absent` · `a_row_made_again_is_another` (ABA) · `the_same_record_put_again_is_another_write` ·
//! `deleting_what_is_absent_changes_nothing` · `a_deleted_row_is_gone` · `commits_may_have_nothing_to_write` ·
//! `a_batch_may_be_large` · `a_commit_may_be_large`
//!
//! **Counters**: `a_counter_sums_what_was_added` · `a_counter_stops_at_the_ends_of_its_range` ·
//! `additions_never_conflict` · `a_conflict_adds_nothing` · `a_deleted_counter_starts_again` · `a_scan_shows_counters`
//!
//! **Threads**: `get_sees_one_moment` · `scan_sees_one_moment` · `pages_cover_a_range_once_while_others_add` ·
//! `no_update_is_lost` · `no_addition_is_lost` · `no_write_skew` · `no_phantom_passes_a_guard` ·
//! `one_of_many_creates_a_row` · `conflict_storms_end` · `each_thread_gets_its_own_outcomes` ·
//! `crossed_checks_are_never_all_applied` (2 to 32 threads)
//!
//! **Reopening**: `what_was_committed_is_there_again` · `stamps_guard_after_reopening`

mod commits;
mod counters;
#[cfg(not(target_family = "wasm"))]
mod crossed;
mod large;
mod probe;
#[cfg(not(target_family = "wasm"))]
mod races;
mod reads;
mod reopen;
mod samples;
mod scans;
#[cfg(test)]
mod weak;

use super::Store;
use probe::{Finding, Probe};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// A law that a store broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The law's name, as in the [list](self#the-laws).
    pub law: &'static str,
    /// The wrong behaviour that was observed.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.law, self.what)
    }
}

impl std::error::Error for Violation {}

/// The name of a law and the function that tries to break it.
type Law = (&'static str, fn(&Probe<'_>) -> Finding);

/// Minimum duration for which a law about threads is tried: in memory one race takes a millisecond or less.
const RACING: Duration = Duration::from_millis(150);

macro_rules! laws {
    ($($room:ident::$law:ident,)*) => {
        &[$((stringify!($law), $room::$law)),*]
    };
}

const LAWS: &[Law] = laws![
    reads::an_empty_store_holds_nothing,
    reads::every_kind_of_record_reads_back,
    reads::every_stamp_reads_back,
    reads::keys_of_different_kinds_and_partitions_never_mix,
    reads::get_answers_in_the_order_asked,
    scans::scan_is_in_key_order,
    scans::scan_keeps_its_bounds,
    scans::scan_keeps_its_limit,
    scans::a_range_without_keys_holds_nothing,
    scans::scan_follows_what_was_deleted_and_made_again,
    scans::pages_cover_a_range_once,
    scans::for_each_shows_exactly_the_range,
    reads::for_each_row_shows_every_row_once,
    commits::a_commit_is_whole_or_not_at_all,
    commits::a_conflict_does_not_stop_the_next,
    commits::a_commit_sees_those_before_it_in_its_batch,
    commits::checks_come_before_writes,
    commits::every_check_counts,
    commits::a_row_that_must_be_absent,
    commits::a_row_made_again_is_another,
    commits::the_same_record_put_again_is_another_write,
    commits::deleting_what_is_absent_changes_nothing,
    commits::a_deleted_row_is_gone,
    commits::commits_may_have_nothing_to_write,
    commits::a_batch_may_be_large,
    commits::a_commit_may_be_large,
    counters::a_counter_sums_what_was_added,
    counters::a_counter_stops_at_the_ends_of_its_range,
    counters::additions_never_conflict,
    counters::a_conflict_adds_nothing,
    counters::a_deleted_counter_starts_again,
    counters::a_scan_shows_counters,
    large::long_keys_read_back,
    large::large_records_read_back,
    large::many_rows_read_back,
];

/// Laws about threads.
#[cfg(not(target_family = "wasm"))]
const RACES: &[Law] = laws![
    races::get_sees_one_moment,
    races::scan_sees_one_moment,
    races::pages_cover_a_range_once_while_others_add,
    races::no_update_is_lost,
    races::no_addition_is_lost,
    races::no_write_skew,
    races::no_phantom_passes_a_guard,
    races::one_of_many_creates_a_row,
    races::conflict_storms_end,
    races::each_thread_gets_its_own_outcomes,
    crossed::crossed_checks_are_never_all_applied,
];
#[cfg(target_family = "wasm")]
const RACES: &[Law] = &[];

/// Tests a store against every law. `open` is called at least once for each law, and returns an empty store each time.
///
/// This takes some seconds in memory, and about 10,000 commits, which take ten to twenty seconds on a disk. Threads of
/// a race start together, but their scheduling is not controlled, so weak isolation is found with a high probability,
/// not with certainty. If a store is so fast that its threads hardly overlap, races are repeated for a while.
/// Everything else is deterministic.
///
/// # Errors
/// Each law that the store broke, and how. A panic of the store breaks the law that was tried.
///
/// ```
/// use fleet_core::store::conformance::check;
/// # use fleet_core::MemoryStore as MyStore;
///
/// # fn a_test() {
/// if let Err(violations) = check(MyStore::new) {
///     for violation in &violations {
///         eprintln!("{violation}");
///     }
///     panic!("{} laws are broken", violations.len());
/// }
/// # }
/// # a_test();
/// ```
pub fn check<S: Store>(open: impl Fn() -> S) -> Result<(), Vec<Violation>> {
    let tried = LAWS.iter().filter_map(|law| attempt(law, &open));
    let raced = RACES.iter().filter_map(|law| race(law, &open));
    none(tried.chain(raced).collect())
}

/// Tests a store that outlives its process against the laws of reopening: everything committed before the store was
/// dropped is there when it is opened again.
///
/// `place` creates a place without a store, such as a directory that is deleted when it is dropped. `open` opens the
/// store there, and is called again after the store was dropped.
///
/// # Errors
/// Each law that the store broke, and how.
///
/// ```
/// use fleet_core::MemoryStore;
/// use fleet_core::store::conformance::check_reopen;
///
/// let violations = check_reopen(|| (), |()| MemoryStore::new()).unwrap_err();
/// assert_eq!(violations[0].law, "what_was_committed_is_there_again");
/// ```
pub fn check_reopen<P, S: Store>(place: impl Fn() -> P, open: impl Fn(&P) -> S) -> Result<(), Vec<Violation>> {
    let tried = reopen::LAWS.iter().filter_map(|(law, break_it)| {
        caught(law, || {
            let place = place();
            break_it(&|| Box::new(open(&place)))
        })
    });
    none(tried.collect())
}

/// Tests a store against the law `crossed_checks_are_never_all_applied` for any number of rounds, with 2 to 32 threads
/// in cycles of two. [`check`] tries a few dozen rounds; this is for a nightly run.
///
/// # Errors
/// How the law was broken.
#[cfg(not(target_family = "wasm"))]
pub fn check_crossed(store: &dyn Store, threads: usize, rounds: u32) -> Result<(), Violation> {
    const LAW: &str = "crossed_checks_are_never_all_applied";
    let pairs = threads.clamp(2, 32) / 2 * 2;
    // In parts, because the rows of a part are put before its race.
    for part in 0..rounds.div_ceil(PART) {
        let rounds = PART.min(rounds - part * PART);
        let found = caught(LAW, || crossed::cross(&Probe::new(store, u64::from(part)), pairs, 2, rounds));
        found.map_or(Ok(()), Err)?;
    }
    Ok(())
}

/// Number of rounds whose rows are put together.
#[cfg(not(target_family = "wasm"))]
const PART: u32 = 200;

/// Returns rows of every kind, with the extremes of each, for the tests of a store that has an encoding of its own.
pub fn every_row() -> Vec<(super::Key, super::Record)> {
    let rows = |kind| samples::records(kind).into_iter().zip(samples::keys(kind, 1).into_iter().cycle());
    samples::kinds().flat_map(rows).map(|(record, key)| (key, record)).collect()
}

fn attempt<S: Store>((law, break_it): &Law, open: &impl Fn() -> S) -> Option<Violation> {
    caught(law, || {
        let store = open();
        break_it(&Probe::new(&store, 0x6D04_498B))
    })
}

/// Tries a law repeatedly for a while, or until it is broken.
fn race<S: Store>(law: &Law, open: &impl Fn() -> S) -> Option<Violation> {
    let started = Instant::now();
    loop {
        let violation = attempt(law, open);
        if violation.is_some() || started.elapsed() > RACING {
            return violation;
        }
    }
}

fn caught(law: &'static str, break_it: impl FnOnce() -> Finding) -> Option<Violation> {
    // The store is dropped with whatever its panic left behind, so no broken state is used again.
    let finding = catch_unwind(AssertUnwindSafe(break_it)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        Err(format!("the store panicked: {}", said.unwrap_or("no message")))
    });
    finding.err().map(|what| Violation { law, what })
}

fn none(violations: Vec<Violation>) -> Result<(), Vec<Violation>> {
    if violations.is_empty() { Ok(()) } else { Err(violations) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_laws_names_each() {
        let listed: String =
            include_str!("mod.rs").lines().filter(|line| line.starts_with("//!")).map(|line| line.to_owned()).collect();
        let names = LAWS.iter().chain(RACES).map(|(law, _)| *law).chain(reopen::LAWS.iter().map(|(law, _)| *law));
        for law in names {
            assert!(listed.contains(&format!("`{law}`")), "{law} is not in the list");
        }
    }
}
