//! People: accounts, who is on a product's team, and who may do what.

mod access;
mod account;
mod console;

pub(crate) use access::{Access, allow};
pub use access::{Actor, Command};
pub use account::{Account, AccountId, Team};
