//! What doors answer and are handed, flat, as `spec/README.md` lists it field for field.
//!
//! Differences to the page, the same in every language: numbers that the core keeps in 64 bits are signed here, as most
//! languages have no others; `from` is called `from_version`, as it is a reserved word of Python; what a page goes on
//! with is always a string; what a charge was declined for is part of its word; a line of an invoice `starts_at` a moment
//! and `ends_at` another.

mod billing;
mod customer;
mod decision;
mod device;
mod event;
mod firmware;
mod import;
mod notice;
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
pub use product::*;
pub use query::*;
pub use team::*;

/// The stable word that a value of the core is written as.
pub(crate) fn word(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
