//! A naive model of a fleet by RULES.md, in plain structs and loops: slow, short, and written without looking at the
//! core, so that the two can be compared.

#![allow(dead_code, reason = "each test file takes its share")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a model that breaks is a test that fails")]

use fleet_core::device::{Device, ImageSeen, PlatformSeen, Progress, Seen, Standing, UpdateResult};
use fleet_core::firmware::{Change, Hold, Rule};
use fleet_core::product::GroupId;
use fleet_core::{FirmwareVersion, Platform, Policy, Sha256, SystemVersion, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Small numbers stand for accounts, devices and products.
pub(crate) type AccountNumber = u64;
pub(crate) type DeviceNumber = u32;
pub(crate) type ProductNumber = u32;

/// An error's code.
pub(crate) type Code = &'static str;

const BEGINNING: Timestamp = Timestamp::from_millis(i64::MIN);

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Who {
    Account(AccountNumber),
    Operator,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) products: BTreeMap<ProductNumber, Product>,
    pub(crate) registry: BTreeMap<DeviceNumber, Entry>,
    pub(crate) next_product: ProductNumber,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Entry {
    pub(crate) product: Option<ProductNumber>,
    pub(crate) claimed_by: Option<AccountNumber>,
    pub(crate) platform: Option<Platform>,
    pub(crate) registered: bool,
    /// The highest security counter confirmed in products that it has left.
    pub(crate) counter: u32,
    /// The number of its latest directive in products that it has left.
    pub(crate) sequence: u32,
    /// The order of its connections, while it is in no product.
    pub(crate) marks: Option<Marks>,
}

#[derive(Clone, Debug)]
pub(crate) struct Product {
    pub(crate) owner: AccountNumber,
    pub(crate) platform: Platform,
    pub(crate) limit: Option<u64>,
    pub(crate) policy: Policy,
    pub(crate) release: Option<u16>,
    pub(crate) groups: BTreeMap<u16, Option<u16>>,
    pub(crate) next_group: u16,
    pub(crate) highest: u16,
    pub(crate) firmware: BTreeMap<u16, Firmware>,
    pub(crate) rows: BTreeMap<DeviceNumber, Row>,
    pub(crate) removed: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Firmware {
    pub(crate) title: String,
    pub(crate) sha256: Sha256,
    pub(crate) size: u64,
    pub(crate) counter: u32,
    pub(crate) requires: Option<semver::VersionReq>,
    /// The lowest and the highest revision of the chip.
    pub(crate) chips: (Option<u16>, Option<u16>),
    pub(crate) uploaded_at: Timestamp,
    pub(crate) proven: bool,
    pub(crate) released: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) standing: Standing,
    pub(crate) development: bool,
    pub(crate) forced: bool,
    pub(crate) failures: u8,
    pub(crate) lock: Option<u16>,
    pub(crate) sequence: u32,
    pub(crate) counter: u32,
    pub(crate) system: Option<SystemVersion>,
    pub(crate) groups: BTreeSet<u16>,
    pub(crate) seen: Option<Seen>,
    pub(crate) attempt: Option<(u16, Option<u16>, Progress)>,
    pub(crate) outcome: Option<(u16, UpdateResult)>,
    pub(crate) newest: Mark,
    pub(crate) ended: Mark,
    pub(crate) listed: PlatformSeen,
    pub(crate) relapses: u8,
    pub(crate) chip: Option<u16>,
}

/// A session and a moment in the order of a device's connections, each if known.
pub(crate) type Mark = (u64, Option<Timestamp>);

/// The newest connection and the latest that has ended.
pub(crate) type Marks = (Mark, Mark);

fn both(a: Mark, b: Mark) -> Mark {
    (a.0.max(b.0), a.1.max(b.1))
}

/// Returns what a mark adds to a known one.
fn beyond(mark: Mark, known: Mark) -> Mark {
    if mark.0 != 0 && known.0 != 0 {
        return if mark.0 > known.0 { mark } else { (0, None) };
    }
    (mark.0, mark.1.filter(|at| known.1.is_none_or(|known| *at > known)))
}

/// A report, or the end of a connection, to compare with marks (R-TGT-17).
#[derive(Clone, Copy)]
struct Order {
    session: u64,
    own: Option<Timestamp>,
    now: Timestamp,
}

impl Order {
    fn new(session: u64, own: Option<Timestamp>, now: Timestamp) -> Self {
        Self { session, own: own.map(|own| own.min(now)), now }
    }

    fn at(self) -> Timestamp {
        self.own.unwrap_or(self.now)
    }

    /// A clock that was more than ten minutes ahead does not order anything.
    fn counts(self, at: Timestamp) -> bool {
        at.as_millis() <= self.now.as_millis().saturating_add(600_000)
    }

    fn moments(self, mark: Mark, holds: fn(&Timestamp, &Timestamp) -> bool) -> bool {
        matches!((self.own, mark.1), (Some(own), Some(at)) if self.counts(at) && holds(&own, &at))
    }

    fn before(self, mark: Mark) -> bool {
        if self.session != 0 && mark.0 != 0 && self.session != mark.0 {
            return self.session < mark.0;
        }
        self.moments(mark, Timestamp::lt)
    }

    fn up_to(self, mark: Mark) -> bool {
        if self.session != 0 && mark.0 != 0 { self.session <= mark.0 } else { self.moments(mark, Timestamp::le) }
    }
}

/// An answer, with numbers in place of ids.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    UpToDate { rule: Rule, kept_back: Option<u16>, image_differs: bool },
    Update { version: u16, sequence: u32, sha256: Sha256, size: u64, rule: Rule, kept_back: Option<u16> },
    Held { hold: Hold, target: Option<(u16, Rule)> },
}

