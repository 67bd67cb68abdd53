//! What a host sees of the calls.

use crate::macros::{shape, words};
use crate::plain::count;
use fleet_core::observe;

words! {
    /// How a call ended.
    pub enum CallOutcome {
        /// It was answered.
        Answered = "answered",
        /// It was refused: the failure is the caller's to handle.
        Refused = "refused",
        /// The store failed: the failure is the operator's to handle.
        Failed = "failed",
    }
}

shape! {
    /// A call of a door that has ended. It holds no secret, and nothing that identifies a person or a device.
    pub struct ObservedCall {
        /// The operation, such as `rename_product`: its name in scenarios, the same in every language.
        pub operation: String,
        /// The product that the call names, or that the customer's token belongs to. A device may name any product: no
        /// one has checked it.
        pub product: Option<u32>,
        /// How the call ended.
        pub outcome: CallOutcome,
        /// `ok`, or the failure's code.
        pub code: String,
        /// The rule that refused the call, such as `R-TGT-2`, if its failure has one.
        pub rule: Option<String>,
        /// How often the call decided: 1, and one more for each of its commits that another commit had overtaken.
        pub tries: u32,
    }
}

shape! {
    /// The calls of an operation, by their outcome.
    pub struct CallCounts {
        /// The operation.
        pub operation: String,
        /// Number of calls that were answered.
        pub answered: i64,
        /// Number of calls that a rule refused.
        pub refused: i64,
        /// Number of calls that the store failed.
        pub failed: i64,
    }
}

shape! {
    /// How many commits the store made together, and how often.
    pub struct BatchSizes {
        /// Number of batches.
        pub count: i64,
        /// Number of commits in all of them.
        pub sum: i64,
        /// Number of commits in the largest one.
        pub largest: i64,
        /// Number of batches in each of 12 classes. The first class is 1 commit; each following one ends at twice the
        /// end of the one before: 2, 3 to 4, 5 to 8, up to 513 to 1,024. The last class holds everything larger.
        pub classes: Vec<i64>,
    }
}

shape! {
    /// Numbers about a fleet in this process, since it was opened. All but `journal_depth` only grow.
    pub struct Metrics {
        /// The calls of each operation that was called.
        pub calls: Vec<CallCounts>,
        /// Number of commits that the store refused because another commit had changed a row that they read.
        pub conflicts: i64,
        /// Number of times that a call read and decided again after such a conflict.
        pub retries: i64,
        /// The sizes of the batches of commits.
        pub batches: BatchSizes,
        /// Number of times that a meter asked the store for messages and was granted none, because the limit of the
        /// tier was reached.
        pub lease_refusals: i64,
        /// Number of rows in the journal that are not in their places yet. Absent for a store without a journal.
        pub journal_depth: Option<i64>,
    }
}

impl From<observe::Outcome> for CallOutcome {
    fn from(outcome: observe::Outcome) -> Self {
        match outcome {
            observe::Outcome::Answered => Self::Answered,
            observe::Outcome::Refused => Self::Refused,
            observe::Outcome::Failed => Self::Failed,
        }
    }
}

impl From<&observe::Call> for ObservedCall {
    fn from(call: &observe::Call) -> Self {
        Self {
            operation: call.operation.name().to_owned(),
            product: call.product.map(fleet_core::ProductId::get),
            outcome: call.outcome.into(),
            code: call.code.to_owned(),
            rule: call.rule.map(str::to_owned),
            tries: call.tries,
        }
    }
}

impl From<&observe::Calls> for CallCounts {
    fn from(calls: &observe::Calls) -> Self {
        Self {
            operation: calls.operation.name().to_owned(),
            answered: count(calls.answered),
            refused: count(calls.refused),
            failed: count(calls.failed),
        }
    }
}

impl From<&observe::Sizes> for BatchSizes {
    fn from(sizes: &observe::Sizes) -> Self {
        Self {
            count: count(sizes.count),
            sum: count(sizes.sum),
            largest: count(sizes.largest),
            classes: sizes.classes.iter().map(|&number| count(number)).collect(),
        }
    }
}

impl From<&observe::Metrics> for Metrics {
    fn from(metrics: &observe::Metrics) -> Self {
        Self {
            calls: metrics.calls.iter().map(CallCounts::from).collect(),
            conflicts: count(metrics.conflicts),
            retries: count(metrics.retries),
            batches: (&metrics.batches).into(),
            lease_refusals: count(metrics.lease_refusals),
            journal_depth: metrics.journal_depth.map(count),
        }
    }
}
