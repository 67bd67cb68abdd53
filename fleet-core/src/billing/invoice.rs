//! Invoices and credit notes: what was billed, line by line, and what became of it.
//!
//! The lines of a document always add up to its total.

use super::{PaymentAttempt, Period};
use crate::team::AccountId;
use crate::{Error, Money, ProductId, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An invoice, or a credit note where its total is negative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Invoice {
    /// Its number within its product: 1, 2, 3, …
    pub number: u32,
    /// The product that it bills.
    pub product: ProductId,
    /// Who pays: the product's owner when it was issued.
    pub payer: AccountId,
    /// What it is for.
    pub reason: Reason,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// The period that it bills, or part of.
    pub period: Period,
    /// What it is made of.
    pub lines: Vec<InvoiceLine>,
    /// The sum of the lines: what is to be paid, or below zero what is credited.
    pub total: Money,
    /// What a credit note took off it that was never paid (R-BILL-7).
    pub offset: Money,
    /// What of a credit note goes back to the payer. The rest was never paid, or is kept for the next invoices.
    pub refund: Money,
    /// What became of it.
    pub status: InvoiceStatus,
    /// The charge that paid it.
    pub charge: Option<u32>,
    /// How often it was tried to have it paid; of renewals alone.
    pub attempts: Vec<PaymentAttempt>,
}

/// What an invoice is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// A period's start.
    Renewal,
    /// A higher tier, or a year instead of a month.
    Upgrade,
    /// A lower tier.
    Downgrade,
    /// The end of a plan.
    Cancellation,
    /// Another owner: what the one before had paid ahead, or left over, goes back.
    Transfer,
}

/// What became of an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    /// It is to be paid.
    Open,
    /// It was paid, or there was nothing left to pay.
    Settled {
        /// When.
        at: Timestamp,
    },
    /// An operator wrote it off.
    Void {
        /// When.
        at: Timestamp,
    },
}

/// A line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoiceLine {
    /// What it is.
    pub kind: LineKind,
    /// The tier whose price it is of.
    pub tier: Arc<str>,
    /// From when on.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// How much; negative where it lessens the invoice.
    pub amount: Money,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A full period.
    Period,
    /// The rest of a period.
    Rest,
    /// The unused rest of what was billed before, back.
    Credit,
    /// What earlier invoices left over, used.
    Balance,
    /// What this invoice leaves over for later ones.
    Carried,
}

impl Invoice {
    /// What is still to be paid.
    ///
    /// # Errors
    /// Never for an invoice that the core made; the signature is that of [`Money`].
    pub fn outstanding(&self) -> Result<Money, Error> {
        match self.status {
            InvoiceStatus::Open => Ok(self.total.minus(self.offset)?.or_zero()),
            InvoiceStatus::Settled { .. } | InvoiceStatus::Void { .. } => Ok(Money::zero(self.total.currency())),
        }
    }

    /// Whether it waits to be paid.
    pub fn is_open(&self) -> bool {
        self.status == InvoiceStatus::Open
    }
}

/// The sum of lines.
pub(crate) fn total(lines: &[InvoiceLine], none: Money) -> Result<Money, Error> {
    lines.iter().try_fold(none, |sum, line| sum.plus(line.amount))
}
