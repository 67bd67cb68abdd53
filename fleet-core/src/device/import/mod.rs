//! Importing devices: reading the file, deciding each line.

mod console;
mod encoding;
mod file;
mod layout;
mod malformed;
mod row;
mod verdict;

pub use console::ImportProgress;
pub use encoding::{MAX_BYTES, UnreadableFile};
pub use file::{DeviceList, Line, Lines};
pub use malformed::Malformed;
pub(crate) use verdict::judge;
pub use verdict::{ImportCounts, ImportReport, LineVerdict, Verdict};
