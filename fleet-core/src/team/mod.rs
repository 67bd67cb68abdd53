//! People: accounts, teams, and access control.

mod access;
mod account;
mod console;
mod rows;

pub use access::{Actor, Command};
pub(crate) use access::{Role, allow, allows};
pub use account::{Account, AccountId, Claimant, Invitation, LockEnd, Team};
pub use console::{InvitationView, Person, TeamView};
pub(crate) use rows::{Access, products_of};