/// Result of a connect.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ConnectOutcome {
    pub(crate) product: Option<ProductNumber>,
    pub(crate) answer: Answer,
    pub(crate) ended: Option<UpdateResult>,
}

/// A report of a device.
#[derive(Clone, Debug)]
pub(crate) struct ReportFacts {
    pub(crate) device: DeviceNumber,
    pub(crate) product: Option<u32>,
    pub(crate) version: Option<u16>,
    pub(crate) image: Option<Sha256>,
    pub(crate) platform: Option<Platform>,
    pub(crate) system: Option<SystemVersion>,
    pub(crate) counter: Option<u32>,
    pub(crate) takes_updates: bool,
    pub(crate) session: u64,
    pub(crate) at: Option<Timestamp>,
}

/// Decision of targeting: nothing, a version that already runs, one to send, or a hold.
pub(crate) enum Decided {
    UpToDate { rule: Rule, kept_back: Option<u16>, image_differs: bool },
    Send { version: u16, rule: Rule, kept_back: Option<u16> },
    Held { hold: Hold, target: Option<(u16, Rule)> },
}

impl Row {
    fn new(standing: Standing) -> Self {
        Self {
            standing,
            development: false,
            forced: false,
            failures: 0,
            lock: None,
            sequence: 0,
            counter: 0,
            system: None,
            groups: BTreeSet::new(),
            seen: None,
            attempt: None,
            outcome: None,
            newest: (0, None),
            ended: (0, None),
            listed: PlatformSeen::Unknown,
            relapses: 0,
            chip: None,
        }
    }

    pub(crate) fn of(device: &Device) -> Self {
        Self {
            standing: device.standing,
            development: device.development,
            forced: device.forced,
            failures: device.failures,
            lock: device.lock.map(FirmwareVersion::get),
            sequence: device.sequence,
            counter: device.security_counter,
            system: device.system.clone(),
            groups: device.groups().map(GroupId::get).collect(),
            seen: device.seen,
            attempt: device.attempt.map(|attempt| (attempt.target.get(), attempt.from, attempt.progress)),
            outcome: device.outcome.map(|outcome| (outcome.target.get(), outcome.result)),
            newest: (device.trail.get().newest.session(), device.trail.get().newest.at()),
            ended: (device.trail.get().ended.session(), device.trail.get().ended.at()),
            listed: device.listed,
            relapses: device.relapses,
            chip: device.chip_revision,
        }
    }

    fn runs(&self) -> Option<u16> {
        self.seen.and_then(|seen| seen.version).filter(|version| ![0, 65_535].contains(version))
    }

    fn hardware(&self) -> PlatformSeen {
        match self.seen {
            Some(Seen { platform: PlatformSeen::Unknown, .. }) | None => self.listed,
            Some(seen) => seen.platform,
        }
    }

    fn know_hardware(&mut self, platform: PlatformSeen) {
        self.listed = platform;
        if let Some(seen) = &mut self.seen {
            seen.platform = platform;
        }
    }

    fn latest_mark(&self) -> Option<Mark> {
        self.seen.map(|seen| (seen.session, Some(seen.at)))
    }

    /// R-TGT-17.
    fn knows_better(&self, order: Order) -> bool {
        order.up_to(self.newest) || self.latest_mark().is_some_and(|latest| order.before(latest))
    }

    fn marks(&self) -> Marks {
        let Some(seen) = self.seen else { return (self.newest, self.ended) };
        let is_gone = !seen.online && self.ended == (0, None);
        (
            (self.newest.0.max(seen.session), self.newest.1.or(Some(seen.at))),
            if is_gone { (seen.session, Some(seen.at)) } else { self.ended },
        )
    }

    fn follow(&mut self, marks: Marks) {
        let newest = both(self.newest, marks.0);
        self.newest = self.latest_mark().map_or(newest, |latest| beyond(newest, latest));
        self.ended = both(self.ended, marks.1);
    }

    fn end_connection(&mut self, order: Order) {
        let is_older = self.latest_mark().is_some_and(|latest| {
            if order.session != 0 && latest.0 != 0 { order.session < latest.0 } else { order.before(latest) }
        });
        if is_older || order.up_to(self.newest) {
            return;
        }
        let session = if order.session != 0 { order.session } else { self.marks().0.0 };
        let later = self.ended.1.filter(|at| order.counts(*at)).max(Some(order.at()));
        self.ended = (session.max(self.ended.0), later);
        if let Some(seen) = &mut self.seen {
            seen.online = false;
        }
    }

    /// Copies the registry's data into the row of the product that the device joins.
    fn join(&mut self, entry: &mut Entry, product: &Platform) {
        if let Some(platform) = &entry.platform {
            self.know_hardware(if platform == product { PlatformSeen::Matches } else { PlatformSeen::Differs });
        }
        self.take_numbers(entry);
    }

    fn take_numbers(&mut self, entry: &mut Entry) {
        self.counter = self.counter.max(entry.counter);
        self.sequence = self.sequence.max(entry.sequence);
        if let Some(marks) = entry.marks.take() {
            self.follow(marks);
        }
    }

