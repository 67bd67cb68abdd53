//! The actions of threads on a fleet under load, and their frequencies.

use super::Shared;
use crate::world::{NOW, PLATFORM, Random, SYSTEM};
use fleet_core::customer::Identity;
use fleet_core::device::{DeviceId, Disconnect, Report};
use fleet_core::event::Event;
use fleet_core::{AccountId, Error, FirmwareVersion, Flash, ProductId};
use std::sync::atomic::Ordering;

/// The actors, and what they act on.
pub(super) struct Actors {
    /// The product with the fleet, and its owner.
    pub(super) fleet: (ProductId, AccountId),
    /// All products, and their owners.
    pub(super) products: Vec<(ProductId, AccountId)>,
    /// Accounts that may be on teams and claim devices.
    pub(super) emails: Vec<(AccountId, String)>,
}

impl Actors {
    pub(super) fn products(&self) -> impl Iterator<Item = ProductId> {
        self.products.iter().map(|(product, _)| *product)
    }

    fn any(&self, random: &mut Random) -> (ProductId, AccountId) {
        random.one_of(&self.products).copied().unwrap_or(self.fleet)
    }
}

/// An action of a gateway, a team or a customer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    Connect,
    ConnectMany,
    Disconnect,
    AskToJoin,
    Approve,
    Import,
    Remove,
    Lock,
    Unlock,
    Release,
    Invite,
    Answer,
    Revoke,
    Customer,
    Claim,
    Publish,
    Summary,
}

/// Actions, each with its share in a thousand.
const SHARES: [(Act, u64); 17] = [
    (Act::Connect, 550),
    (Act::ConnectMany, 100),
    (Act::Disconnect, 60),
    (Act::AskToJoin, 40),
    (Act::Approve, 30),
    (Act::Import, 40),
    (Act::Remove, 30),
    (Act::Lock, 20),
    (Act::Unlock, 20),
    (Act::Release, 10),
    (Act::Invite, 20),
    (Act::Answer, 30),
    (Act::Revoke, 10),
    (Act::Customer, 10),
    (Act::Claim, 20),
    (Act::Publish, 150),
    (Act::Summary, 10),
];

/// Number of devices in a batch of connects.
const MANY: usize = 64;

/// Kind of devices, the first bytes of their ids, that ask to join, and that several threads import and claim.
const WANTED: u32 = 2;
/// Kind of devices that are imported only once.
const NEW: u32 = 3;

type Answer = Result<u64, Error>;

