//! Sample keys and records of every kind, including extreme ones.
//!
//! Every function over the kinds is a `match` without a wildcard, so that a new kind, or a new field of a device,
//! cannot be forgotten.

mod billing;
mod events;
mod people;

use crate::audit::AuditRecord;
use crate::billing::Limits;
use crate::customer::CustomerId;
use crate::device::{
    Device, DeviceCount, DeviceId, ImageSeen, Label, Mark, PlatformSeen, Progress, Registration, Reservation, Seen,
    Standing, Trail, UpdateAttempt, UpdateOutcome, UpdateResult,
};
use crate::directory::Directory;
use crate::event::LAST_SEQUENCE;
use crate::event::metering::{Lease, Told, UsageMonth};
use crate::firmware::{
    Firmware, FirmwareIndex, FirmwareLocks, FirmwareVersion, ImageFacts, ImageFormat, Proof, Release, Sha256,
};
use crate::notice::{Notice, NoticeSubject};
use crate::product::{Authentication, Gate, Group, GroupId, Platform, Policy, Product, ProductId};
use crate::store::{AuditId, Key, Kind, Record, Tally};
use crate::team::{Account, AccountId, Actor, Claimant, Command, Team};
use crate::time::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Every kind of key.
pub(super) fn kinds() -> impl Iterator<Item = Kind> {
    // The journal's store keeps its rows for itself; a layer over that store is tested instead.
    Kind::ALL.iter().copied().filter(|kind| *kind != Kind::Journal)
}

#[expect(clippy::expect_used, reason = "the suite names only numbers that a product can have")]
pub(super) fn product(number: u32) -> ProductId {
    ProductId::new(number).expect("a product's number")
}

#[expect(clippy::expect_used, reason = "the suite names only numbers that an account can have")]
pub(super) fn account(number: u64) -> AccountId {
    AccountId::new(number).expect("an account's number")
}

/// Returns ids of devices in order, for numbers below 65536.
pub(super) fn device_id(number: u32) -> DeviceId {
    let [_, _, high, low] = number.to_be_bytes();
    DeviceId::new([high, low, 0x6D, 0x04, 0x49, 0x8B, 0x49, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5])
}

pub(super) fn device_key(of: u32, number: u32) -> Key {
    Key::Device(product(of), device_id(number))
}

