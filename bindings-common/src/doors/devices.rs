//! Devices, as a team sees them.

use super::{Answered, Console, DeviceConsole, ProductConsole, device_id, group_ids, limit};
use crate::plain::count;
use crate::shapes::{
    Decision, Device, DeviceFilter, DeviceIdPage, DevicePage, ImportProgress, ImportReport, ListedDevice, Summary,
};
use fleet_core::CancelToken;
use fleet_core::device::Correction;
use std::ops::ControlFlow;

impl Console {
    /// Registers devices that exist. Returns how many were new. An operator's command.
    pub fn register_devices(&self, devices: &[ListedDevice]) -> Answered<i64> {
        let devices = devices.iter().map(|listed| {
            let platform = listed.platform.as_deref().map(str::parse).transpose()?;
            Ok((device_id(&listed.device)?, platform))
        });
        Ok(count(self.door()?.register_devices(&devices.collect::<Answered<Vec<_>>>()?)?))
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

impl ProductConsole {
    /// Returns the verdicts that an import of this list would give, without changing anything.
    pub fn plan_import(&self, list: &[u8]) -> Answered<ImportReport> {
        Ok((&self.door()?.plan_import(list)?).into())
    }

    /// The same, until it is cancelled.
    pub fn plan_import_until(&self, list: &[u8], cancel: &CancelToken) -> Answered<ImportReport> {
        Ok((&self.door()?.plan_import_until(list, cancel)?).into())
    }

    /// Imports a list of devices: a text file with one id a line, or a .csv.
    pub fn import(&self, list: &[u8]) -> Answered<ImportReport> {
        Ok((&self.door()?.import(list)?).into())
    }

    /// The same, but calls `watch` with the progress after every few thousand devices. If it returns `false`, the
    /// import ends there; devices already added stay.
    pub fn import_watched(&self, list: &[u8], mut watch: impl FnMut(ImportProgress) -> bool) -> Answered<ImportReport> {
        let report = self.door()?.import_watched(list, |progress| match watch(progress.into()) {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        })?;
        Ok((&report).into())
    }

    /// Frees the places that imports reserve for devices not yet added. Returns how many.
    pub fn free_places(&self) -> Answered<i64> {
        Ok(count(self.door()?.free_places()?))
    }

    /// Lists the devices that match a filter, by id.
    pub fn devices(&self, filter: DeviceFilter, after: Option<&str>, page: Option<u32>) -> Answered<DevicePage> {
        let after = after.map(device_id).transpose()?;
        let page = self.door()?.devices(&filter.into(), after, limit(page))?;
        Ok(DevicePage { items: super::shapes(&page.items), next: page.next.map(|id| id.to_string()) })
    }

    /// Returns the numbers of the fleet.
    pub fn summary(&self) -> Answered<Summary> {
        Ok((&self.door()?.summary()?).into())
    }
}

impl DeviceConsole {
    /// Corrects the device's entry in the registry: its hardware, its security counter, or both. An operator's command,
    /// recorded in the audit of the product; the device need not be in it.
    pub fn correct(&self, platform: Option<&str>, security_counter: Option<u32>) -> Answered<()> {
        let mut correction = Correction::new();
        correction.platform = platform.map(str::parse).transpose()?;
        correction.security_counter = security_counter;
        Ok(self.door()?.correct(&correction)?)
    }

    /// Reads the device, also one that waits or is denied.
    pub fn get(&self) -> Answered<Device> {
        Ok((&self.door()?.get()?).into())
    }

    /// Returns what the device would be told to run if it connected now, and why.
    pub fn explain(&self) -> Answered<Decision> {
        Ok((&self.door()?.explain()?).into())
    }

    /// Names the device; an empty name removes the name.
    pub fn rename(&self, name: &str) -> Answered<()> {
        Ok(self.door()?.rename(name)?)
    }

    /// Marks the device for development.
    pub fn mark_development(&self) -> Answered<()> {
        Ok(self.door()?.mark_development()?)
    }

    /// Removes the mark for development.
    pub fn clear_development(&self) -> Answered<()> {
        Ok(self.door()?.clear_development()?)
    }

    /// Puts the device in these groups and removes it from all others.
    pub fn set_groups(&self, groups: &[u16]) -> Answered<()> {
        Ok(self.door()?.set_groups(&group_ids(groups))?)
    }

    /// Admits the waiting device.
    pub fn approve(&self) -> Answered<()> {
        Ok(self.door()?.approve()?)
    }

    /// Denies the device.
    pub fn deny(&self) -> Answered<()> {
        Ok(self.door()?.deny()?)
    }

    /// Allows the denied device to ask again.
    pub fn undeny(&self) -> Answered<()> {
        Ok(self.door()?.undeny()?)
    }

    /// Removes the device from the product.
    pub fn remove(&self) -> Answered<()> {
        Ok(self.door()?.remove()?)
    }
}
