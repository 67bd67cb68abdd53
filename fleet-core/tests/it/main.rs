//! All integration tests of this crate, in one binary that is linked once.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/contention.rs"]
mod crowd;
#[path = "../common/machine.rs"]
mod machine;

mod access_after;
mod advice;
mod advice_images;
mod advice_values;
mod billing;
mod billing_faults;
mod billing_guide;
mod connections;
mod contention;
mod doors;
mod errors;
mod events;
mod firmware_images;
mod firmware_locks;
mod import;
mod largest_commit;
mod layers;
mod ledger;
mod lists;
mod locked;
mod model;
mod payments;
mod people;
mod reports;
mod restored;
mod targeting;
mod threads;
mod together;
