//! Devices, as a team sees them.

use super::{Answered, Console, device_id, group_ids, limit, product_id};
use crate::plain::count;
use crate::shapes::{
    Decision, Device, DeviceFilter, DeviceIdPage, DevicePage, ImportProgress, ImportReport, ListedDevice, Summary,
};
use fleet_core::device::Correction;
use std::ops::ControlFlow;

impl Console {
    /// What an import of this list would say, without changing anything.
    pub fn plan_import(&self, product: u32, list: &[u8]) -> Answered<ImportReport> {
        Ok((&self.door()?.plan_import(product_id(product)?, list)?).into())
    }

    /// Imports a list of devices: one id a line, or a .csv.
    pub fn import(&self, product: u32, list: &[u8]) -> Answered<ImportReport> {
        Ok((&self.door()?.import(product_id(product)?, list)?).into())
    }

    /// The same, telling `watch` how far it is after every few thousand devices. Where it answers `false`, the import
    /// ends there: what was added stays.
    pub fn import_watched(
        &self,
        product: u32,
        list: &[u8],
        mut watch: impl FnMut(ImportProgress) -> bool,
    ) -> Answered<ImportReport> {
        let report =
            self.door()?.import_watched(product_id(product)?, list, |progress| match watch(progress.into()) {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            })?;
        Ok((&report).into())
    }

    /// Tells the platform of devices that exist; answers how many were new. An operator's command.
    pub fn register_devices(&self, devices: &[ListedDevice]) -> Answered<i64> {
        let devices = devices.iter().map(|listed| {
            let platform = listed.platform.as_deref().map(str::parse).transpose()?;
            Ok((device_id(&listed.device)?, platform))
        });
        Ok(count(self.door()?.register_devices(&devices.collect::<Answered<Vec<_>>>()?)?))
    }

    /// Corrects what the registry knows of a device: its hardware, its security counter, or both. An operator's command,
    /// recorded in the audit of `product`; the device need not be in it.
    pub fn correct_device(
        &self,
        product: u32,
        device: &str,
        platform: Option<&str>,
        security_counter: Option<u32>,
    ) -> Answered<()> {
        let platform = platform.map(str::parse).transpose()?;
        let correction = Correction { platform, security_counter };
        Ok(self.door()?.correct_device(product_id(product)?, device_id(device)?, &correction)?)
    }

    /// Frees the places that imports hold for devices they have yet to add; answers how many.
    pub fn free_places(&self, product: u32) -> Answered<i64> {
        Ok(count(self.door()?.free_places(product_id(product)?)?))
    }

    /// A device of the product, waiting and denied ones too.
    pub fn device(&self, product: u32, device: &str) -> Answered<Device> {
        Ok((&self.door()?.device(product_id(product)?, device_id(device)?)?).into())
    }

    /// The devices that a filter wants, by id.
    pub fn devices(
        &self,
        product: u32,
        filter: DeviceFilter,
        after: Option<&str>,
        page: Option<u32>,
    ) -> Answered<DevicePage> {
        let after = after.map(device_id).transpose()?;
        let page = self.door()?.devices(product_id(product)?, &filter.into(), after, limit(page))?;
        Ok(DevicePage { items: super::shapes(&page.items), next: page.next.map(|id| id.to_string()) })
    }

    /// The fleet in numbers.
    pub fn summary(&self, product: u32) -> Answered<Summary> {
        Ok((&self.door()?.summary(product_id(product)?)?).into())
    }

    /// What a device would be told if it connected now, and why.
    pub fn explain(&self, product: u32, device: &str) -> Answered<Decision> {
        Ok((&self.door()?.explain(product_id(product)?, device_id(device)?)?).into())
    }

    /// Names a device; an empty name takes the name away.
    pub fn name_device(&self, product: u32, device: &str, name: &str) -> Answered<()> {
        Ok(self.door()?.name_device(product_id(product)?, device_id(device)?, name)?)
    }

    /// Marks a device for development, or takes the mark away.
    pub fn mark_development(&self, product: u32, device: &str, development: bool) -> Answered<()> {
        Ok(self.door()?.mark_development(product_id(product)?, device_id(device)?, development)?)
    }

    /// Puts a device in these groups and takes it out of all others.
    pub fn set_groups(&self, product: u32, device: &str, groups: &[u16]) -> Answered<()> {
        Ok(self.door()?.set_groups(product_id(product)?, device_id(device)?, &group_ids(groups))?)
    }

    /// Lets a waiting device in.
    pub fn approve_device(&self, product: u32, device: &str) -> Answered<()> {
        Ok(self.door()?.approve_device(product_id(product)?, device_id(device)?)?)
    }

    /// Shuts a device out.
    pub fn deny_device(&self, product: u32, device: &str) -> Answered<()> {
        Ok(self.door()?.deny_device(product_id(product)?, device_id(device)?)?)
    }

    /// Lets a denied device ask again.
    pub fn undeny_device(&self, product: u32, device: &str) -> Answered<()> {
        Ok(self.door()?.undeny_device(product_id(product)?, device_id(device)?)?)
    }

    /// Takes a device out of the product.
    pub fn remove_device(&self, product: u32, device: &str) -> Answered<()> {
        Ok(self.door()?.remove_device(product_id(product)?, device_id(device)?)?)
    }

    /// Claims a device that nobody has claimed, for oneself.
    pub fn claim_device(&self, device: &str) -> Answered<()> {
        Ok(self.door()?.claim_device(device_id(device)?)?)
    }

    /// Gives up a device that one has claimed.
    pub fn unclaim_device(&self, device: &str) -> Answered<()> {
        Ok(self.door()?.unclaim_device(device_id(device)?)?)
    }

    /// Ends the claim of a device, whoever has it: the team for its product's, the operator for any.
    pub fn end_claim(&self, device: &str) -> Answered<()> {
        Ok(self.door()?.end_claim(device_id(device)?)?)
    }

    /// The devices that one has claimed, by id.
    pub fn claimed_devices(&self, after: Option<&str>, page: Option<u32>) -> Answered<DeviceIdPage> {
        let page = self.door()?.claimed_devices(after.map(device_id).transpose()?, limit(page))?;
        let items = page.items.iter().map(ToString::to_string).collect();
        Ok(DeviceIdPage { items, next: page.next.map(|id| id.to_string()) })
    }
}
