//! Devices: who they are, how they join a product, what they report.

pub mod import;

mod connect;
mod count;
mod id;
mod record;
mod report;
mod tally;

pub use connect::{Connected, Disconnect, UpdateProgress};
pub(crate) use connect::{answer, put_device};
pub use count::{DeviceCount, Reservation};
pub use report::Report;
pub use id::{DeviceId, MalformedDeviceId};
pub use record::{
    Attempt, Device, ImageSeen, Label, Outcome, PlatformSeen, Progress, Registration, Seen, Standing, SystemVersion,
    UpdateResult,
};
