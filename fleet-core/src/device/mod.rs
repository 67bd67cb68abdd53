//! Devices: who they are, how they join a product, what they report.

pub mod import;

mod id;
pub use id::{DeviceId, MalformedDeviceId};
