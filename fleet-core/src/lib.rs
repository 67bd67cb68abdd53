//! Decisions for a fleet of connected devices.
#![forbid(unsafe_code)]

pub mod audit;
pub mod billing;
pub mod device;
mod directory;
mod error;
pub mod firmware;
mod fleet;
pub mod notice;
pub mod product;
pub mod store;
pub mod team;
mod text;
mod time;

pub use billing::{Catalogue, LimitExceeded, Resource, Tier};
pub use device::{Device, DeviceId, MalformedDeviceId, SystemVersion};
pub use directory::Directory;
pub use error::{Error, ErrorKind};
pub use firmware::{FirmwareVersion, Sha256};
pub use fleet::{Console, Fleet, Gateway};
pub use product::{Platform, Policy, Product, ProductId};
pub use store::{MemoryStore, Store, StoreError};
pub use team::{Account, AccountId, Actor, Command};
pub use time::Timestamp;
