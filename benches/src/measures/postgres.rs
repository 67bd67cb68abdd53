//! PostgreSQL, compared with what an engineer would write by hand for this one case.

use super::connect::Reports;
use crate::Result;
use crate::rounds::{Figures, beside, timed};
use crate::world::{NOW, Random, SYSTEM, Setting, World};
use fleet_core::device::Report;
use fleet_core::store::Store;
use fleet_store_postgres::PostgresStore;
use postgres::binary_copy::BinaryCopyInWriter;
use postgres::types::Type;
use postgres::{Client, NoTls, Statement};
use std::hint::black_box;
use std::time::Duration;

const PRODUCT: i64 = 94;
const BATCH: usize = 1024;
const BATCHES: usize = 16;

/// Whether its programs are installed on this machine.
pub(super) fn is_there() -> bool {
    fleet_postgres_server::programs().is_some()
}

/// A connection that uses the tables of a schema.
pub(super) fn client(setting: &Setting, schema: &str) -> Result<Client> {
    let mut client = Client::connect(&setting.postgres()?, NoTls)?;
    client.batch_execute(&format!(
        "SET search_path = {schema}; SET plan_cache_mode = force_generic_plan; SET jit = off"
    ))?;
    Ok(client)
}

/// The running fleet in two new schemas: for our store, under a layer, and for use by hand. Their tables are vacuumed,
/// like those of a fleet that has run for a long time.
pub(super) fn worlds<S: Store + 'static>(
    setting: &Setting,
    layer: impl FnOnce(PostgresStore) -> S,
) -> Result<(World, String)> {
    let (store, ours) = setting.postgres_store()?;
    let world = World::running(layer(store), setting.ids())?;
    let (store, floor) = setting.postgres_store()?;
    World::running(store, setting.ids())?;
    for schema in [&ours, &floor] {
        let mut client = client(setting, schema)?;
        // Not in one message: the server would treat the two as one transaction, in which VACUUM is not allowed.
        client.batch_execute("VACUUM (ANALYZE) device")?;
        client.batch_execute("VACUUM (ANALYZE) registration")?;
    }
    client(setting, &floor)?.batch_execute("CHECKPOINT")?;
    Ok((world, floor))
}

/// The same reads and updates by hand, with the same checks.
pub(super) fn connect(setting: &Setting) -> Result<Figures> {
    let (world, schema) = worlds(setting, |store| store)?;
    let mut by_hand = ByHand::new(client(setting, &schema)?)?;
    let (mut ours, mut theirs) = (Reports::new(setting.ids(), BATCH), Reports::new(setting.ids(), BATCH));
    beside(
        setting.rounds(7),
        BATCH.min(setting.devices) * BATCHES,
        || {
            let batches = (0..BATCHES).map(|_| ours.next_round()).collect::<Result<Vec<_>>>()?;
            let gateway = world.fleet.gateway(NOW);
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
                    by_hand.connect(batch)?;
                }
                Ok(())
            })
        },
    )
}

/// Connects by hand: reads what the decision needs, and writes what a connect changes if nobody else has changed it
/// since.
pub(super) struct ByHand {
    client: Client,
    select: Statement,
    update: Statement,
    random: Random,
}

impl ByHand {
    pub(super) fn new(mut client: Client) -> Result<Self> {
        let select = client.prepare(
            "SELECT d.id, d.stamp, d.standing, d.development, d.forced, d.lock, d.security_counter, d.seen_at,
                    d.session, d.version_since, d.version, d.attempt_target, d.groups IS NULL
             FROM unnest($1::bytea[]) AS u(id) JOIN device d ON d.product = 94 AND d.id = u.id",
        )?;
        let update = client.prepare(
            "UPDATE device d SET stamp = u.stamp, seen_at = $4, session = u.session, version_since = u.since,
                    version = u.version, image = 0, platform = 1, takes_updates = u.takes, online = true, system = $9
             FROM unnest($1::bytea[], $2::int8[], $3::int8[], $5::int8[], $6::int8[], $7::int4[], $8::bool[])
                  AS u(id, was, stamp, session, since, version, takes)
             WHERE d.product = 94 AND d.id = u.id AND d.stamp = u.was
             RETURNING d.id",
        )?;
        Ok(Self { client, select, update, random: Random(5) })
    }

