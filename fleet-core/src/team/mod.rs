//! People: accounts, who is on a product's team, and who may do what.

mod access;
mod account;

pub(crate) use access::{Access, Role};
pub use access::{Actor, Command};
pub use account::{Account, AccountId, Team};
