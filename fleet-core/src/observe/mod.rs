//! Seeing inside: what each call of a door was, how it ended, and how often.
//!
//! Three ways, all off by default:
//!
//! * an [`Observer`] gets a [`Call`] after each call of a door
//!   ([`FleetBuilder::observer`](crate::FleetBuilder::observer));
//! * [`Metrics`] are numbers that a host exports ([`FleetBuilder::metrics`](crate::FleetBuilder::metrics));
//! * with the feature `tracing`, each call of a door is a span of the crate `tracing`: its target is `fleet_core`, its
//!   level `DEBUG`, its name `call`, and its fields are those of [`Call`].
//!
//! A [`Call`] holds no secret, and nothing that identifies a person or a device: all its texts are constants of this
//! library, and its only numbers are the product and the tries. Times are left to the subscriber: nothing here reads a
//! clock.
//!
//! ```
//! use fleet_core::{Actor, Fleet, MemoryStore, Timestamp, observe::Call};
//! use std::sync::mpsc;
//!
//! let (seen, calls) = mpsc::channel();
//! let fleet = Fleet::builder(MemoryStore::new())
//!     .observer(move |call: &Call| {
//!         let _ = seen.send(call.to_string());
//!     })
//!     .metrics()
//!     .open();
//!
//! let operator = fleet.console(Actor::Operator, Timestamp::from_millis(0));
//! let alice = operator.create_account("alice@example.com")?;
//! operator.create_account("alice@example.com").unwrap_err();
//!
//! assert_eq!(calls.recv()?, "create_account: ok");
//! assert_eq!(calls.recv()?, "create_account: taken");
//! let metrics = fleet.metrics().unwrap_or_default();
//! assert_eq!((metrics.calls[0].answered, metrics.calls[0].refused), (1, 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod metrics;
mod operation;

pub use metrics::{Calls, Metrics, Sizes, StoreMetrics};
pub(crate) use metrics::{Counters, SizeCounter};
pub use operation::Operation;

use crate::fleet::{Console, CustomerConsole, DeviceConsole, Fleet, Gateway, ProductConsole};
use crate::product::ProductId;
use crate::{Clock, Error, ErrorKind, Portal};
use serde::Serialize;
use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A call of a door that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Call {
    /// The operation.
    pub operation: Operation,
    /// The product that the call names, or that the customer's token belongs to. A device may name any product: no one
    /// has checked it.
    pub product: Option<ProductId>,
    /// How the call ended.
    pub outcome: Outcome,
    /// `ok`, or the error's [code](Error::code).
    pub code: &'static str,
    /// The [rule](Error::rule) that refused the call, if its error has one.
    pub rule: Option<&'static str>,
    /// How often the call decided: 1, and one more for each of its commits that another commit had overtaken.
    pub tries: u32,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was answered.
    Answered,
    /// It was refused: the error is the caller's to handle.
    Refused,
    /// The store failed: the error is the operator's to handle.
    Failed,
}

impl Outcome {
    /// Returns the outcome's name: `answered`, `refused` or `failed`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Call {
    /// The operation, the product, the code, the rule and the tries: `release 94: not_proven (R-TGT-2), 2 tries`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.operation)?;
        if let Some(product) = self.product {
            write!(f, " {product}")?;
        }
        write!(f, ": {}", self.code)?;
        if let Some(rule) = self.rule {
            write!(f, " ({rule})")?;
        }
        if self.tries > 1 {
            write!(f, ", {} tries", self.tries)?;
        }
        Ok(())
    }
}

/// Gets each call of a fleet's doors after it has ended, on the thread that made it.
///
/// It should be quick: the caller waits for it. It cannot change what the call returns: a panic of the observer is
/// caught. What it calls on the fleet itself is not observed. Functions are observers.
pub trait Observer: Send + Sync {
    /// Gets a call.
    fn observe(&self, call: &Call);
}

impl<F: Fn(&Call) + Send + Sync> Observer for F {
    fn observe(&self, call: &Call) {
        self(call);
    }
}

/// What a fleet does with each call: nothing by default.
#[derive(Clone, Default)]
pub(crate) struct Watch {
    observer: Option<Arc<dyn Observer>>,
    counters: Option<Arc<Counters>>,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("observed", &self.observer.is_some()).field("counters", &self.counters).finish()
    }
}

impl Watch {
    /// Sets the observer.
    pub(crate) fn observe(&mut self, observer: impl Observer + 'static) {
        self.observer = Some(Arc::new(observer));
    }

    /// Begins to count, unless it has.
    pub(crate) fn count(&mut self) -> Arc<Counters> {
        Arc::clone(self.counters.get_or_insert_default())
    }

    /// Returns the counters, if calls are counted.
    pub(crate) fn counters(&self) -> Option<&Counters> {
        self.counters.as_deref()
    }

    /// Counts a request for messages that was granted none.
    pub(crate) fn note_lease_refusal(&self) {
        if let Some(counters) = &self.counters {
            counters.count_lease_refusal();
        }
    }

    fn end(&self, call: &Call) {
        if let Some(counters) = &self.counters {
            counters.count(call.operation, call.outcome, call.tries);
        }
        if let Some(observer) = &self.observer {
            OBSERVING.set(true);
            // The observer is the host's: whatever it does, the call has ended as it has.
            let _ = catch_unwind(AssertUnwindSafe(|| observer.observe(call)));
            OBSERVING.set(false);
        }
    }
}

