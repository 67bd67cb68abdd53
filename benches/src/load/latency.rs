//! Percentiles without storing every measurement.

use std::time::Duration;

/// Number of steps in each power of two: a reported time is at most a sixteenth too long.
const STEPS: u32 = 16;

/// Number of measurements by duration.
#[derive(Clone, Debug)]
pub(crate) struct Latencies {
    steps: Vec<u64>,
    longest: Duration,
}

impl Default for Latencies {
    fn default() -> Self {
        Self { steps: vec![0; (64 * STEPS) as usize], longest: Duration::ZERO }
    }
}

impl Latencies {
    pub(crate) fn add(&mut self, span: Duration) {
        let step = step(u64::try_from(span.as_nanos()).unwrap_or(u64::MAX));
        if let Some(count) = self.steps.get_mut(step) {
            *count += 1;
        }
        self.longest = self.longest.max(span);
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.steps.iter_mut().zip(&other.steps).for_each(|(count, more)| *count += more);
        self.longest = self.longest.max(other.longest);
    }

    /// The duration that this share of the measurements does not exceed: 0.99 is the 99th percentile.
    pub(crate) fn at(&self, share: f64) -> Duration {
        let wanted = (self.steps.iter().sum::<u64>() as f64 * share).ceil() as u64;
        let mut seen = 0;
        let step = self.steps.iter().position(|count| {
            seen += count;
            seen >= wanted
        });
        step.map_or(self.longest, |step| Duration::from_nanos(end(step)).min(self.longest))
    }
}

/// The step that contains a number of nanoseconds.
fn step(nanos: u64) -> usize {
    let power = nanos.max(1).ilog2();
    let within = ((u128::from(nanos) * u128::from(STEPS)) >> power) as u32 % STEPS;
    (power * STEPS + within) as usize
}

/// The first number of nanoseconds after a step.
fn end(step: usize) -> u64 {
    let (power, within) = (step as u32 / STEPS, step as u32 % STEPS);
    let end = (1_u128 << power) * u128::from(STEPS + within + 1) / u128::from(STEPS);
    u64::try_from(end).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_at_most_a_sixteenth_too_long() {
        let mut latencies = Latencies::default();
        for micros in 1..=1000 {
            latencies.add(Duration::from_micros(micros));
        }
        for (share, micros) in [(0.5, 500), (0.99, 990), (0.001, 1), (1.0, 1000)] {
            let (reported, is) = (latencies.at(share), Duration::from_micros(micros));
            assert!(
                reported >= is && reported <= is + is / 16 + Duration::from_nanos(1),
                "{share}: {reported:?}, not {is:?}"
            );
        }
        assert_eq!(Latencies::default().at(0.5), Duration::ZERO);
    }
}
