//! Measures by turns: a round of ours, a round of the floor, and again. Each is reported by its fastest round, because
//! other programs on the machine can only slow a round down.

use crate::Result;
use std::time::{Duration, Instant};

/// The result of a measure, in nanoseconds or bytes for one operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// The core's result.
    pub ours: f64,
    /// The floor's result, if there is one.
    pub floor: Option<f64>,
}

impl Figures {
    /// Ours as a multiple of the floor.
    pub fn ratio(&self) -> Option<f64> {
        self.floor.map(|floor| self.ours / floor)
    }
}

/// Measures ours against its floor. Each closure runs one round of `operations` operations and returns its duration;
/// one round of each warms up and is not counted.
///
/// # Errors
/// Errors of the closures.
pub fn beside(
    rounds: usize,
    operations: usize,
    mut ours: impl FnMut() -> Result<Duration>,
    mut floor: impl FnMut() -> Result<Duration>,
) -> Result<Figures> {
    ours()?;
    floor()?;
    let mut fastest = (Duration::MAX, Duration::MAX);
    for _ in 0..rounds {
        fastest = (fastest.0.min(ours()?), fastest.1.min(floor()?));
    }
    Ok(Figures { ours: each(fastest.0, operations), floor: Some(each(fastest.1, operations)) })
}

/// Measures ours without a floor.
///
/// # Errors
/// Errors of the closure.
pub fn alone(rounds: usize, operations: usize, mut ours: impl FnMut() -> Result<Duration>) -> Result<Figures> {
    let Figures { ours, .. } = beside(rounds, operations, &mut ours, || Ok(Duration::ZERO))?;
    Ok(Figures { ours, floor: None })
}

/// Measures the duration of work.
///
/// # Errors
/// Errors of the closure.
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