thread_local! {
    /// Number of commits of this thread that were overtaken. The difference over a call is how often it tried again.
    static OVERTAKEN: Cell<u32> = const { Cell::new(0) };
    /// The product of the present call, where only its rule learns it.
    static PRODUCT: Cell<Option<ProductId>> = const { Cell::new(None) };
    /// Whether this thread is inside an observer.
    static OBSERVING: Cell<bool> = const { Cell::new(false) };
}

/// Notes that a commit of this thread was overtaken by another.
#[cold]
pub(crate) fn note_overtaken() {
    OVERTAKEN.set(OVERTAKEN.get().wrapping_add(1));
}

/// Notes the product of the present call, where only its rule learns it.
pub(crate) fn note_product(product: ProductId) {
    PRODUCT.set(Some(product));
}

/// A door: it has a fleet, and may be that of one product.
pub(crate) trait Door {
    fn fleet(&self) -> &Fleet;

    fn product(&self) -> Option<ProductId> {
        None
    }
}

macro_rules! doors {
    ($($door:ident: $($fleet:ident).+ $(, $product:ident)?;)*) => {$(
        impl Door for $door<'_> {
            fn fleet(&self) -> &Fleet {
                self.$($fleet).+
            }

            $(fn product(&self) -> Option<ProductId> {
                Some(self.$product)
            })?
        }
    )*};
}

doors! {
    Console: fleet;
    ProductConsole: console.fleet, product;
    DeviceConsole: console.fleet, product;
    CustomerConsole: console.fleet, product;
    Gateway: fleet;
    Portal: fleet;
    Clock: fleet;
}

impl Door for Fleet {
    fn fleet(&self) -> &Fleet {
        self
    }
}

/// An argument that names a product.
pub(crate) trait Named {
    fn product(self) -> Option<ProductId>;
}

impl Named for ProductId {
    fn product(self) -> Option<ProductId> {
        Some(self)
    }
}

impl Named for Option<u32> {
    fn product(self) -> Option<ProductId> {
        ProductId::new(self?).ok()
    }
}

/// Runs a call of a door. `#[door]` puts this around the body of each public method of a door.
#[inline]
pub(crate) fn call<T>(
    door: &impl Door,
    operation: Operation,
    product: impl FnOnce() -> Option<ProductId>,
    body: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    let running = Running::begin(door.fleet().watch(), operation, product);
    let answer = body();
    if let Some(running) = running {
        running.end(answer.as_ref().err());
    }
    answer
}

/// A call that is under way and observed.
struct Running<'w> {
    watch: Option<&'w Watch>,
    #[cfg(feature = "tracing")]
    span: tracing::span::EnteredSpan,
    operation: Operation,
    product: Option<ProductId>,
    overtaken: u32,
}

impl<'w> Running<'w> {
    /// Begins a call. `None` if nobody observes it.
    #[inline]
    fn begin(
        watch: Option<&'w Watch>,
        operation: Operation,
        product: impl FnOnce() -> Option<ProductId>,
    ) -> Option<Self> {
        if watch.is_none() && !cfg!(feature = "tracing") || OBSERVING.get() {
            return None;
        }
        #[cfg(feature = "tracing")]
        let span = span(operation);
        #[cfg(feature = "tracing")]
        if watch.is_none() && span.is_disabled() {
            return None;
        }
        PRODUCT.set(None);
        Some(Self {
            watch,
            #[cfg(feature = "tracing")]
            span: span.entered(),
            operation,
            product: product(),
            overtaken: OVERTAKEN.get(),
        })
    }

    #[cold]
    fn end(self, error: Option<&Error>) {
        let call = Call {
            operation: self.operation,
            product: self.product.or_else(|| PRODUCT.take()),
            outcome: match error.map(Error::kind) {
                None => Outcome::Answered,
                Some(ErrorKind::Store(_)) => Outcome::Failed,
                Some(_) => Outcome::Refused,
            },
            code: error.map_or("ok", Error::code),
            rule: error.and_then(Error::rule),
            tries: OVERTAKEN.get().wrapping_sub(self.overtaken).saturating_add(1),
        };
        #[cfg(feature = "tracing")]
        record(&self.span, &call);
        if let Some(watch) = self.watch {
            watch.end(&call);
        }
    }
}

/// Returns the span of a call. What is known only at its end is recorded then.
#[cfg(feature = "tracing")]
fn span(operation: Operation) -> tracing::Span {
    use tracing::field::Empty;
    tracing::debug_span!(
        target: "fleet_core",
        "call",
        operation = operation.name(),
        product = Empty,
        outcome = Empty,
        code = Empty,
        rule = Empty,
        tries = Empty,
    )
}

#[cfg(feature = "tracing")]
fn record(span: &tracing::Span, call: &Call) {
    if let Some(product) = call.product {
        span.record("product", product.get());
    }
    span.record("outcome", call.outcome.name());
    span.record("code", call.code);
    if let Some(rule) = call.rule {
        span.record("rule", rule);
    }
    span.record("tries", call.tries);
}
