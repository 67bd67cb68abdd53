//! Connects of random devices of the whole fleet, each in a new session, so that each row is written.

use super::by_hand;
use crate::Result;
use crate::rounds::{Figures, beside, timed};
use crate::world::{Random, Setting, World, report};
use fleet_core::device::Report;
use fleet_core::{DeviceId, MemoryStore};
use fleet_store_sqlite::SqliteStore;
use foldhash::fast::RandomState;
use std::collections::{HashMap, HashSet};
use std::hint::black_box;

/// Few enough that the system rarely schedules another process during a round.
const CONNECTS: usize = 4096;
pub(super) const BATCH: usize = 1024;
/// Many enough that several checkpoints run in a round.
const BATCHES: usize = 32;

/// One lookup and one write of a record as large as a device's.
pub(super) fn memory(setting: &Setting) -> Result<Figures> {
    let world = World::running(MemoryStore::new(), setting.ids())?;
    let mut map: HashMap<DeviceId, Row, RandomState> = setting.ids().iter().map(|id| (*id, Row::default())).collect();
    let (mut ours, mut theirs) = (Reports::new(setting.ids(), CONNECTS), Reports::new(setting.ids(), CONNECTS));
    beside(
        setting.rounds(201),
        CONNECTS.min(setting.devices),
        || {
            let reports = ours.next_round()?;
            let gateway = world.fleet.gateway(crate::world::NOW);
            timed(|| {
                for report in &reports {
                    black_box(gateway.connect(report)?);
                }
                Ok(())
            })
        },
        || {
            let reports = theirs.next_round()?;
            timed(|| {
                for report in &reports {
                    let row = map.get_mut(&report.device).ok_or("a device is missing")?;
                    *row = black_box(row.with(report));
                }
                Ok(())
            })
        },
    )
}

/// The same reads and updates by hand.
pub(super) fn sqlite(setting: &Setting) -> Result<Figures> {
    let world = World::open(SqliteStore::open(setting.sqlite_copy("connect-ours.db")?)?)?;
    let mut connection = by_hand::open(&setting.sqlite_copy("connect-floor.db")?)?;
    let (mut ours, mut theirs) = (Reports::new(setting.ids(), BATCH), Reports::new(setting.ids(), BATCH));
    let mut random = Random(5);
    beside(
        setting.rounds(7),
        BATCH.min(setting.devices) * BATCHES,
        || {
            let batches = (0..BATCHES).map(|_| ours.next_round()).collect::<Result<Vec<_>>>()?;
            let gateway = world.fleet.gateway(crate::world::NOW);
            timed(|| {
                for batch in &batches {
                    black_box(gateway.connect_many(batch)?);
                }
                Ok(())
            })
        },
        || {
            let batches = (0..BATCHES).map(|_| theirs.next_round()).collect::<Result<Vec<_>>>()?;
            timed(|| {
                for batch in &batches {
                    black_box(by_hand::connect(&mut connection, batch, &mut random)?);
                }
                Ok(())
            })
        },
    )
}

/// The reports of each round: the same devices in the same order each time this is created.
pub(super) struct Reports<'i> {
    ids: &'i [DeviceId],
    count: usize,
    session: u64,
    random: Random,
}

impl<'i> Reports<'i> {
    pub(super) fn new(ids: &'i [DeviceId], count: usize) -> Self {
        Self { ids, count: count.min(ids.len()), session: 10, random: Random(6) }
    }

    /// Returns reports of distinct devices in a session that none of them had.
    pub(super) fn next_round(&mut self) -> Result<Vec<Report>> {
        self.session += 1;
        let mut chosen = HashSet::<DeviceId, RandomState>::with_capacity_and_hasher(self.count, RandomState::default());
        let mut reports = Vec::with_capacity(self.count);
        while reports.len() < self.count {
            let id = *self.random.one_of(self.ids).ok_or("a fleet needs a device")?;
            if chosen.insert(id) {
                reports.push(report(id, self.session)?);
            }
        }
        Ok(reports)
    }
}

/// As large as a device's record, and as simple as possible.
#[derive(Clone, Copy, Default)]
#[expect(dead_code, reason = "what is written is read by nobody")]
struct Row {
    stamp: u64,
    seen_at: i64,
    session: u64,
    version_since: i64,
    version: Option<u16>,
    takes_updates: bool,
    online: bool,
    rest: [u64; 10],
}

impl Row {
    fn with(self, report: &Report) -> Self {
        let at = report.at.map_or(0, fleet_core::Timestamp::as_millis);
        Self {
            stamp: self.stamp + 1,
            seen_at: at,
            session: report.session.max(self.session),
            version_since: if self.version == report.version { self.version_since } else { at },
            version: report.version,
            takes_updates: report.takes_updates,
            online: true,
            rest: self.rest,
        }
    }
}

const _: () = assert!(size_of::<Row>() == 8 + 112, "a stamp and as much as a device");
