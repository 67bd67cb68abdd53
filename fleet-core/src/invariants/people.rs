//! Compares accounts, teams and customers with the records that index them.

use super::devices::Registry;
use super::{Findings, account_ids, memberships as memberships_of, named, team_of};
use crate::billing::{Catalogue, Resource};
use crate::customer::{Customer, CustomerCount, CustomerId, Guest};
use crate::product::{Product, ProductId};
use crate::store::{Key, Range, Record, StoreError};
use crate::team::{Account, AccountId, Claimant};
use crate::text;
use crate::time::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Returns all accounts, and checks that each is found by its e-mail.
pub(super) fn accounts(findings: &mut Findings<'_>) -> Result<Vec<Account>, StoreError> {
    let mut accounts = Vec::new();
    for id in account_ids(findings)? {
        let Some(account) = findings.record::<Arc<Account>>(id)? else {
            findings.add("R-TEAM-1", format!("account {id} was assigned but does not exist"));
            continue;
        };
        let mut owner = None;
        for email in text::keys(&account.email) {
            owner = owner.or(findings.record::<AccountId>(email.into())?);
        }
        findings.same("R-TEAM-1", &format!("the owner of the e-mail of account {id}"), owner, Some(id));
        accounts.push(Account::clone(&account));
    }
    Ok(accounts)
}

/// Checks a product's team: its seats, its owner, and that each member and invitee has an index entry.
pub(super) fn team(
    findings: &mut Findings<'_>,
    catalogue: &Catalogue,
    product: &Product,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (id, team) = (product.id, team_of(findings, product.id)?);
    let owned = team.members.contains(&product.owner);
    findings.ensure("R-TEAM-1", owned, || format!("the owner of product {id} is not on its team"));
    let waiting = team
        .invitations
        .iter()
        .filter(|(account, invitation)| invitation.expires_at > now && !team.members.contains(*account));
    let seats = (team.members.len() + waiting.count()) as u64;
    let within = catalogue.check_product(product, Resource::Members, 0, seats);
    findings.ensure("R-TEAM-4", within.is_ok(), || format!("product {id} has {seats} seats taken, over its tier"));
    for account in &team.members {
        let indexed = findings.has(Key::Membership(*account, id))?;
        findings.ensure("R-TEAM-1", indexed, || {
            format!("account {account} is on the team of product {id}, but not indexed")
        });
    }
    for account in team.invitations.keys() {
        let indexed = findings.has(Key::Invitation(*account, id))?;
        findings
            .ensure("R-TEAM-2", indexed, || format!("account {account} is invited to product {id}, but not indexed"));
    }
    Ok(())
}

/// Checks that each index entry of a membership or invitation has its counterpart in the team.
pub(super) fn memberships(findings: &mut Findings<'_>, accounts: &[Account]) -> Result<(), StoreError> {
    for Account { id, .. } in accounts {
        for product in memberships_of(findings, *id)? {
            let removed = findings.record::<Arc<Product>>(product)?.is_none_or(|product| product.removed_at.is_some());
            let so = removed || team_of(findings, product)?.members.contains(id);
            findings.ensure("R-TEAM-1", so, || {
                format!("account {id} is indexed on the team of product {product}, but is not on it")
            });
        }
        for product in named(findings, &Key::invitations(*id))? {
            let removed = findings.record::<Arc<Product>>(product)?.is_none_or(|product| product.removed_at.is_some());
            let so = removed || team_of(findings, product)?.invitations.contains_key(id);
            findings.ensure("R-TEAM-2", so, || {
                format!("account {id} is indexed as invited to product {product}, but is not invited")
            });
        }
    }
    Ok(())
}

/// Checks a product's customers and guests against the records that index and count them.
pub(super) fn customers(
    findings: &mut Findings<'_>,
    registry: &Registry,
    product: ProductId,
) -> Result<(), StoreError> {
    let mut customers: Vec<Arc<Customer>> = Vec::new();
    findings.each(&Key::customers(product), |_, record| {
        if let Record::Customer(customer) = record {
            customers.push(Arc::clone(customer));
        }
    })?;
    let count: Box<CustomerCount> = findings.record(product)?.unwrap_or_default();
    findings.same("R-CUS-2", &format!("customers of product {product}"), count.customers, customers.len() as u64);
    for customer in &customers {
        let id = customer.id;
        let below = id.get() < count.next;
        findings.ensure("R-CUS-2", below, || format!("customer {id} of product {product} was never assigned"));
        let mut found = None;
        for name in text::keys(&customer.user_name) {
            found = found.or(findings.record::<CustomerId>((product, name.into()))?);
        }
        findings.same(
            "R-CUS-2",
            &format!("the owner of the name of customer {id} in product {product}"),
            found,
            Some(id),
        );
        if let Some(guard) = customer.identity.guard().filter(|_| count.identities_indexed) {
            let found = findings.has(Key::CustomerIdentity(product, guard))?;
            findings
                .ensure("R-CUS-1", found, || format!("customer {id} of product {product} is not found by identity"));
        }
        let claimant = Claimant::Customer(product, id);
        for device in &customer.devices {
            let so = registry.claimant(*device) == Some(claimant);
            findings.ensure("R-CUS-3", so, || format!("customer {id} of product {product} has {device}, unregistered"));
        }
        let has = customer.devices.len();
        findings.same("R-CUS-3", &format!("devices of customer {id}"), has, registry.claimed_by(claimant));
        for token in customer.tokens.values() {
            let found = findings.has(Key::Token(Box::new(token.hash)))?;
            findings
                .ensure("R-CUS-1", found, || format!("a token of customer {id} of product {product} is not indexed"));
        }
    }
    let names = all(findings, &names(product))?;
    findings.same("R-CUS-2", &format!("names of customers of product {product}"), names, customers.len());
    guests(findings, product, count.guests)
}

fn guests(findings: &mut Findings<'_>, product: ProductId, counted: u64) -> Result<(), StoreError> {
    let mut guests: Vec<Arc<Guest>> = Vec::new();
    findings.each(&Key::guests(product), |_, record| {
        if let Record::Guest(guest) = record {
            guests.push(Arc::clone(guest));
        }
    })?;
    findings.same("R-CUS-4", &format!("guests of product {product}"), counted, guests.len() as u64);
    let codes: BTreeSet<[u8; 4]> = guests.iter().map(|guest| *guest.code.as_bytes()).collect();
    findings.same("R-CUS-4", &format!("distinct codes of product {product}"), codes.len(), guests.len());
    for code in codes {
        let held = findings.has(Key::ActivationCode(product, code))?;
        findings.ensure("R-CUS-4", held, || format!("a guest's code of product {product} is not reserved"));
    }
    Ok(())
}

/// Returns the range of all names of a product's customers.
fn names(product: ProductId) -> Range {
    Range::new(Key::CustomerName(product, "".into()), Key::CustomerName(product, "\u{10FFFF}".into()))
}

fn all(findings: &Findings<'_>, range: &Range) -> Result<usize, StoreError> {
    let mut count = 0;
    findings.each(range, |_, _| count += 1)?;
    Ok(count)
}
