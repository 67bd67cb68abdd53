//! The team's operations on devices: view, name, approve, deny and remove them.

mod queries;

pub use queries::{DeviceFilter, Summary};

use super::import::{Verdict, judge};
use super::{
    Device, DeviceCount, DeviceId, Page, Registration, Standing, answer, check_page, confirmed, move_name, put_device,
};
use crate::audit::{Entry, shown};
use crate::customer::end_claim;
use crate::event::forget_ids;
use crate::firmware::{Answer, FirmwareIndex, move_lock};
use crate::fleet::{Console, DeviceConsole};
use crate::product::{GroupId, Platform, Product, ProductId};
use crate::store::{Key, Transaction};
use crate::team::{self, Access, Actor, Claimant, Command};
use crate::text::{self, NAME};
use crate::{Error, ErrorKind};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Maximum number of groups of a device.
pub const MAX_GROUPS_A_DEVICE: usize = 32;

/// A device of a product, as its team sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceView {
    /// Its id.
    pub id: DeviceId,
    /// Its row.
    pub row: Device,
}

/// The values to correct; `None` leaves a value unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Correction {
    /// Its hardware.
    pub platform: Option<Platform>,
    /// The highest security counter that it has confirmed; 4294967295 means none.
    pub security_counter: Option<u32>,
}

impl Correction {
    /// A correction of nothing yet.
    ///
    /// ```
    /// let correction = fleet_core::device::Correction::new().platform("photon".parse()?).security_counter(3);
    /// assert_eq!(correction.security_counter, Some(3));
    /// # Ok::<(), fleet_core::Error>(())
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Corrects its hardware.
    #[must_use]
    pub fn platform(self, platform: Platform) -> Self {
        Self { platform: Some(platform), ..self }
    }

    /// Corrects the highest security counter that it has confirmed; 4294967295 means none.
    #[must_use]
    pub fn security_counter(self, security_counter: u32) -> Self {
        Self { security_counter: Some(security_counter), ..self }
    }
}

impl DeviceView {
    /// Shows a device without the groups that its product has deleted.
    pub(super) fn new(product: &Product, id: DeviceId, mut row: Device) -> Self {
        if !row.groups().all(|group| product.groups.contains_key(&group)) {
            row.relabel(|label| label.groups.retain(|group| product.groups.contains_key(group)));
        }
        Self { id, row }
    }
}

