//! The measures, one file for each kind of operation.

mod advance;
mod by_hand;
mod connect;
mod contention;
mod decide;
mod dry_run;
mod group;
mod import;
mod journaled;
mod languages;
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

/// An operation and its target.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// Its name.
    pub name: &'static str,
    /// Its unit.
    pub unit: Unit,
    /// Its target.
    pub target: Target,
    /// Measures it.
    pub run: fn(&Setting) -> Result<Figures>,
    /// Whether what it needs is installed.
    pub is_there: fn() -> bool,
}

/// All measures. Imports come last: after a file of some hundred megabytes the disk is busy for a while.
pub const ALL: [Measure; 39] = [
    time("decide", times(3.0).and(20.0), decide::decide),
    time("connect, memory", times(4.0), connect::memory),
    time("connect_many of 1024, SQLite FULL, a device", times(1.5), connect::sqlite),
    through(postgres::is_there, time("connect_many of 1024, PostgreSQL, a device", times(1.5), postgres::connect)),
    through(
        postgres::is_there,
        time("connects of 8 threads, group commit, PostgreSQL", times(1.0 / 5.0), group::postgres),
    ),
    through(
        postgres::is_there,
        time("connects of 8 threads, PostgreSQL, floor in turn", times(1.0 / 5.0), group::postgres_in_turn),
    ),
    through(postgres::is_there, time("connects by hand, 8 at once, PostgreSQL", NONE, group::postgres_at_best)),
    time("connects of 8 threads, group commit, SQLite FULL", times(1.0 / 5.0), group::sqlite),
    time("connects by hand, 8 at once, SQLite FULL", NONE, group::sqlite_at_best),
    time("connects of 8 threads, group commit, journaled", times(1.0 / 5.0), group::journaled),
    time("contention: 400 strangers join, against 100, memory", times(1.5), contention::join_memory),
    time("contention: 400 strangers join, against 100, SQLite", times(1.5), contention::join_sqlite),
    time("contention: 400 others in one record, memory", times(2.5), contention::others_memory),
    time("contention: 400 others in one record, SQLite", times(2.5), contention::others_sqlite),
    time("publish with 3 subscriptions, memory", most(3e3), publish::memory),
    time("publish_many of 1024, SQLite FULL, an event", times(1.5), publish::sqlite),
    time("publish_many of 1024, SQLite FULL, just started", NONE, publish::sqlite_started),
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
    through(postgres::is_there, time("import of the fleet, PostgreSQL", times(3.0), postgres::import)),
    through(languages::python_is_there, time("Python connect, memory", above(1e3), languages::python_connect)),
    through(
        languages::python_is_there,
        time("Python connect_many of 1024, memory, a device", times(1.5), languages::python_connect_many),
    ),
    through(languages::node_is_there, time("Node connect, memory", above(4e3), languages::node_connect)),
    through(
        languages::node_is_there,
        time("Node connect_many of 1024, memory, a device", times(2.0), languages::node_connect_many),
    ),
    through(languages::swift_is_there, time("Swift connect, memory", above(8e3), languages::swift_connect)),
    through(
        languages::kotlin_is_there,
        time("Kotlin connectMany of 1024, memory, a device", times(3.0), languages::kotlin_connect_many),
    ),
    bytes("memory a device", most(300.0), memory::imported),
    bytes("memory a device, after a list in order", most(300.0), memory::listed),
];

/// No target: the figure is only reported.
const NONE: Target = Target { ratio: None, ours: None, above: None };

const fn time(name: &'static str, target: Target, run: fn(&Setting) -> Result<Figures>) -> Measure {
    Measure { name, unit: Unit::Nanoseconds, target, run, is_there: || true }
}

const fn bytes(name: &'static str, target: Target, run: fn(&Setting) -> Result<Figures>) -> Measure {
    Measure { name, unit: Unit::Bytes, target, run, is_there: || true }
}

/// Adds a condition to a measure, such as that a binding was built.
const fn through(is_there: fn() -> bool, measure: Measure) -> Measure {
    Measure { is_there, ..measure }
}

const fn times(ratio: f64) -> Target {
    Target { ratio: Some(ratio), ours: None, above: None }
}

const fn most(ours: f64) -> Target {
    Target { ratio: None, ours: Some(ours), above: None }
}

const fn above(floor: f64) -> Target {
    Target { ratio: None, ours: None, above: Some(floor) }
}

impl Target {
    const fn and(self, ours: f64) -> Self {
        Self { ours: Some(ours), ..self }
    }
}