    /// Handles reports of devices of a fleet whose release is version 2. Returns how many are to run it.
    pub(super) fn connect(&mut self, reports: &[Report]) -> Result<usize> {
        let mut order: Vec<&Report> = reports.iter().collect();
        order.sort_unstable_by_key(|report| report.device);
        let ids: Vec<&[u8]> = order.iter().map(|report| report.device.as_bytes().as_slice()).collect();
        let rows = self.client.query(&self.select, &[&ids])?;
        let (mut changed, mut was, mut stamps, mut sessions) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut since, mut versions, mut takes) = (Vec::new(), Vec::new(), Vec::new());
        let mut updates = 0;
        for row in &rows {
            let id: &[u8] = row.try_get(0)?;
            let place = order.binary_search_by_key(&id, |report| report.device.as_bytes().as_slice());
            let Some(report) = place.ok().and_then(|place| order.get(place)) else { continue };
            let session: Option<i64> = row.try_get(8)?;
            if session.is_some_and(|session| report.session.cast_signed() < session) {
                continue;
            }
            let (before, version): (Option<i32>, _) = (row.try_get(10)?, report.version.map(i32::from));
            let at = report.at.map_or(0, fleet_core::Timestamp::as_millis);
            changed.push(id);
            was.push(row.try_get::<_, i64>(1)?);
            stamps.push(self.random.next_number().cast_signed());
            sessions.push(report.session.cast_signed());
            since.push(if before == version { row.try_get::<_, Option<i64>>(9)?.unwrap_or(at) } else { at });
            versions.push(version);
            takes.push(report.takes_updates);
            let target = row.try_get::<_, Option<i32>>(5)?.unwrap_or(2);
            let wants = row.try_get::<_, i16>(2)? == 0
                && !row.try_get::<_, bool>(3)?
                && (report.takes_updates || row.try_get(4)?)
                && row.try_get::<_, i64>(6)? == 0
                && row.try_get::<_, Option<i32>>(11)?.is_none()
                && row.try_get(12)?;
            updates += usize::from(wants && version != Some(target));
        }
        let at = NOW.as_millis();
        let written = self
            .client
            .query(&self.update, &[&changed, &was, &stamps, &at, &sessions, &since, &versions, &takes, &SYSTEM])?;
        if written.len() == changed.len() { Ok(updates) } else { Err("another transaction interfered".into()) }
    }
}

/// Copies the same rows into the same tables, in order.
pub(super) fn import(setting: &Setting) -> Result<Figures> {
    let list = setting.device_list()?;
    let (mut ours, mut theirs) = (String::new(), String::new());
    beside(
        setting.rounds(3),
        1,
        || {
            let (store, schema) = setting.postgres_store()?;
            drop_schema(setting, &std::mem::replace(&mut ours, schema))?;
            let world = World::empty(store)?;
            timed(|| {
                let report = world.console().product(world.product).import(&std::fs::read(&list)?)?;
                if report.counts().imported == setting.devices as u64 {
                    Ok(report)
                } else {
                    Err("not all were imported".into())
                }
            })
        },
        || {
            let (_, schema) = setting.postgres_store()?;
            drop_schema(setting, &std::mem::replace(&mut theirs, schema))?;
            copy(setting, &theirs)
        },
    )
}

fn drop_schema(setting: &Setting, schema: &str) -> Result<()> {
    if schema.is_empty() {
        return Ok(());
    }
    let mut client = Client::connect(&setting.postgres()?, NoTls)?;
    client.batch_execute(&format!("SET client_min_messages = warning; DROP SCHEMA {schema} CASCADE; CHECKPOINT"))?;
    Ok(())
}

fn copy(setting: &Setting, schema: &str) -> Result<Duration> {
    let mut client = client(setting, schema)?;
    let mut random = Random(4);
    let mut sorted = setting.ids().to_vec();
    timed(|| {
        sorted.sort_unstable();
        let mut transaction = client.transaction()?;
        let registration = "COPY registration (id, stamp, product, registered, security_counter) FROM STDIN BINARY";
        let types = [Type::BYTEA, Type::INT8, Type::INT8, Type::BOOL, Type::INT8];
        let mut writer = BinaryCopyInWriter::new(transaction.copy_in(registration)?, &types);
        for id in &sorted {
            let stamp = random.next_number().cast_signed();
            writer.write(&[&id.as_bytes().as_slice(), &stamp, &PRODUCT, &false, &0_i64])?;
        }
        writer.finish()?;
        let device =
            "COPY device (product, id, stamp, standing, development, forced, failures, sequence, security_counter,
                                   added_at) FROM STDIN BINARY";
        let types = [
            Type::INT8,
            Type::BYTEA,
            Type::INT8,
            Type::INT2,
            Type::BOOL,
            Type::BOOL,
            Type::INT2,
            Type::INT8,
            Type::INT8,
            Type::INT8,
        ];
        let mut writer = BinaryCopyInWriter::new(transaction.copy_in(device)?, &types);
        for id in &sorted {
            let (id, stamp) = (id.as_bytes().as_slice(), random.next_number().cast_signed());
            writer.write(&[&PRODUCT, &id, &stamp, &0_i16, &false, &false, &0_i16, &0_i64, &0_i64, &NOW.as_millis()])?;
        }
        writer.finish()?;
        Ok(transaction.commit()?)
    })
}
