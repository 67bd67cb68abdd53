//! Firmware: images, versions, releases, and which device gets what.

pub mod image;