impl DeviceConsole<'_> {
    /// Returns a device of the product; quarantined and denied devices too.
    ///
    /// # Errors
    /// `not_found`.
    pub fn get(&self) -> Result<DeviceView, Error> {
        let Self { console, product, device } = *self;
        console.fleet.transact(|tx| {
            let access = Access::check(tx, console.actor, Command::ReadProduct, product)?;
            Ok(DeviceView::new(&access.product, device, any_row(tx, product, device)?))
        })
    }

    /// Returns the answer that a device would get if it connected now and repeated its latest report, and why. Nothing
    /// is sent.
    ///
    /// # Errors
    /// `not_found`.
    pub fn explain(&self) -> Result<Answer, Error> {
        let Self { console, product, device } = *self;
        console.fleet.transact(|tx| {
            let access = Access::check(tx, console.actor, Command::ReadProduct, product)?;
            let index: Arc<FirmwareIndex> = tx.get(product)?.unwrap_or_default();
            let mut row = any_row(tx, product, device)?;
            let locked = console.fleet.held_since(&access.product)?;
            let answer = answer(&access.product, &index, locked, device, &mut row, console.now);
            let entry: Option<Registration> = tx.get(device)?;
            Ok(answer.with_hardware(entry.and_then(|entry| entry.platform).as_ref()))
        })
    }

    /// Names a device; an empty name removes the name.
    ///
    /// # Errors
    /// `invalid` for a name over 100 characters.
    pub fn rename(&self, name: &str) -> Result<(), Error> {
        let Self { console, product, device } = *self;
        let name = text::checked("name", name, 0..=*NAME.end())?;
        console.change_device(product, device, Command::NameDevice, format!("{device} `{name}`"), |change| {
            change.row.relabel(|label| label.name = name.as_str().into());
            Ok(())
        })
    }

    /// Marks a device for development, so that it is never updated over the air (R-IMP-11).
    ///
    /// # Errors
    /// `not_found`.
    pub fn mark_development(&self) -> Result<(), Error> {
        self.change_development(true)
    }

    /// Removes the mark for development: the device follows the releases again.
    ///
    /// # Errors
    /// `not_found`.
    pub fn clear_development(&self) -> Result<(), Error> {
        self.change_development(false)
    }

    fn change_development(&self, development: bool) -> Result<(), Error> {
        let Self { console, product, device } = *self;
        let subject = format!("{device} {}", if development { "on" } else { "off" });
        console.change_device(product, device, Command::MarkDevelopment, subject, |change| {
            change.row.development = development;
            Ok(())
        })
    }

    /// Puts a device in exactly these groups.
    ///
    /// # Errors
    /// `not_found` for a group that the product does not have; `invalid` for more than 32.
    pub fn set_groups(&self, groups: &BTreeSet<GroupId>) -> Result<(), Error> {
        let Self { console, product, device } = *self;
        if groups.len() > MAX_GROUPS_A_DEVICE {
            return Err(Error::invalid(
                "groups",
                format!("a device is in at most {MAX_GROUPS_A_DEVICE} groups; name fewer"),
            ));
        }
        let subject = format!("{device} in {}", listed(groups));
        console.change_device(product, device, Command::ChangeGroups, subject, |change| {
            if !groups.iter().all(|group| change.product.groups.contains_key(group)) {
                return Err(Error::not_found("group"));
            }
            change.row.relabel(|label| label.groups.clone_from(groups));
            Ok(())
        })
    }

    /// Approves a quarantined device (R-IMP-9). The rules of import and the tier's limit apply.
    ///
    /// # Errors
    /// `cannot_join` with the reason, `limit_exceeded`, or `not_found` if the device is not quarantined.
    pub fn approve(&self) -> Result<(), Error> {
        let Self { console, product, device } = *self;
        console.fleet.transact(|tx| {
            let access = Access::check(tx, console.actor, Command::ApproveDevice, product)?;
            let before = row_of(tx, product, device, Standing::Quarantined)?;
            let mut entry: Registration = tx.get(device)?.unwrap_or_default();
            match judge(&access.product, &access.team, Some(&entry)) {
                // A person's approval overrides a manufacturing list (R-IMP-9 names rules 3 and 4 only).
                Verdict::Imported | Verdict::UnknownId => {}
                verdict => return Err(ErrorKind::CannotJoin { device, verdict }.into()),
            }
            let mut count: Box<DeviceCount> = tx.get(product)?.unwrap_or_default();
            count.check_capacity(console.fleet.catalogue(), &access.product, 1, console.now, None)?;
            count.devices += 1;
            count.quarantined = count.quarantined.saturating_sub(1);
            count.settle(&access.product.policy);
            entry.product = Some(product);
            tx.put(product, count);
            let mut joined = Device { standing: Standing::Member, ..before.clone() };
            entry.copy_platform(&mut joined, &access.product.platform);
            entry.hand_over(&mut joined);
            tx.put(device, entry);
            put_device(tx, product, device, Some(&before), joined);
            console.note(tx, product, Command::ApproveDevice, device.to_string());
            Ok(())
        })
    }

    /// Denies a device: a quarantined device is refused, a device in the product is removed, and neither can ask to
    /// join until it is undenied (R-IMP-9, R-IMP-10).
    ///
    /// # Errors
    /// `not_found` for a device that is neither.
    pub fn deny(&self) -> Result<(), Error> {
        let Self { console, product, device } = *self;
        console.leave(product, device, Command::DenyDevice)
    }

    /// Removes a device from the product: it becomes a personal device again and may ask to join (R-IMP-10). The
    /// capacity that it used in the tier is free immediately (R-TIER-2).
    ///
    /// # Errors
    /// `not_found` for a device that is neither in the product nor quarantined.
    pub fn remove(&self) -> Result<(), Error> {
        let Self { console, product, device } = *self;
        console.leave(product, device, Command::RemoveDevice)
    }

    /// Allows a denied device to ask to join again.
    ///
    /// # Errors
    /// `not_found` for a device that is not denied.
    pub fn undeny(&self) -> Result<(), Error> {
        let Self { console, product, device } = *self;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::UndenyDevice, product)?;
            let before = row_of(tx, product, device, Standing::Denied)?;
            drop_device(tx, product, device, &before);
            console.note(tx, product, Command::UndenyDevice, device.to_string());
            Ok(())
        })
    }

    /// Corrects the registry's facts about a device, if a mistake of the device or of a list would keep it out: its
    /// hardware (R-IMP-12), its security counter (R-TGT-15), or both. The correction holds until the device reports
    /// otherwise. It is recorded in the audit of the given product; the device need not be in that product.
    ///
    /// # Errors
    /// `forbidden` for anybody but an operator; `not_found` for a device that was never known; `invalid` for an empty
    /// correction.
    pub fn correct(&self, correction: &Correction) -> Result<(), Error> {
        let Self { console, product, device } = *self;
        let mut corrected = Vec::new();
        corrected.extend(correction.platform.as_ref().map(|platform| format!("hardware {platform}")));
        corrected.extend(correction.security_counter.map(|counter| format!("security counter {counter}")));
        if corrected.is_empty() {
            return Err(Error::invalid("correction", "is empty; give a platform, a security counter, or both"));
        }
        let subject = format!("{device}: {}", corrected.join(", "));
        console.fleet.transact(|tx| {
            let access = Access::check(tx, console.actor, Command::CorrectDevice, product)?;
            let mut entry: Registration = tx.get(device)?.ok_or_else(|| Error::not_found("device"))?;
            let mut before = (entry.platform.clone(), entry.security_counter);
            if let Some(platform) = &correction.platform {
                entry.platform = Some(platform.clone());
            }
            if let Some(counter) = correction.security_counter {
                entry.security_counter = confirmed(counter);
            }
            let mut products = BTreeSet::from([product]);
            products.extend(entry.product);
            let mut has_changed = before.0 != entry.platform || before.1 != entry.security_counter;
            for id in &products {
                let Some(found) = tx.get::<Device>((*id, device))? else { continue };
                let mut row = found.clone();
                if let Some(counter) = correction.security_counter {
                    before.1 = before.1.max(row.security_counter);
                    row.security_counter = confirmed(counter);
                }
                if correction.platform.is_some() {
                    let of: Option<Arc<Product>> = if *id == product { None } else { tx.get(*id)? };
                    entry.copy_platform(&mut row, &of.as_ref().unwrap_or(&access.product).platform);
                }
                has_changed |= row != found;
                put_device(tx, *id, device, Some(&found), row);
            }
            if !has_changed {
                return Ok(());
            }
            let values = [
                ("hardware", shown(before.0), shown(entry.platform.clone())),
                ("security counter", before.1.to_string(), entry.security_counter.to_string()),
            ];
            tx.put(device, entry);
            for id in products {
                console.note(tx, id, Command::CorrectDevice, Entry::changed(subject.clone(), values.clone()));
            }
            Ok(())
        })
    }
}

