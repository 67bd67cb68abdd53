//! Queries of a fleet (R-SEE): counts whose cost does not depend on the fleet's size, and lists by page.

use crate::Error;
use crate::device::tally::SLOTS;
use crate::device::{Device, DeviceCount, DeviceId, DeviceView, MAX_PAGE, Page, Standing, check_page, move_name};
use crate::fleet::{Console, ProductConsole};
use crate::product::{GroupId, Product, ProductId};
use crate::store::{Key, Range, Record, Row, Tally};
use crate::team::Command;
use crate::text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Maximum number of names with a prefix that are collected. If more devices have such a name, scanning all devices
/// soon finds enough for a page.
const MOST_NAMES: usize = 10_000;

/// Number of names that one commit indexes. It is small, because each device that connects meanwhile makes the commit
/// conflict and retry.
const NAMES_AT_ONCE: usize = 64;

/// A fleet in numbers (R-SEE-1). Updated with each change, so the cost of reading it depends only on the number of
/// versions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// Number of devices in the product.
    pub devices: u64,
    /// Number of these that are connected now.
    pub online: u64,
    /// Number of these that were not seen since they were added.
    pub never_seen: u64,
    /// Number of devices by the version that they report.
    pub versions: BTreeMap<u16, u64>,
    /// Number of devices that report no version.
    pub no_version: u64,
    /// Number of devices that run another image than the one uploaded under their version (R-TGT-5).
    pub image_differs: u64,
    /// Number of devices with an update under way.
    pub pending: u64,
    /// Number of devices whose latest attempts failed.
    pub failing: u64,
    /// Number of devices that are locked to a version.
    pub locked: u64,
    /// Number of development devices.
    pub development: u64,
    /// Number of devices that are held because their hardware is not the product's.
    pub wrong_platform: u64,
    /// Number of devices that wait for approval.
    pub quarantined: u64,
    /// Number of denied devices.
    pub denied: u64,
    /// Capacity that imports under way, or interrupted ones, have reserved for devices that they have yet to add
    /// (R-IMP-13).
    pub held_places: u64,
}

/// Selects the devices to list; a device must meet every criterion that is set. The default selects all devices in the
/// product.
///
/// ```
/// use fleet_core::device::DeviceFilter;
///
/// let filter = DeviceFilter::new().version(2).offline();
/// assert_eq!((filter.version, filter.online), (Some(2), Some(false)));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceFilter {
    /// By standing. `None` selects devices in the product.
    pub standing: Option<Standing>,
    /// Whether connected.
    pub online: Option<bool>,
    /// By the version that the device reports.
    pub version: Option<u16>,
    /// By group.
    pub group: Option<GroupId>,
    /// Whether locked.
    pub locked: Option<bool>,
    /// Whether marked for development.
    pub development: Option<bool>,
    /// Whether an update is under way.
    pub pending: Option<bool>,
    /// Whether the latest attempts failed.
    pub failing: Option<bool>,
    /// By the beginning of the name or id, ignoring case.
    pub prefix: Option<String>,
}

impl DeviceFilter {
    /// Selects all devices in the product.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Selects devices of this standing, instead of devices in the product.
    #[must_use]
    pub fn standing(self, standing: Standing) -> Self {
        Self { standing: Some(standing), ..self }
    }

    /// Selects devices that are connected.
    #[must_use]
    pub fn online(self) -> Self {
        Self { online: Some(true), ..self }
    }

    /// Selects devices that are not connected.
    #[must_use]
    pub fn offline(self) -> Self {
        Self { online: Some(false), ..self }
    }

    /// Selects devices that report this version.
    #[must_use]
    pub fn version(self, version: u16) -> Self {
        Self { version: Some(version), ..self }
    }

    /// Selects devices in this group.
    #[must_use]
    pub fn group(self, group: GroupId) -> Self {
        Self { group: Some(group), ..self }
    }

    /// Selects devices that are locked to a version.
    #[must_use]
    pub fn locked(self) -> Self {
        Self { locked: Some(true), ..self }
    }

    /// Selects devices that are not locked.
    #[must_use]
    pub fn unlocked(self) -> Self {
        Self { locked: Some(false), ..self }
    }

    /// Selects devices marked for development.
    #[must_use]
    pub fn development(self) -> Self {
        Self { development: Some(true), ..self }
    }

    /// Selects devices without the mark for development.
    #[must_use]
    pub fn not_development(self) -> Self {
        Self { development: Some(false), ..self }
    }

    /// Selects devices with an update under way.
    #[must_use]
    pub fn pending(self) -> Self {
        Self { pending: Some(true), ..self }
    }

