//! Devices, as a team sees them.

use super::{Answered, Console, device_id, group_ids, limit, product_id};
use crate::plain::count;
use crate::shapes::{
    Decision, Device, DeviceFilter, DeviceIdPage, DevicePage, ImportProgress, ImportReport, ListedDevice, Summary,
};
use fleet_core::CancelToken;
use fleet_core::device::Correction;
use std::ops::ControlFlow;

impl Console {
    /// Returns the verdicts that an import of this list would give, without changing anything.
    pub fn plan_import(&self, product: u32, list: &[u8]) -> Answered<ImportReport> {
        Ok((&self.door()?.product(product_id(product)?).plan_import(list)?).into())
    }

    /// The same, until it is cancelled.
    pub fn plan_import_until(&self, product: u32, list: &[u8], cancel: &CancelToken) -> Answered<ImportReport> {
        Ok((&self.door()?.product(product_id(product)?).plan_import_until(list, cancel)?).into())
    }

    /// Imports a list of devices: a text file with one id a line, or a .csv.
    pub fn import(&self, product: u32, list: &[u8]) -> Answered<ImportReport> {
        Ok((&self.door()?.product(product_id(product)?).import(list)?).into())
    }

    /// The same, but calls `watch` with the progress after every few thousand devices. If it returns `false`, the
    /// import ends there; devices already added stay.
    pub fn import_watched(
        &self,
        product: u32,
        list: &[u8],
        mut watch: impl FnMut(ImportProgress) -> bool,
    ) -> Answered<ImportReport> {
        let report = self.door()?.product(product_id(product)?).import_watched(list, |progress| {
            match watch(progress.into()) {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        })?;
        Ok((&report).into())
    }

    /// Registers devices that exist. Returns how many were new. An operator's command.
    pub fn register_devices(&self, devices: &[ListedDevice]) -> Answered<i64> {
        let devices = devices.iter().map(|listed| {
            let platform = listed.platform.as_deref().map(str::parse).transpose()?;
            Ok((device_id(&listed.device)?, platform))
        });
        Ok(count(self.door()?.register_devices(&devices.collect::<Answered<Vec<_>>>()?)?))
    }

    /// Corrects a device's entry in the registry: its hardware, its security counter, or both. An operator's command,
    /// recorded in the audit of `product`; the device need not be in it.
    pub fn correct_device(
        &self,
        product: u32,
        device: &str,
        platform: Option<&str>,
        security_counter: Option<u32>,
    ) -> Answered<()> {
        let mut correction = Correction::new();
        correction.platform = platform.map(str::parse).transpose()?;
        correction.security_counter = security_counter;
        Ok(self.door()?.product(product_id(product)?).device(device_id(device)?).correct(&correction)?)
    }

    /// Frees the places that imports reserve for devices not yet added. Returns how many.
    pub fn free_places(&self, product: u32) -> Answered<i64> {
        Ok(count(self.door()?.product(product_id(product)?).free_places()?))
    }

    /// Returns a device of the product, also one that waits or is denied.
    pub fn device(&self, product: u32, device: &str) -> Answered<Device> {
        Ok((&self.door()?.product(product_id(product)?).device(device_id(device)?).get()?).into())
    }

    /// Lists the devices that match a filter, by id.
    pub fn devices(
        &self,
        product: u32,
        filter: DeviceFilter,
        after: Option<&str>,
        page: Option<u32>,
    ) -> Answered<DevicePage> {
        let after = after.map(device_id).transpose()?;
        let page = self.door()?.product(product_id(product)?).devices(&filter.into(), after, limit(page))?;
        Ok(DevicePage { items: super::shapes(&page.items), next: page.next.map(|id| id.to_string()) })
    }

    /// Returns the numbers of the fleet.
    pub fn summary(&self, product: u32) -> Answered<Summary> {
        Ok((&self.door()?.product(product_id(product)?).summary()?).into())
    }

    /// Returns what a device would be told to run if it connected now, and why.
    pub fn explain(&self, product: u32, device: &str) -> Answered<Decision> {
        Ok((&self.door()?.product(product_id(product)?).device(device_id(device)?).explain()?).into())
    }

    /// Names a device; an empty name removes the name.
    pub fn name_device(&self, product: u32, device: &str, name: &str) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).device(device_id(device)?).rename(name)?)
    }

    /// Marks a device for development, or removes the mark.
    pub fn mark_development(&self, product: u32, device: &str, development: bool) -> Answered<()> {
        let door = self.door()?;
        let device = door.product(product_id(product)?).device(device_id(device)?);
        Ok(if development { device.mark_development() } else { device.clear_development() }?)
    }

    /// Puts a device in these groups and removes it from all others.
    pub fn set_groups(&self, product: u32, device: &str, groups: &[u16]) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).device(device_id(device)?).set_groups(&group_ids(groups))?)
    }

    /// Admits a waiting device.
    pub fn approve_device(&self, product: u32, device: &str) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).device(device_id(device)?).approve()?)
    }

    /// Denies a device.
    pub fn deny_device(&self, product: u32, device: &str) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).device(device_id(device)?).deny()?)
    }

    /// Allows a denied device to ask again.
    pub fn undeny_device(&self, product: u32, device: &str) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).device(device_id(device)?).undeny()?)
    }

    /// Removes a device from the product.
    pub fn remove_device(&self, product: u32, device: &str) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).device(device_id(device)?).remove()?)
    }

    /// Claims an unclaimed device for the actor.
    pub fn claim_device(&self, device: &str) -> Answered<()> {
        Ok(self.door()?.claim_device(device_id(device)?)?)
    }

    /// Ends the actor's claim of a device.
    pub fn unclaim_device(&self, device: &str) -> Answered<()> {
        Ok(self.door()?.unclaim_device(device_id(device)?)?)
    }

    /// Ends the claim of a device, whoever has it: a team may do so for its product's devices, the operator for any.
    pub fn end_claim(&self, device: &str) -> Answered<()> {
        Ok(self.door()?.end_claim(device_id(device)?)?)
    }

    /// Lists the devices that the actor has claimed, by id.
    pub fn claimed_devices(&self, after: Option<&str>, page: Option<u32>) -> Answered<DeviceIdPage> {
        let page = self.door()?.claimed_devices(after.map(device_id).transpose()?, limit(page))?;
        let items = page.items.iter().map(ToString::to_string).collect();
        Ok(DeviceIdPage { items, next: page.next.map(|id| id.to_string()) })
    }
}