/// Returns the keys of a kind in a partition, in order, including extreme ones. Partitions have the numbers of
/// products, from 1.
pub(super) fn keys(kind: Kind, partition: u32) -> Vec<Key> {
    let (of, owner) = (product(partition), account(partition.into()));
    let products = [1, 255, 256, 0x7FFF_FFFF, 0x8000_0000, u32::MAX].map(product);
    let devices = || {
        let edges = [[0; 12], [0x7F; 12], [0x80; 12], [0xFF; 12]].map(DeviceId::new);
        edges.into_iter().chain((1..9).map(|number| device_id(number * 7_000)))
    };
    let texts = || {
        let edges = ["", " ", "%", "'", "A", "B", "_", "a", "aa", "a'; --", "é", "ü", "漢字", "🦀", "\u{10FFFF}"];
        edges.into_iter().map(|text| Arc::from(format!("{partition}{text}")))
    };
    // Secrets are one partition, as the registry is.
    let hashes = || {
        [0, 0x7F, 0x80, 0xFF].map(|byte| {
            let mut bytes = [byte; 32];
            let [first, ..] = &mut bytes;
            [*first, ..] = partition.to_le_bytes();
            Sha256::new(bytes)
        })
    };
    let numbers = || [0, 255, 256, 0x7FFF_FFFF, 0x8000_0000, u32::MAX];
    // The clock's index is one partition; here the high half of the moment distinguishes its keys.
    let dues = || {
        let moments = [0, 255, 256, 0x7FFF_FFFF, 0xFFFF_FFFF];
        moments.map(|low| Timestamp::from_millis((i64::from(partition) << 32) | low)).into_iter()
    };
    let mut keys: Vec<Key> = match kind {
        Kind::Directory => vec![Key::Directory()],
        Kind::Account => vec![Key::Account(owner)],
        Kind::Email => texts().map(Key::Email).collect(),
        Kind::Membership => products.map(|product| Key::Membership(owner, product)).to_vec(),
        Kind::Invitation => products.map(|product| Key::Invitation(owner, product)).to_vec(),
        Kind::Claim => devices().map(|device| Key::Claim(owner, device)).collect(),
        // The registry is one partition; here the first byte distinguishes its keys.
        Kind::Registration => devices()
            .map(|device| {
                let mut bytes = *device.as_bytes();
                let [first, ..] = &mut bytes;
                [*first, ..] = partition.to_le_bytes();
                Key::Registration(DeviceId::new(bytes))
            })
            .collect(),
        Kind::Product => vec![Key::Product(of)],
        Kind::Team => vec![Key::Team(of)],
        Kind::DeviceName => texts()
            .flat_map(|name| [0, 0x7F, 0xFF].map(|byte| Key::device_name(of, &name, DeviceId::new([byte; 12]))))
            .collect(),
        Kind::Firmware => vec![Key::Firmware(of)],
        Kind::FirmwareLocks => vec![Key::FirmwareLocks(of)],
        Kind::DeviceCount => vec![Key::DeviceCount(of)],
        Kind::Device => devices().map(|device| Key::Device(of, device)).collect(),
        Kind::Tally => [Tally::Members, Tally::Online, Tally::NoVersion, Tally::Version(0), Tally::Version(u16::MAX)]
            .into_iter()
            .flat_map(|tally| [0, 127, 128, 255].map(|slot| Key::Tally(of, tally, slot)))
            .collect(),
        Kind::Audit => audit_ids().map(|id| Key::Audit(of, id)).collect(),
        Kind::AccountAudit => audit_ids().map(|id| Key::AccountAudit(owner, id.into())).collect(),
        Kind::CustomerIdentity => texts().map(|name| Key::CustomerIdentity(of, name)).collect(),
        Kind::StickerKey => vec![Key::StickerKey()],
        Kind::Notice => texts().map(|name| Key::Notice(of, name)).collect(),
        Kind::Configuration => vec![Key::Configuration(of)],
        Kind::CustomerCount => vec![Key::CustomerCount(of)],
        Kind::Customer => people::customer_ids().map(|id| Key::Customer(of, id)).to_vec(),
        Kind::CustomerName => texts().map(|name| Key::CustomerName(of, name)).collect(),
        Kind::Guest => texts().map(|name| Key::Guest(of, name)).collect(),
        Kind::ActivationCode => {
            [*b"2222", *b"ABCD", [0; 4], [0xFF; 4]].map(|code| Key::ActivationCode(of, code)).to_vec()
        }
        Kind::DeviceCode => devices().map(|device| Key::DeviceCode(of, device)).collect(),
        Kind::UsageMonth => [0, 1, 255, 256, u32::MAX].map(|month| Key::UsageMonth(of, month)).to_vec(),
        Kind::Token => hashes().map(|hash| Key::Token(Box::new(hash))).to_vec(),
        Kind::ClaimCode => hashes().map(|hash| Key::ClaimCode(Box::new(hash))).to_vec(),
        Kind::EventSubscriptions => vec![Key::EventSubscriptions(of)],
        Kind::EventLog => [0, 7, 128, 255].map(|slot| Key::EventLog(of, slot)).to_vec(),
        Kind::Event => [0, 7, 255]
            .into_iter()
            .flat_map(|slot| {
                [0, 1, 255, 256, LAST_SEQUENCE - 1, LAST_SEQUENCE].map(|sequence| Key::Event(of, slot, sequence))
            })
            .collect(),
        Kind::EventId => [0, 0x7F, 0x80, 0xFF].map(|byte| Key::EventId(of, [byte; 16])).to_vec(),
        Kind::DeviceErrors => [0, 7, 128, 255].map(|slot| Key::DeviceErrors(of, slot)).to_vec(),
        Kind::Contract => vec![Key::Contract(of)],
        Kind::Payer => vec![Key::Payer(owner)],
        Kind::Invoice => numbers().map(|number| Key::Invoice(of, number)).to_vec(),
        Kind::Charge => numbers().map(|number| Key::Charge(of, number)).to_vec(),
        Kind::ProductDue => dues().map(|at| Key::ProductDue(at, of)).collect(),
        Kind::AccountDue => dues().map(|at| Key::AccountDue(at, owner)).collect(),
        Kind::Journal => Vec::new(),
    };
    keys.sort_unstable();
    keys
}

