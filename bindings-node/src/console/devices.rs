//! Devices, as a team sees them.

use super::{Console, DeviceConsole, ProductConsole};
use crate::job::operations;
use fleet_bindings::shapes::{
    Decision, Device, DeviceFilter, DeviceIdPage, DevicePage, ImportReport, ListedDevice, Summary,
};

operations! { Console {
    claim_device(device: String) -> () { move |door| door.claim_device(&device) }
    unclaim_device(device: String) -> () { move |door| door.unclaim_device(&device) }
    end_claim(device: String) -> () { move |door| door.end_claim(&device) }
    claimed_devices(after: Option<String>, limit: Option<u32>) -> DeviceIdPage {
        move |door| door.claimed_devices(after.as_deref(), limit)
    }
} long {
    register_devices(devices: Vec<ListedDevice>) -> i64 { move |door| door.register_devices(&devices) }
} }

operations! { ProductConsole {
    free_places() -> i64 { move |door| door.free_places() }
    devices(filter: Option<DeviceFilter>, after: Option<String>, limit: Option<u32>) -> DevicePage {
        move |door| door.devices(filter.unwrap_or_default(), after.as_deref(), limit)
    }
    summary() -> Summary { move |door| door.summary() }
} long {
    plan_import(list: Vec<u8>) -> ImportReport { move |door| door.plan_import(&list) }
    import(list: Vec<u8>) -> ImportReport { move |door| door.import(&list) }
} }

operations! { DeviceConsole {
    correct(platform: Option<String>, security_counter: Option<u32>) -> () {
        move |door| door.correct(platform.as_deref(), security_counter)
    }
    get() -> Device { move |door| door.get() }
    explain() -> Decision { move |door| door.explain() }
    rename(name: String) -> () { move |door| door.rename(&name) }
    mark_development() -> () { move |door| door.mark_development() }
    clear_development() -> () { move |door| door.clear_development() }
    set_groups(groups: Vec<u16>) -> () { move |door| door.set_groups(&groups) }
    approve() -> () { move |door| door.approve() }
    deny() -> () { move |door| door.deny() }
    undeny() -> () { move |door| door.undeny() }
    remove() -> () { move |door| door.remove() }
} }