    /// R-TGT-7.
    fn end(&mut self, result: UpdateResult) -> Option<UpdateResult> {
        let (target, ..) = self.attempt.take()?;
        self.outcome = Some((target, result));
        match result {
            UpdateResult::Succeeded => (self.failures, self.forced) = (0, false),
            UpdateResult::Withdrawn => {}
            _ => self.failures = self.failures.saturating_add(1),
        }
        Some(result)
    }
}

impl Entry {
    fn keep(&mut self, marks: Marks) {
        let (newest, ended) = self.marks.unwrap_or_default();
        let kept = (both(newest, marks.0), both(ended, marks.1));
        self.marks = Some(kept).filter(|kept| *kept != Marks::default());
    }

    fn leave(&mut self, row: &Row) {
        self.counter = self.counter.max(row.counter);
        self.sequence = self.sequence.max(row.sequence);
        self.keep(row.marks());
    }
}

impl Product {
    fn members(&self) -> u64 {
        self.rows.values().filter(|row| row.standing == Standing::Member).count() as u64
    }

    fn has_places_for(&self, new: u64) -> bool {
        new == 0 || self.limit.is_none_or(|limit| self.members() + new <= limit)
    }

    /// R-TGT-4, 5, 9, 14, 15, R-IMP-9 to 12.
    pub(crate) fn decide(&self, row: &Row) -> Decided {
        let held = |hold| Decided::Held { hold, target: None };
        if row.standing == Standing::Denied {
            return held(Hold::Denied);
        }
        if row.standing == Standing::Quarantined {
            return held(Hold::Quarantined { full: false });
        }
        if row.hardware() == PlatformSeen::Differs {
            return held(Hold::OtherPlatform { product: self.platform.clone(), device: None });
        }
        if row.development {
            return held(Hold::Development);
        }
        // The rules that name a version, by precedence.
        let mut targets = Vec::new();
        targets.extend(row.lock.map(|version| (version, Rule::Lock)));
        // The highest version among its groups' releases; of groups with the same version, the first.
        let mut of_groups: Option<(u16, u16)> = None;
        for group in &row.groups {
            if let Some(Some(version)) = self.groups.get(group)
                && of_groups.is_none_or(|(highest, _)| *version > highest)
            {
                of_groups = Some((*version, *group));
            }
        }
        targets.extend(of_groups.map(|(version, group)| (version, Rule::GroupRelease(GroupId::new(group)))));
        targets.extend(self.release.map(|version| (version, Rule::Release)));
        let Some((version, rule)) = targets.first().copied() else {
            return Decided::UpToDate { rule: Rule::NoRelease, kept_back: None, image_differs: false };
        };
        // R-TGT-6: the version that it would get, or would be right to run, without the first rule.
        let kept_back = targets.get(1).map(|(other, _)| *other).filter(|other| {
            *other != version
                && (row.runs() == Some(*other) || self.firmware.contains_key(other) && self.hold(row, *other).is_none())
        });
        if row.runs() == Some(version) {
            let image_differs = row.seen.is_some_and(|seen| seen.image == ImageSeen::Differs);
            return Decided::UpToDate { rule, kept_back, image_differs };
        }
        if !self.firmware.contains_key(&version) {
            return Decided::UpToDate { rule: Rule::NoRelease, kept_back: Some(version), image_differs: false };
        }
        match self.hold(row, version) {
            Some(hold) => Decided::Held { hold, target: Some((version, rule)) },
            None => Decided::Send { version, rule, kept_back },
        }
    }

    /// Returns the reason that keeps a new version from a device.
    fn hold(&self, row: &Row, version: u16) -> Option<Hold> {
        let firmware = &self.firmware[&version];
        if let (Some(chip), (min, max)) = (row.chip, firmware.chips)
            && (chip < min.unwrap_or(0) || max.is_some_and(|max| chip > max))
        {
            let (min_chip_revision, max_chip_revision) = firmware.chips;
            return Some(Hold::ChipRevision { chip_revision: chip, min_chip_revision, max_chip_revision });
        }
        if self.policy.forbid_downgrades && row.runs().is_some_and(|runs| runs > version) {
            return Some(Hold::DowngradeForbidden { from: row.runs().unwrap() });
        }
        if firmware.counter < row.counter {
            return Some(Hold::SecurityCounter { image: firmware.counter, confirmed: row.counter });
        }
        if let Some(requires) = &firmware.requires {
            let fits = row.system.as_ref().is_some_and(|system| system.meets(requires));
            if !fits {
                return Some(Hold::SystemVersion { requires: requires.clone(), reported: row.system.clone() });
            }
        }
        if row.relapses >= 3 && row.outcome.is_some_and(|(target, _)| target == version) && !row.forced {
            return Some(Hold::TwoDevices);
        }
        (row.seen.is_some_and(|seen| !seen.takes_updates) && !row.forced).then_some(Hold::TakesNoUpdates)
    }

