//! Firmware, and which device gets which version.

use super::{DeviceConsole, ProductConsole};
use crate::job::operations;
use fleet_bindings::Answered;
use fleet_bindings::given::{Fields, Given, Stated};
use fleet_bindings::shapes::{Change, Decision, DryRun, Firmware, Flash};
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

operations! { ProductConsole {
    firmware() -> Vec<Firmware> { move |door| door.firmware() }
    edit_firmware(version: u32, title: String, description: Option<String>) -> Firmware {
        move |door| door.edit_firmware(version, &title, description.as_deref())
    }
    delete_firmware(version: u32) -> () { move |door| door.delete_firmware(version) }
    release(version: u32) -> () { move |door| door.release(version) }
    withdraw_release() -> () { move |door| door.withdraw_release() }
    release_to_group(group: u16, version: Stated<u32>) -> () { move |door| door.release_to_group(group, version.0) }
} long {
    upload(upload: Upload) -> Firmware {
        move |door| {
            let Upload { version, title, description, requires_system, binary } = upload;
            door.upload(version, &title, description.as_deref(), requires_system.as_deref(), &binary)
        }
    }
    dry_run(change: Change) -> DryRun { move |door| door.dry_run(change) }
} }

operations! { DeviceConsole {
    lock(version: u32, flash: Flash) -> Decision { move |door| door.lock(version, flash) }
    unlock() -> () { move |door| door.unlock() }
    force_update() -> () { move |door| door.force_update() }
} }
