//! Devices: their ids, how they join a product, and what they report.

pub mod import;

mod console;
mod count;
mod gateway;
mod id;
mod page;
mod record;
mod report;
pub(crate) mod tally;
mod trail;

pub use console::{Correction, DeviceFilter, DeviceView, MAX_GROUPS_A_DEVICE, Summary};
pub(crate) use console::{drop_device, forget, member};
pub use count::{DeviceCount, Reservation};
pub(crate) use gateway::{ConnectQueue, JoinQueue, Place, answer, move_name, put_device};
pub use gateway::{Connected, Disconnect, UpdateProgress};
pub use id::{DeviceId, MalformedDeviceId};
pub(crate) use page::check_page;
pub use page::{MAX_PAGE, Page};
pub use record::{
    Device, ImageSeen, Label, PlatformSeen, Progress, Registration, Seen, Standing, SystemVersion, UpdateAttempt,
    UpdateOutcome, UpdateResult,
};
pub(crate) use record::{RELAPSES, confirmed, is_zero};
pub use report::Report;
pub(crate) use report::withdraw;
pub use trail::{Mark, RowTrail, Trail};
