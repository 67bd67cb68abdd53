//! Reads and deletes the rows of logs and of event ids.

mod trim;
mod walk;

pub(crate) use trim::drop_log;
pub(super) use trim::{is_due, trim};
pub(super) use walk::{Heads, Walk};

use crate::device::DeviceId;
use crate::event::ids::{EventId, prunable, range};
use crate::product::{Policy, ProductId};
use crate::store::{Check, Commit, Record, Row, Transaction, Write};
use crate::time::Timestamp;
use crate::{Error, Fleet};

/// Prunes the ids of a device. An id under which somebody publishes at the same time stays.
///
/// # Errors
/// Errors of the store.
pub(in crate::event) fn prune(
    fleet: &Fleet,
    product: ProductId,
    policy: &Policy,
    device: DeviceId,
) -> Result<(), Error> {
    let mut rows = rows(fleet, product, device)?;
    rows.sort_by_key(|(id, _)| id.sequence);
    let known: Vec<Option<Timestamp>> = rows.iter().map(|(id, _)| id.event.as_ref().map(|event| event.at)).collect();
    let window = policy.event_id_life;
    let commits: Vec<Commit> =
        prunable(&known, window).filter_map(|index| Some(deletion(&rows.get(index)?.1))).collect();
    if !commits.is_empty() {
        fleet.store().commit(&commits)?;
    }
    Ok(())
}

/// Deletes all ids of a device, in the transaction that removes it from the product.
///
/// # Errors
/// Errors of the store.
pub(crate) fn forget_ids(tx: &mut Transaction<'_>, product: ProductId, device: DeviceId) -> Result<(), Error> {
    for row in tx.store().scan(&range(product, device))? {
        tx.delete(row.key);
    }
    Ok(())
}

fn rows(fleet: &Fleet, product: ProductId, device: DeviceId) -> Result<Vec<(EventId, Row)>, Error> {
    let rows = fleet.store().scan(&range(product, device))?;
    let id = |row: Row| match &row.record {
        Record::EventId(id) => Some((id.clone(), row)),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(id).collect())
}

fn deletion(row: &Row) -> Commit {
    Commit {
        checks: vec![Check { key: row.key.clone(), stamp: Some(row.stamp) }],
        writes: vec![Write::Delete { key: row.key.clone() }],
    }
}
