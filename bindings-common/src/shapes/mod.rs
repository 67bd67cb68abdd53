//! The flat values that doors accept and return, as `spec/README.md` lists them field for field.
//!
//! They differ from that page in a few points, the same in every language: the core's 64-bit numbers are signed here,
//! because most languages have no unsigned ones; `from` is called `from_version`, because it is reserved in Python; a
//! page's cursor is always a string; the reason why a charge was declined is part of its outcome's name; an invoice's
//! line has `starts_at` and `ends_at`.

mod billing;
mod customer;
mod decision;
mod device;
mod event;
mod firmware;
mod import;
mod notice;
mod observe;
mod product;
mod query;
mod team;

pub use billing::*;
pub use customer::*;
pub use decision::*;
pub use device::*;
pub use event::*;
pub use firmware::*;
pub use import::*;
pub use notice::*;
pub use observe::*;
pub use product::*;
pub use query::*;
pub use team::*;

/// The stable name of a value of the core.
pub(crate) fn word(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