impl Console<'_> {
    fn leave(&self, product: ProductId, device: DeviceId, command: Command) -> Result<(), Error> {
        self.fleet.transact(|tx| {
            let access = Access::check(tx, self.actor, command, product)?;
            let before = any_row(tx, product, device)?;
            if before.standing == Standing::Denied {
                let (standing, needed) = (Standing::Denied, Standing::Member);
                return Err(ErrorKind::OtherStanding { device, standing, needed }.into());
            }
            let mut count: Box<DeviceCount> = tx.get(product)?.unwrap_or_default();
            forget(tx, product, device, &before, &mut count)?;
            count.settle(&access.product.policy);
            forget_ids(tx, product, device)?;
            tx.put(product, count);
            if command == Command::DenyDevice {
                put_device(tx, product, device, Some(&before), Device::new(Standing::Denied, self.now));
            } else {
                drop_device(tx, product, device, &before);
            }
            self.note(tx, product, command, device.to_string());
            Ok(())
        })
    }

    /// Claims an unclaimed device for the acting account (R-PRD-6). The host has verified that the actor has the
    /// device. A device that is in a product is claimed through the product, by its claim code (R-CUS-3).
    ///
    /// # Errors
    /// `taken` if somebody else has claimed it, or if it is in a product; `forbidden` for an operator, who cannot have
    /// devices.
    pub fn claim_device(&self, device: DeviceId) -> Result<(), Error> {
        let account = self.claimant()?;
        self.fleet.transact(|tx| {
            tx.get::<Arc<team::Account>>(account)?.ok_or_else(|| Error::not_found("account"))?;
            let mut entry: Registration = tx.get(device)?.unwrap_or_default();
            match entry.claimed_by {
                Some(holder) if holder == Claimant::Account(account) => return Ok(()),
                None if entry.product.is_none() => entry.claimed_by = Some(Claimant::Account(account)),
                // A product's device is claimed through the product. Nobody else may learn whether it is in one.
                _ => return Err(ErrorKind::Taken { what: "device", value: device.to_string() }.into()),
            }
            tx.put(device, entry);
            tx.put_record(Key::Claim(account, device), crate::store::Record::PRESENT);
            self.note_account(tx, account, Command::ClaimDevice, format!("{device} claimed"));
            Ok(())
        })
    }

    /// Gives up the acting account's claim of a device.
    ///
    /// # Errors
    /// `not_found` for a device that the account has not claimed.
    pub fn unclaim_device(&self, device: DeviceId) -> Result<(), Error> {
        let account = self.claimant()?;
        self.fleet.transact(|tx| {
            let mut entry: Registration = tx.get(device)?.unwrap_or_default();
            if entry.claimed_by != Some(Claimant::Account(account)) {
                return Err(Error::not_found("device"));
            }
            end_claim(tx, device, &mut entry)?;
            tx.put(device, entry);
            self.note_account(tx, account, Command::ClaimDevice, format!("{device} given up"));
            Ok(())
        })
    }

    /// Ends the claim of a device, whoever holds it, if the claim was a mistake or is no longer used. A team can do it
    /// for a device of its product, an operator for any device. An unclaimed device stays unchanged.
    ///
    /// # Errors
    /// `not_found` for a device that is not in a product of the actor's team.
    pub fn end_claim(&self, device: DeviceId) -> Result<(), Error> {
        self.fleet.transact(|tx| {
            let mut entry: Registration = tx.get(device)?.unwrap_or_default();
            match entry.product {
                Some(product) => {
                    let checked = Access::check(tx, self.actor, Command::EndClaim, product);
                    checked.map_err(|error| match error.kind() {
                        // Nobody else may learn where the device is.
                        ErrorKind::NotFound { .. } => Error::not_found("device"),
                        _ => error,
                    })?;
                }
                None if self.actor == Actor::Operator => {}
                None => return Err(Error::not_found("device")),
            }
            let product = entry.product;
            let Some(claimant) = end_claim(tx, device, &mut entry)? else { return Ok(()) };
            tx.put(device, entry);
            let values = [("claimed by", claimant.to_string(), "nobody".to_owned())];
            let entry = Entry::changed(device.to_string(), values);
            if let Claimant::Account(account) = claimant {
                self.note_account(tx, account, Command::EndClaim, entry.clone());
            }
            if let Some(product) = product {
                self.note(tx, product, Command::EndClaim, entry);
            }
            Ok(())
        })
    }

    /// Lists the devices that the acting account has claimed, in order of their ids, `limit` (1 to 1,000) per page.
    ///
    /// # Errors
    /// `forbidden` for an operator; `invalid` for a limit out of range.
    pub fn claimed_devices(&self, after: Option<DeviceId>, limit: usize) -> Result<Page<DeviceId, DeviceId>, Error> {
        check_page(limit)?;
        let account = self.claimant()?;
        let mut range = Key::claims(account).limit(limit + 1);
        if let Some(after) = after {
            range = range.after(Key::Claim(account, after));
        }
        let rows = self.fleet.store().scan(&range)?;
        let id = |key: &Key| if let Key::Claim(_, id) = key { Some(*id) } else { None };
        Ok(Page::of_rows(rows, limit, id, |row| id(&row.key)))
    }

    fn claimant(&self) -> Result<team::AccountId, Error> {
        team::allow(self.actor, Command::ClaimDevice)?;
        match self.actor {
            Actor::Account(account) => Ok(account),
            Actor::Customer(_) | Actor::Operator => Err(Error::not_found("account")),
        }
    }

    /// Registers devices of a manufacturing list, with their hardware if it is known (R-IMP-12). Returns the number of
    /// new devices.
    ///
    /// # Errors
    /// `forbidden` for anybody but an operator; `cannot_join` for a device that is known to have another platform than
    /// the list states. In a list of more than 4,096 devices, the earlier blocks of 4,096 have been registered by then;
    /// once the list is corrected, the same call completes it.
    pub fn register_devices(&self, devices: &[(DeviceId, Option<Platform>)]) -> Result<u64, Error> {
        team::allow(self.actor, Command::RegisterDevices)?;
        let mut new = 0;
        for chunk in devices.chunks(4096) {
            new += self.fleet.transact(|tx| {
                let mut new = 0;
                tx.load(chunk.iter().map(|(id, _)| Key::Registration(*id)))?;
                for (id, platform) in chunk {
                    new += u64::from(register(tx, *id, platform.as_ref())?);
                }
                Ok(new)
            })?;
        }
        Ok(new)
    }
}