    /// R-IMG-9: returns the answer to a device, and stores its pending directive.
    fn answer(&self, row: &mut Row) -> Answer {
        match self.decide(row) {
            Decided::UpToDate { rule, kept_back, image_differs } => Answer::UpToDate { rule, kept_back, image_differs },
            Decided::Held { hold, target } => Answer::Held { hold, target },
            Decided::Send { version, rule, kept_back } => {
                if row.attempt.is_none_or(|(target, ..)| target != version) {
                    row.end(UpdateResult::Withdrawn);
                    // R-TGT-8: a new target starts anew.
                    if row.outcome.is_some_and(|(target, _)| target != version) {
                        (row.failures, row.relapses) = (0, 0);
                    }
                    row.sequence = row.sequence.wrapping_add(1);
                    row.attempt = Some((version, row.runs(), Progress::Offered));
                }
                let Firmware { sha256, size, .. } = self.firmware[&version];
                Answer::Update { version, sequence: row.sequence, sha256, size, rule, kept_back }
            }
        }
    }

    /// Whether a device should run a version.
    fn wants(&self, row: &Row, version: u16) -> bool {
        match self.decide(row) {
            Decided::Send { version: to, .. } | Decided::Held { target: Some((to, _)), .. } => to == version,
            Decided::Held { target: None, .. } => false,
            Decided::UpToDate { rule, .. } => rule != Rule::NoRelease && row.runs() == Some(version),
        }
    }

    /// R-TGT-7: a version that is no longer targeted is neither pending nor failing.
    fn withdraw(&self, row: &mut Row) {
        if row.attempt.is_some_and(|(target, ..)| !self.wants(row, target)) {
            row.end(UpdateResult::Withdrawn);
        }
        if row.outcome.is_some_and(|(target, _)| !self.wants(row, target)) {
            (row.failures, row.relapses) = (0, 0);
        }
    }

    /// Applies a report to a row. Returns `None` if the row has newer data.
    fn apply(&self, row: &mut Row, report: &ReportFacts, now: Timestamp) -> Option<(Answer, Option<UpdateResult>)> {
        let order = Order::new(report.session, report.at, now);
        if row.knows_better(order) {
            return None;
        }
        let before = row.seen;
        let again = before.is_some_and(|seen| {
            seen.session == report.session && if report.session == 0 { order.own == Some(seen.at) } else { true }
        });
        let at = if again && report.at.is_none() { before.unwrap().at } else { order.at() };
        let version = report.version.filter(|version| ![0, 65_535].contains(version));
        let firmware = version.and_then(|version| self.firmware.get(&version));
        let image = match (firmware, report.image) {
            (Some(firmware), Some(hash)) if firmware.sha256 == hash => ImageSeen::Matches,
            (Some(_), Some(_)) => ImageSeen::Differs,
            _ => ImageSeen::Unknown,
        };
        if let Some(platform) = &report.platform {
            let is_same = *platform == self.platform;
            row.know_hardware(if is_same { PlatformSeen::Matches } else { PlatformSeen::Differs });
        }
        // A repeated or late connect of an ended session does not bring it back.
        let online = !order.up_to(row.ended) && before.filter(|_| again).is_none_or(|seen| seen.online);
        let highest = before.map_or(0, |seen| seen.session).max(row.newest.0).max(row.ended.0);
        row.newest = (if report.session == 0 { highest } else { 0 }, None);
        if online {
            row.ended = (0, None);
        }
        row.seen = Some(Seen {
            at,
            session: report.session,
            // R-TGT-2: a soak belongs to an image.
            version_since: before
                .filter(|seen| seen.version == version)
                .filter(|seen| (seen.image == ImageSeen::Differs) == (image == ImageSeen::Differs))
                .map_or(at, |seen| seen.version_since)
                // A live or numbered report counts as made after the upload.
                .max(firmware.filter(|_| report.at.is_none()).map_or(BEGINNING, |firmware| firmware.uploaded_at)),
            version,
            image,
            platform: row.hardware(),
            takes_updates: report.takes_updates,
            online,
        });
        row.system = report.system.clone().or(row.system.take());
        let carried = firmware.filter(|_| image != ImageSeen::Differs).map_or(0, |firmware| firmware.counter);
        let stored = report.counter.filter(|counter| *counter != u32::MAX).unwrap_or(0);
        row.counter = row.counter.max(carried).max(stored);
        if let (Some(seen), Some((target, UpdateResult::Succeeded)), None) = (before, row.outcome, row.attempt)
            && seen.version == Some(target)
            && version != seen.version
        {
            let is_soon = at.since(seen.version_since).as_secs() <= 86_400;
            row.relapses = if is_soon { row.relapses.saturating_add(1) } else { 1 };
        }
        let ended = match row.attempt {
            Some((target, ..)) if version == Some(target) => row.end(UpdateResult::Succeeded),
            Some((target, ..)) if !self.wants(row, target) => row.end(UpdateResult::Withdrawn),
            Some((_, from, _)) if version == from => {
                if again {
                    None
                } else {
                    row.end(UpdateResult::Failed)
                }
            }
            Some(_) => row.end(UpdateResult::RunsAnother),
            // Given up too early: the device's own report counts.
            None => match row.outcome {
                Some((target, result)) if version == Some(target) && result != UpdateResult::Succeeded => {
                    row.attempt = Some((target, None, Progress::Offered));
                    row.end(UpdateResult::Succeeded)
                }
                _ => None,
            },
        };
        self.withdraw(row);
        if let Decided::Send { version, rule, kept_back } = self.decide(row)
            && row.attempt.is_none_or(|(target, ..)| target != version)
        {
            if !online {
                return Some((Answer::Held { hold: Hold::StaleReport, target: Some((version, rule)) }, ended));
            }
            // The same report repeated: its update is over.
            if again && row.attempt.is_none() && row.outcome.is_some_and(|(target, _)| target == version) {
                let Firmware { sha256, size, .. } = self.firmware[&version];
                let sequence = row.sequence;
                return Some((Answer::Update { version, sequence, sha256, size, rule, kept_back }, ended));
            }
        }
        Some((self.answer(row), ended))
    }

