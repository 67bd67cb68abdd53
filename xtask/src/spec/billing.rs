//! The commands about billing and time: purchases, the clock, outcomes of the payment provider.

use super::answer::{items, page, plain, time, with};
use super::command::Command;
use super::metering;
use super::world::{Found, PAGE, World, done, malformed};
use fleet_core::billing::{
    BillingStatus, CardToken, CardView, Charge, Due, ExpiryMonth, Invoice, InvoiceLine, InvoiceStatus, KnownCard,
    NewCard, Period, Quote, Upgrade,
};
use fleet_core::notice::NoticeSubject;
use fleet_core::{Console, ProductId};
use serde_json::{Value, json};

/// Default number of steps of a clock.
const STEPS: usize = 1000;

impl World {
    /// Runs the commands of owners and the operator about billing.
    pub(super) fn billing(&self, door: Console<'_>, command: &Command) -> Found<Option<Value>> {
        Ok(Some(match command {
            Command::QuoteUpgrade { product, tier, interval } => {
                quote(&door.product(self.product(product)?).quote_upgrade(&self.see(tier)?, *interval)?)
            }
            Command::Upgrade { product, quote } => {
                match door.product(self.product(product)?).upgrade(self.see(quote)?.parse()?)? {
                    Upgrade::Charging(asked) => json!({ "charge": charge(&asked), "invoice": null }),
                    Upgrade::Done(issued) => json!({ "charge": null, "invoice": invoice(&issued)? }),
                }
            }
            Command::SwitchInterval { product, interval } => {
                door.product(self.product(product)?).switch_interval(*interval)?;
                done()
            }
            Command::SetCurrency { product, currency } => {
                door.product(self.product(product)?).set_currency(self.see(currency)?.parse()?)?;
                done()
            }
            Command::SetCard { token, brand, last_four, expires } => {
                door.set_card(&NewCard::new(
                    CardToken::new(token)?,
                    brand.clone().unwrap_or_else(|| "visa".to_owned()),
                    last_four.clone().unwrap_or_else(|| "4242".to_owned()),
                    month(expires)?,
                ))?;
                done()
            }
            Command::RemoveCard {} => {
                door.remove_card()?;
                done()
            }
            Command::BillingStatus { product } => status(&door.product(self.product(product)?).billing_status()?),
            Command::Invoices { product, after, limit } => {
                let after = self.maybe(after.as_ref())?;
                let found = door.product(self.product(product)?).invoices(after, limit.unwrap_or(PAGE))?;
                let invoices = found.items.iter().map(|found| invoice(found)).collect::<Found<Vec<_>>>()?;
                page(invoices, found.next)
            }
            Command::CancelPlan { product } => invoice(&door.product(self.product(product)?).cancel_plan()?)?,
            Command::Downgrade { product, tier } => {
                invoice(&door.product(self.product(product)?).downgrade(&self.see(tier)?)?)?
            }
            Command::AgreePrice { product, tier, interval, price } => {
                door.product(self.product(product)?).agree_price(&self.see(tier)?, *interval, *price)?;
                done()
            }
            Command::WriteOff { product, invoice: number } => {
                invoice(&door.product(self.product(product)?).write_off(self.see(number)?)?)?
            }
            Command::AccountBilling { account } => {
                let found = door.account_billing(self.see(account)?)?;
                json!({
                    "owed": found.owed,
                    "open": found.open.iter().map(|found| invoice(found)).collect::<Found<Value>>()?,
                    "charges": found.charges.iter().map(|found| charge(found)).collect::<Value>(),
                    "card": found.card.as_ref().map(card),
                    "locked_since": found.locked_since.map(time),
                })
            }
            Command::AccountInvoices { account, after, limit } => {
                let after = self.maybe(after.as_ref())?.map(|text: String| place(&text)).transpose()?;
                let found = door.account_invoices(self.see(account)?, after, limit.unwrap_or(PAGE))?;
                let invoices = found.items.iter().map(|found| invoice(found)).collect::<Found<Vec<_>>>()?;
                page(invoices, found.next.map(|(product, number)| format!("{product}-{number}")))
            }
            _ => return Ok(None),
        }))
    }

    /// Runs the commands of the host's clock and payment provider.
    pub(super) fn clock(&self, command: &Command) -> Found<Option<Value>> {
        let clock = self.fleet.clock(self.now);
        Ok(Some(match command {
            Command::Due { limit } => items(clock.due(limit.unwrap_or(STEPS))?.iter().map(due)),
            Command::Advance { limit } => {
                let advanced = clock.advance(limit.unwrap_or(STEPS))?;
                let skipped =
                    advanced.skipped.iter().map(|skipped| with(due(&skipped.due), json!({ "why": skipped.why })));
                json!({ "done": advanced.done, "more": advanced.more, "skipped": skipped.collect::<Value>() })
            }
            Command::ConfirmLeap {} => {
                clock.confirm_leap()?;
                done()
            }
            Command::ChargeOutcome { key, outcome } => {
                clock.charge_outcome(self.see(key)?.parse()?, *outcome)?;
                done()
            }
            Command::PendingCharges { after, limit } => {
                let after = self.maybe(after.as_ref())?.map(|text| text.parse()).transpose()?;
                let found = self.fleet.pending_charges(after, limit.unwrap_or(PAGE))?;
                let next = found.next.as_ref().map(ToString::to_string);
                page(found.items.iter().map(|found| charge(found)), next)
            }
            _ => return Ok(None),
        }))
    }
}

