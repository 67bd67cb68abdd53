//! What is measured, a file for each kind of operation.

mod advance;
mod by_hand;
mod connect;
mod decide;
mod dry_run;
mod group;
mod import;
mod journaled;
mod memory;
mod meter;
mod postgres;
mod publish;
mod release;
mod summary;

use crate::Result;
use crate::report::{Target, Unit};
use crate::rounds::Figures;
use crate::world::Setting;

/// An operation, and what it is to reach.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// What it is called.
    pub name: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// What it is to reach.
    pub target: Target,
    /// Measures it.
    pub run: fn(&Setting) -> Result<Figures>,
}

/// All of them. Imports come late: after a file of some hundred megabytes the disk is busy for a while.
pub const ALL: [Measure; 24] = [
    time("decide", times(3.0).and(20.0), decide::decide),
    time("connect, memory", times(4.0), connect::memory),
    time("connect_many of 1024, SQLite FULL, a device", times(1.5), connect::sqlite),
    time("connect_many of 1024, PostgreSQL, a device", times(1.5), postgres::connect),
    time("connects of 8 threads, group commit, PostgreSQL", times(1.0 / 5.0), group::postgres),
    time("connects of 8 threads, group commit, SQLite FULL", times(1.0 / 5.0), group::sqlite),
    time("publish with 3 subscriptions, memory", most(3e3), publish::memory),
    time("publish_many of 1024, SQLite FULL, an event", times(1.5), publish::sqlite),
    time("connect_many of 1024, journaled, fold included", times(0.25), journaled::connect_many),
    time("connect of 64 callers, journaled, a connect", times(1.0 / 3.0), journaled::callers),
    time("connect of 64 callers, journaled, 99th percentile", NONE, journaled::callers_p99),
    time("release, the fleet against 1000 devices, memory", times(1.2), release::memory),
    time("release, the fleet against 1000 devices, SQLite", times(1.2), release::sqlite),
    time("dry run of a release", most(200e6), dry_run::memory),
    time("summary, memory", most(5e6), summary::memory),
    time("summary, SQLite", most(5e6), summary::sqlite),
    time("local admit, 1 thread", times(2.0), meter::one_thread),
    time("local admit, 2 threads", times(2.0), meter::two_threads),
    time("renewal, one product in 100 due, against a tenth", times(1.3), advance::memory),
    time("import of the fleet, memory", times(3.0), import::memory),
    time("import of the fleet, SQLite", times(2.0), import::sqlite),
    time("import of the fleet, PostgreSQL", times(3.0), postgres::import),
    bytes("memory a device", most(300.0), memory::imported),
    bytes("memory a device, after a list in order", most(300.0), memory::listed),
];

/// Told, whatever it is.
const NONE: Target = Target { ratio: None, ours: None };

const fn time(name: &'static str, target: Target, run: fn(&Setting) -> Result<Figures>) -> Measure {
    Measure { name, unit: Unit::Nanoseconds, target, run }
}

const fn bytes(name: &'static str, target: Target, run: fn(&Setting) -> Result<Figures>) -> Measure {
    Measure { name, unit: Unit::Bytes, target, run }
}

const fn times(ratio: f64) -> Target {
    Target { ratio: Some(ratio), ours: None }
}

const fn most(ours: f64) -> Target {
    Target { ratio: None, ours: Some(ours) }
}

impl Target {
    const fn and(self, ours: f64) -> Self {
        Self { ours: Some(ours), ..self }
    }
}