/// Copies the registry's knowledge of a device's hardware into its row of the product that it is in.
fn copy_platform(tx: &mut Transaction<'_>, device: DeviceId, entry: &Registration) -> Result<(), Error> {
    let Some(home) = entry.product else { return Ok(()) };
    let product: Option<Arc<Product>> = tx.get(home)?;
    let row: Option<Device> = tx.get((home, device))?;
    if let (Some(product), Some(before)) = (product, row) {
        let mut row = before.clone();
        entry.copy_platform(&mut row, &product.platform);
        put_device(tx, home, device, Some(&before), row);
    }
    Ok(())
}

/// Removes a device from the registry's product entry, the counts and the locks. The registry keeps what must never
/// decrease: its security counter, the number of its latest directive, the order of its connections.
pub(crate) fn forget(
    tx: &mut Transaction<'_>,
    product: ProductId,
    device: DeviceId,
    row: &Device,
    count: &mut DeviceCount,
) -> Result<(), Error> {
    let mut entry: Registration = tx.get(device)?.unwrap_or_default();
    match row.standing {
        Standing::Denied => return Ok(()),
        Standing::Quarantined => count.quarantined = count.quarantined.saturating_sub(1),
        Standing::Member => {
            count.devices = count.devices.saturating_sub(1);
            count.departures = count.departures.saturating_add(1);
            entry.product = None;
            // Customers belong to the product, so a device that leaves it has no customer any more.
            if let Some(Claimant::Customer(..)) = entry.claimed_by {
                end_claim(tx, device, &mut entry)?;
            }
            tx.delete(Key::DeviceCode(product, device));
            if row.lock.is_some() {
                move_lock(tx, product, row.lock, None)?;
            }
        }
    }
    entry.take_over(row);
    tx.put(device, entry);
    Ok(())
}