fn month(text: &str) -> Found<ExpiryMonth> {
    match text.split_once('-').map(|(year, month)| (year.parse(), month.parse())) {
        Some((Ok(year), Ok(month))) => Ok(ExpiryMonth::new(year, month)?),
        _ => malformed(format!("`{text}` is not a month; write it like 2017-12")),
    }
}

/// Reads the cursor of an account's invoices: a product and a number.
fn place(text: &str) -> Found<(ProductId, u32)> {
    match text.split_once('-').map(|(product, number)| (product.parse(), number.parse())) {
        Some((Ok(product), Ok(number))) => Ok((ProductId::new(product)?, number)),
        _ => malformed(format!("`{text}` is not a cursor of a page of invoices")),
    }
}

fn due(due: &Due) -> Value {
    match due {
        Due::Product { at, product } => json!({ "at": time(*at), "product": product }),
        Due::Account { at, account } => json!({ "at": time(*at), "account": account }),
    }
}

fn card(card: &CardView) -> Value {
    json!({
        "brand": card.brand,
        "last_four": card.last_four,
        "expires": card.expires.to_string(),
        "good": card.good,
    })
}

fn period(period: Period) -> Value {
    json!({ "start": time(period.start), "end": time(period.end) })
}

fn line(line: &InvoiceLine) -> Value {
    json!({
        "kind": line.kind,
        "tier": line.tier,
        "from": time(line.from),
        "to": time(line.to),
        "amount": line.amount,
    })
}

fn quote(quote: &Quote) -> Value {
    json!({
        "quote": quote.id.to_string(),
        "tier": quote.tier,
        "interval": quote.interval,
        "at": time(quote.at),
        "expires_at": time(quote.expires_at),
        "period": period(quote.period),
        "lines": quote.lines.iter().map(line).collect::<Value>(),
        "due": quote.due,
        "balance": quote.balance,
    })
}

fn charge(charge: &Charge) -> Value {
    let card = charge.card.as_ref().map(|card| json!({ "number": card.number, "token": card.token.reveal() }));
    json!({
        "key": charge.key,
        "product": charge.product,
        "account": charge.account,
        "purpose": charge.purpose,
        "amount": charge.amount,
        "card": card,
        "at": time(charge.at),
        "unknown": charge.unknown,
    })
}

fn invoice(invoice: &Invoice) -> Found<Value> {
    let (status, at) = match invoice.status {
        InvoiceStatus::Open => ("open", None),
        InvoiceStatus::Settled { at } => ("settled", Some(at)),
        InvoiceStatus::Void { at } => ("void", Some(at)),
    };
    let attempts = invoice.attempts.iter().map(|attempt| {
        json!({
            "at": time(attempt.at),
            "scheduled": attempt.scheduled,
            "card": attempt.card,
            "result": attempt.result,
        })
    });
    Ok(json!({
        "number": invoice.number,
        "product": invoice.product,
        "payer": invoice.payer,
        "reason": invoice.reason,
        "issued_at": time(invoice.issued_at),
        "period": period(invoice.period),
        "lines": invoice.lines.iter().map(line).collect::<Value>(),
        "total": invoice.total,
        "offset": invoice.offset,
        "refund": invoice.refund,
        "outstanding": invoice.outstanding()?,
        "status": status,
        "ended_at": at.map(time),
        "charge": invoice.charge,
        "attempts": attempts.collect::<Value>(),
    }))
}

fn status(status: &BillingStatus) -> Value {
    json!({
        "tier": status.tier,
        "interval": status.plan.as_ref().map(|plan| plan.interval),
        "period": status.plan.as_ref().map(|plan| period(plan.period)),
        "messages": metering::usage(&status.messages),
        "devices": status.devices,
        "members": status.members,
        "renewal": status.renewal.map(time),
        "next_interval": status.next_interval,
        "next_amount": status.next_amount,
        "balance": status.balance,
        "unpaid": status.unpaid,
        "upgrading": status.upgrading,
        "card": status.card.as_ref().map(card),
        "locked_since": status.locked_since.map(time),
    })
}

/// The content of a notice, with moments as answers write them.
pub(super) fn subject(subject: &NoticeSubject) -> Value {
    let known = |card: &Option<KnownCard>| {
        let shown = |card: &KnownCard| with(plain(card), json!({ "expires": card.expires.to_string() }));
        card.as_ref().map(shown)
    };
    let more = match subject {
        NoticeSubject::PaymentFailed { next, card, locks_at, .. } => {
            json!({ "next": next.map(time), "card": known(card), "locks_at": locks_at.map(time) })
        }
        NoticeSubject::RenewalPaid { card, .. } | NoticeSubject::UpgradeDeclined { card, .. } => {
            json!({ "card": known(card) })
        }
        NoticeSubject::CardNeeded { renewal, card, .. } => json!({ "renewal": time(*renewal), "card": known(card) }),
        NoticeSubject::CardExpires { month, known: card, .. } => {
            json!({ "month": month.to_string(), "known": known(card) })
        }
        NoticeSubject::PlanEnded { since, .. } | NoticeSubject::ChargeUnknown { since, .. } => {
            json!({ "since": time(*since) })
        }
        _ => return plain(subject),
    };
    match plain(subject) {
        Value::Object(fields) => {
            fields.into_iter().map(|(name, fields)| (name, with(fields, more.clone()))).collect::<Value>()
        }
        word => word,
    }
}
