//! The results: a table for people, and JSON for programs.

use crate::Result;
use crate::rounds::Figures;
use serde_json::{Value, json};
use std::fmt;
use std::path::Path;

/// The unit of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Time for one operation.
    Nanoseconds,
    /// Memory for one device.
    Bytes,
}

/// The target of a measure.
#[derive(Clone, Copy, Debug, Default)]
pub struct Target {
    /// Maximum multiple of the floor.
    pub ratio: Option<f64>,
    /// Maximum, in the measure's unit.
    pub ours: Option<f64>,
    /// Maximum above the floor, in the measure's unit.
    pub above: Option<f64>,
}

/// A line of the table.
#[derive(Clone, Debug)]
pub struct Line {
    /// What was measured.
    pub name: &'static str,
    /// The unit.
    pub unit: Unit,
    /// The result.
    pub figures: Figures,
    /// The target.
    pub target: Target,
}

impl Line {
    /// Whether the target is reached.
    pub fn is_reached(&self) -> bool {
        let Target { ratio, ours, above } = self.target;
        let floor = self.figures.floor.unwrap_or(0.0);
        above.is_none_or(|most| self.figures.ours <= floor + most)
            && ratio.is_none_or(|most| self.figures.ratio().is_some_and(|ratio| ratio <= most))
            && ours.is_none_or(|most| self.figures.ours <= most)
    }

    fn to_json(&self) -> Value {
        json!({
            "name": self.name,
            "ours_ns": self.figures.ours,
            "floor_ns": self.figures.floor,
            "ratio": self.figures.ratio(),
            "unit": if self.unit == Unit::Bytes { "bytes" } else { "ns" },
            "target_ns": self.target.ours,
            "target_ratio": self.target.ratio,
            "target_above_ns": self.target.above,
            "reached": self.is_reached(),
        })
    }
}

/// The names of the columns.
pub fn heading() -> String {
    format!("{:<52}{:>10}{:>10}{:>8}  {:<20}", "measure", "ours", "floor", "ratio", "target")
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figure = |value: Option<f64>| value.map_or("–".to_owned(), |value| amount(value, self.unit));
        let ratio = self.figures.ratio().map_or("–".to_owned(), |ratio| format!("{ratio:.2}"));
        let Target { ratio: times, ours, above } = self.target;
        let parts = [
            times.map(|times| match times {
                ..1.0 => format!("{:.0} × faster", times.recip()),
                _ => format!("≤ {times} ×"),
            }),
            ours.map(|most| format!("≤ {}", amount(most, self.unit))),
            above.map(|most| format!("≤ floor + {}", amount(most, self.unit))),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let target = if parts.is_empty() { "–".to_owned() } else { parts.join(", ") };
        let reached = if self.is_reached() { "ok" } else { "MISS" };
        let (ours, floor) = (figure(Some(self.figures.ours)), figure(self.figures.floor));
        write!(f, "{:<52}{ours:>10}{floor:>10}{ratio:>8}  {target:<20}{reached}", self.name)
    }
}

/// Writes all lines as JSON. The figures of a line are in its `unit`, whatever their names are.
///
/// # Errors
/// Fails if the file cannot be written.
pub fn write_json(path: &Path, lines: &[Line]) -> Result<()> {
    let lines: Vec<Value> = lines.iter().map(Line::to_json).collect();
    std::fs::write(path, serde_json::to_string_pretty(&lines)? + "\n")?;
    Ok(())
}

/// Formats a figure with three significant digits.
fn amount(value: f64, unit: Unit) -> String {
    let (value, unit) = match unit {
        Unit::Bytes => (value, "B"),
        Unit::Nanoseconds if value >= 1e9 => (value / 1e9, "s"),
        Unit::Nanoseconds if value >= 1e6 => (value / 1e6, "ms"),
        Unit::Nanoseconds if value >= 1e3 => (value / 1e3, "µs"),
        Unit::Nanoseconds => (value, "ns"),
    };
    let digits = if value >= 100.0 || value.fract() == 0.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    format!("{value:.digits$} {unit}")
}
