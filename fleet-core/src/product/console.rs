//! Creates and removes products, and changes what their teams and the operator may change.

mod configuration;

use super::{Configuration, Group, GroupId, Platform, Policy, PolicyChange, Product, ProductId};
use crate::audit::Entry;
use crate::billing::Contract;
use crate::device::{Device, DeviceCount, DeviceId, drop_device, forget};
use crate::directory::Directory;
use crate::event::drop_log;
use crate::firmware::FirmwareIndex;
use crate::fleet::{Console, ProductConsole};
use crate::notice::NoticeSubject;
use crate::store::{Key, Record, Transaction};
use crate::team::{self, Access, Account, AccountId, Actor, Command, Team};
use crate::text::{self, NAME};
use crate::{Error, ErrorKind};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Maximum number of groups of a product.
pub const MAX_GROUPS: usize = 1000;

/// Number of devices that one commit removes when a product is removed.
const CHUNK: usize = 1024;

impl ProductConsole<'_> {
    /// Returns a product.
    ///
    /// # Errors
    /// `not_found`.
    pub fn get(&self) -> Result<Product, Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::ReadProduct, product)
                .map(|access| Product::clone(&access.product))
        })
    }

    /// Renames a product.
    ///
    /// # Errors
    /// `invalid` for a name that is empty or over 100 characters.
    pub fn rename(&self, name: &str) -> Result<Product, Error> {
        let Self { console, product } = *self;
        let name = text::checked("name", name, NAME)?;
        let subject = format!("`{name}`");
        console.change_product(product, Command::RenameProduct, subject, |product| {
            product.name.clone_from(&name);
            Ok(())
        })
    }

    /// Changes the policies that a change names; the others stay unchanged. A policy that an answer of the
    /// configuration decides is changed there.
    ///
    /// # Errors
    /// `invalid` for a value out of range, or one that contradicts the configuration.
    pub fn set_policy(&self, change: &PolicyChange) -> Result<Product, Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            let mut record = Access::check(tx, console.actor, Command::SetPolicy, product)?.product;
            let configuration: Arc<Configuration> = tx.get(product)?.unwrap_or_default();
            let mut policy = record.policy.clone();
            change.apply(&mut policy);
            policy.check()?;
            if let Some(question) = configuration.contradicted_answer(&policy) {
                let problem = format!("the configuration's answer to `{question}` decides this; change it there");
                return Err(Error::invalid("policy", problem));
            }
            if policy != record.policy {
                let values = record.policy.differences(&policy);
                let values = values.iter().map(|(name, old, new)| (name.as_str(), old.clone(), new.clone()));
                console.note(tx, product, Command::SetPolicy, Entry::changed("policy", values));
                Arc::make_mut(&mut record).policy = policy;
                tx.put(product, Arc::clone(&record));
            }
            Ok(Arc::unwrap_or_clone(record))
        })
    }

    /// Moves a product to a tier without a charge. Only an operator may do this; a lower tier deletes nothing
    /// (R-TIER-4). If the product pays for a plan, its next renewal is at this tier's price; on a free tier, the plan
    /// ends with its period. A renewal that is due is issued first.
    ///
    /// # Errors
    /// `invalid` for a tier that is not in the catalogue; `charge_open` while an upgrade's charge has no outcome;
    /// `price_by_agreement` if there is a plan and no price for it on this tier.
    pub fn set_tier(&self, tier: &str) -> Result<Product, Error> {
        let Self { console, product } = *self;
        console.up_to_date(product, Command::SetTier)?;
        let tier = console.fleet.catalogue().named(tier)?;
        console.fleet.transact(|tx| {
            let mut record = Access::check(tx, console.actor, Command::SetTier, product)?.product;
            let mut paid = None;
            if let Some(mut billing) = tx.get::<Arc<Contract>>(product)? {
                billing.no_upgrade_open()?;
                billing.no_renewal_due(console.now)?;
                if let Some(plan) = &billing.plan {
                    let interval = billing.at_renewal.unwrap_or(plan.interval);
                    if console.fleet.catalogue().price_for(&billing, &tier, interval).is_none() {
                        return Err(ErrorKind::PriceByAgreement { tier: Arc::clone(&tier), interval }.into());
                    }
                }
                Arc::make_mut(&mut billing).quotes.clear();
                tx.put(product, Arc::clone(&billing));
                paid = Some(billing).filter(|billing| billing.plan.is_some());
            }
            let before = Arc::clone(&record);
            console.fleet.catalogue().put_on(Arc::make_mut(&mut record), Some(&tier), paid.is_some());
            if before != record {
                let entry = Entry::changed(&*tier, [("tier", before.tier.to_string(), tier.to_string())]);
                tx.put(product, Arc::clone(&record));
                console.note(tx, product, Command::SetTier, entry);
            }
            if let Some(mut billing) = paid {
                console.fleet.warn(tx, product, Arc::make_mut(&mut billing), console.now)?;
                tx.put(product, billing);
            }
            Ok(Arc::unwrap_or_clone(record))
        })
    }

    /// Creates a group of devices.
    ///
    /// # Errors
    /// `taken` for a name that another group has; `invalid` for an invalid name or the 1,001st group.
    pub fn create_group(&self, name: &str) -> Result<GroupId, Error> {
        let Self { console, product } = *self;
        let name = text::checked("name", name, NAME)?;
        let mut created = GroupId::new(0);
        console.change_product(product, Command::ChangeGroups, format!("group `{name}` made"), |product| {
            let wanted = text::compared(&name);
            if product.groups.values().any(|group| text::compared(&group.name) == wanted) {
                return Err(ErrorKind::Taken { what: "group", value: name.clone() }.into());
            }
            if product.groups.len() >= MAX_GROUPS {
                return Err(Error::invalid("groups", format!("a product has at most {MAX_GROUPS}; delete one first")));
            }
            created = GroupId::new(product.next_group);
            product.next_group = product.next_group.checked_add(1).ok_or_else(|| {
                Error::invalid("groups", "every group number of this product has been used; go on in a new product")
            })?;
            product.groups.insert(created, Group { name: name.clone(), release: None });
            Ok(())
        })?;
        Ok(created)
    }

    /// Deletes a group. Its devices are no longer in it; its number is not used again.
    ///
    /// # Errors
    /// `not_found`.
    pub fn delete_group(&self, group: GroupId) -> Result<(), Error> {
        let Self { console, product } = *self;
        console.change_product(product, Command::ChangeGroups, format!("group {group} deleted"), |product| {
            product.groups.remove(&group).map(|_| ()).ok_or_else(|| Error::not_found("group"))
        })?;
        Ok(())
    }

    /// Removes a product (R-PRD-5). Only an operator may do this. Afterwards nobody sees the product, its devices are
    /// personal again, its plan ends as by [`cancel_plan`](Self::cancel_plan), the remaining credit is refunded, and
    /// its number is never used again. Its debts for the time before remain:
    /// [`account_billing`](crate::Console::account_billing) shows them. If the removal is interrupted, the same command
    /// completes it.
    ///
    /// # Errors
    /// `not_found`; `charge_open` while a charge for it has no outcome.
    pub fn remove(&self) -> Result<(), Error> {
        let Self { console, product: id } = *self;
        team::allow(console.actor, Command::RemoveProduct)?;
        while console.fleet.transact(|tx| {
            let is_there = tx.get::<Arc<Product>>(id)?.is_some_and(|product| product.removed_at.is_none());
            if is_there { console.renew_if_due(tx, id) } else { Ok(false) }
        })? {}
        console.fleet.transact(|tx| {
            let product: Arc<Product> = tx.get(id)?.ok_or_else(|| Error::not_found("product"))?;
            if product.removed_at.is_none() { console.end_product(tx, product) } else { Ok(()) }
        })?;
        // Each page starts after the previous one, because a store may pass deleted rows slowly; a last pass starts
        // from the beginning.
        let mut after: Option<DeviceId> = None;
        loop {
            let range = Key::devices(id).limit(console.fleet.at_once(CHUNK));
            let devices: Vec<DeviceId> = console
                .fleet
                .store()
                .scan(&after.map_or(range.clone(), |after| range.after(Key::Device(id, after))))?
                .into_iter()
                .filter_map(|row| if let Key::Device(_, device) = row.key { Some(device) } else { None })
                .collect();
            match (devices.last(), after) {
                (None, None) => return drop_log(console.fleet, id),
                (last, _) => after = last.copied(),
            }
            if devices.is_empty() {
                continue;
            }
            console.fleet.transact(|tx| {
                tx.load(devices.iter().flat_map(|device| [Key::Device(id, *device), Key::Registration(*device)]))?;
                drop_devices(tx, id, &devices)
            })?;
        }
    }
}

