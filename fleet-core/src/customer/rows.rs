//! Reads and stages the records of customers, for the doors of several domains.

use super::{Customer, StickerKey};
use crate::device::{DeviceId, Registration};
use crate::product::ProductId;
use crate::store::{Key, Stored, Transaction};
use crate::team::Claimant;
use crate::{Error, Fleet, text};
use std::sync::Arc;

/// Returns what a user name refers to in a product, and the key that it is stored under: the one for comparing names,
/// or that of an earlier version.
pub(super) fn named<T: Stored<Id = (ProductId, Arc<str>)>>(
    tx: &mut Transaction<'_>,
    product: ProductId,
    user_name: &str,
) -> Result<Option<(Arc<str>, T)>, Error> {
    for key in text::keys(user_name).map(Arc::from) {
        if let Some(found) = tx.get::<T>((product, Arc::clone(&key)))? {
            return Ok(Some((key, found)));
        }
    }
    Ok(None)
}

/// Ends the claim of a device, whoever has it. The caller writes the registry entry.
pub(crate) fn end_claim(
    tx: &mut Transaction<'_>,
    device: DeviceId,
    entry: &mut Registration,
) -> Result<Option<Claimant>, Error> {
    let claimant = entry.claimed_by.take();
    match claimant {
        None => {}
        Some(Claimant::Account(account)) => tx.delete(Key::Claim(account, device)),
        Some(Claimant::Customer(product, customer)) => {
            if let Some(mut record) = tx.get::<Arc<Customer>>((product, customer))? {
                Arc::make_mut(&mut record).devices.remove(&device);
                tx.put((product, customer), record);
            }
        }
    }
    Ok(claimant)
}

/// Returns the key of the fleet that hashes the codes printed on devices, and creates it with this commit if needed.
pub(super) fn sticker_key(fleet: &Fleet, tx: &mut Transaction<'_>) -> Result<StickerKey, Error> {
    if let Some(key) = tx.get::<StickerKey>(())? {
        return Ok(key);
    }
    let key = StickerKey::new(fleet.random_bytes()?);
    tx.put((), key);
    Ok(key)
}
