//! Imports lists of devices: parses the file, and decides each line.

mod console;
mod file;
mod malformed;
mod verdict;

pub use crate::list::{MAX_BYTES, UnreadableFile};
pub use console::{ImportProgress, MAX_LINES_WITHOUT_ID};
pub use file::{DeviceList, Lines, ListLine};
pub use malformed::Malformed;
pub(crate) use verdict::judge;
pub use verdict::{ImportCounts, ImportReport, LineVerdict, Verdict};