fn audit_ids() -> impl Iterator<Item = AuditId> {
    let moments = [i64::MIN, -1, 0, 1, i64::MAX].into_iter();
    moments.flat_map(|at| [0, 1 << 63, u64::MAX].map(|nonce| AuditId { at: Timestamp::from_millis(at), nonce }))
}

/// Returns records of a kind: plain, empty and extreme ones.
pub(super) fn records(kind: Kind) -> Vec<Record> {
    match kind {
        Kind::Directory => vec![
            Record::Directory(Directory::default()),
            Record::Directory(Directory {
                next_product: u32::MAX,
                next_account: u64::MAX,
                advanced_at: Some(Timestamp::from_millis(i64::MAX)),
            }),
        ],
        Kind::Account => texts()
            .zip(moments())
            .map(|(text, at)| Record::Account(Arc::new(Account::new(account(u64::MAX), text, at))))
            .collect(),
        Kind::Email => [1, u64::MAX].map(|id| Record::Email(account(id))).to_vec(),
        Kind::Membership
        | Kind::Invitation
        | Kind::Claim
        | Kind::ActivationCode
        | Kind::ProductDue
        | Kind::AccountDue
        | Kind::DeviceName => vec![Record::PRESENT],
        Kind::Registration => registrations(),
        Kind::Product => products(),
        Kind::Team => people::teams(),
        Kind::Firmware => firmware(),
        Kind::FirmwareLocks => firmware_locks(),
        Kind::DeviceCount => device_counts(),
        Kind::Device => devices(),
        Kind::Tally => [0, 1, -1, i64::MAX, i64::MIN].map(Record::Counter).to_vec(),
        Kind::Audit | Kind::AccountAudit => Command::ALL
            .into_iter()
            .zip(moments().cycle())
            .zip(texts().cycle())
            .zip([Actor::Operator, account(u64::MAX).into()].into_iter().cycle())
            .map(|(((command, at), subject), actor)| {
                Record::Audit(Arc::new(AuditRecord::new(at, actor, command, subject)))
            })
            .collect(),
        Kind::Configuration => people::configurations(),
        Kind::CustomerCount => people::customer_counts(),
        Kind::Customer => people::customers(),
        Kind::StickerKey => people::sticker_keys(),
        Kind::CustomerName | Kind::CustomerIdentity => people::customer_ids().map(Record::CustomerName).to_vec(),
        Kind::Guest => people::guests(),
        Kind::DeviceCode => people::device_codes(),
        Kind::Token | Kind::ClaimCode => people::token_owners(),
        Kind::Journal => Vec::new(),
        Kind::EventSubscriptions => events::subscriptions(),
        Kind::EventLog => events::heads(),
        Kind::Event => events::events(),
        Kind::EventId => events::ids(),
        Kind::DeviceErrors => events::errors(),
        Kind::UsageMonth => usage_months(),
        Kind::Contract => billing::subscriptions(),
        Kind::Payer => billing::payers(),
        Kind::Invoice => billing::invoices(),
        Kind::Charge => billing::charges(),
        Kind::Notice => billing::notices()
            .into_iter()
            .chain([
                NoticeSubject::DevicesAskToJoin,
                NoticeSubject::Invitation { account: account(u64::MAX) },
                NoticeSubject::ClaimEnded { device: device_id(1), account: Some(account(u64::MAX)), customer: None },
                NoticeSubject::UsageWarning { month: u32::MAX, limit: u64::MAX, percent: u8::MAX, used: u64::MAX },
                NoticeSubject::UsageLimitReached { month: u32::MAX, limit: u64::MAX, used: u64::MAX },
            ])
            .zip(moments().cycle())
            .zip(texts().cycle())
            .map(|((subject, at), key)| {
                let key = key.as_str().into();
                Record::Notice(Arc::new(Notice { key, at, product: product(u32::MAX), subject }))
            })
            .collect(),
    }
}

/// Returns a record with a number in it, if its kind can hold one.
pub(super) fn numbered(key: &Key, number: u32) -> Record {
    match key {
        Key::Device(..) => {
            Record::Device(Device { sequence: number, ..Device::new(Standing::Member, Timestamp::from_millis(0)) })
        }
        Key::Registration(_) => {
            let platform = Some(Platform::Mcuboot(number.to_string().into()));
            Record::Registration(Registration { platform, ..Registration::default() })
        }
        Key::Team(_) => {
            Record::Team(Arc::new(Team { members: [account(u64::from(number) + 1)].into(), ..Team::default() }))
        }
        _ => Record::DeviceCount(Box::new(DeviceCount { devices: number.into(), ..DeviceCount::default() })),
    }
}

