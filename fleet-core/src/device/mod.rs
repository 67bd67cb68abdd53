//! Devices: who they are, how they join a product, what they report.

pub mod import;

mod connect;
mod console;
mod count;
mod id;
mod questions;
mod record;
mod report;
pub(crate) mod tally;
mod trail;

pub(crate) use connect::{Arrivals, Joiners, Place, answer, move_name, put_device};
pub use connect::{Connected, Disconnect, UpdateProgress};
pub use console::{Correction, DeviceView, MAX_GROUPS_A_DEVICE};
pub(crate) use console::{drop_device, forget, member};
pub use count::{DeviceCount, Reservation};
pub use id::{DeviceId, MalformedDeviceId};
pub(crate) use questions::check_page;
pub use questions::{DeviceFilter, MAX_PAGE, Page, Summary};
pub use record::{
    Device, ImageSeen, Label, PlatformSeen, Progress, Registration, Seen, Standing, SystemVersion, UpdateAttempt,
    UpdateOutcome, UpdateResult,
};
pub(crate) use record::{RELAPSES, confirmed, is_zero};
pub use report::Report;
pub(crate) use report::withdraw;
pub use trail::{Mark, RowTrail, Trail};
