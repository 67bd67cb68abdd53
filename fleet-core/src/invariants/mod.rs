//! Whether the records of a fleet agree with each other: every guard record with what it guards.
//!
//! For tests, after threads, processes or faults were let loose on a store; and for whoever suspects one. It reads the
//! whole fleet, in many reads, so nobody may write meanwhile, or what was seen of two moments looks like a fault. What it
//! holds against each other is the table in `docs/DESIGN.md`.
//!
//! ```
//! # use fleet_core::{Actor, Fleet, MemoryStore, Timestamp};
//! # let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
//! let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com")?;
//! fleet.console(alice.id, now).create_product("Thermostat", "photon".parse()?)?;
//! assert_eq!(fleet_core::invariants::check(&fleet, now)?, []);
//! # Ok::<(), fleet_core::Error>(())
//! ```

mod billing;
mod devices;
mod events;
mod firmware;
mod people;
#[cfg(test)]
mod tests;

use crate::directory::Directory;
use crate::product::{Product, ProductId};
use crate::store::{Key, Range, Record, Store, StoreError, Stored};
use crate::team::{AccountId, Team};
use crate::time::Timestamp;
use crate::{Error, Fleet};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// An invariant that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The rule that it breaks, such as `R-IMP-4`, or another word for what holds it.
    pub rule: &'static str,
    /// What disagrees with what.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.what)
    }
}

/// So many are told; where more is broken, these are enough to begin with.
const MOST: usize = 100;

/// Holds every guard record of a fleet against what it guards. Tells what is broken, the first hundred of it; nothing
/// where all agrees. A product that was removed is only looked for among the devices.
///
/// A limit is that of the tier as it is now: what came in under a higher one is told of, too.
///
/// Takes some 200 bytes of memory for each device, and a few microseconds.
///
/// # Errors
/// The store's.
pub fn check(fleet: &Fleet, now: Timestamp) -> Result<Vec<Broken>, Error> {
    let mut findings = Findings { store: fleet.store(), broken: Vec::new() };
    let accounts = match people::accounts(&mut findings) {
        // There is a fleet, and it is not this one.
        Err(error) if error.code() == "store_journaled" => {
            findings.add("journal", error.to_string());
            return Ok(findings.broken);
        }
        accounts => accounts?,
    };
    let registry = devices::Registry::read(&findings)?;
    let mut due = billing::Index::read(&findings)?;
    let mut products: BTreeSet<ProductId> = registry.products().collect();
    products.extend(given_out(&findings)?);
    for account in &accounts {
        products.extend(memberships(&findings, account.id)?);
    }
    let mut live = BTreeSet::new();
    for id in products {
        let Some(product) = findings.record::<Arc<Product>>(id)? else {
            findings.add("R-PRD-1", format!("product {id} is named but not there"));
            continue;
        };
        if product.removed_at.is_some() {
            continue;
        }
        live.insert(id);
        let members = devices::check(&mut findings, fleet.catalogue(), &registry, &product)?;
        firmware::check(&mut findings, &product, &members)?;
        people::team(&mut findings, fleet.catalogue(), &product, now)?;
        people::customers(&mut findings, &registry, id)?;
        events::check(&mut findings, fleet.catalogue(), &product)?;
        due.product(&mut findings, id)?;
    }
    registry.check(&mut findings, &live, &accounts)?;
    people::memberships(&mut findings, &accounts)?;
    for account in &accounts {
        due.account(&mut findings, account)?;
    }
    Ok(findings.broken)
}

/// Where the records are, and what was found.
struct Findings<'f> {
    store: &'f dyn Store,
    broken: Vec<Broken>,
}

impl Findings<'_> {
    fn add(&mut self, rule: &'static str, what: String) {
        if self.broken.len() < MOST {
            self.broken.push(Broken { rule, what });
        }
    }

    /// Adds a finding unless something is so.
    fn ensure(&mut self, rule: &'static str, so: bool, otherwise: impl FnOnce() -> String) {
        if !so {
            self.add(rule, otherwise());
        }
    }

    /// Adds a finding unless what is counted is what is there.
    fn same<T: PartialEq + fmt::Debug>(&mut self, rule: &'static str, what: &str, says: T, is: T) {
        self.ensure(rule, says == is, || format!("{what}: the record says {says:?}, there is {is:?}"));
    }

    fn record<T: Stored>(&self, id: T::Id) -> Result<Option<T>, StoreError> {
        let rows = self.store.get(&[T::key(id)])?;
        Ok(rows.into_iter().next().flatten().and_then(|row| T::from_record(row.record)))
    }

    fn has(&self, key: Key) -> Result<bool, StoreError> {
        Ok(self.store.get(&[key])?.iter().any(Option::is_some))
    }

    fn each(&self, range: &Range, mut visit: impl FnMut(&Key, &Record)) -> Result<(), StoreError> {
        self.store.for_each(range, &mut visit)
    }
}

/// The products whose numbers were given out in order.
fn given_out(findings: &Findings<'_>) -> Result<Vec<ProductId>, StoreError> {
    let directory: Directory = findings.record(())?.unwrap_or_default();
    let mut there = Vec::new();
    for number in Directory::default().next_product..directory.next_product {
        if let Ok(id) = ProductId::new(number)
            && findings.has(Key::Product(id))?
        {
            there.push(id);
        }
    }
    Ok(there)
}

fn memberships(findings: &Findings<'_>, account: AccountId) -> Result<BTreeSet<ProductId>, StoreError> {
    named(findings, &Key::memberships(account))
}

/// The products that the keys of a range name.
fn named(findings: &Findings<'_>, range: &Range) -> Result<BTreeSet<ProductId>, StoreError> {
    let mut products = BTreeSet::new();
    findings.each(range, |key, _| match key {
        Key::Membership(_, product) | Key::Invitation(_, product) => {
            products.insert(*product);
        }
        _ => {}
    })?;
    Ok(products)
}

/// The team of a product; an empty one where there is none.
fn team_of(findings: &Findings<'_>, product: ProductId) -> Result<Arc<Team>, StoreError> {
    Ok(findings.record::<Arc<Team>>(product)?.unwrap_or_default())
}

/// The numbers of accounts that were given out.
fn account_ids(findings: &Findings<'_>) -> Result<impl Iterator<Item = AccountId> + use<>, StoreError> {
    let directory: Directory = findings.record(())?.unwrap_or_default();
    Ok((1..directory.next_account).filter_map(|number| AccountId::new(number).ok()))
}
