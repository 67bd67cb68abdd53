//! Billing: limits of tiers, prices, and payment.
//!
//! Each product is billed separately: its [`Contract`] is the guard record of what is billed. Its owner pays: the
//! account's [`Payer`] is the guard record of what is paid. The rules are pure functions of these records; the commands
//! load, decide and commit.

mod card;
mod charge;
mod clock;
mod collect;
mod console;
mod contract;
mod credit;
mod due;
mod dunning;
mod effect;
mod ending;
mod invoice;
mod payer;
mod period;
mod policy;
mod proration;
mod quote;
mod renewal;
mod rows;
#[cfg(test)]
mod tests;
mod tier;
mod upgrade;

pub use card::{Card, CardToken, ExpiryMonth, KnownCard, NewCard, PastCard};
pub(crate) use charge::Charged;
pub use charge::{Charge, ChargeKey, ChargeOutcome, ChargedCard, Purpose};
pub use clock::{Advanced, ChargeCursor, Clock, Due, Skipped};
pub use console::AccountBilling;
pub use console::{BillingStatus, CardView, Upgrade};
pub use contract::{AgreedPrice, Contract, OpenUpgrade, Plan};
pub(crate) use credit::return_balance;
pub use dunning::{AttemptResult, Decline, PaymentAttempt, Retries, Step, failures, is_exhausted, next_step};
pub use invoice::{Invoice, InvoiceLine, InvoiceStatus, LineKind, Reason};
pub use payer::{OpenCharge, OpenInvoice, Payer, PaymentLock};
pub use period::{Anchor, Interval, Period};
pub use policy::BillingPolicy;
pub use proration::{Split, cap_credit, prorate, prorate_span, split_credit};
pub use quote::{NoUpgrade, Quote, QuoteId};
pub(crate) use rows::apply;
pub use tier::{Catalogue, Held, LimitExceeded, Limits, Price, Resource, Tier};
