//! Uploads, edits and deletes firmware (R-IMG).

use crate::audit::Entry;
use crate::firmware::rows::locks;
use crate::firmware::{
    Firmware, FirmwareIndex, FirmwareUse, FirmwareVersion, ImageFacts, Upload, UploadRefused, examine,
};
use crate::fleet::ProductConsole;
use crate::team::{Access, Actor, Command};
use crate::text::{self, DESCRIPTION, NAME};
use crate::{Error, ErrorKind};
use std::sync::Arc;

impl ProductConsole<'_> {
    /// Uploads a firmware: parses its binary, checks it against the product and the entered version, and stores its
    /// facts. The host stores the binary itself, under its SHA-256.
    ///
    /// # Errors
    /// [`ErrorKind::UploadRefused`] with both values of the mismatch; `taken` for a title that another firmware has;
    /// `invalid` for texts out of range.
    pub fn upload(&self, upload: &Upload<'_>, binary: &[u8]) -> Result<Firmware, Error> {
        let Self { console, product } = *self;
        let title = text::checked("title", upload.title, NAME)?;
        let description = text::checked("description", upload.description, DESCRIPTION)?;
        let mut examined = None;
        console.fleet.transact(|tx| {
            let Access { product: record, .. } = Access::check(tx, console.actor, Command::UploadFirmware, product)?;
            let mut index: Arc<FirmwareIndex> = tx.get(product)?.unwrap_or_default();
            // A retried transaction parses the binary again only if the product has changed.
            let image = match &examined {
                Some((seen, image)) if *seen == record => ImageFacts::clone(image),
                _ => {
                    let image =
                        examine(&record, upload.version, binary).map_err(|refused| refused.after(index.highest))?;
                    examined = Some((Arc::clone(&record), image.clone()));
                    image
                }
            };
            if upload.version.get() <= index.highest {
                let (entered, highest) = (upload.version, index.highest);
                return Err(UploadRefused::VersionNotGreater { entered, highest }.into());
            }
            index.check_title(&title, None)?;
            let firmware = Firmware {
                version: upload.version,
                title: title.clone(),
                description: description.clone(),
                uploaded_at: console.now,
                uploaded_by: if let Actor::Account(account) = console.actor { Some(account) } else { None },
                image,
                requires_system: upload.requires_system.clone(),
                proven: None,
                released_at: None,
                on_the_line_at: None,
                locked_devices: 0,
            };
            let changed = Arc::make_mut(&mut index);
            changed.highest = upload.version.get();
            changed.firmware.push(firmware.clone());
            tx.put(product, index);
            console.note(tx, product, Command::UploadFirmware, format!("version {}, `{title}`", upload.version));
            Ok(firmware)
        })
    }

    /// Returns the product's firmware, in order of version.
    ///
    /// # Errors
    /// `not_found`.
    pub fn firmware(&self) -> Result<Vec<Firmware>, Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::ReadProduct, product)?;
            let index: Arc<FirmwareIndex> = tx.get(product)?.unwrap_or_default();
            let locks = locks(tx, product, &index)?;
            let counted =
                |firmware: &Firmware| Firmware { locked_devices: locks.devices(firmware.version), ..firmware.clone() };
            Ok(index.iter().map(counted).collect())
        })
    }

    /// Changes a firmware's title, and its description if one is given; `None` leaves it unchanged (R-IMG-7). An empty
    /// description removes it.
    ///
    /// # Errors
    /// `taken` for a title that another firmware has; `invalid` for texts out of range.
    pub fn edit_firmware<'d>(
        &self,
        version: FirmwareVersion,
        title: &str,
        description: impl Into<Option<&'d str>>,
    ) -> Result<Firmware, Error> {
        let Self { console, product } = *self;
        let title = text::checked("title", title, NAME)?;
        let description = description.into().map(|text| text::checked("description", text, DESCRIPTION)).transpose()?;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::EditFirmware, product)?;
            let mut index: Arc<FirmwareIndex> = tx.get(product)?.unwrap_or_default();
            index.check_title(&title, Some(version))?;
            let firmware = Arc::make_mut(&mut index).get_mut(version).ok_or_else(|| Error::not_found("firmware"))?;
            let description = description.as_ref().unwrap_or(&firmware.description).clone();
            let values = [
                ("title", format!("`{}`", firmware.title), format!("`{title}`")),
                ("description", format!("`{}`", firmware.description), format!("`{description}`")),
            ];
            if (&firmware.title, &firmware.description) == (&title, &description) {
                return Ok(firmware.clone());
            }
            let entry = Entry::changed(format!("version {version}, `{title}`"), values);
            firmware.title.clone_from(&title);
            firmware.description.clone_from(&description);
            let mut edited = firmware.clone();
            edited.locked_devices = locks(tx, product, &index)?.devices(version);
            tx.put(product, index);
            console.note(tx, product, Command::EditFirmware, entry);
            Ok(edited)
        })
    }

    /// Deletes a firmware that was never released and that no device is locked to (R-IMG-7). Its version is not reused.
    ///
    /// # Errors
    /// `firmware_in_use` with the reason.
    pub fn delete_firmware(&self, version: FirmwareVersion) -> Result<(), Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::DeleteFirmware, product)?;
            let mut index: Arc<FirmwareIndex> = tx.get(product)?.unwrap_or_default();
            let firmware = index.get(version).ok_or_else(|| Error::not_found("firmware"))?;
            let in_use = |by| Err(ErrorKind::FirmwareInUse { version, by }.into());
            if let Some(at) = firmware.released_at {
                return in_use(FirmwareUse::Released { at });
            }
            if let Some(at) = firmware.on_the_line_at {
                return in_use(FirmwareUse::OnTheLine { since: at });
            }
            let locked = locks(tx, product, &index)?.devices(version);
            if locked > 0 {
                return in_use(FirmwareUse::Locked { devices: locked });
            }
            let title = firmware.title.clone();
            Arc::make_mut(&mut index).firmware.retain(|firmware| firmware.version != version);
            tx.put(product, index);
            console.note(tx, product, Command::DeleteFirmware, format!("version {version}, `{title}`"));
            Ok(())
        })
    }
}