impl Act {
    pub(super) fn pick(random: &mut Random) -> Self {
        let mut rest = random.next_number() % SHARES.iter().map(|(_, share)| share).sum::<u64>();
        for (act, share) in SHARES {
            match rest.checked_sub(share) {
                Some(less) => rest = less,
                None => return act,
            }
        }
        Self::Connect
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::ConnectMany => "connect_many of 64",
            Self::Disconnect => "disconnect",
            Self::AskToJoin => "ask to join",
            Self::Approve => "approve",
            Self::Import => "import of 8",
            Self::Remove => "remove a device",
            Self::Lock => "lock",
            Self::Unlock => "unlock",
            Self::Release => "release",
            Self::Invite => "invite",
            Self::Answer => "accept or decline",
            Self::Revoke => "revoke or remove",
            Self::Customer => "customer",
            Self::Claim => "claim or unclaim",
            Self::Publish => "publish",
            Self::Summary => "summary",
        }
    }

    /// Performs the action. Returns the number of devices it concerned.
    pub(super) fn perform(self, shared: &Shared<'_>, ids: &[DeviceId], random: &mut Random) -> Answer {
        let now = shared.now();
        let session = || shared.session.fetch_add(1, Ordering::Relaxed);
        let device = |random: &mut Random| random.one_of(ids).copied().unwrap_or(DeviceId::new([0; 12]));
        let (product, owner) = match self {
            Self::Lock | Self::Unlock | Self::Release => shared.actors.fleet,
            _ => shared.actors.any(random),
        };
        let console = shared.fleet.console(owner, now);
        let gateway = shared.fleet.gateway(now);
        match self {
            Self::Connect => gateway.connect(&seen(device(random), session(), random)?).map(|_| 1),
            Self::ConnectMany => {
                let reports =
                    (0..MANY).map(|_| seen(device(random), session(), random)).collect::<Result<Vec<_>, _>>()?;
                gateway.connect_many(&reports).map(|connected| connected.len() as u64)
            }
            Self::Disconnect => {
                let fleet = shared.actors.fleet.0;
                let end = Disconnect::new(device(random)).product(fleet.get()).session(session()).at(now);
                gateway.disconnect(&end).map(|()| 1)
            }
            Self::AskToJoin => {
                let stranger = few(random);
                gateway.connect(&Report::new(stranger).product(product.get()).session(session()).at(now))?;
                Ok(1)
            }
            Self::Approve => {
                console.product(product).device(few(random)).approve()?;
                shared.came(product, 1);
                Ok(1)
            }
            Self::Import => import(shared, product, owner, random),
            Self::Remove => {
                // A device that was imported once, because no other action uses those: otherwise a device that only
                // waits could be removed too.
                let made = shared.device.load(Ordering::Relaxed).max(1);
                console.product(product).device(numbered(NEW, random.next_number() % made)).remove()?;
                shared.came(product, -1);
                Ok(1)
            }
            Self::Lock => {
                let version = one_or_two(random)?;
                console.product(product).device(device(random)).lock(version, Flash::OnReset).map(|_| 1)
            }
            Self::Unlock => console.product(product).device(device(random)).unlock().map(|_| 1),
            Self::Release => console.product(product).release(one_or_two(random)?).map(|_| 0),
            Self::Invite => console.product(product).invite(person(shared, random).1).map(|_| 0),
            Self::Answer => {
                let console = shared.fleet.console(person(shared, random).0, now);
                match random.next_number() % 3 {
                    0 => console.product(product).decline_invitation().map(|()| 0),
                    _ => console.product(product).accept_invitation().map(|()| 0),
                }
            }
            Self::Revoke => {
                let account = person(shared, random).0;
                match random.next_number() % 3 {
                    0 => console.product(product).revoke_invitation(account).map(|()| 0),
                    1 => shared.fleet.console(account, now).product(product).leave_team().map(|()| 0),
                    _ => console.product(product).remove_member(account).map(|()| 0),
                }
            }
            Self::Customer => {
                let name = format!("customer {}", random.next_number() % 500);
                console.product(product).create_customer(&name, &Identity::Simple).map(|_| 0)
            }
            Self::Claim => {
                let console = shared.fleet.console(person(shared, random).0, now);
                let claimed = few(random);
                match random.next_number() % 2 {
                    0 => console.claim_device(claimed).map(|()| 1),
                    _ => console.unclaim_device(claimed).map(|()| 1),
                }
            }
            Self::Publish => {
                // One event in four has an id that was published before.
                let id = match random.next_number() % 4 {
                    0 => random.next_number() % 1000,
                    _ => session(),
                };
                let event = Event::new(device(random), "door/front", "open", now)?.with_id(&id.to_string())?;
                gateway.publish(&event).map(|_| 1)
            }
            Self::Summary => console.product(product).summary().map(|_| 0),
        }
    }
}

/// A report of a device of the fleet: most run version 2, some version 1.
fn seen(device: DeviceId, session: u64, random: &mut Random) -> Result<Report, Error> {
    Ok(Report::new(device)
        .product(94)
        .version(if random.next_number().is_multiple_of(8) { 1 } else { 2 })
        .platform(PLATFORM.parse()?)
        .system(SYSTEM.parse()?)
        .session(session)
        .at(NOW))
}

fn one_or_two(random: &mut Random) -> Result<FirmwareVersion, Error> {
    FirmwareVersion::new(1 + (random.next_number() % 2) as u32)
}

/// Imports some new devices and some that other threads import too.
fn import(shared: &Shared<'_>, product: ProductId, owner: AccountId, random: &mut Random) -> Answer {
    let mut list = String::new();
    for _ in 0..6 {
        let number = shared.device.fetch_add(1, Ordering::Relaxed);
        list.push_str(&format!("{}\n", numbered(NEW, number)));
    }
    for _ in 0..2 {
        list.push_str(&format!("{}\n", few(random)));
    }
    let counts = shared.fleet.console(owner, shared.now()).product(product).import(list.as_bytes())?.counts();
    shared.came(product, counts.imported.cast_signed());
    Ok(counts.imported)
}

fn person<'g>(shared: &'g Shared<'_>, random: &mut Random) -> (AccountId, &'g str) {
    let person = random.one_of(&shared.actors.emails);
    person.map(|(id, email)| (*id, email.as_str())).unwrap_or((shared.actors.fleet.1, ""))
}

/// One of a few devices, so that threads contend for it.
fn few(random: &mut Random) -> DeviceId {
    numbered(WANTED, random.next_number() % 200)
}

fn numbered(kind: u32, number: u64) -> DeviceId {
    let mut bytes = [0; 12];
    let numbers = kind.to_be_bytes().into_iter().chain(number.to_be_bytes());
    bytes.iter_mut().zip(numbers).for_each(|(byte, from)| *byte = from);
    DeviceId::new(bytes)
}
