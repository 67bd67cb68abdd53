//! Invoices and credit notes: what was billed, line by line, and their status.
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
    /// The account that pays: the product's owner when it was issued.
    pub payer: AccountId,
    /// Why it was issued.
    pub reason: Reason,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// The billed period. The invoice bills all or part of it.
    pub period: Period,
    /// Its lines.
    pub lines: Vec<InvoiceLine>,
    /// Sum of the lines: the amount to pay, or the credited amount if negative.
    pub total: Money,
    /// The amount that a credit note subtracted from it, which was never paid (R-BILL-7).
    pub offset: Money,
    /// The amount of a credit note that is refunded to the payer. The rest was never paid, or is kept for the next
    /// invoices.
    pub refund: Money,
    /// Its status.
    pub status: InvoiceStatus,
    /// The charge that paid it.
    pub charge: Option<u32>,
    /// Attempts to collect it. Only renewals have them.
    pub attempts: Vec<PaymentAttempt>,
}

/// Why an invoice was issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The start of a period.
    Renewal,
    /// A higher tier, or a year instead of a month.
    Upgrade,
    /// A lower tier.
    Downgrade,
    /// The end of a plan.
    Cancellation,
    /// Another owner: the previous owner is refunded what they paid ahead and the balance.
    Transfer,
}

/// Status of an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    /// It is unpaid.
    Open,
    /// It was paid, or nothing was left to pay.
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
    /// Its kind.
    pub kind: LineKind,
    /// The tier that is priced.
    pub tier: Arc<str>,
    /// Start of the billed span.
    pub from: Timestamp,
    /// End of the billed span.
    pub to: Timestamp,
    /// The amount. A negative one reduces the invoice.
    pub amount: Money,
}

/// Kind of an invoice line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A full period.
    Period,
    /// The rest of a period.
    Rest,
    /// The unused rest of an earlier bill, credited.
    Credit,
    /// Balance of earlier invoices, used up.
    Balance,
    /// Balance that this invoice leaves for later ones.
    Carried,
}

impl Invoice {
    /// Creates an invoice that nothing is left to pay of.
    pub(crate) fn settled(
        number: u32,
        (product, payer): (ProductId, AccountId),
        reason: Reason,
        period: Period,
        lines: Vec<InvoiceLine>,
        total: Money,
        now: Timestamp,
    ) -> Self {
        let none = Money::zero(total.currency());
        Self {
            number,
            product,
            payer,
            reason,
            issued_at: now,
            period,
            lines,
            total,
            offset: none,
            refund: none,
            status: InvoiceStatus::Settled { at: now },
            charge: None,
            attempts: Vec::new(),
        }
    }

    /// Returns the amount still to pay.
    ///
    /// # Errors
    /// None for an invoice that the core wrote. The `Result` comes from the arithmetic of [`Money`].
    pub fn outstanding(&self) -> Result<Money, Error> {
        match self.status {
            InvoiceStatus::Open => Ok(self.total.minus(self.offset)?.or_zero()),
            InvoiceStatus::Settled { .. } | InvoiceStatus::Void { .. } => Ok(Money::zero(self.total.currency())),
        }
    }

    /// Whether it is unpaid.
    pub fn is_open(&self) -> bool {
        self.status == InvoiceStatus::Open
    }
}

/// Returns the sum of lines.
pub(crate) fn total(lines: &[InvoiceLine], none: Money) -> Result<Money, Error> {
    lines.iter().try_fold(none, |sum, line| sum.plus(line.amount))
}
