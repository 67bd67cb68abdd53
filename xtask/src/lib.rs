//! The project's chores, as a library so that `main` is only their command line.

pub mod fuzz;
pub mod vectors;
