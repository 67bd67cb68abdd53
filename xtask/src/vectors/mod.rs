//! Comparing what this project reads with what independent tools read.

pub mod firmware;

/// How a run over vectors went.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Rows where everything was as expected.
    pub passed: usize,
    /// The others: which, and what was wrong.
    pub failures: Vec<(String, String)>,
}

impl Report {
    /// Counts one row.
    pub fn add(&mut self, name: impl Into<String>, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(why) => self.failures.push((name.into(), why)),
        }
    }
}
