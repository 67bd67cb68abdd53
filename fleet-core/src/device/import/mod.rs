//! Importing devices: reading the file, deciding each line.

mod encoding;
mod file;
mod layout;
mod malformed;
mod row;

pub use encoding::{MAX_BYTES, UnreadableFile};
pub use file::{DeviceList, Line, Lines};
pub use malformed::Malformed;
