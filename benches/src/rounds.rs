//! Taking turns: a round of ours, a round of the floor, and again.

use crate::Result;
use std::time::{Duration, Instant};

/// What a measure came to, in nanoseconds or bytes for one operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// The core's.
    pub ours: f64,
    /// The floor's, where there is one.
    pub floor: Option<f64>,
}

impl Figures {
    /// How many times the floor ours is.
    pub fn ratio(&self) -> Option<f64> {
        self.floor.map(|floor| self.ours / floor)
    }
}

/// Measures ours beside its floor. Each closure does one round of so many `operations` and says how long they took; one
/// round of each warms up and does not count. Told is the round whose ratio is the median.
///
/// # Errors
/// The closures'.
pub fn beside(
    rounds: usize,
    operations: usize,
    mut ours: impl FnMut() -> Result<Duration>,
    mut floor: impl FnMut() -> Result<Duration>,
) -> Result<Figures> {
    (ours()?, floor()?);
    let mut measured = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let (ours, floor) = (each(ours()?, operations), each(floor()?, operations));
        measured.push(Figures { ours, floor: Some(floor) });
    }
    measured.sort_by(|a, b| a.ratio().unwrap_or(0.0).total_cmp(&b.ratio().unwrap_or(0.0)));
    measured.get(rounds / 2).copied().ok_or_else(|| "no round was measured".into())
}

/// Measures what has no floor: the median round.
///
/// # Errors
/// The closure's.
pub fn alone(rounds: usize, operations: usize, mut ours: impl FnMut() -> Result<Duration>) -> Result<Figures> {
    ours()?;
    let mut measured = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        measured.push(each(ours()?, operations));
    }
    measured.sort_by(f64::total_cmp);
    let ours = measured.get(rounds / 2).copied().ok_or("no round was measured")?;
    Ok(Figures { ours, floor: None })
}

/// How long something takes.
///
/// # Errors
/// The closure's.
pub fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<Duration> {
    let begun = Instant::now();
    let made = work()?;
    let took = begun.elapsed();
    drop(made);
    Ok(took)
}

fn each(took: Duration, operations: usize) -> f64 {
    took.as_nanos() as f64 / operations as f64
}
