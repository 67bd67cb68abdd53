//! SQLite by hand: the store's schema, used as efficiently as possible for one purpose.

use crate::Result;
use crate::world::{CHUNK, NOW, Random};
use fleet_core::DeviceId;
use fleet_core::device::Report;
use fleet_core::event::{Event, SLOTS};
use fleet_store_sqlite::SqliteStore;
use rusqlite::{Connection, params};
use std::path::Path;

const PRODUCT: u32 = 94;

/// Creates a file with the store's schema and opens it.
pub(super) fn create(path: &Path) -> Result<Connection> {
    drop(SqliteStore::open(path)?);
    open(path)
}

/// Opens a file with the store's settings.
pub(super) fn open(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    connection.pragma_update(None, "wal_autocheckpoint", 16_384)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    Ok(connection)
}

/// Adds devices, in the order of the tree.
pub(super) fn insert(connection: &mut Connection, ids: &[DeviceId]) -> Result<()> {
    let mut random = Random(4);
    let mut stamp = || random.next_number().cast_signed();
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    for chunk in sorted.chunks(CHUNK) {
        let transaction = connection.transaction()?;
        {
            let mut registration = transaction.prepare_cached(
                "INSERT INTO registration (id, stamp, product, registered, security_counter)
                     VALUES (?1, ?2, ?3, 0, 0)",
            )?;
            let mut device = transaction.prepare_cached(
                "INSERT INTO device (product, id, stamp, standing, development, forced, failures, sequence,
                                     security_counter, added_at)
                 VALUES (?1, ?2, ?3, 0, 0, 0, 0, 0, 0, ?4)",
            )?;
            for id in chunk {
                registration.execute(params![id.as_bytes(), stamp(), PRODUCT])?;
            }
            for id in chunk {
                device.execute(params![PRODUCT, id.as_bytes(), stamp(), NOW.as_millis()])?;
            }
        }
        transaction.commit()?;
    }
    Ok(())
}

/// The columns of a device that a connect needs.
struct Row {
    id: DeviceId,
    place: usize,
    standing: u8,
    development: bool,
    forced: bool,
    lock: Option<u16>,
    security_counter: u32,
    seen_at: Option<i64>,
    session: Option<i64>,
    version_since: Option<i64>,
    version: Option<u16>,
    attempt: Option<u16>,
    groups: Option<String>,
}

/// Handles reports of devices of a fleet whose release is version 2. Returns the version that each is to run, if it
/// differs from the reported one.
pub(super) fn connect(
    connection: &mut Connection,
    reports: &[Report],
    random: &mut Random,
) -> Result<Vec<Option<u16>>> {
    let mut order: Vec<(DeviceId, usize)> =
        reports.iter().enumerate().map(|(place, report)| (report.device, place)).collect();
    order.sort_unstable();
    let mut answers = vec![None; reports.len()];
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    {
        let mut select = transaction.prepare_cached(
            "SELECT standing, development, forced, lock, security_counter, seen_at, session, version_since, version,
                    attempt_target, groups
             FROM device WHERE product = ?1 AND id = ?2",
        )?;
        let mut update = transaction.prepare_cached(
            "UPDATE device SET stamp = ?3, seen_at = ?4, session = ?5, version_since = ?6, version = ?7, image = 0,
                               platform = 1, takes_updates = ?8, online = 1, system = ?9
             WHERE product = ?1 AND id = ?2",
        )?;
        for (id, place) in order {
            let row = select.query_row(params![PRODUCT, id.as_bytes()], |row| {
                Ok(Row {
                    id,
                    place,
                    standing: row.get(0)?,
                    development: row.get(1)?,
                    forced: row.get(2)?,
                    lock: row.get(3)?,
                    security_counter: row.get(4)?,
                    seen_at: row.get(5)?,
                    session: row.get(6)?,
                    version_since: row.get(7)?,
                    version: row.get(8)?,
                    attempt: row.get(9)?,
                    groups: row.get(10)?,
                })
            })?;
            let Some(report) = reports.get(row.place) else { continue };
            if row.session.is_some_and(|session| report.session.cast_signed() < session) {
                continue;
            }
            let at = report.at.map_or(0, fleet_core::Timestamp::as_millis);
            let since = if row.version == report.version { row.version_since.or(row.seen_at) } else { Some(at) };
            update.execute(params![
                PRODUCT,
                row.id.as_bytes(),
                random.next_number().cast_signed(),
                at,
                report.session.cast_signed(),
                since,
                report.version,
                report.takes_updates,
                crate::world::SYSTEM,
            ])?;
            let target = row.lock.unwrap_or(2);
            let wants = row.standing == 0
                && !row.development
                && row.groups.is_none()
                && row.security_counter == 0
                && (report.takes_updates || row.forced)
                && row.attempt.is_none();
            if let Some(answer) = answers.get_mut(row.place) {
                *answer = Some(target).filter(|target| wants && report.version != Some(*target));
            }
        }
    }
    transaction.commit()?;
    Ok(answers)
}

/// Fills the connection's cache with devices, as in a process that connects them: when a commit splits a page, SQLite
/// scans its whole cache (`pcache1TruncateUnsafe`), which takes about a millisecond.
pub(super) fn look_at_devices(connection: &Connection) -> Result<()> {
    Ok(connection.query_row("SELECT sum(failures) FROM device", [], |_| Ok(()))?)
}

/// Logs events of members that match three subscriptions, one slot after the other, numbered from `next`.
pub(super) fn log(
    connection: &mut Connection,
    events: &[Event],
    next: &mut [i64; SLOTS as usize],
    random: &mut Random,
) -> Result<()> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    {
        let mut insert = transaction.prepare_cached(
            "INSERT INTO event (product, slot, sequence, stamp, at, happened_at, device, origin, name, data, matched, sent)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, 0, ?7, ?8, '[1,2,3]', 3)",
        )?;
        let a_slot = events.len().div_ceil(next.len());
        for ((slot, events), next) in (0_u8..).zip(events.chunks(a_slot)).zip(next) {
            for event in events {
                insert.execute(params![
                    PRODUCT,
                    slot,
                    *next,
                    random.next_number().cast_signed(),
                    NOW.as_millis(),
                    event.device().as_bytes(),
                    event.name(),
                    event.data(),
                ])?;
                *next += 1;
            }
        }
    }
    transaction.commit()?;
    Ok(())
}