/// Returns the number in such a record.
pub(super) fn number(record: &Record) -> Option<u32> {
    match record {
        Record::Device(device) => Some(device.sequence),
        Record::Registration(Registration { platform: Some(Platform::Mcuboot(number)), .. }) => number.parse().ok(),
        Record::Team(team) => u32::try_from(team.members.first()?.get() - 1).ok(),
        Record::DeviceCount(count) => u32::try_from(count.devices).ok(),
        _ => None,
    }
}

/// Keys whose records can hold a number, each of another kind: an engine may keep them in different tables.
pub(super) fn numbered_keys(partition: u32) -> [Key; 4] {
    let (of, device) = (product(partition), device_id(partition));
    [Key::Device(of, device), Key::Registration(device), Key::Team(of), Key::DeviceCount(of)]
}

pub(super) fn moments() -> impl Iterator<Item = Timestamp> + Clone {
    [0, 1_457_438_400_000, -1, i64::MIN, i64::MAX].into_iter().map(Timestamp::from_millis)
}

fn texts() -> impl Iterator<Item = String> + Clone {
    let texts = ["", "Thermostat", "Küche \"漢字\" \\ 'oben' 🦀\n\t\u{1}\u{FEFF}\u{10FFFF}", "{\"a\":null}"];
    texts.into_iter().map(str::to_owned).chain(std::iter::once("ß".repeat(2_000)))
}

fn versions() -> impl Iterator<Item = FirmwareVersion> + Clone {
    [1, 255, 256, 65_534].into_iter().filter_map(|version| FirmwareVersion::new(version).ok())
}

fn platforms() -> impl Iterator<Item = Platform> + Clone {
    let board = Platform::Mcuboot("nrf9160dk/nrf9160_ns.0-1".into());
    [Platform::Particle(0), Platform::Particle(u16::MAX), Platform::EspIdf(u16::MAX), board].into_iter()
}

fn registrations() -> Vec<Record> {
    let mut records = vec![Record::Registration(Registration::default())];
    for in_product in [None, Some(product(1)), Some(product(u32::MAX))] {
        let customer = Claimant::Customer(product(u32::MAX), CustomerId::LAST);
        for claimed_by in [None, Some(Claimant::Account(account(u64::MAX))), Some(customer)] {
            for platform in std::iter::once(None).chain(platforms().map(Some)) {
                let (registered, security_counter) = (platform.is_some(), claimed_by.map_or(0, |_| u32::MAX));
                records.push(Record::Registration(Registration {
                    product: in_product,
                    claimed_by,
                    platform,
                    registered,
                    security_counter,
                    sequence: claimed_by.map_or(u32::MAX, |_| 0),
                    trail: claimed_by.map(|_| Box::new(trail(marks().count() - 1))),
                }));
            }
        }
    }
    records
}

/// Marks of every form: empty, with a session, with a moment, with both.
fn marks() -> impl Iterator<Item = Mark> + Clone {
    let at = Timestamp::from_millis(-1);
    let later = Timestamp::from_millis(i64::MAX);
    [
        Mark::NONE,
        Mark::new(1, None),
        Mark::new(0, Some(at)),
        Mark::new(1 << 63, Some(later)),
        Mark::new(u64::MAX, Some(at)),
    ]
    .into_iter()
}

fn trail(choice: usize) -> Trail {
    let mark = |choice: usize| marks().cycle().nth(choice % 5).unwrap_or_default();
    Trail { newest: mark(choice), ended: mark(choice / 2) }
}

