//! Compares the registry with the rows of products, and both with their counters.

use super::Findings;
use crate::billing::{Catalogue, Resource};
use crate::device::{Device, DeviceCount, DeviceId, Registration, Standing, tally};
use crate::product::{Product, ProductId};
use crate::store::{Key, Range, Record, StoreError, Tally};
use crate::team::{Account, AccountId, Claimant};
use crate::text;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// All devices in the registry.
pub(super) struct Registry(HashMap<DeviceId, Registration, foldhash::fast::RandomState>);

impl Registry {
    pub(super) fn read(findings: &Findings<'_>) -> Result<Self, StoreError> {
        let [first, last] = [0, 0xFF].map(|byte| Key::Registration(DeviceId::new([byte; 12])));
        let mut entries = HashMap::default();
        findings.each(&Range::new(first, last), |key, record| {
            if let (Key::Registration(id), Record::Registration(entry)) = (key, record) {
                entries.insert(*id, entry.clone());
            }
        })?;
        Ok(Self(entries))
    }

    /// The products that devices are in.
    pub(super) fn products(&self) -> impl Iterator<Item = ProductId> {
        self.0.values().filter_map(|entry| entry.product)
    }

    pub(super) fn claimant(&self, device: DeviceId) -> Option<Claimant> {
        self.0.get(&device)?.claimed_by
    }

    /// Number of devices that a customer has claimed.
    pub(super) fn claimed_by(&self, claimant: Claimant) -> usize {
        self.0.values().filter(|entry| entry.claimed_by == Some(claimant)).count()
    }

    /// Checks that each device's product exists, and that its claim is recorded at the claimant.
    pub(super) fn check(
        &self,
        findings: &mut Findings<'_>,
        live: &BTreeSet<ProductId>,
        accounts: &[Account],
    ) -> Result<(), StoreError> {
        let mut claims: BTreeMap<AccountId, BTreeSet<DeviceId>> = BTreeMap::new();
        for (id, entry) in &self.0 {
            if let Some(product) = entry.product {
                let is_there = live.contains(&product);
                findings.ensure("R-IMP-4", is_there, || format!("{id} is in product {product}, which is removed"));
            }
            match entry.claimed_by {
                Some(Claimant::Account(account)) => {
                    claims.entry(account).or_default().insert(*id);
                }
                Some(Claimant::Customer(product, customer)) => {
                    let so = entry.product == Some(product);
                    findings
                        .ensure("R-CUS-3", so, || format!("{id} is claimed by customer {customer} of another product"));
                }
                None => {}
            }
        }
        for account in accounts {
            let mut listed = BTreeSet::new();
            findings.each(&Key::claims(account.id), |key, _| {
                if let Key::Claim(_, device) = key {
                    listed.insert(*device);
                }
            })?;
            let claimed = claims.remove(&account.id).unwrap_or_default();
            findings.same("R-CUS-3", &format!("the devices that account {} claimed", account.id), listed, claimed);
        }
        let unknown = claims.keys().next().copied();
        findings
            .ensure("R-CUS-3", unknown.is_none(), || format!("devices are claimed by an unknown account: {unknown:?}"));
        Ok(())
    }
}

/// Facts about a product's devices, from its rows.
#[derive(Default)]
pub(super) struct Members {
    /// Number of rows locked to each version.
    pub(super) locked: BTreeMap<u16, u32>,
    devices: u64,
    quarantined: u64,
    names: BTreeSet<Key>,
    tallies: BTreeMap<Tally, i64>,
}

/// Compares a product's rows with the registry, and its counters with its rows.
pub(super) fn check(
    findings: &mut Findings<'_>,
    catalogue: &Catalogue,
    registry: &Registry,
    product: &Product,
) -> Result<Members, StoreError> {
    let id = product.id;
    let mut members = Members::default();
    let mut strays = Vec::new();
    findings.each(&Key::devices(id), |key, record| {
        if let (Key::Device(_, device), Record::Device(row)) = (key, record) {
            let is_in = registry.0.get(device).and_then(|entry| entry.product) == Some(id);
            if is_in != (row.standing == Standing::Member) && strays.len() < super::MAX_FINDINGS {
                strays.push((*device, row.standing, is_in));
            }
            members.add(row);
            let name = text::compared(row.name());
            if !name.is_empty() {
                members.names.insert(Key::device_name(id, &name, *device));
            }
        }
    })?;
    for (device, standing, is_in) in strays {
        let named = if is_in { "names" } else { "does not name" };
        findings.add("R-IMP-9", format!("{device} is {standing:?} in product {id}, and the registry {named} it"));
    }
    let registered = registry.products().filter(|named| *named == id).count() as u64;
    findings.same("R-IMP-4", &format!("the devices of product {id} by the registry"), registered, members.devices);

    let count: Box<DeviceCount> = findings.record(id)?.unwrap_or_default();
    findings.same("R-IMP-6", &format!("the devices of product {id}"), count.devices, members.devices);
    findings.same("R-IMP-9", &format!("the quarantine of product {id}"), count.quarantined, members.quarantined);
    let within = catalogue.check_product(product, Resource::Devices, 0, members.devices);
    findings
        .ensure("R-TIER-2", within.is_ok(), || format!("product {id} has {} devices, over its tier", members.devices));
    let most = product.policy.quarantine_limit;
    let waits = members.quarantined <= u64::from(most);
    findings.ensure("R-IMP-9", waits, || format!("{} wait in product {id}, at most {most} may", members.quarantined));

    check_names(findings, id, &count, &members)?;
    check_tallies(findings, id, &mut members)?;
    Ok(members)
}

fn check_names(
    findings: &mut Findings<'_>,
    id: ProductId,
    count: &DeviceCount,
    members: &Members,
) -> Result<(), StoreError> {
    // Names stored by an earlier version are indexed at the first list by prefix.
    let mut names = BTreeSet::new();
    findings.each(&Key::device_names(id, ""), |key, _| {
        names.insert(key.clone());
    })?;
    let agree = if count.names_indexed { names == members.names } else { names.is_subset(&members.names) };
    findings.ensure("R-SEE-2", agree, || {
        let strays = names.symmetric_difference(&members.names).take(3).collect::<Vec<_>>();
        format!("the name index of product {id} differs from its devices: {strays:?}")
    });

    Ok(())
}

fn check_tallies(findings: &mut Findings<'_>, id: ProductId, members: &mut Members) -> Result<(), StoreError> {
    let mut counted: BTreeMap<Tally, i64> = BTreeMap::new();
    findings.each(&Key::tallies(id), |key, record| {
        if let (Key::Tally(_, tally, _), Record::Counter(value)) = (key, record) {
            *counted.entry(*tally).or_default() += value;
        }
    })?;
    counted.retain(|_, sum| *sum != 0);
    members.tallies.retain(|_, sum| *sum != 0);
    let all: BTreeSet<Tally> = counted.keys().chain(members.tallies.keys()).copied().collect();
    for tally in all {
        let [says, is] = [&counted, &members.tallies].map(|sums| sums.get(&tally).copied().unwrap_or(0));
        findings.same("R-SEE-1", &format!("{tally:?} of product {id}"), says, is);
    }
    Ok(())
}

impl Members {
    fn add(&mut self, row: &Device) {
        match row.standing {
            Standing::Member => self.devices += 1,
            Standing::Quarantined => self.quarantined += 1,
            Standing::Denied => {}
        }
        if let Some(lock) = row.lock {
            *self.locked.entry(lock.get()).or_default() += 1;
        }
        tally::changes(None, Some(row), |tally, by| *self.tallies.entry(tally).or_default() += by);
    }
}
