//! Taking turns: a round of ours, a round of the floor, and again. What is told of each is its fastest round, as whatever
//! else a machine does can only make one slower.

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
/// round of each warms up and does not count.
///
/// # Errors
/// The closures'.
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

/// The same of what has no floor.
///
/// # Errors
/// The closure's.
pub fn alone(rounds: usize, operations: usize, mut ours: impl FnMut() -> Result<Duration>) -> Result<Figures> {
    let Figures { ours, .. } = beside(rounds, operations, &mut ours, || Ok(Duration::ZERO))?;
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
