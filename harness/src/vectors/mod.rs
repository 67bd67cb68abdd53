//! Compares what this project reads with what independent tools read.

pub(crate) mod billing;
pub(crate) mod firmware;
pub(crate) mod import;

/// The result of a run over vectors.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Number of rows that matched.
    pub(crate) passed: usize,
    /// The other rows, with their differences.
    pub(crate) failures: Vec<(String, String)>,
}

impl Report {
    /// Adds the result of one row.
    pub(crate) fn add(&mut self, name: impl Into<String>, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(why) => self.failures.push((name.into(), why)),
        }
    }

    /// Prints each failure and a summary.
    ///
    /// # Errors
    /// Fails if a row failed or nothing ran.
    pub(crate) fn show(&self) -> Result<(), String> {
        for (name, difference) in &self.failures {
            println!("FAILED {name}: {difference}");
        }
        println!("{} passed, {} failed", self.passed, self.failures.len());
        match (self.passed, self.failures.len()) {
            (0, 0) => Err("there is nothing to run; name a file or folder with cases".to_owned()),
            (_, 0) => Ok(()),
            (_, failed) => Err(format!("{failed} failed")),
        }
    }
}
