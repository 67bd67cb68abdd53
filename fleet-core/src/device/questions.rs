//! What a console asks of a fleet (R-SEE): counts at once whatever the fleet's size, and lists by page.

use super::tally::SLOTS;
use super::{Device, DeviceCount, DeviceId, DeviceView, Standing};
use crate::Error;
use crate::fleet::Console;
use crate::product::{GroupId, Product, ProductId};
use crate::store::{Key, Range, Record, Tally};
use crate::team::Command;
use crate::text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most devices on a page.
pub const MAX_PAGE: usize = 1000;

/// A fleet in numbers (R-SEE-1). Kept while it changes, so asking costs what the number of versions costs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// In the product.
    pub devices: u64,
    /// Of these, connected now.
    pub online: u64,
    /// Of these, not seen since they were added.
    pub never_seen: u64,
    /// How many report which version.
    pub versions: BTreeMap<u16, u64>,
    /// How many report none.
    pub no_version: u64,
    /// How many run another image than the one uploaded under the version that they report (R-TGT-5).
    pub image_differs: u64,
    /// How many have an update on its way.
    pub pending: u64,
    /// How many failed their latest attempt or attempts.
    pub failing: u64,
    /// How many are locked to a version.
    pub locked: u64,
    /// How many are development devices.
    pub development: u64,
    /// How many are held because their hardware is not the product's.
    pub wrong_platform: u64,
    /// How many wait to be let in.
    pub quarantined: u64,
    /// How many are shut out.
    pub denied: u64,
    /// Places that imports under way, or cut off, hold for devices they have yet to add (R-IMP-13).
    pub held_places: u64,
}

/// Which devices to list; all that is set must hold. By default, all that are in the product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceFilter {
    /// In the product, waiting, or shut out; none: in the product.
    pub standing: Option<Standing>,
    /// Connected, or not.
    pub online: Option<bool>,
    /// Reporting this version.
    pub version: Option<u16>,
    /// In this group.
    pub group: Option<GroupId>,
    /// Locked, or not.
    pub locked: Option<bool>,
    /// Marked for development, or not.
    pub development: Option<bool>,
    /// With an update on its way, or not.
    pub pending: Option<bool>,
    /// Whose latest attempts failed, or not.
    pub failing: Option<bool>,
    /// Whose name or id begins with this, whatever the case.
    pub prefix: Option<String>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T, C> {
    /// What is on it, in order.
    pub items: Vec<T>,
    /// Where the next page goes on; none: there is no more. Stays right while the list changes: what is there all the
    /// while is listed exactly once.
    pub next: Option<C>,
}

impl<T, C> Page<T, C> {
    pub(crate) fn new(items: Vec<T>, next: Option<C>) -> Self {
        Self { items, next }
    }
}

impl DeviceFilter {
    /// Whether a device is to be listed.
    pub fn wants(&self, id: DeviceId, device: &Device) -> bool {
        fn is<T: PartialEq>(wanted: Option<T>, found: T) -> bool {
            wanted.is_none_or(|wanted| wanted == found)
        }
        is(self.standing.or(Some(Standing::Member)), device.standing)
            && is(self.online, device.is_online())
            && self.version.is_none_or(|version| device.version() == Some(version))
            && self.group.is_none_or(|group| device.groups().any(|in_group| in_group == group))
            && is(self.locked, device.lock.is_some())
            && is(self.development, device.development)
            && is(self.pending, device.attempt.is_some())
            && is(self.failing, device.is_failing())
            && self.prefix.as_ref().is_none_or(|prefix| {
                let prefix = text::compared(prefix);
                id.to_string().starts_with(&prefix) || text::compared(device.name()).starts_with(&prefix)
            })
    }
}

impl DeviceFilter {
    /// The ids that begin with the prefix, from the first to the last; none where no id can.
    fn ids(&self) -> Option<(DeviceId, DeviceId)> {
        let digits = self.prefix.as_ref().filter(|prefix| prefix.len() <= 24)?;
        let first = DeviceId::from_hex(format!("{digits:0<24}").as_bytes())?;
        let last = DeviceId::from_hex(format!("{digits:f<24}").as_bytes())?;
        Some((first, last))
    }

    /// The counters of what is asked for, each less another: where one of them is 0, there is no such device.
    fn counted(&self) -> Vec<(Tally, Option<Tally>)> {
        match self.standing.unwrap_or(Standing::Member) {
            Standing::Quarantined => return vec![(Tally::Quarantined, None)],
            Standing::Denied => return vec![(Tally::Denied, None)],
            Standing::Member => {}
        }
        let flags = [
            (self.online, Tally::Online),
            (self.locked, Tally::Locked),
            (self.development, Tally::Development),
            (self.pending, Tally::Pending),
            (self.failing, Tally::Failing),
        ];
        let flags = flags.into_iter().filter_map(|(wanted, tally)| {
            wanted.map(|on| if on { (tally, None) } else { (Tally::Members, Some(tally)) })
        });
        flags.chain(self.version.map(|version| (Tally::Version(version), None))).collect()
    }
}

