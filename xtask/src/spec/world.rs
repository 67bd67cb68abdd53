//! A scenario's fleet, and the answers of its steps so far.

use super::answer;
use super::argument::{Binary, Change, Filter, List, Ref, Reported};
use super::command::{Command, Door};
use super::file::Step;
use super::metering;
use crate::workspace::root;
use fleet_core::customer::Secret;
use fleet_core::device::{Correction, DeviceFilter, Disconnect, Report};
use fleet_core::event::EventStream;
use fleet_core::firmware::{Change as FleetChange, Upload};
use fleet_core::product::GroupId;
use fleet_core::store::AuditId;
use fleet_core::{AccountId, Actor, Console, Error, FirmwareVersion, Flash, Fleet, ProductId, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Component, Path};

/// Default number of items on a page.
pub(super) const PAGE: usize = 100;

/// A fleet, and what a scenario keeps between its steps.
#[derive(Debug)]
pub(super) struct World {
    pub(super) fleet: Fleet,
    pub(super) now: Timestamp,
    saved: BTreeMap<String, Value>,
    pub(super) streams: RefCell<Vec<EventStream>>,
}

/// Why a step has no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// The core refused.
    Refused(Error),
    /// The step itself is invalid.
    Malformed(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

pub(super) type Found<T> = Result<T, Failure>;

/// Answers the commands of one domain. `None` for any other command.
type Domain = fn(&World, Console<'_>, &Command) -> Found<Option<Value>>;

pub(super) fn malformed<T>(problem: impl ToString) -> Found<T> {
    Err(Failure::Malformed(problem.to_string()))
}

/// The answer of a command without a result.
pub(super) fn done() -> Value {
    json!({})
}

impl World {
    pub(super) fn new(fleet: Fleet, now: Timestamp) -> Self {
        Self { fleet, now, saved: BTreeMap::new(), streams: RefCell::default() }
    }

    /// Runs a step.
    pub(super) fn perform(&mut self, step: &Step) -> Found<Value> {
        if let Some(at) = step.at {
            self.now = at.0;
        }
        match &step.actor {
            Some(name) => {
                let actor = if name == "operator" { Actor::Operator } else { self.account(name)?.into() };
                let door = self.fleet.console(actor, self.now);
                let rooms: [Domain; 7] = [
                    Self::products,
                    Self::devices,
                    Self::firmware,
                    Self::team,
                    Self::customers,
                    Self::events,
                    Self::billing,
                ];
                for room in rooms {
                    if let Some(answer) = room(self, door, &step.command)? {
                        return Ok(answer);
                    }
                }
                malformed("the console does not have this command")
            }
            None if step.command.door() == Door::Portal => {
                self.portal(&step.command)?.map_or_else(|| malformed("the portal does not have this command"), Ok)
            }
            None => match self.clock(&step.command)? {
                Some(answer) => Ok(answer),
                None => self.machines(&step.command),
            },
        }
    }

    /// Saves an answer under a name.
    pub(super) fn save(&mut self, name: &str, answer: Value) {
        self.saved.insert(name.to_owned(), answer);
    }

    /// Replaces the references in an expected answer by saved values.
    pub(super) fn fill(&self, expected: &Value) -> Result<Value, String> {
        Ok(match expected {
            Value::String(text) => match text.strip_prefix('$') {
                Some(path) => self.saved(path)?.clone(),
                None => expected.clone(),
            },
            Value::Array(items) => items.iter().map(|item| self.fill(item)).collect::<Result<_, _>>()?,
            Value::Object(fields) => {
                let fields = fields.iter().map(|(key, value)| Ok((key.clone(), self.fill(value)?)));
                Value::Object(fields.collect::<Result<_, String>>()?)
            }
            plain => plain.clone(),
        })
    }

    fn saved(&self, path: &str) -> Result<&Value, String> {
        let mut parts = path.split('.');
        let name = parts.next().unwrap_or_default();
        let saved = self.saved.get(name).ok_or_else(|| format!("`${path}`: no step before saved `{name}`"))?;
        parts
            .try_fold(saved, |value, part| match value {
                Value::Array(items) => items.get(part.parse::<usize>().ok()?),
                value => value.get(part),
            })
            .ok_or_else(|| format!("`${path}`: there is no such field in {saved}"))
    }

    pub(super) fn see<T: DeserializeOwned + Clone>(&self, value: &Ref<T>) -> Found<T> {
        match value {
            Ref::Value(value) => Ok(value.clone()),
            Ref::Saved(path) => {
                let saved = self.saved(path).map_err(Failure::Malformed)?;
                T::deserialize(saved).or_else(|error| malformed(format!("`${path}`: {error}")))
            }
        }
    }

    pub(super) fn maybe<T: DeserializeOwned + Clone>(&self, value: Option<&Ref<T>>) -> Found<Option<T>> {
        value.map(|value| self.see(value)).transpose()
    }

    fn account(&self, name: &str) -> Found<AccountId> {
        self.see(&Ref::Saved(format!("{name}.id")))
    }

    pub(super) fn product(&self, number: &Ref<u32>) -> Found<ProductId> {
        Ok(ProductId::new(self.see(number)?)?)
    }

    /// A token or a code that was issued as text.
    pub(super) fn secret(&self, text: &Ref<String>) -> Found<Secret> {
        Ok(self.see(text)?.parse()?)
    }

    fn version(&self, number: &Ref<u32>) -> Found<FirmwareVersion> {
        Ok(FirmwareVersion::new(self.see(number)?)?)
    }

    fn any_version(&self, number: Option<&Ref<u32>>) -> Found<Option<FirmwareVersion>> {
        number.map(|number| self.version(number)).transpose()
    }

    fn group(&self, number: &Ref<u16>) -> Found<GroupId> {
        Ok(GroupId::new(self.see(number)?))
    }

    /// Runs the commands about people, products and the audit.
    fn products(&self, door: Console<'_>, command: &Command) -> Found<Option<Value>> {
        Ok(Some(match command {
            Command::Usage { product } => metering::usage(&door.product(self.product(product)?).usage()?),
            Command::CreateAccount { email } => answer::account(&door.create_account(&self.see(email)?)?),
            Command::CreateProduct { name, platform } => {
                answer::product(&door.create_product(&self.see(name)?, self.see(platform)?.parse()?)?)
            }
            Command::CreateProductWithId { product, owner, name, platform } => {
                let (product, owner) = (self.product(product)?, self.account(owner)?);
                let (name, platform) = (self.see(name)?, self.see(platform)?.parse()?);
                answer::product(&door.create_product_with_id(product, owner, &name, platform)?)
            }
            Command::Product { product } => answer::product(&door.product(self.product(product)?).get()?),
            Command::Products {} => answer::items(door.products()?.iter().map(answer::product)),
            Command::RenameProduct { product, name } => {
                answer::product(&door.product(self.product(product)?).rename(&self.see(name)?)?)
            }
            Command::SetPolicy { product, policy } => {
                answer::product(&door.product(self.product(product)?).set_policy(policy)?)
            }
            Command::SetTier { product, tier } => {
                answer::product(&door.product(self.product(product)?).set_tier(&self.see(tier)?)?)
            }
            Command::RemoveProduct { product } => {
                door.product(self.product(product)?).remove()?;
                done()
            }
            Command::CreateGroup { product, name } => {
                json!({ "group": door.product(self.product(product)?).create_group(&self.see(name)?)? })
            }
            Command::DeleteGroup { product, group } => {
                door.product(self.product(product)?).delete_group(self.group(group)?)?;
                done()
            }
            Command::AuditLog { product, after, limit } => {
                let after = self.maybe(after.as_ref())?.map(|text| audit_cursor(&text)).transpose()?;
                let page = door.product(self.product(product)?).audit_log(after, limit.unwrap_or(PAGE))?;
                let next = page.next.map(|id| format!("{}/{}", id.at.as_millis(), id.nonce));
                answer::page(page.items.iter().map(|record| answer::audit(record)), next)
            }
            Command::AccountAuditLog { account, after, limit } => {
                let after = self.maybe(after.as_ref())?.map(|text| audit_cursor(&text)).transpose()?;
                let page = door.account_audit_log(self.see(account)?, after, limit.unwrap_or(PAGE))?;
                let next = page.next.map(|id| format!("{}/{}", id.at.as_millis(), id.nonce));
                answer::page(page.items.iter().map(|record| answer::audit(record)), next)
            }
            _ => return Ok(None),
        }))
    }

    /// Runs the commands of a team about devices.
    fn devices(&self, door: Console<'_>, command: &Command) -> Found<Option<Value>> {
        Ok(Some(match command {
            Command::PlanImport { product, list } => {
                answer::import(&door.product(self.product(product)?).plan_import(&list_bytes(list)?)?)
            }
            Command::Import { product, list } => {
                answer::import(&door.product(self.product(product)?).import(&list_bytes(list)?)?)
            }
            Command::ImportWatched { product, list, stop_after } => {
                let mut steps = Vec::new();
                let report = door.product(self.product(product)?).import_watched(&list_bytes(list)?, |progress| {
                    steps.push(json!({ "added": progress.added, "to_add": progress.to_add }));
                    match stop_after {
                        Some(most) if progress.added >= *most => ControlFlow::Break(()),
                        _ => ControlFlow::Continue(()),
                    }
                })?;
                answer::with(answer::import(&report), json!({ "progress": steps }))
            }
            Command::RegisterDevices { devices } => {
                let devices = devices.iter().map(|listed| {
                    let platform = listed.platform.as_deref().map(str::parse).transpose()?;
                    Ok((self.see(&listed.device)?, platform))
                });
                json!({ "new": door.register_devices(&devices.collect::<Found<Vec<_>>>()?)? })
            }
            Command::CorrectDevice { product, device, platform, security_counter } => {
                let platform = platform.as_deref().map(str::parse).transpose()?;
                let mut correction = Correction::new();
                correction.platform = platform;
                correction.security_counter = *security_counter;
                door.product(self.product(product)?).device(self.see(device)?).correct(&correction)?;
                done()
            }
            Command::FreePlaces { product } => json!({ "freed": door.product(self.product(product)?).free_places()? }),
            Command::Device { product, device } => {
                answer::device(&door.product(self.product(product)?).device(self.see(device)?).get()?)
            }
            Command::Devices { product, filter, after, limit } => {
                let filter = self.filter(filter.as_ref().unwrap_or(&Filter::default()))?;
                let after = self.maybe(after.as_ref())?;
                let page = door.product(self.product(product)?).devices(&filter, after, limit.unwrap_or(PAGE))?;
                answer::page(page.items.iter().map(answer::device), page.next)
            }
            Command::Summary { product } => answer::summary(&door.product(self.product(product)?).summary()?),
            Command::Explain { product, device } => {
                answer::answer(&door.product(self.product(product)?).device(self.see(device)?).explain()?)
            }
            Command::NameDevice { product, device, name } => {
                door.product(self.product(product)?).device(self.see(device)?).rename(&self.see(name)?)?;
                done()
            }
            Command::MarkDevelopment { product, device, development } => {
                let device = door.product(self.product(product)?).device(self.see(device)?);
                if *development { device.mark_development() } else { device.clear_development() }?;
                done()
            }
            Command::SetGroups { product, device, groups } => {
                let groups = groups.iter().map(|group| self.group(group)).collect::<Found<_>>()?;
                door.product(self.product(product)?).device(self.see(device)?).set_groups(&groups)?;
                done()
            }
            Command::ApproveDevice { product, device } => {
                door.product(self.product(product)?).device(self.see(device)?).approve()?;
                done()
            }
            Command::DenyDevice { product, device } => {
                door.product(self.product(product)?).device(self.see(device)?).deny()?;
                done()
            }
            Command::UndenyDevice { product, device } => {
                door.product(self.product(product)?).device(self.see(device)?).undeny()?;
                done()
            }
            Command::RemoveDevice { product, device } => {
                door.product(self.product(product)?).device(self.see(device)?).remove()?;
                done()
            }
            Command::ClaimDevice { device } => {
                door.claim_device(self.see(device)?)?;
                done()
            }
            Command::UnclaimDevice { device } => {
                door.unclaim_device(self.see(device)?)?;
                done()
            }
            Command::EndClaim { device } => {
                door.end_claim(self.see(device)?)?;
                done()
            }
            Command::ClaimedDevices { after, limit } => {
                let page = door.claimed_devices(self.maybe(after.as_ref())?, limit.unwrap_or(PAGE))?;
                answer::page(page.items.iter().map(|id| json!(id)), page.next)
            }
            _ => return Ok(None),
        }))
    }

    /// Runs the commands about firmware and targeting.
    fn firmware(&self, door: Console<'_>, command: &Command) -> Found<Option<Value>> {
        Ok(Some(match command {
            Command::Upload { product, version, title, description, requires_system, binary } => {
                let (title, description) = (self.see(title)?, self.maybe(description.as_ref())?.unwrap_or_default());
                let mut upload = Upload::new(self.version(version)?, &title).description(&description);
                upload.requires_system = requires_system.clone();
                answer::firmware(&door.product(self.product(product)?).upload(&upload, &binary_bytes(binary)?)?)
            }
            Command::Firmware { product } => {
                answer::items(door.product(self.product(product)?).firmware()?.iter().map(answer::firmware))
            }
            Command::EditFirmware { product, version, title, description } => {
                let (product, version) = (self.product(product)?, self.version(version)?);
                let description = self.maybe(description.as_ref())?;
                answer::firmware(&door.product(product).edit_firmware(
                    version,
                    &self.see(title)?,
                    description.as_deref(),
                )?)
            }
            Command::DeleteFirmware { product, version } => {
                door.product(self.product(product)?).delete_firmware(self.version(version)?)?;
                done()
            }
            Command::Release { product, version } => {
                door.product(self.product(product)?).release(self.version(version)?)?;
                done()
            }
            Command::WithdrawRelease { product } => {
                door.product(self.product(product)?).withdraw_release()?;
                done()
            }
            Command::ReleaseToGroup { product, group, version } => {
                let version = self.any_version(version.as_ref())?;
                door.product(self.product(product)?).release_to_group(self.group(group)?, version)?;
                done()
            }
            Command::LockAndFlashNow { product, device, version } => {
                let (product, version) = (self.product(product)?, self.version(version)?);
                answer::answer(&door.product(product).device(self.see(device)?).lock(version, Flash::Now)?)
            }
            Command::LockAndFlashOnReset { product, device, version } => {
                let (product, version) = (self.product(product)?, self.version(version)?);
                door.product(product).device(self.see(device)?).lock(version, Flash::OnReset)?;
                done()
            }
            Command::Unlock { product, device } => {
                door.product(self.product(product)?).device(self.see(device)?).unlock()?;
                done()
            }
            Command::ForceUpdate { product, device } => {
                door.product(self.product(product)?).device(self.see(device)?).force_update()?;
                done()
            }
            Command::DryRun { product, change } => {
                answer::dry_run(&door.product(self.product(product)?).dry_run(&self.change(change)?)?)
            }
            _ => return Ok(None),
        }))
    }

    /// Runs the commands of the doors that people do not use: the gateway's and the host's.
    fn machines(&self, command: &Command) -> Found<Value> {
        let gateway = self.fleet.gateway(self.now);
        Ok(match command {
            Command::Connect(report) => answer::connected(&gateway.connect(&self.report(report)?)?),
            Command::ConnectMany { reports } => {
                let reports: Vec<Report> = reports.iter().map(|report| self.report(report)).collect::<Found<_>>()?;
                let answers = gateway.connect_many(&reports)?;
                json!({ "answers": answers.iter().map(answer::connected).collect::<Value>() })
            }
            Command::Disconnect { device, product, session, ended_at } => {
                let (device, product) = (self.see(device)?, self.maybe(product.as_ref())?);
                let at = ended_at.map(|at| at.0);
                let mut end = Disconnect::new(device).session(session.unwrap_or(0)).at(at);
                end.product = product;
                gateway.disconnect(&end)?;
                done()
            }
            Command::ReportUpdate { device, product, sequence, progress } => {
                let (device, product) = (self.see(device)?, self.product(product)?);
                json!({ "latest": gateway.report_update(device, product, self.see(sequence)?, *progress)? })
            }
            Command::Publish(said) => self.publish(said)?,
            Command::PublishMany { events } => self.publish_many(events)?,
            Command::PresentClaimCode { device, code } => {
                gateway.present_claim_code(self.see(device)?, &self.secret(code)?)?;
                done()
            }
            Command::PendingNotices { after, limit } => {
                let after = self.maybe(after.as_ref())?.map(|text| text.parse()).transpose()?;
                let page = self.fleet.pending_notices(after, limit.unwrap_or(PAGE))?;
                let next = page.next.as_ref().map(ToString::to_string);
                answer::page(page.items.iter().map(|notice| answer::notice(notice)), next)
            }
            Command::Acknowledge { key } => {
                json!({ "was_waiting": self.fleet.acknowledge(&self.see(key)?.as_str().into())? })
            }
            command => self.metering(command)?,
        })
    }

    fn report(&self, reported: &Reported) -> Found<Report> {
        let hash = self.maybe(reported.image.as_ref())?;
        let mut report = Report::new(self.see(&reported.device)?)
            .session(reported.session.unwrap_or(0))
            .at(reported.reported_at.map(|at| at.0));
        report.product = self.maybe(reported.product.as_ref())?;
        report.version = reported.version;
        report.image = hash.map(|hash| hash.parse()).transpose().or_else(malformed)?;
        report.platform = reported.platform.as_deref().map(str::parse).transpose()?;
        report.system = reported.system.as_deref().map(str::parse).transpose()?;
        report.security_counter = reported.security_counter;
        report.chip_revision = reported.chip_revision;
        report.takes_updates = reported.takes_updates.unwrap_or(true);
        Ok(report)
    }

    fn filter(&self, filter: &Filter) -> Found<DeviceFilter> {
        let mut wanted = DeviceFilter::default();
        wanted.standing = filter.standing;
        wanted.online = filter.online;
        wanted.version = filter.version;
        wanted.group = filter.group.as_ref().map(|group| self.group(group)).transpose()?;
        wanted.locked = filter.locked;
        wanted.development = filter.development;
        wanted.pending = filter.pending;
        wanted.failing = filter.failing;
        wanted.prefix.clone_from(&filter.prefix);
        Ok(wanted)
    }

    fn change(&self, change: &Change) -> Found<FleetChange> {
        Ok(match change {
            Change::Nothing {} => FleetChange::Nothing,
            Change::Release { version } => FleetChange::Release(self.any_version(version.as_ref())?),
            Change::ReleaseToGroup { group, version } => {
                FleetChange::ReleaseToGroup(self.group(group)?, self.any_version(version.as_ref())?)
            }
            Change::Lock { device, version } => {
                FleetChange::Lock(self.see(device)?, self.any_version(version.as_ref())?)
            }
            Change::Groups { device, groups } => {
                let groups = groups.iter().map(|group| self.group(group)).collect::<Found<_>>()?;
                FleetChange::Groups(self.see(device)?, groups)
            }
        })
    }
}

fn audit_cursor(text: &str) -> Found<AuditId> {
    let read = || {
        let (at, nonce) = text.split_once('/')?;
        Some(AuditId { at: Timestamp::from_millis(at.parse().ok()?), nonce: nonce.parse().ok()? })
    };
    read().map_or_else(|| malformed(format!("`{text}` is not a cursor that a previous step returned")), Ok)
}

/// Reads a file under `fleet-core/tests/vectors`, and no other.
fn vector(name: &str) -> Found<Vec<u8>> {
    let path = Path::new(name);
    if !path.components().all(|part| matches!(part, Component::Normal(_))) {
        return malformed(format!("`{name}` is not under fleet-core/tests/vectors"));
    }
    let vectors = root().join("fleet-core/tests/vectors");
    fs::read(vectors.join(path)).or_else(|error| malformed(format!("`{name}`: {error}")))
}

pub(super) fn list_bytes(list: &List) -> Found<Vec<u8>> {
    match list {
        List::Text(text) => Ok(text.clone().into_bytes()),
        List::Bytes(bytes) => Ok(bytes.clone()),
        List::File(name) => vector(name),
        List::Run { first, count } => {
            let mut padded = [0; 16];
            let (_, tail) = padded.split_at_mut(4);
            tail.copy_from_slice(first.as_bytes());
            let first = u128::from_be_bytes(padded);
            Ok((0..*count).map(|step| format!("{:024x}\n", first + u128::from(step))).collect::<String>().into_bytes())
        }
    }
}

fn binary_bytes(binary: &Binary) -> Found<Vec<u8>> {
    match binary {
        Binary::File(name) => vector(name),
        Binary::Bytes(bytes) => Ok(bytes.clone()),
        Binary::Patched { file, patches } => {
            let mut bytes = vector(file)?;
            for patch in patches {
                match bytes.get_mut(patch.at..).and_then(|rest| rest.get_mut(..patch.bytes.len())) {
                    Some(place) => place.copy_from_slice(&patch.bytes),
                    None => return malformed(format!("a patch at {} is beyond the end of `{file}`", patch.at)),
                }
            }
            Ok(bytes)
        }
    }
}