fn products() -> Vec<Record> {
    let policies = [
        Policy::default(),
        Policy {
            gate: Gate::new(u32::MAX).soak(Duration::from_millis(u64::MAX)),
            wildcard_product: false,
            opaque_images: true,
            forbid_downgrades: true,
            approve_by_itself: true,
            known_ids_only: true,
            quarantine_limit: u32::MAX,
            invitation: Duration::from_millis(u64::MAX),
            authentication: Some(Authentication::TwoLegged),
            private_beta: true,
            log_events: u32::MAX,
            log_age: Duration::from_millis(u64::MAX),
            event_id_life: Duration::from_millis(u64::MAX),
            customers_may: BTreeSet::new(),
            usage_notices: BTreeSet::new(),
            clock_tolerance: Duration::from_millis(u64::MAX),
        },
    ];
    let release = |(version, at)| Some(Release { version, at, by: Actor::Account(account(7)) });
    let releases = std::iter::once(None).chain(versions().zip(moments()).map(release));
    texts()
        .zip(platforms().cycle())
        .zip(moments())
        .zip(policies.into_iter().cycle())
        .zip(releases)
        .map(|((((name, platform), at), policy), release)| {
            let group =
                |(id, name)| (GroupId::new(id), Group { name, release: release.map(|release| release.version) });
            Record::Product(Arc::new(Product {
                id: product(u32::MAX),
                tier: name.as_str().into(),
                limits: release.map(|_| Limits {
                    devices: None,
                    members: Some(0),
                    messages: Some(u64::MAX),
                    sold: true,
                }),
                next_group: u16::MAX,
                groups: [0, 9, 10, u16::MAX].into_iter().zip(texts()).map(group).collect(),
                name,
                platform,
                owner: account(u64::MAX),
                created_at: at,
                policy,
                release,
                removed_at: release.is_some().then_some(at),
            }))
        })
        .collect()
}

fn firmware() -> Vec<Record> {
    let formats = [ImageFormat::Particle, ImageFormat::EspIdf, ImageFormat::Mcuboot, ImageFormat::Opaque];
    let hash = Sha256::new([0xFF; 32]);
    let full = versions().zip(texts()).zip(formats).zip(moments()).enumerate();
    let full = full.map(|(place, (((version, text), format), at))| {
        let some = place % 2 == 1;
        Firmware {
            version,
            title: text.clone(),
            description: text.clone(),
            uploaded_at: at,
            uploaded_by: some.then_some(account(u64::MAX)),
            image: ImageFacts {
                format,
                size: u64::MAX,
                sha256: hash,
                embedded: if some { vec![Sha256::new([0; 32]), hash] } else { Vec::new() },
                security_counter: u32::MAX,
                own_version: some.then(|| text.clone()),
                project: some.then(|| text.clone()),
                min_chip_revision: some.then_some(u16::MAX),
                max_chip_revision: some.then_some(0),
                wildcard: some,
            },
            requires_system: semver::VersionReq::parse(">=1.2.3-rc.1, <65535.0.0").ok().filter(|_| some),
            proven: some.then_some(Proof { device: DeviceId::new([0xFF; 12]), at }),
            released_at: some.then_some(at),
            on_the_line_at: some.then_some(at),
            locked_devices: u32::MAX,
        }
    });
    let full = FirmwareIndex { highest: u16::MAX, firmware: full.collect() };
    [FirmwareIndex::default(), full].map(|index| Record::Firmware(Arc::new(index))).to_vec()
}

fn firmware_locks() -> Vec<Record> {
    let full = FirmwareLocks { devices: versions().map(|version| (version, u32::MAX)).collect() };
    [FirmwareLocks::default(), full].map(|locks| Record::FirmwareLocks(Arc::new(locks))).to_vec()
}

fn device_counts() -> Vec<Record> {
    let reserved: Vec<_> = moments().map(|until| Reservation { import: u64::MAX, left: u64::MAX, until }).collect();
    let full = DeviceCount {
        devices: u64::MAX,
        quarantined: u64::MAX,
        reserved,
        departures: u64::MAX,
        full_told: true,
        names_indexed: false,
    };
    [DeviceCount::default(), full].map(|count| Record::DeviceCount(Box::new(count))).to_vec()
}

fn usage_months() -> Vec<Record> {
    let lease = |reported_at| Lease { id: u64::MAX, size: u64::MAX, reported: u64::MAX, reported_at };
    let told = [Told { limit: 0, percent: 0 }, Told { limit: u64::MAX, percent: u8::MAX }];
    let full = UsageMonth { used: u64::MAX, leases: moments().map(lease).collect(), told: told.to_vec() };
    [UsageMonth::default(), full].map(|month| Record::UsageMonth(Box::new(month))).to_vec()
}

