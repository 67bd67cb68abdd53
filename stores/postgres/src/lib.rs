//! Keeps a fleet in PostgreSQL, for several processes at once.
#![forbid(unsafe_code)]

mod array;
mod batch;
mod dialect;
mod error;
mod line;
mod open;
mod options;
mod pool;
mod question;
mod statement;
mod store;
mod table;
mod text;
mod tls;

pub use dialect::Dialect;
pub use options::Options;
pub use store::PostgresStore;