    /// Selects devices without an update under way.
    #[must_use]
    pub fn not_pending(self) -> Self {
        Self { pending: Some(false), ..self }
    }

    /// Selects devices whose latest attempts failed.
    #[must_use]
    pub fn failing(self) -> Self {
        Self { failing: Some(true), ..self }
    }

    /// Selects devices whose latest attempt did not fail.
    #[must_use]
    pub fn not_failing(self) -> Self {
        Self { failing: Some(false), ..self }
    }

    /// Selects devices whose name or id begins with this, ignoring case.
    #[must_use]
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: Some(prefix.into()), ..self }
    }

    /// Whether the filter selects a device.
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

/// The first and the last id with a prefix; `None` if no id can have it.
fn ids_of(prefix: &str) -> Option<(DeviceId, DeviceId)> {
    if prefix.len() > 24 {
        return None;
    }
    let first = DeviceId::from_hex(format!("{prefix:0<24}").as_bytes())?;
    let last = DeviceId::from_hex(format!("{prefix:f<24}").as_bytes())?;
    Some((first, last))
}

/// The devices of a product that match a prefix.
struct PrefixMatches {
    /// The range of ids that have the prefix.
    ids: Option<(DeviceId, DeviceId)>,
    /// The devices whose names have the prefix but whose ids do not, in order.
    named: Vec<DeviceId>,
}

/// A page under construction, filled in order of device ids.
struct PageBuilder<'f> {
    product: &'f Product,
    filter: &'f DeviceFilter,
    limit: usize,
    items: Vec<DeviceView>,
    /// Whether a device of the next page was found.
    is_full: bool,
}

impl PageBuilder<'_> {
    fn add(&mut self, row: Row) {
        let (Key::Device(_, id), Record::Device(device)) = (row.key, row.record) else { return };
        let view = DeviceView::new(self.product, id, device);
        if self.is_full || !self.filter.wants(id, &view.row) {
            return;
        }
        if self.items.len() == self.limit {
            self.is_full = true;
        } else {
            self.items.push(view);
        }
    }

    fn page(self) -> Page<DeviceView, DeviceId> {
        let next = self.items.last().filter(|_| self.is_full).map(|view| view.id);
        Page::new(self.items, next)
    }
}

impl DeviceFilter {
    /// The counters of the criteria, each minus another. If one of them is 0, no device matches.
    fn counters(&self) -> Vec<(Tally, Option<Tally>)> {
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

impl ProductConsole<'_> {
    /// Returns the fleet in numbers (R-SEE-1).
    ///
    /// # Errors
    /// `not_found`.
    pub fn summary(&self) -> Result<Summary, Error> {
        let Self { console, product } = *self;
        let mut sums: BTreeMap<Tally, i64> = BTreeMap::new();
        let counters =
            |_: &Product| Ok((console.fleet.store().scan(&Key::tallies(product))?, console.device_count(product)?));
        let (rows, count) = console.read(Command::ReadProduct, product, counters)?;
        let reserved = count.reserved(console.now, None);
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
            held_places: reserved.map_or(0, |(capacity, _)| capacity),
        })
    }

    /// Lists the devices that a filter selects, in order of their ids, `limit` (1 to 1,000) per page. `after` is the
    /// cursor of the previous page (R-SEE-2).
    ///
    /// # Errors
    /// `not_found`; `invalid` for a limit out of range.
    pub fn devices(
        &self,
        filter: &DeviceFilter,
        after: Option<DeviceId>,
        limit: usize,
    ) -> Result<Page<DeviceView, DeviceId>, Error> {
        let Self { console, product } = *self;
        check_page(limit)?;
        console.read(Command::ReadProduct, product, |record| console.devices_of(record, filter, after, limit))
    }
}

