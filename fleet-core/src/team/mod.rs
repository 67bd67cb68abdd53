//! People: accounts, teams, and access control.

mod access;
mod account;
mod console;
mod members;

pub(crate) use access::{Access, Role, allow, allows};
pub use access::{Actor, Command};
pub use account::{Account, AccountId, Claimant, Invitation, LockEnd, Team};
pub use members::{InvitationView, Person, TeamView};
