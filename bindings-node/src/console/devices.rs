//! Devices, as a team sees them.

use super::Console;
use crate::job::operations;
use fleet_bindings::shapes::{
    Decision, Device, DeviceFilter, DeviceIdPage, DevicePage, ImportReport, ListedDevice, Summary,
};

operations! { Console {
    correct_device(
        product: u32,
        device: String,
        platform: Option<String>,
        security_counter: Option<u32>
    ) -> () {
        move |door| door.correct_device(product, &device, platform.as_deref(), security_counter)
    }
    free_places(product: u32) -> i64 { move |door| door.free_places(product) }
    device(product: u32, device: String) -> Device { move |door| door.device(product, &device) }
    devices(product: u32, filter: Option<DeviceFilter>, after: Option<String>, limit: Option<u32>) -> DevicePage {
        move |door| door.devices(product, filter.unwrap_or_default(), after.as_deref(), limit)
    }
    summary(product: u32) -> Summary { move |door| door.summary(product) }
    explain(product: u32, device: String) -> Decision { move |door| door.explain(product, &device) }
    name_device(product: u32, device: String, name: String) -> () {
        move |door| door.name_device(product, &device, &name)
    }
    mark_development(product: u32, device: String, development: bool) -> () {
        move |door| door.mark_development(product, &device, development)
    }
    set_groups(product: u32, device: String, groups: Vec<u16>) -> () {
        move |door| door.set_groups(product, &device, &groups)
    }
    approve_device(product: u32, device: String) -> () { move |door| door.approve_device(product, &device) }
    deny_device(product: u32, device: String) -> () { move |door| door.deny_device(product, &device) }
    undeny_device(product: u32, device: String) -> () { move |door| door.undeny_device(product, &device) }
    remove_device(product: u32, device: String) -> () { move |door| door.remove_device(product, &device) }
    claim_device(device: String) -> () { move |door| door.claim_device(&device) }
    unclaim_device(device: String) -> () { move |door| door.unclaim_device(&device) }
    end_claim(device: String) -> () { move |door| door.end_claim(&device) }
    claimed_devices(after: Option<String>, limit: Option<u32>) -> DeviceIdPage {
        move |door| door.claimed_devices(after.as_deref(), limit)
    }
} long {
    plan_import(product: u32, list: Vec<u8>) -> ImportReport { move |door| door.plan_import(product, &list) }
    import(product: u32, list: Vec<u8>) -> ImportReport { move |door| door.import(product, &list) }
    register_devices(devices: Vec<ListedDevice>) -> i64 { move |door| door.register_devices(&devices) }
} }
