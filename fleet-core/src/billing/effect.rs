//! What a billing rule demands beside the records that it changes. Rules return effects;
//! [`apply`](super::rows::apply) carries all of them out.

use super::{Charged, ChargedCard, Contract, Invoice};
use crate::notice::NoticeSubject;
use crate::team::AccountId;
use crate::{Error, Money, ProductId, Timestamp};
use std::sync::Arc;

/// A demand of a rule, carried out in the commit of the records that the rule changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Requests a charge: a record in the outbox, under a new key.
    Charge(Box<NewCharge>),
    /// Writes a new invoice or credit note.
    Issue(Arc<Invoice>),
    /// Puts a notice into the outbox, once under its name.
    Notify(ProductId, Box<NoticeSubject>),
    /// Locks an account for unpaid invoices since a moment; `None` unlocks it (R-PAY-5).
    Lock { account: AccountId, since: Option<Timestamp> },
    /// Moves a product in the index of due moments.
    ProductDue { product: ProductId, before: Option<Timestamp>, at: Option<Timestamp> },
    /// Moves an account in the index of due moments.
    AccountDue { account: AccountId, before: Option<Timestamp>, at: Option<Timestamp> },
    /// Attempts what the account owes, or unlocks it if it owes nothing.
    Collect(AccountId),
}

/// A charge to request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewCharge {
    pub(crate) product: ProductId,
    pub(crate) number: u32,
    pub(crate) account: AccountId,
    pub(crate) what: Charged,
    pub(crate) amount: Money,
    pub(crate) card: Option<ChargedCard>,
}

impl NewCharge {
    /// Creates a charge under the product's next number.
    pub(crate) fn next(
        contract: &mut Contract,
        (product, account): (ProductId, AccountId),
        what: Charged,
        amount: Money,
        card: Option<ChargedCard>,
    ) -> Result<Self, Error> {
        Ok(Self { product, number: contract.next_charge()?, account, what, amount, card })
    }
}

impl Effect {
    pub(crate) fn notify(product: ProductId, subject: NoticeSubject) -> Self {
        Self::Notify(product, Box::new(subject))
    }
}