    fn prove(&mut self, row: &Row) {
        let Some(seen) = row.seen.filter(|_| row.standing == Standing::Member) else { return };
        if seen.image != ImageSeen::Differs
            && seen.platform != PlatformSeen::Differs
            && let Some(firmware) = seen.version.and_then(|version| self.firmware.get_mut(&version))
            // A live report in the session of an earlier one was made after the upload.
            && seen.at.max(seen.version_since) >= firmware.uploaded_at
        {
            firmware.proven = true;
        }
    }

    /// R-TGT-2.
    fn may_release(&self, version: u16, now: Timestamp) -> bool {
        let (gate, firmware) = (self.policy.gate, &self.firmware[&version]);
        if firmware.released || gate.devices == 0 {
            return true;
        }
        if gate.devices == 1 && gate.soak.is_zero() && firmware.proven {
            return true;
        }
        let runs = |row: &&Row| {
            row.standing == Standing::Member
                && row.seen.is_some_and(|seen| {
                    seen.version == Some(version)
                        && seen.at.max(seen.version_since) >= firmware.uploaded_at
                        && seen.image != ImageSeen::Differs
                        && seen.platform != PlatformSeen::Differs
                        && now.since(seen.version_since.max(firmware.uploaded_at)) >= gate.soak
                })
        };
        self.rows.values().filter(runs).count() as u64 >= u64::from(gate.devices)
    }
}

impl Model {
    pub(crate) fn new() -> Self {
        Self { next_product: 1000, ..Self::default() }
    }

    /// R-TEAM-6.
    pub(crate) fn product(&mut self, id: ProductNumber, who: Who) -> Result<&mut Product, Code> {
        match self.products.get_mut(&id) {
            Some(product) if !product.removed && (who == Who::Operator || who == Who::Account(product.owner)) => {
                Ok(product)
            }
            _ => Err("not_found"),
        }
    }

    fn row(&mut self, id: ProductNumber, who: Who, device: DeviceNumber) -> Result<(&mut Product, Row), Code> {
        let product = self.product(id, who)?;
        let row = product.rows.get(&device).cloned().ok_or("not_found")?;
        Ok((product, row))
    }

    fn member(&mut self, id: ProductNumber, who: Who, device: DeviceNumber) -> Result<(&mut Product, Row), Code> {
        let (product, row) = self.row(id, who, device)?;
        if row.standing == Standing::Member { Ok((product, row)) } else { Err("not_found") }
    }

    pub(crate) fn make_product(
        &mut self,
        wanted: Option<ProductNumber>,
        owner: AccountNumber,
        platform: Platform,
        limit: Option<u64>,
    ) -> Result<ProductNumber, Code> {
        let id = match wanted {
            Some(id) if self.products.contains_key(&id) => return Err("product_id_used"),
            Some(id) => id,
            None => {
                while self.products.contains_key(&self.next_product) {
                    self.next_product += 1;
                }
                self.next_product += 1;
                self.next_product - 1
            }
        };
        let product = Product {
            owner,
            platform,
            limit,
            policy: Policy::default(),
            release: None,
            groups: BTreeMap::new(),
            next_group: 1,
            highest: 0,
            firmware: BTreeMap::new(),
            rows: BTreeMap::new(),
            removed: false,
        };
        self.products.insert(id, product);
        Ok(id)
    }

    pub(crate) fn remove_product(&mut self, id: ProductNumber) -> Result<(), Code> {
        let product = self.products.get_mut(&id).ok_or("not_found")?;
        product.removed = true;
        for (device, row) in std::mem::take(&mut product.rows) {
            if row.standing != Standing::Denied {
                self.registry.get_mut(&device).unwrap().leave(&row);
            }
        }
        for entry in self.registry.values_mut().filter(|entry| entry.product == Some(id)) {
            entry.product = None;
        }
        Ok(())
    }