impl Console<'_> {
    /// Creates a product. The actor becomes its owner and first member; its number is new; its tier is the first of the
    /// catalogue (R-PRD-1 to 4).
    ///
    /// # Errors
    /// `invalid` for a name that is empty or over 100 characters; `not_found` for an account that does not exist;
    /// `forbidden` for an operator, who cannot own a product.
    pub fn create_product(&self, name: &str, platform: Platform) -> Result<Product, Error> {
        team::allow(self.actor, Command::CreateProduct)?;
        let Actor::Account(owner) = self.actor else { return Err(Error::not_found("account")) };
        self.insert_product(None, owner, name, platform, Command::CreateProduct)
    }

    /// Creates a product with a given number that was never used, for a fleet that moves from elsewhere (R-PRD-1). Only
    /// an operator may do this.
    ///
    /// # Errors
    /// `product_id_used`, also for the number of a removed product; `invalid`, also for a Particle product's id above
    /// 65534, which its firmware cannot hold; `not_found` for an owner that does not exist; `account_locked` for an
    /// owner whose account is locked.
    pub fn create_product_with_id(
        &self,
        id: ProductId,
        owner: AccountId,
        name: &str,
        platform: Platform,
    ) -> Result<Product, Error> {
        team::allow(self.actor, Command::CreateProductWithId)?;
        self.insert_product(Some(id), owner, name, platform, Command::CreateProductWithId)
    }

    /// Ends a product's plan, team and notices, and marks it as removed.
    fn end_product(&self, tx: &mut Transaction<'_>, mut product: Arc<Product>) -> Result<(), Error> {
        let id = product.id;
        let team: Arc<Team> = tx.get(id)?.unwrap_or_default();
        let before: Arc<Contract> = tx.get(id)?.unwrap_or_default();
        self.end_plan(tx, &product)?;
        let after: Arc<Contract> = tx.get(id)?.unwrap_or_default();
        Arc::make_mut(&mut product).removed_at = Some(self.now);
        tx.put(id, product);
        for member in &team.members {
            tx.delete(Key::Membership(*member, id));
        }
        for invited in team.invitations.keys() {
            tx.delete(Key::Invitation(*invited, id));
            tx.delete(Key::Notice(id, NoticeSubject::Invitation { account: *invited }.name()));
        }
        tx.delete(Key::Notice(id, NoticeSubject::DevicesAskToJoin.name()));
        tx.delete(Key::Notice(id, NoticeSubject::QuarantineFull.name()));
        self.note(tx, id, Command::RemoveProduct, before.change("removed", &after));
        Ok(())
    }

    fn insert_product(
        &self,
        wanted: Option<ProductId>,
        owner: AccountId,
        name: &str,
        platform: Platform,
        command: Command,
    ) -> Result<Product, Error> {
        let name = text::checked("name", name, NAME)?;
        self.fleet.transact(|tx| {
            let account = tx.get::<Arc<Account>>(owner)?.ok_or_else(|| Error::not_found("account"))?;
            account.unlocked("the account")?;
            let id = free_id(tx, wanted, &platform)?;
            let product = Product {
                id,
                name: name.clone(),
                platform: platform.clone(),
                owner,
                created_at: self.now,
                tier: self.fleet.catalogue().first(),
                limits: self.fleet.catalogue().tiers().first().map(|tier| tier.limits(false)),
                policy: Policy::default(),
                release: None,
                groups: BTreeMap::new(),
                next_group: 1,
                removed_at: None,
            };
            tx.put(id, Arc::new(product.clone()));
            tx.put(id, Arc::new(Team { members: [owner].into(), ..Team::default() }));
            tx.put(id, Arc::new(FirmwareIndex::default()));
            tx.put(id, Box::new(DeviceCount::default()));
            tx.put_record(Key::Membership(owner, id), Record::PRESENT);
            self.note(tx, id, command, format!("`{name}` of {platform}"));
            Ok(product)
        })
    }

    /// Returns the products whose team the actor is on, in order of their numbers. An operator is on no team.
    ///
    /// # Errors
    /// Errors of the store.
    pub fn products(&self) -> Result<Vec<Product>, Error> {
        let Actor::Account(account) = self.actor else { return Ok(Vec::new()) };
        let ids = team::products_of(self.fleet.store(), account)?;
        self.fleet.transact(|tx| {
            tx.load(ids.iter().flat_map(|id| [Key::Product(*id), Key::Team(*id)]))?;
            let mut products = Vec::with_capacity(ids.len());
            for id in &ids {
                // An account that left a team since the memberships were listed no longer sees its product.
                let team: Arc<Team> = tx.get(*id)?.unwrap_or_default();
                let product = tx.get::<Arc<Product>>(*id)?.filter(|product| product.removed_at.is_none());
                products.extend(product.filter(|_| team.members.contains(&account)));
            }
            Ok(products.into_iter().map(Arc::unwrap_or_clone).collect())
        })
    }

    fn change_product(
        &self,
        id: ProductId,
        command: Command,
        subject: String,
        mut change: impl FnMut(&mut Product) -> Result<(), Error>,
    ) -> Result<Product, Error> {
        self.fleet.transact(|tx| {
            let mut product = Access::check(tx, self.actor, command, id)?.product;
            let before = Arc::clone(&product);
            change(Arc::make_mut(&mut product))?;
            if before != product {
                tx.put(id, Arc::clone(&product));
                self.note(tx, id, command, before.changed(subject.clone(), &product));
            }
            Ok(Arc::unwrap_or_clone(product))
        })
    }
}