/// Deletes a device's row and subtracts it from the counters.
pub(crate) fn drop_device(tx: &mut Transaction<'_>, product: ProductId, device: DeviceId, before: &Device) {
    let slot = tx.random();
    super::tally::changes(Some(before), None, |tally, delta| {
        tx.add(super::tally::key(product, device, tally, slot), delta)
    });
    move_name(tx, product, device, before.name(), "");
    tx.delete(Key::Device(product, device));
}

/// The row of a device that is in the product.
pub(crate) fn member(tx: &mut Transaction<'_>, product: ProductId, device: DeviceId) -> Result<Device, Error> {
    row_of(tx, product, device, Standing::Member)
}

fn row_of(tx: &mut Transaction<'_>, product: ProductId, device: DeviceId, needed: Standing) -> Result<Device, Error> {
    let row = any_row(tx, product, device)?;
    let standing = row.standing;
    if standing == needed { Ok(row) } else { Err(ErrorKind::OtherStanding { device, standing, needed }.into()) }
}

fn any_row(tx: &mut Transaction<'_>, product: ProductId, device: DeviceId) -> Result<Device, Error> {
    tx.get::<Device>((product, device))?.ok_or_else(|| Error::not_found("device"))
}

fn listed(groups: &BTreeSet<GroupId>) -> String {
    if groups.is_empty() {
        return "no group".to_owned();
    }
    let numbers: Vec<String> = groups.iter().map(GroupId::to_string).collect();
    format!("groups {}", numbers.join(", "))
}

/// Registers a device. Returns whether it was not registered before.
fn register(tx: &mut Transaction<'_>, id: DeviceId, platform: Option<&Platform>) -> Result<bool, Error> {
    let known: Option<Registration> = tx.get(id)?;
    let is_new = !known.as_ref().is_some_and(|known| known.registered);
    let mut entry = known.clone().unwrap_or_default();
    entry.registered = true;
    match (&entry.platform, platform) {
        (Some(known), Some(listed)) if known != listed => {
            let (known, listed) = (known.clone(), listed.clone());
            return Err(ErrorKind::ListedPlatform { device: id, known, listed }.into());
        }
        (None, Some(listed)) => entry.platform = Some(listed.clone()),
        _ => {}
    }
    if known.as_ref().is_none_or(|known| known.platform != entry.platform) {
        copy_platform(tx, id, &entry)?;
    }
    if known.as_ref() != Some(&entry) {
        tx.put(id, entry);
    }
    Ok(is_new)
}