    /// R-IMP-3, 4, 12.
    fn verdict_on(&self, id: ProductNumber, entry: Option<&Entry>) -> &'static str {
        let (product, nothing) = (&self.products[&id], Entry::default());
        let entry = entry.unwrap_or(&nothing);
        if let Some(home) = entry.product {
            return if home == id { "already_here" } else { "in_another_product" };
        }
        if entry.claimed_by.is_some_and(|account| account != product.owner) {
            return "claimed_outside_team";
        }
        if entry.platform.as_ref().is_some_and(|platform| *platform != product.platform) {
            return "wrong_platform";
        }
        if product.policy.known_ids_only && !entry.registered {
            return "unknown_id";
        }
        "imported"
    }

    /// Returns the verdict on each line; `None` is a line without an id.
    pub(crate) fn import(
        &mut self,
        id: ProductNumber,
        who: Who,
        lines: &[Option<DeviceNumber>],
    ) -> Result<Vec<&'static str>, Code> {
        self.product(id, who)?;
        let mut verdicts: Vec<&'static str> = Vec::new();
        let mut new: Vec<DeviceNumber> = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            verdicts.push(match line {
                None => "malformed",
                Some(_) if lines[..index].contains(line) => "duplicate",
                Some(number) => {
                    let verdict = self.verdict_on(id, self.registry.get(number));
                    if verdict == "imported" {
                        new.push(*number);
                    }
                    verdict
                }
            });
        }
        let product = self.products.get_mut(&id).unwrap();
        if !product.has_places_for(new.len() as u64) {
            for verdict in verdicts.iter_mut().filter(|verdict| **verdict == "imported") {
                *verdict = "over_device_limit";
            }
            return Ok(verdicts);
        }
        for number in new {
            let entry = self.registry.entry(number).or_default();
            let row = product.rows.entry(number).or_insert(Row::new(Standing::Member));
            row.standing = Standing::Member;
            row.join(entry, &product.platform);
            entry.product = Some(id);
        }
        Ok(verdicts)
    }

    pub(crate) fn approve(&mut self, id: ProductNumber, who: Who, device: DeviceNumber) -> Result<(), Code> {
        let (_, row) = self.row(id, who, device)?;
        if row.standing != Standing::Quarantined {
            return Err("not_found");
        }
        if !["imported", "unknown_id"].contains(&self.verdict_on(id, self.registry.get(&device))) {
            return Err("cannot_join");
        }
        let product = self.products.get_mut(&id).unwrap();
        if !product.has_places_for(1) {
            return Err("limit_exceeded");
        }
        let (row, entry) = (product.rows.get_mut(&device).unwrap(), self.registry.get_mut(&device).unwrap());
        row.standing = Standing::Member;
        row.join(entry, &product.platform);
        entry.product = Some(id);
        Ok(())
    }

    pub(crate) fn leave(&mut self, id: ProductNumber, who: Who, device: DeviceNumber, deny: bool) -> Result<(), Code> {
        let (product, row) = self.row(id, who, device)?;
        if row.standing == Standing::Denied {
            return Err("not_found");
        }
        product.rows.remove(&device);
        if deny {
            product.rows.insert(device, Row::new(Standing::Denied));
        }
        let entry = self.registry.get_mut(&device).unwrap();
        entry.leave(&row);
        if row.standing == Standing::Member {
            entry.product = None;
        }
        Ok(())
    }

    pub(crate) fn undeny(&mut self, id: ProductNumber, who: Who, device: DeviceNumber) -> Result<(), Code> {
        let (product, row) = self.row(id, who, device)?;
        if row.standing != Standing::Denied {
            return Err("not_found");
        }
        product.rows.remove(&device);
        Ok(())
    }

    pub(crate) fn claim(&mut self, account: AccountNumber, device: DeviceNumber) -> Result<(), Code> {
        let known = self.registry.get(&device);
        let holder = known.and_then(|entry| entry.claimed_by);
        let taken = holder.is_none() && known.is_some_and(|entry| entry.product.is_some());
        if taken || holder.is_some_and(|holder| holder != account) {
            return Err("taken");
        }
        self.registry.entry(device).or_default().claimed_by = Some(account);
        Ok(())
    }

    pub(crate) fn unclaim(&mut self, account: AccountNumber, device: DeviceNumber) -> Result<(), Code> {
        match self.registry.get_mut(&device) {
            Some(entry) if entry.claimed_by == Some(account) => {
                entry.claimed_by = None;
                Ok(())
            }
            _ => Err("not_found"),
        }
    }

    pub(crate) fn register(&mut self, device: DeviceNumber, platform: Platform) -> Result<u64, Code> {
        let new = u64::from(!self.registry.get(&device).is_some_and(|entry| entry.registered));
        if self.registry.get(&device).and_then(|entry| entry.platform.as_ref()).is_some_and(|known| *known != platform)
        {
            return Err("cannot_join");
        }
        let entry = self.registry.entry(device).or_default();
        let is_new = entry.platform.is_none();
        (entry.platform, entry.registered) = (Some(platform.clone()), true);
        if let Some(product) = entry.product.and_then(|home| self.products.get_mut(&home)).filter(|_| is_new) {
            let matches = platform == product.platform;
            let row = product.rows.get_mut(&device).unwrap();
            row.know_hardware(if matches { PlatformSeen::Matches } else { PlatformSeen::Differs });
        }
        Ok(new)
    }

    /// R-IMG-6, 7. `wrong` is the error of the binary itself.
    pub(crate) fn upload(
        &mut self,
        id: ProductNumber,
        who: Who,
        version: u16,
        wrong: impl FnOnce(&Product) -> Option<Code>,
        firmware: Firmware,
    ) -> Result<(), Code> {
        let product = self.product(id, who)?;
        if let Some(code) = wrong(product) {
            return Err(code);
        }
        if version <= product.highest {
            return Err("version_not_greater");
        }
        if product.firmware.values().any(|other| other.title.to_lowercase() == firmware.title.to_lowercase()) {
            return Err("taken");
        }
        product.highest = version;
        product.firmware.insert(version, firmware);
        Ok(())
    }

    pub(crate) fn delete_firmware(&mut self, id: ProductNumber, who: Who, version: u16) -> Result<(), Code> {
        let product = self.product(id, who)?;
        let firmware = product.firmware.get(&version).ok_or("not_found")?;
        if firmware.released || product.rows.values().any(|row| row.lock == Some(version)) {
            return Err("firmware_in_use");
        }
        product.firmware.remove(&version);
        Ok(())
    }

    /// Releases a version to the product or to one of its groups. `None` withdraws the release.
    pub(crate) fn release(
        &mut self,
        id: ProductNumber,
        who: Who,
        group: Option<u16>,
        version: Option<u16>,
        now: Timestamp,
    ) -> Result<(), Code> {
        let product = self.product(id, who)?;
        if let Some(version) = version {
            if !product.firmware.contains_key(&version) {
                return Err("not_found");
            }
            if !product.may_release(version, now) {
                return Err("not_proven");
            }
        }
        match group {
            None => product.release = version,
            Some(group) => *product.groups.get_mut(&group).ok_or("not_found")? = version,
        }
        if let Some(version) = version {
            let counted = product.policy.gate.devices > 0;
            let firmware = product.firmware.get_mut(&version).unwrap();
            // A gate that was passed by counting stores its proof.
            firmware.proven |= counted && !firmware.released;
            firmware.released = true;
        }
        Ok(())
    }

    pub(crate) fn set_groups(
        &mut self,
        id: ProductNumber,
        who: Who,
        device: DeviceNumber,
        groups: &BTreeSet<u16>,
    ) -> Result<(), Code> {
        let (product, mut row) = self.member(id, who, device)?;
        if groups.iter().any(|group| !product.groups.contains_key(group)) {
            return Err("not_found");
        }
        row.groups.clone_from(groups);
        product.withdraw(&mut row);
        product.rows.insert(device, row);
        Ok(())
    }

    /// Locks, and returns what is to be sent at once, if requested (R-TGT-3).
    pub(crate) fn lock(
        &mut self,
        id: ProductNumber,
        who: Who,
        device: DeviceNumber,
        version: Option<u16>,
        now: bool,
    ) -> Result<Option<Answer>, Code> {
        let (product, mut row) = self.member(id, who, device)?;
        if now && !row.seen.is_some_and(|seen| seen.online) {
            return Err("device_offline");
        }
        if version.is_some_and(|version| !product.firmware.contains_key(&version)) {
            return Err("not_found");
        }
        row.lock = version;
        let answer = now.then(|| product.answer(&mut row));
        product.withdraw(&mut row);
        product.rows.insert(device, row);
        Ok(answer)
    }

    pub(crate) fn mark(
        &mut self,
        id: ProductNumber,
        who: Who,
        device: DeviceNumber,
        change: impl FnOnce(&mut Row),
    ) -> Result<(), Code> {
        let (product, mut row) = self.member(id, who, device)?;
        change(&mut row);
        product.withdraw(&mut row);
        product.rows.insert(device, row);
        Ok(())
    }

    /// R-TGT-11: number of devices that would be sent an upgrade, a downgrade, or a first version.
    pub(crate) fn dry_run(&mut self, id: ProductNumber, who: Who, change: &Change) -> Result<[u64; 3], Code> {
        let mut after = self.product(id, who)?.clone();
        let known = |version: Option<FirmwareVersion>| match version {
            Some(version) if !after.firmware.contains_key(&version.get()) => Err("not_found"),
            other => Ok(other.map(FirmwareVersion::get)),
        };
        let number = |device: &fleet_core::DeviceId| u32::from_be_bytes(device.as_bytes()[8..].try_into().unwrap());
        let mut only = None;
        match change {
            Change::Release(version) => after.release = known(*version)?,
            Change::ReleaseToGroup(group, version) => {
                let version = known(*version)?;
                *after.groups.get_mut(&group.get()).ok_or("not_found")? = version;
            }
            Change::Lock(device, version) => {
                let version = known(*version)?;
                only = Some(number(device));
                after.rows.get_mut(&number(device)).ok_or("not_found")?.lock = version;
            }
            Change::Groups(device, groups) => {
                if groups.iter().any(|group| !after.groups.contains_key(&group.get())) {
                    return Err("not_found");
                }
                only = Some(number(device));
                let row = after.rows.get_mut(&number(device)).ok_or("not_found")?;
                row.groups = groups.iter().map(|group| group.get()).collect();
            }
            _ => {}
        }
        let mut ways = [0; 3];
        for (device, row) in &after.rows {
            if only.is_none_or(|only| only == *device)
                && let Decided::Send { version, .. } = after.decide(row)
            {
                ways[match row.runs() {
                    Some(runs) if runs < version => 0,
                    Some(_) => 1,
                    None => 2,
                }] += 1;
            }
        }
        Ok(ways)
    }

    /// R-TGT-16: a report applies to the row that it names, or to the device's own product, or to none.
    pub(crate) fn connect(&mut self, report: &ReportFacts, now: Timestamp) -> ConnectOutcome {
        let personal =
            |hold| ConnectOutcome { product: None, answer: Answer::Held { hold, target: None }, ended: None };
        let stale = |id| ConnectOutcome {
            product: Some(id),
            answer: Answer::Held { hold: Hold::StaleReport, target: None },
            ended: None,
        };
        let order = Order::new(report.session, report.at, now);
        let known = self.registry.get(&report.device).cloned();
        let mut entry = known.clone().unwrap_or_default();
        entry.platform = report.platform.clone().or(entry.platform);
        let live = |id: &u32| self.products.get(id).is_some_and(|product| !product.removed);
        let named = report.product.filter(|id| *id != 0 && *id != 65_535);
        let in_named = named.filter(|id| live(id) && self.products[id].rows.contains_key(&report.device));
        let home = entry.product.and_then(|home| self.products.get(&home));
        let hardware = report.platform.clone().or(entry.platform.clone()).or(home.map(|home| home.platform.clone()));
        let wildcard = matches!((named, hardware), (Some(id), Some(Platform::Particle(own))) if id == u32::from(own));
        let elsewhere = named.filter(|_| in_named.is_none() && !wildcard);
        let of = in_named.or(if elsewhere.is_some() { None } else { entry.product });
        // A report for another product ends the connection to the device's own product, unless that one is later.
        let left = entry.product.filter(|home| of != Some(*home));
        let known_elsewhere = match left {
            Some(home) => self.products[&home].rows[&report.device].marks(),
            None => entry.marks.unwrap_or_default(),
        };
        if let Some(home) = left
            && (of, elsewhere.filter(|id| live(id))) == (None, None)
            && order.before(known_elsewhere.0)
        {
            return stale(home);
        }
        let mut seen_marks = None;
        let mut remembered = known.is_some();
        let outcome = match (of, elsewhere) {
            (Some(id), _) => {
                let mut row = self.products[&id].rows[&report.device].clone();
                if entry.product != Some(id) {
                    row.follow(known_elsewhere);
                }
                let joins = row.standing == Standing::Quarantined && self.admits(id, &entry);
                if joins {
                    row.standing = Standing::Member;
                }
                let product = self.products.get_mut(&id).unwrap();
                let Some((answer, ended)) = product.apply(&mut row, report, now) else { return stale(id) };
                if joins {
                    (entry.product, entry.marks) = (Some(id), None);
                    row.take_numbers(&mut entry);
                }
                product.prove(&row);
                seen_marks = Some(row.marks());
                remembered = true;
                product.rows.insert(report.device, row);
                ConnectOutcome { product: Some(id), answer, ended }
            }
            (None, None) => personal(Hold::Personal),
            (None, Some(id)) if !live(&id) => personal(Hold::UnknownProduct),
            (None, Some(id)) => {
                let product = &self.products[&id];
                let welcome = self.admits(id, &entry);
                let waiting = product.rows.values().filter(|row| row.standing == Standing::Quarantined).count();
                let mut row = Row::new(if welcome { Standing::Member } else { Standing::Quarantined });
                let marks = entry.marks;
                row.join(&mut entry, &product.platform);
                if !welcome {
                    entry.marks = marks;
                }
                row.follow(known_elsewhere);
                let Some((mut answer, ended)) = product.apply(&mut row, report, now) else { return stale(id) };
                remembered = welcome || waiting < product.policy.quarantine_limit as usize;
                if welcome {
                    entry.product = Some(id);
                }
                if remembered {
                    let product = self.products.get_mut(&id).unwrap();
                    product.prove(&row);
                    seen_marks = Some(row.marks());
                    product.rows.insert(report.device, row);
                } else {
                    answer = Answer::Held { hold: Hold::Quarantined { full: true }, target: None };
                }
                ConnectOutcome { product: Some(id), answer, ended }
            }
        };
        if !remembered {
            return outcome;
        }
        if let Some(home) = left {
            let product = self.products.get_mut(&home).unwrap();
            let row = product.rows.get_mut(&report.device).unwrap();
            row.follow(seen_marks.unwrap_or(((order.session, Some(order.at())), (0, None))));
            if let Some(seen) = &mut row.seen {
                seen.online = false;
            }
            if let Some(platform) = &report.platform {
                let is_same = *platform == product.platform;
                row.know_hardware(if is_same { PlatformSeen::Matches } else { PlatformSeen::Differs });
            }
        } else if let (None, Some(marks)) = (entry.product, seen_marks) {
            entry.keep(marks);
        }
        self.registry.insert(report.device, entry);
        outcome
    }

    /// Whether a device that asks to join may do so without approval.
    fn admits(&self, id: ProductNumber, entry: &Entry) -> bool {
        let product = &self.products[&id];
        product.policy.approve_by_itself && self.verdict_on(id, Some(entry)) == "imported" && product.has_places_for(1)
    }

    pub(crate) fn disconnect(
        &mut self,
        device: DeviceNumber,
        reported: Option<u32>,
        session: u64,
        at: Option<Timestamp>,
        now: Timestamp,
    ) {
        let order = Order::new(session, at, now);
        let home = self.registry.get(&device).and_then(|entry| entry.product);
        let mut ended = None;
        for id in [reported.filter(|id| Some(*id) != home), home].into_iter().flatten() {
            if let Some(row) = self.products.get_mut(&id).and_then(|product| product.rows.get_mut(&device)) {
                row.end_connection(order);
                ended = Some(row.marks());
            }
        }
        if let (None, Some(entry)) = (home, self.registry.get_mut(&device)) {
            entry.keep(ended.unwrap_or(((0, None), (order.session, Some(order.at())))));
        }
    }

    pub(crate) fn update_fares(
        &mut self,
        id: ProductNumber,
        device: DeviceNumber,
        sequence: u32,
        progress: Option<Progress>,
    ) -> bool {
        let Some(row) = self.products.get_mut(&id).and_then(|product| product.rows.get_mut(&device)) else {
            return false;
        };
        let Some((_, _, so_far)) = &mut row.attempt else { return false };
        if row.sequence != sequence {
            return false;
        }
        match progress {
            Some(progress) => *so_far = progress.max(*so_far),
            None => {
                row.end(UpdateResult::Failed);
            }
        }
        true
    }
}
