//! What the core's operations cost, each beside its floor: the same work as a good engineer would write it by hand for
//! this one case, without rules, stores or guards.
//!
//! A figure means nothing without its floor, because machines differ and are never quiet. So ours and the floor take
//! turns, round by round, and what is told of each is its fastest round.
//!
//! ```text
//! cargo run --release -p benches --bin bench -- [FILTER] [--devices N] [--quick]
//! ```
//!
//! Beside it, [`load`] sets gateways and consoles on one store at once and asks afterwards whether all agrees:
//!
//! ```text
//! cargo run --release -p benches --bin load -- [--store memory|sqlite|journaled] [--seconds N] [--threads N] [--devices N]
//! ```
#![deny(unsafe_code)]

pub mod allocations;
pub mod load;
pub mod measures;
pub mod report;
pub mod rounds;
pub mod world;

/// Whatever went wrong: a bench has nobody to tell but the person who runs it.
pub type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;
