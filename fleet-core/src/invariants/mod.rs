//! Checks that the records of a fleet are consistent: every guard record with what it guards.
//!
//! It is meant for tests, after threads, processes or faults changed a store, and for anybody who suspects damage. It
//! reads the whole fleet in many reads, so nobody may write meanwhile: states of two moments would look like a fault.
//! The table in `docs/DESIGN.md` lists what it compares.
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

/// A violated invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The violated rule, such as `R-IMP-4`, or the name of the check.
    pub rule: &'static str,
    /// The two values that disagree.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.what)
    }
}

/// Maximum number of findings that are returned. If more is broken, these are enough to start with.
const MAX_FINDINGS: usize = 100;

/// Checks every guard record of a fleet, and returns at most a hundred violations; none if all records agree. A removed
/// product is only searched for among the devices.
///
/// Limits are those of the tier as it is now, so devices or members admitted under a higher limit are reported too.
///
/// It needs about 200 bytes of memory and a few microseconds for each device.
///
/// # Errors
/// Errors of the store.
pub fn check(fleet: &Fleet, now: Timestamp) -> Result<Vec<Broken>, Error> {
    let mut findings = Findings { store: fleet.store(), broken: Vec::new() };
    let accounts = match people::accounts(&mut findings) {
        // The store contains a journaled fleet, and this one was opened without its journal.
        Err(error) if error.code() == "store_journaled" => {
            findings.add("journal", error.to_string());
            return Ok(findings.broken);
        }
        accounts => accounts?,
    };
    let registry = devices::Registry::read(&findings)?;
    let mut due = billing::Index::read(&findings)?;
    let mut products: BTreeSet<ProductId> = registry.products().collect();
    products.extend(assigned_products(&findings)?);
    for account in &accounts {
        products.extend(memberships(&findings, account.id)?);
    }
    let mut live = BTreeSet::new();
    for id in products {
        let Some(product) = findings.record::<Arc<Product>>(id)? else {
            findings.add("R-PRD-1", format!("product {id} is referred to but does not exist"));
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

/// The fleet to check, and the findings so far.
struct Findings<'f> {
    store: &'f dyn Store,
    broken: Vec<Broken>,
}

impl Findings<'_> {
    fn add(&mut self, rule: &'static str, what: String) {
        if self.broken.len() < MAX_FINDINGS {
            self.broken.push(Broken { rule, what });
        }
    }

    /// Adds a finding unless the condition holds.
    fn ensure(&mut self, rule: &'static str, so: bool, otherwise: impl FnOnce() -> String) {
        if !so {
            self.add(rule, otherwise());
        }
    }

    /// Adds a finding unless the recorded value equals the actual one.
    fn same<T: PartialEq + fmt::Debug>(&mut self, rule: &'static str, what: &str, says: T, is: T) {
        self.ensure(rule, says == is, || format!("{what}: the record has {says:?}, the actual value is {is:?}"));
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

/// Returns the products whose numbers were assigned in order.
fn assigned_products(findings: &Findings<'_>) -> Result<Vec<ProductId>, StoreError> {
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

/// Returns the products that the keys of a range name.
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

/// Returns the team of a product, or an empty one.
fn team_of(findings: &Findings<'_>, product: ProductId) -> Result<Arc<Team>, StoreError> {
    Ok(findings.record::<Arc<Team>>(product)?.unwrap_or_default())
}

/// Returns the assigned account numbers.
fn account_ids(findings: &Findings<'_>) -> Result<impl Iterator<Item = AccountId> + use<>, StoreError> {
    let directory: Directory = findings.record(())?.unwrap_or_default();
    Ok((1..directory.next_account).filter_map(|number| AccountId::new(number).ok()))
}
