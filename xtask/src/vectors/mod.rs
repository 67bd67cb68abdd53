//! Comparing the library with vectors that others made.

pub(crate) mod import;

/// How many vectors came out as expected, and how each of the others did not.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) passed: usize,
    /// A vector's name, and what is different.
    pub(crate) failures: Vec<(String, String)>,
}