impl Console<'_> {
    /// The fleet in numbers (R-SEE-1).
    ///
    /// # Errors
    /// `not_found`.
    pub fn summary(&self, product: ProductId) -> Result<Summary, Error> {
        let mut sums: BTreeMap<Tally, i64> = BTreeMap::new();
        let counters =
            |_: &Product| Ok((self.fleet.store().scan(&Key::tallies(product))?, self.device_count(product)?));
        let (rows, count) = self.read(Command::ReadProduct, product, counters)?;
        let held = count.held(self.now, None);
        for row in rows {
            if let (Key::Tally(_, tally, _), Record::Counter(value)) = (row.key, row.record) {
                *sums.entry(tally).or_default() += value;
            }
        }
        let sum = |tally| sums.get(&tally).map_or(0, |sum| u64::try_from(*sum).unwrap_or(0));
        let versions = sums.iter().filter_map(|(tally, sum)| match (tally, u64::try_from(*sum)) {
            (Tally::Version(version), Ok(devices @ 1..)) => Some((*version, devices)),
            _ => None,
        });
        Ok(Summary {
            devices: sum(Tally::Members),
            online: sum(Tally::Online),
            never_seen: sum(Tally::NeverSeen),
            versions: versions.collect(),
            no_version: sum(Tally::NoVersion),
            image_differs: sum(Tally::ImageDiffers),
            pending: sum(Tally::Pending),
            failing: sum(Tally::Failing),
            locked: sum(Tally::Locked),
            development: sum(Tally::Development),
            wrong_platform: sum(Tally::WrongPlatform),
            quarantined: sum(Tally::Quarantined),
            denied: sum(Tally::Denied),
            held_places: held.map_or(0, |(places, _)| places),
        })
    }

    /// The devices that a filter wants, in order of their ids, `limit` (1 to 1,000) a page, after the one that the page
    /// before ended with (R-SEE-2).
    ///
    /// # Errors
    /// `not_found`; `invalid` for a limit out of its range.
    pub fn devices(
        &self,
        product: ProductId,
        filter: &DeviceFilter,
        after: Option<DeviceId>,
        limit: usize,
    ) -> Result<Page<DeviceView, DeviceId>, Error> {
        check_page(limit)?;
        self.read(Command::ReadProduct, product, |record| self.devices_of(record, filter, after, limit))
    }

    fn devices_of(
        &self,
        record: &Product,
        filter: &DeviceFilter,
        after: Option<DeviceId>,
        limit: usize,
    ) -> Result<Page<DeviceView, DeviceId>, Error> {
        let product = record.id;
        let unnamed = self.device_count(product)?.unnamed;
        let ids = if unnamed && filter.prefix.is_some() { Some(filter.ids()) } else { None };
        if ids == Some(None)
            || filter.group.is_some_and(|group| !record.groups.contains_key(&group))
            || !self.may_find(product, filter)?
        {
            return Ok(Page::new(Vec::new(), None));
        }
        let ids = ids.flatten();
        let of_prefix = |(first, last)| Range::new(Key::Device(product, first), Key::Device(product, last));
        let mut range = ids.map_or(Key::devices(product), of_prefix).limit(MAX_PAGE);
        if let Some(after) = after.filter(|after| ids.is_none_or(|(first, _)| *after >= first)) {
            range = range.after(Key::Device(product, after));
        }
        let mut items = Vec::new();
        loop {
            let rows = self.fleet.store().scan(&range)?;
            let Some(last) = rows.last().map(|row| row.key.clone()) else { return Ok(Page::new(items, None)) };
            for row in rows {
                let (Key::Device(_, id), Record::Device(device)) = (row.key, row.record) else { continue };
                let view = DeviceView::new(record, id, device);
                if filter.wants(id, &view.row) {
                    if items.len() == limit {
                        let next = items.last().map(|view: &DeviceView| view.id);
                        return Ok(Page::new(items, next));
                    }
                    items.push(view);
                }
            }
            range = range.after(last);
        }
    }
}

impl Console<'_> {
    fn device_count(&self, product: ProductId) -> Result<DeviceCount, Error> {
        self.fleet.transact(|tx| Ok(*tx.get::<Box<DeviceCount>>(product)?.unwrap_or_default()))
    }

    /// Whether a filter can find anything: not where a counter of what it asks for is 0.
    fn may_find(&self, product: ProductId, filter: &DeviceFilter) -> Result<bool, Error> {
        let wanted = filter.counted();
        let tallies = wanted.iter().flat_map(|(one, but)| [Some(*one), *but]).flatten();
        let keys = tallies.flat_map(|tally| (0..SLOTS).map(move |slot| Key::Tally(product, tally, slot)));
        let mut rows = self.fleet.store().get(&keys.collect::<Vec<_>>())?.into_iter();
        let mut sum = || {
            rows.by_ref().take(SLOTS.into()).fold(0_i64, |sum, row| match row.map(|row| row.record) {
                Some(Record::Counter(value)) => sum.saturating_add(value),
                _ => sum,
            })
        };
        Ok(wanted.iter().all(|(_, but)| {
            let all = sum();
            all.saturating_sub(if but.is_some() { sum() } else { 0 }) > 0
        }))
    }
}

/// Whether a page may have so many items.
pub(crate) fn check_page(limit: usize) -> Result<(), Error> {
    if (1..=MAX_PAGE).contains(&limit) {
        Ok(())
    } else {
        Err(Error::invalid("limit", format!("is {limit}; give 1 to {MAX_PAGE} items a page")))
    }
}