impl Console<'_> {
    fn devices_of(
        &self,
        record: &Product,
        filter: &DeviceFilter,
        after: Option<DeviceId>,
        limit: usize,
    ) -> Result<Page<DeviceView, DeviceId>, Error> {
        let product = record.id;
        let mut page = PageBuilder { product: record, filter, limit, items: Vec::new(), is_full: false };
        if filter.group.is_some_and(|group| !record.groups.contains_key(&group)) || !self.may_match(product, filter)? {
            return Ok(page.page());
        }
        let behind = |range: Range| match after {
            Some(after) => range.after(Key::Device(product, after)),
            None => range,
        };
        let Some(PrefixMatches { ids, mut named }) = self.prefix_matches(product, filter)? else {
            self.fill_from_range(behind(Key::devices(product)), &mut page)?;
            return Ok(page.page());
        };
        named.retain(|id| after.is_none_or(|after| *id > after));
        let (before, later) = named.split_at(ids.map_or(0, |(first, _)| named.partition_point(|id| *id < first)));
        self.fill_from_ids(product, before, &mut page)?;
        if let Some((first, last)) = ids {
            let range = Range::new(Key::Device(product, first), Key::Device(product, last));
            let range = if after.is_some_and(|after| after >= first) { behind(range) } else { range };
            self.fill_from_range(range, &mut page)?;
        }
        self.fill_from_ids(product, later, &mut page)?;
        Ok(page.page())
    }

    /// Fills a page from all devices of a range.
    fn fill_from_range(&self, range: Range, page: &mut PageBuilder<'_>) -> Result<(), Error> {
        let mut range = range.limit(MAX_PAGE);
        while !page.is_full {
            let rows = self.fleet.store().scan(&range)?;
            let Some(last) = rows.last().map(|row| row.key.clone()) else { break };
            rows.into_iter().for_each(|row| page.add(row));
            range = range.after(last);
        }
        Ok(())
    }

    /// Fills a page from the given devices.
    fn fill_from_ids(&self, product: ProductId, devices: &[DeviceId], page: &mut PageBuilder<'_>) -> Result<(), Error> {
        for some in devices.chunks(page.limit + 1) {
            if page.is_full {
                break;
            }
            let keys: Vec<Key> = some.iter().map(|id| Key::Device(product, *id)).collect();
            self.fleet.store().get(&keys)?.into_iter().flatten().for_each(|row| page.add(row));
        }
        Ok(())
    }

    /// The devices that a filter's prefix can match. `None` means that any device may match, or too many do.
    fn prefix_matches(&self, product: ProductId, filter: &DeviceFilter) -> Result<Option<PrefixMatches>, Error> {
        let Some(prefix) = filter.prefix.as_deref().map(text::compared).filter(|prefix| !prefix.is_empty()) else {
            return Ok(None);
        };
        // If the names cannot be indexed now, all devices are scanned.
        if !self.device_count(product)?.names_indexed && self.index_names(product).is_err() {
            return Ok(None);
        }
        let ids = ids_of(&prefix);
        let (mut named, mut read) = (Vec::new(), 0);
        let mut range = Key::device_names(product, &prefix).limit(MAX_PAGE);
        loop {
            let rows = self.fleet.store().scan(&range)?;
            let Some(last) = rows.last().map(|row| row.key.clone()) else { break };
            read += rows.len();
            if read > MOST_NAMES {
                return Ok(None);
            }
            named.extend(rows.into_iter().filter_map(|row| match row.key {
                Key::DeviceName(_, named) => Some(named.device),
                _ => None,
            }));
            range = range.after(last);
        }
        named.retain(|id| ids.is_none_or(|(first, last)| !(first..=last).contains(id)));
        named.sort_unstable();
        Ok(Some(PrefixMatches { ids, named }))
    }

    /// Indexes, once, the names that devices of the product were given under an earlier version. From then on, a list
    /// by prefix uses the index.
    fn index_names(&self, product: ProductId) -> Result<(), Error> {
        let mut range = Key::devices(product).limit(MAX_PAGE);
        loop {
            let rows = self.fleet.store().scan(&range)?;
            let Some(last) = rows.last().map(|row| row.key.clone()) else { break };
            let named = rows.iter().filter_map(|row| match (&row.key, &row.record) {
                (Key::Device(_, id), Record::Device(device)) if !device.name().is_empty() => Some(*id),
                _ => None,
            });
            let named: Vec<DeviceId> = named.collect();
            for some in named.chunks(self.fleet.at_once(NAMES_AT_ONCE)) {
                self.fleet.transact(|tx| {
                    tx.load(some.iter().map(|id| Key::Device(product, *id)))?;
                    for id in some {
                        // Reads the row again: a commit that renames the device meanwhile indexes the new name itself.
                        if let Some(device) = tx.get::<Device>((product, *id))? {
                            move_name(tx, product, *id, "", device.name());
                        }
                    }
                    Ok(())
                })?;
            }
            range = range.after(last);
        }
        self.fleet.transact(|tx| {
            let mut count: Box<DeviceCount> = tx.get(product)?.unwrap_or_default();
            count.names_indexed = true;
            tx.put(product, count);
            Ok(())
        })
    }
}

impl Console<'_> {
    fn device_count(&self, product: ProductId) -> Result<DeviceCount, Error> {
        self.fleet.transact(|tx| Ok(*tx.get::<Box<DeviceCount>>(product)?.unwrap_or_default()))
    }

    /// Whether a filter can match anything: it cannot if a counter of one of its criteria is 0.
    fn may_match(&self, product: ProductId, filter: &DeviceFilter) -> Result<bool, Error> {
        let wanted = filter.counters();
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
