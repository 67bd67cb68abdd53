//! Compares a product's firmware with the records that refer to it.

use super::Findings;
use super::devices::Members;
use crate::firmware::{FirmwareIndex, FirmwareLocks, FirmwareVersion};
use crate::product::Product;
use crate::store::StoreError;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) fn check(findings: &mut Findings<'_>, product: &Product, members: &Members) -> Result<(), StoreError> {
    let id = product.id;
    let index: Arc<FirmwareIndex> = findings.record(id)?.unwrap_or_default();
    let versions: Vec<u16> = index.iter().map(|firmware| firmware.version.get()).collect();
    let grow = versions.is_sorted_by(|a, b| a < b) && versions.last().is_none_or(|last| *last <= index.highest);
    findings.ensure("R-IMG-6", grow, || {
        format!("versions of product {id} do not increase up to {}: {versions:?}", index.highest)
    });
    let titles: BTreeSet<&str> = index.iter().map(|firmware| &*firmware.title).collect();
    findings.same("R-IMG-7", &format!("distinct titles of product {id}"), titles.len(), versions.len());

    let stored = findings.record::<Arc<FirmwareLocks>>(id)?;
    let locks = stored.unwrap_or_else(|| Arc::new(FirmwareLocks::counted_in(&index)));
    let locks: BTreeMap<u16, u32> = locks.iter().map(|(version, devices)| (version.get(), devices)).collect();
    for version in locks.keys() {
        findings.ensure("R-IMG-7", versions.contains(version), || {
            format!("devices of product {id} are locked to version {version}, which does not exist")
        });
    }
    findings.same("R-IMG-7", &format!("devices of product {id} locked to each version"), locks, members.locked.clone());

    let released = |version: FirmwareVersion| index.get(version).is_some_and(|firmware| firmware.released_at.is_some());
    let groups = product.groups.values().filter_map(|group| group.release);
    for version in product.release.map(|release| release.version).into_iter().chain(groups) {
        findings.ensure("R-IMG-7", released(version), || {
            format!("product {id} releases version {version}, which does not exist or is not marked as released")
        });
    }
    Ok(())
}
