//! Deterministic simulation of metering: many processes over one store, everything that can go wrong between them, and
//! a simulated clock. A seed always gives the same schedule.

mod ledger;
mod link;
mod random;
mod schedule;

use random::Random;
use schedule::{Report, run};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

/// Runs this many schedules, the first with this seed. Prints the first one that fails, step by step.
pub(crate) fn simulate(schedules: u64, seed: u64) -> Result<(), String> {
    let begun = Instant::now();
    let (next, failed) = (AtomicU64::new(0), AtomicBool::new(false));
    let sums = Mutex::new((Report::default(), Vec::new()));
    let play = || {
        while !failed.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= schedules {
                return;
            }
            let seed = seed_of(seed, number);
            let report = run(seed, false);
            let mut sums = sums.lock().unwrap_or_else(PoisonError::into_inner);
            let (sum, wrong) = &mut *sums;
            sum.sent += report.sent;
            sum.turned_away += report.turned_away;
            sum.crashes += report.crashes;
            sum.failures += report.failures;
            if report.problem.is_some() {
                failed.store(true, Ordering::Relaxed);
                wrong.push((number, seed));
            }
        }
    };
    // Threads sleep when a transaction waits, so there are more threads than cores.
    let threads = thread::available_parallelism().map_or(1, |cores| cores.get() * 2);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(play);
        }
    });
    let (sum, mut wrong) = sums.into_inner().unwrap_or_else(PoisonError::into_inner);
    wrong.sort_unstable();
    let Some((_, seed)) = wrong.first().copied() else {
        let Report { sent, turned_away, crashes, failures, .. } = sum;
        println!(
            "{schedules} schedules from seed {seed}: {sent} messages sent, {turned_away} refused, {crashes} processes died, {failures} calls failed; no violation in {:.1} s",
            begun.elapsed().as_secs_f64()
        );
        return Ok(());
    };
    let report = run(seed, true);
    for step in report.steps {
        println!("{step}");
    }
    let problem = report.problem.unwrap_or_else(|| "the second run of the schedule succeeded".to_owned());
    Err(format!("{problem}\nrun it again: cargo xtask simulate --schedules 1 --seed {seed}"))
}

/// Returns the seed of a schedule. The first schedule has the given seed, so that any schedule can be run alone.
fn seed_of(seed: u64, number: u64) -> u64 {
    if number == 0 { seed } else { Random(seed.wrapping_add(number)).number() }
}
