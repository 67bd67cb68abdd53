//! Devices: who they are, how they join a product, what they report.

pub mod import;

mod count;
mod id;
mod record;

pub use count::{DeviceCount, Reservation};
pub use id::{DeviceId, MalformedDeviceId};
pub use record::{
    Attempt, Device, ImageSeen, Label, Outcome, PlatformSeen, Progress, Registration, Seen, Standing, SystemVersion,
    UpdateResult,
};
