//! Decisions for a fleet of connected devices.
#![forbid(unsafe_code)]

pub mod device;
pub mod firmware;

pub use device::{DeviceId, MalformedDeviceId};
