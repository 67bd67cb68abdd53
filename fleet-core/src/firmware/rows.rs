//! Reads and stages the count of locks, for the doors of several domains.

use super::{FirmwareIndex, FirmwareLocks, FirmwareVersion};
use crate::Error;
use crate::product::ProductId;
use crate::store::Transaction;
use std::sync::Arc;

/// The counts of a product. If no device of the product was locked since this record was introduced, its counts are
/// in the index, where an earlier version stored them.
pub(super) fn locks(
    tx: &mut Transaction<'_>,
    product: ProductId,
    index: &FirmwareIndex,
) -> Result<Arc<FirmwareLocks>, Error> {
    Ok(tx.get(product)?.unwrap_or_else(|| Arc::new(FirmwareLocks::counted_in(index))))
}

/// Counts a change of a device's lock, so that no firmware with locked devices is deleted (R-IMG-7).
pub(crate) fn move_lock(
    tx: &mut Transaction<'_>,
    product: ProductId,
    from: Option<FirmwareVersion>,
    to: Option<FirmwareVersion>,
) -> Result<(), Error> {
    let mut locks = match tx.get::<Arc<FirmwareLocks>>(product)? {
        Some(locks) => locks,
        None => move_counts(tx, product)?,
    };
    let changed = Arc::make_mut(&mut locks);
    if let Some(version) = from {
        match changed.devices(version) {
            0 | 1 => changed.devices.remove(&version),
            devices => changed.devices.insert(version, devices - 1),
        };
    }
    if let Some(version) = to {
        let devices = changed.devices.entry(version).or_default();
        *devices = devices.saturating_add(1);
    }
    tx.put(product, locks);
    Ok(())
}

/// Moves the counts of an earlier version out of the index.
fn move_counts(tx: &mut Transaction<'_>, product: ProductId) -> Result<Arc<FirmwareLocks>, Error> {
    let mut index: Arc<FirmwareIndex> = tx.get(product)?.unwrap_or_default();
    let locks = FirmwareLocks::counted_in(&index);
    if !locks.devices.is_empty() {
        Arc::make_mut(&mut index).firmware.iter_mut().for_each(|firmware| firmware.locked_devices = 0);
        tx.put(product, index);
    }
    Ok(Arc::new(locks))
}
