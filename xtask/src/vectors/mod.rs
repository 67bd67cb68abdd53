//! Comparing what this project reads with what independent tools read.

pub(crate) mod billing;
pub(crate) mod firmware;
pub(crate) mod import;

/// How a run over vectors went.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Rows where everything was as expected.
    pub(crate) passed: usize,
    /// The others: which, and what was different.
    pub(crate) failures: Vec<(String, String)>,
}

impl Report {
    /// Counts one row.
    pub(crate) fn add(&mut self, name: impl Into<String>, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(why) => self.failures.push((name.into(), why)),
        }
    }

    /// Prints each failure and a closing count.
    ///
    /// # Errors
    /// Where something failed, or nothing ran.
    pub(crate) fn show(&self) -> Result<(), String> {
        for (name, difference) in &self.failures {
            println!("FAILED {name}: {difference}");
        }
        println!("{} passed, {} failed", self.passed, self.failures.len());
        match (self.passed, self.failures.len()) {
            (0, 0) => Err("there is nothing to run".to_owned()),
            (_, 0) => Ok(()),
            (_, failed) => Err(format!("{failed} did not go as expected")),
        }
    }
}
