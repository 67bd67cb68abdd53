//! Devices: their ids, how they join a product, and what they report.

pub mod import;

mod connect;
mod console;
mod count;
mod id;
mod queries;
mod record;
mod report;
pub(crate) mod tally;
mod trail;

pub(crate) use connect::{ConnectQueue, JoinQueue, Place, answer, move_name, put_device};
pub use connect::{Connected, Disconnect, UpdateProgress};
pub use console::{Correction, DeviceView, MAX_GROUPS_A_DEVICE};
pub(crate) use console::{drop_device, forget, member};
pub use count::{DeviceCount, Reservation};
pub use id::{DeviceId, MalformedDeviceId};
pub(crate) use queries::check_page;
pub use queries::{DeviceFilter, MAX_PAGE, Page, Summary};
pub use record::{
    Device, ImageSeen, Label, PlatformSeen, Progress, Registration, Seen, Standing, SystemVersion, UpdateAttempt,
    UpdateOutcome, UpdateResult,
};
pub(crate) use record::{RELAPSES, confirmed, is_zero};
pub use report::Report;
pub(crate) use report::withdraw;
pub use trail::{Mark, RowTrail, Trail};
