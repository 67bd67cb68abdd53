//! Firmware, and which device gets which version.

use super::Console;
use crate::job::operations;
use fleet_bindings::Answered;
use fleet_bindings::given::{Fields, Given, Stated};
use fleet_bindings::shapes::{Change, Decision, DryRun, Firmware};
use napi::Unknown;

/// The firmware to upload.
struct Upload {
    version: u32,
    title: String,
    description: Option<String>,
    requires_system: Option<String>,
    binary: Vec<u8>,
}

impl Given for Upload {
    fn given(value: Unknown<'_>, field: &'static str) -> Answered<Self> {
        let mut fields = Fields::of(value, field)?;
        let read = Self {
            version: fields.read("version")?,
            title: fields.read("title")?,
            description: fields.read("description")?,
            requires_system: fields.read("requires_system")?,
            binary: fields.read("binary")?,
        };
        fields.end()?;
        Ok(read)
    }
}

operations! { Console {
    firmware(product: u32) -> Vec<Firmware> { move |door| door.firmware(product) }
    edit_firmware(product: u32, version: u32, title: String, description: Option<String>) -> Firmware {
        move |door| door.edit_firmware(product, version, &title, description.as_deref())
    }
    delete_firmware(product: u32, version: u32) -> () { move |door| door.delete_firmware(product, version) }
    release(product: u32, version: u32) -> () { move |door| door.release(product, version) }
    withdraw_release(product: u32) -> () { move |door| door.withdraw_release(product) }
    release_to_group(product: u32, group: u16, version: Stated<u32>) -> () {
        move |door| door.release_to_group(product, group, version.0)
    }
    lock_and_flash_now(product: u32, device: String, version: u32) -> Decision {
        move |door| door.lock_and_flash_now(product, &device, version)
    }
    lock_and_flash_on_reset(product: u32, device: String, version: u32) -> () {
        move |door| door.lock_and_flash_on_reset(product, &device, version)
    }
    unlock(product: u32, device: String) -> () { move |door| door.unlock(product, &device) }
    force_update(product: u32, device: String) -> () { move |door| door.force_update(product, &device) }
} long {
    upload(product: u32, upload: Upload) -> Firmware {
        move |door| {
            let Upload { version, title, description, requires_system, binary } = upload;
            door.upload(product, version, &title, description.as_deref(), requires_system.as_deref(), &binary)
        }
    }
    dry_run(product: u32, change: Change) -> DryRun { move |door| door.dry_run(product, change) }
} }
