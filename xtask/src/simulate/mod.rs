//! Deterministic simulation of metering: many processes over one store, everything that can go wrong between them, and
//! a clock that is made up. One seed is one schedule, always the same.

mod ledger;
mod link;
mod random;
mod schedule;

use random::Random;
use schedule::{Told, run};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

/// Plays so many schedules, the first with this seed, and prints the first that goes wrong, step by step.
pub(crate) fn simulate(schedules: u64, seed: u64) -> Result<(), String> {
    let begun = Instant::now();
    let (next, failed) = (AtomicU64::new(0), AtomicBool::new(false));
    let sums = Mutex::new((Told::default(), Vec::new()));
    let play = || {
        while !failed.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= schedules {
                return;
            }
            let seed = seed_of(seed, number);
            let told = run(seed, false);
            let mut sums = sums.lock().unwrap_or_else(PoisonError::into_inner);
            let (sum, wrong) = &mut *sums;
            sum.sent += told.sent;
            sum.turned_away += told.turned_away;
            sum.crashes += told.crashes;
            sum.failures += told.failures;
            if told.problem.is_some() {
                failed.store(true, Ordering::Relaxed);
                wrong.push((number, seed));
            }
        }
    };
    // Threads wait where a transaction does, so there are more than cores.
    let threads = thread::available_parallelism().map_or(1, |cores| cores.get() * 2);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(play);
        }
    });
    let (sum, mut wrong) = sums.into_inner().unwrap_or_else(PoisonError::into_inner);
    wrong.sort_unstable();
    let Some((_, seed)) = wrong.first().copied() else {
        let Told { sent, turned_away, crashes, failures, .. } = sum;
        println!(
            "{schedules} schedules from seed {seed}: {sent} messages sent, {turned_away} turned away, {crashes} processes died, {failures} calls failed; in {:.1} s nothing went wrong",
            begun.elapsed().as_secs_f64()
        );
        return Ok(());
    };
    let told = run(seed, true);
    for step in told.steps {
        println!("{step}");
    }
    let problem = told.problem.unwrap_or_else(|| "it went right when it was played again".to_owned());
    Err(format!("{problem}\nplay it again: cargo xtask simulate --schedules 1 --seed {seed}"))
}

/// The seed of a schedule: the first one's is the seed that was given, so that a schedule can be played alone.
fn seed_of(seed: u64, number: u64) -> u64 {
    if number == 0 { seed } else { Random(seed.wrapping_add(number)).number() }
}