/// Returns the number for a new product: the wanted one if it was never used, or the next free one.
fn free_id(tx: &mut Transaction<'_>, wanted: Option<ProductId>, platform: &Platform) -> Result<ProductId, Error> {
    let Some(id) = wanted else { return next_id(tx, platform) };
    if tx.get::<Arc<Product>>(id)?.is_some() {
        return Err(ErrorKind::ProductIdUsed { id }.into());
    }
    if !platform.holds(id) {
        let problem = format!("{id} does not fit the 16 bits that {platform} firmware has for it; choose 1 to 65534");
        return Err(Error::invalid("product id", problem));
    }
    Ok(id)
}

/// Assigns the next number that no product has.
fn next_id(tx: &mut Transaction<'_>, platform: &Platform) -> Result<ProductId, Error> {
    let exhausted = |problem: &str| Error::invalid("product id", problem);
    let mut directory: Directory = tx.get(())?.unwrap_or_default();
    loop {
        let number = directory.next_product;
        directory.next_product = number
            .checked_add(1)
            .ok_or_else(|| exhausted("every number has been used; have an operator choose a free one"))?;
        let Ok(id) = ProductId::new(number) else { continue };
        if !platform.holds(id) {
            let problem = "every number up to 65534 has been used; have an operator create the product with a free one";
            return Err(exhausted(problem));
        }
        if tx.get::<Arc<Product>>(id)?.is_none() {
            tx.put((), directory);
            return Ok(id);
        }
    }
}

/// Removes devices from a product: they are personal again.
fn drop_devices(tx: &mut Transaction<'_>, id: ProductId, devices: &[DeviceId]) -> Result<(), Error> {
    let mut count: Box<DeviceCount> = tx.get(id)?.unwrap_or_default();
    for device in devices {
        if let Some(row) = tx.get::<Device>((id, *device))? {
            forget(tx, id, *device, &row, &mut count)?;
            drop_device(tx, id, *device, &row);
        }
    }
    tx.put(id, count);
    Ok(())
}
