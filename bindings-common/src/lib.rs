//! What the bindings for Python, Node, Swift and Kotlin share.
//!
//! Bindings convert values and never decide. There are a hundred shapes and as many operations; three handwritten sets
//! of them would drift apart. So each [shape](shapes) is defined once, and a feature adds each language's macros to
//! that definition; each [operation](doors) is a method with plain arguments and flat answers, which a binding wraps in
//! one line; and each [failure](Failure) is flattened once.
//!
//! | feature | adds |
//! |---|---|
//! | `sqlite` | stores by `sqlite:PATH` |
//! | `postgres` | stores by `postgresql://…` |
//! | `python` | the classes of pyo3 |
//! | `node` | the objects of napi-rs |
//! | `mobile` | the records of uniffi, for Swift and Kotlin |

#[cfg(feature = "mobile")]
uniffi::setup_scaffolding!("fleet_shapes");

// Python's macros refer to this crate by its name.
#[cfg(feature = "python")]
extern crate self as fleet_bindings;

pub mod doors;
pub mod shapes;
pub mod store;

mod closable;
mod codes;
mod failure;
mod macros;
mod plain;

#[cfg(feature = "node")]
pub mod given;
#[cfg(feature = "mobile")]
mod mobile;
#[cfg(feature = "node")]
mod node;
#[cfg(feature = "python")]
pub mod python;
#[cfg(feature = "node")]
pub mod typescript;

pub use closable::{Begin, Begun};
pub use codes::{AUDIENCES, ERROR_CODES, THINGS, TYPES};
pub use doors::{
    Answered, CallObserver, Clock, Console, CustomerConsole, DeviceConsole, EventStream, Fleet, FleetOptions, Gateway,
    Meter, Portal, ProductConsole, Report, StreamWait,
};
pub use failure::*;
#[cfg(any(feature = "node", feature = "mobile"))]
pub use plain::camel_case;
pub use plain::{Moment, SecretText};