/// A device for each combination of set options; the other fields vary as well.
fn devices() -> Vec<Record> {
    fn turn<T: Clone>(values: &[T], step: usize) -> Option<T> {
        values.get(step % values.len().max(1)).cloned()
    }
    let (moments, versions): (Vec<_>, Vec<_>) = (moments().collect(), versions().collect());
    let at = |step| turn(&moments, step).unwrap_or_default();
    let reported = [None, Some(0), Some(1), Some(u16::MAX)];
    let systems: Vec<_> = ["0.0.0", "65535.65535.65535", "2.0.0-rc.1", "v5.0-2022 Küche", "65536.0.0-a"]
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect();
    let results = [UpdateResult::Succeeded, UpdateResult::Failed, UpdateResult::RunsAnother, UpdateResult::Withdrawn];
    let platforms = [PlatformSeen::Unknown, PlatformSeen::Matches, PlatformSeen::Differs];
    let counts = [0, 1, 1 << 31, u32::MAX];
    let names: Vec<_> = texts().collect();
    (0..256_usize)
        .map(|choice| {
            let has = |bit: u32| choice >> bit & 1 == 1;
            let target = turn(&versions, choice / 3);
            Device {
                standing: turn(&[Standing::Member, Standing::Quarantined, Standing::Denied], choice)
                    .unwrap_or(Standing::Member),
                development: has(0),
                forced: has(1),
                failures: turn(&[0, 1, 127, 128, u8::MAX], choice).unwrap_or(0),
                lock: target.filter(|_| has(2)),
                sequence: turn(&counts, choice).unwrap_or(0),
                security_counter: turn(&counts, choice / 2).unwrap_or(0),
                system: turn(&systems, choice).filter(|_| has(3)),
                added_at: at(choice),
                seen: has(4).then(|| Seen {
                    at: at(choice / 2),
                    session: turn(&[0, 1, 1 << 63, u64::MAX], choice / 5).unwrap_or(0),
                    version_since: at(choice / 3),
                    version: turn(&reported, choice / 7).flatten(),
                    image: turn(&[ImageSeen::Unknown, ImageSeen::Matches, ImageSeen::Differs], choice)
                        .unwrap_or(ImageSeen::Unknown),
                    platform: turn(&platforms, choice / 2).unwrap_or_default(),
                    takes_updates: choice % 3 == 0,
                    online: choice % 5 < 2,
                }),
                attempt: target.filter(|_| has(5)).map(|target| UpdateAttempt {
                    at: at(choice / 5),
                    target,
                    from: turn(&reported, choice / 3).flatten(),
                    progress: turn(&[Progress::Offered, Progress::Downloading, Progress::Downloaded], choice)
                        .unwrap_or(Progress::Offered),
                }),
                outcome: target.filter(|_| has(6)).map(|target| UpdateOutcome {
                    at: at(choice / 7),
                    target,
                    result: turn(&results, choice).unwrap_or(UpdateResult::Failed),
                }),
                // A label is never empty, so it has a name or a group.
                label: has(7).then(|| {
                    let name = turn(&names, choice).unwrap_or_default();
                    let groups: &[u16] = if name.is_empty() || has(0) { &[0, 1, u16::MAX] } else { &[] };
                    Box::new(Label { name: name.into(), groups: groups.iter().map(|id| GroupId::new(*id)).collect() })
                }),
                trail: if choice % 3 == 0 { Trail::default() } else { trail(choice) }.into(),
                listed: turn(&platforms, choice / 5).unwrap_or_default(),
                relapses: turn(&[0, 0, 1, u8::MAX], choice / 2).unwrap_or(0),
                chip_revision: turn(&[None, Some(0), Some(301), Some(u16::MAX)], choice / 3).flatten(),
            }
        })
        .map(Record::Device)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_reads_back_from_its_json() {
        for kind in kinds() {
            for record in records(kind) {
                let json = record.to_json().unwrap();
                let read = Record::from_json(kind, &json);
                assert_eq!(read.as_ref().ok(), Some(&record), "{kind:?}: {json}: {read:?}");
            }
        }
    }

    #[test]
    fn every_sample_key_is_of_its_kind_and_reads_back_from_its_bytes() {
        for kind in kinds() {
            for key in keys(kind, 1).into_iter().chain(keys(kind, u32::MAX)) {
                assert_eq!(key.kind(), kind);
                assert_eq!(Key::decode(&key.encode()), Some(key));
            }
        }
    }
}
