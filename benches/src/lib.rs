//! Measures the core's operations, each against its floor: the same work as a good engineer would write it by hand for
//! this one case, without rules, stores or guards.
//!
//! A figure means nothing without its floor, because machines differ and always run other programs too. So our code and
//! the floor take turns, round by round, and each is reported by its fastest round.
//!
//! ```text
//! cargo run --release -p benches --bin bench -- [FILTER] [--devices N] [--quick]
//! ```
//!
//! In addition, [`load`] runs gateways and consoles on one store at the same time, and then checks every invariant:
//!
//! ```text
//! cargo run --release -p benches --bin load -- [--store memory|sqlite|journaled] [--seconds N] [--threads N]
//! [--devices N]
//! ```
#![deny(unsafe_code)]

pub mod allocations;
pub mod load;
pub mod measures;
pub mod report;
pub mod rounds;
pub mod world;

/// Any error: a bench reports it only to the person who runs it.
pub type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;
