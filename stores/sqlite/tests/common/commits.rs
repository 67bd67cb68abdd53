//! Runs any sequence of commits, reads and re-openings on a store and on the one in memory. Both must give the same
//! answers at every step and hold the same rows at the end.

use super::*;
use fleet_core::device::{
    DeviceCount, ImageSeen, Label, PlatformSeen, Progress, Seen, UpdateAttempt, UpdateOutcome, UpdateResult,
};
use fleet_core::product::GroupId;
use fleet_core::store::{AuditId, Kind, Range, Row};
use fleet_core::team::{AccountId, Claimant};
use fleet_core::{FirmwareVersion, MemoryStore};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::{HashMap, HashSet};
use std::ops::Bound;

/// Keys by kind and partition, each group in order. Few enough that commits overlap, many enough that ranges hold
/// several.
fn families() -> Vec<Vec<Key>> {
    let products = [1, 70_000].map(|number| ProductId::new(number).unwrap());
    let [product, _] = products;
    let [alice, bob] = [1, u64::MAX].map(|number| AccountId::new(number).unwrap());
    let audit = |at, nonce| Key::Audit(product, AuditId { at: Timestamp::from_millis(at), nonce });
    let mut families = vec![
        vec![Key::Directory()],
        vec![Key::Account(bob)],
        ["", "a", "a@b", "é"].map(|email| Key::Email(email.into())).to_vec(),
        products.map(|product| Key::Membership(alice, product)).to_vec(),
        vec![Key::Claim(bob, id(200))],
        [0, 127, 128, 255].map(registration_key).to_vec(),
        vec![Key::Product(product)],
        vec![Key::Team(product)],
        vec![Key::Firmware(product)],
        vec![Key::FirmwareLocks(product)],
        vec![Key::DeviceCount(product)],
        vec![audit(-1, 3), audit(0, 0), audit(0, u64::MAX), audit(5, 1)],
        ["a", "b"].map(|name| Key::Notice(product, name.into())).to_vec(),
    ];
    for product in products {
        families.push([0, 127, 128, 255].map(|number| Key::Device(product, id(number))).to_vec());
        let tallies =
            [(Tally::Members, 0), (Tally::Members, 255), (Tally::Version(1), 3), (Tally::Version(u16::MAX), 3)];
        families.push(tallies.map(|(tally, slot)| Key::Tally(product, tally, slot)).to_vec());
    }
    families
}

/// A record of the key's kind. Its number is this one, if it has one.
fn record(key: &Key, number: u8) -> Record {
    let json = match key.kind() {
        Kind::Device => return device_of_kind(number),
        Kind::Registration => return registration_of_kind(number),
        Kind::Membership | Kind::Claim => return Record::PRESENT,
        Kind::DeviceCount => {
            return Record::DeviceCount(Box::new(DeviceCount { devices: number.into(), ..DeviceCount::default() }));
        }
        Kind::Directory => format!(r#"{{"next_product":{number},"next_account":2}}"#),
        Kind::Account => format!(r#"{{"id":1,"email":"é{number}@example.com","created_at":5}}"#),
        Kind::Email => format!("{}", u32::from(number) + 1),
        Kind::Product => format!(
            r#"{{"id":1,"name":"{number}","platform":"particle:6","owner":1,"created_at":-5,"tier":"free",
                "policy":{{}},"release":null,"groups":{{}},"next_group":1,"removed_at":null}}"#
        ),
        Kind::Team => format!(r#"{{"members":[{}]}}"#, u32::from(number) + 1),
        Kind::Firmware => format!(r#"{{"highest":{number},"firmware":[]}}"#),
        Kind::FirmwareLocks => format!(r#"{{"devices":{{"2":{number}}}}}"#),
        Kind::Audit => {
            format!(r#"{{"at":5,"actor":"operator","command":"create_account","subject":"'{number}\u0000"}}"#)
        }
        Kind::Notice => format!(r#"{{"key":"{number}","at":5,"product":1,"subject":"devices_ask_to_join"}}"#),
        other => panic!("no sample record of {other:?}"),
    };
    Record::from_json(key.kind(), &json).unwrap()
}

/// Devices that differ in which fields are set: stores may treat a column with many equal values as one value.
fn device_of_kind(number: u8) -> Record {
    let Record::Device(mut device) = device(number.into()) else { panic!("no device") };
    let [is_seen, is_updated, has_tried, is_special] = [1, 2, 4, 8].map(|bit| number & bit != 0);
    let (at, target) = (Timestamp::from_millis(5), FirmwareVersion::new(2).unwrap());
    if is_seen {
        device.seen = Some(Seen {
            at,
            session: u64::MAX,
            version_since: at,
            version: is_updated.then_some(3),
            image: ImageSeen::Matches,
            platform: PlatformSeen::Unknown,
            takes_updates: !is_special,
            online: true,
        });
        device.system = is_special.then(|| "1.5.2".parse().unwrap());
    }
    if is_updated {
        device.attempt =
            Some(UpdateAttempt { at, target, from: has_tried.then_some(1), progress: Progress::Downloaded });
    }
    if has_tried {
        device.outcome = Some(UpdateOutcome { at, target, result: UpdateResult::Failed });
        device.failures = 1;
    }
    if is_special {
        device.standing = Standing::Denied;
        device.lock = Some(target);
        device.label = Some(Box::new(Label { name: "é".into(), groups: [GroupId::new(1)].into() }));
    }
    Record::Device(device)
}

/// The same for entries in the registry.
fn registration_of_kind(number: u8) -> Record {
    let Record::Registration(mut entry) = registration() else { panic!("no entry") };
    let [is_claimed, is_known, is_registered, is_away] = [1, 2, 4, 8].map(|bit| number & bit != 0);
    entry.claimed_by = is_claimed.then(|| Claimant::Account(AccountId::new(u64::MAX).unwrap()));
    entry.platform = is_known.then(|| "photon".parse().unwrap());
    entry.registered = is_registered;
    entry.product = entry.product.filter(|_| !is_away);
    Record::Registration(entry)
}

/// The stamp that a check expects of its row.
#[derive(Clone, Copy, Debug)]
enum Expect {
    /// The stamp before the batch.
    Before,
    /// The stamp that the batch put last, applied or not.
    Latest,
    Absent,
    Another,
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Put(u8),
    Delete,
    Nothing,
}

/// The actions of one commit on some keys, and its additions to counters.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    rows: Vec<(Index, Option<Expect>, Change)>,
    adds: Vec<(Index, i64)>,
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Commit(Vec<Plan>),
    Get(Vec<Index>),
    Scan { family: Index, ends: [(Index, bool); 2], limit: Option<u8>, reverse: bool },
    Fold(usize),
    Reopen,
}

/// A sequence of at most this many steps.
pub(crate) fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    vec(step(), 1..most)
}

fn step() -> impl Strategy<Value = Step> {
    let expect = prop_oneof![
        6 => Just(Expect::Before),
        6 => Just(Expect::Latest),
        4 => Just(Expect::Absent),
        1 => Just(Expect::Another),
    ];
    let change =
        prop_oneof![6 => (0..16u8).prop_map(Change::Put), 1 => Just(Change::Delete), 1 => Just(Change::Nothing)];
    let plan = (
        vec((any::<Index>(), proptest::option::weighted(0.8, expect), change), 0..4),
        vec((any::<Index>(), -9..9i64), 0..3),
    )
        .prop_map(|(rows, adds)| Plan { rows, adds });
    let ends = proptest::array::uniform2((any::<Index>(), any::<bool>()));
    prop_oneof![
        8 => vec(plan, 1..6).prop_map(Step::Commit),
        4 => vec(any::<Index>(), 0..9).prop_map(Step::Get),
        4 => (any::<Index>(), ends, any::<Option<u8>>(), any::<bool>())
            .prop_map(|(family, ends, limit, reverse)| Step::Scan {
                family, ends, limit: limit.map(|limit| limit % 5), reverse
            }),
        1 => (0..20usize).prop_map(Step::Fold),
        1 => Just(Step::Reopen),
    ]
}

/// Makes the commits of a plan: no stamp is used twice, and a commit writes each key once.
fn commits(plans: &[Plan], keys: &[Key], counters: &[Key], model: &MemoryStore, stamps: &mut u64) -> Vec<Commit> {
    let mut latest: HashMap<&Key, Option<Stamp>> = HashMap::new();
    let before = |key: &Key| model.get(std::slice::from_ref(key)).unwrap()[0].as_ref().map(|row| row.stamp);
    let (mut commits, mut taken) = (Vec::new(), Taken::default());
    for plan in plans {
        let mut commit = Commit::default();
        for (index, expect, change) in &plan.rows {
            let key = index.get(keys);
            let written = commit.writes.iter().any(|write| write.key() == key);
            if let Some(expect) = expect {
                let stamp = match expect {
                    Expect::Before => before(key),
                    Expect::Latest => latest.get(key).copied().unwrap_or_else(|| before(key)),
                    Expect::Absent => None,
                    Expect::Another => Some(Stamp(u64::MAX)),
                };
                commit.checks.push(Check { key: key.clone(), stamp });
            }
            match change {
                _ if written => {}
                Change::Put(number) => {
                    *stamps += 1;
                    commit.writes.push(put(key.clone(), record(key, *number), *stamps));
                }
                Change::Delete => commit.writes.push(Write::Delete { key: key.clone() }),
                Change::Nothing => {}
            }
        }
        for write in &commit.writes {
            let key = keys.iter().find(|key| *key == write.key()).unwrap();
            latest.insert(key, if let Write::Put { stamp, .. } = write { Some(*stamp) } else { None });
        }
        for (index, delta) in &plan.adds {
            let key = index.get(counters).clone();
            let delta = if key.ends_at_zero() && *delta < 0 { taken.take(&key, model) } else { *delta };
            commit.writes.push(Write::Add { key, delta });
        }
        commits.push(commit);
    }
    commits
}

/// What a batch subtracts from counters that end at zero. They count existing rows, so they never fall below zero.
#[derive(Default)]
struct Taken(HashSet<Key>);

impl Taken {
    /// Subtracts the whole value of a counter, once in a batch.
    fn take(&mut self, key: &Key, store: &dyn Store) -> i64 {
        if !self.0.insert(key.clone()) {
            return 0;
        }
        match store.get(std::slice::from_ref(key)).unwrap().remove(0) {
            Some(Row { record: Record::Counter(value), .. }) => -value,
            _ => 0,
        }
    }
}

fn all_rows(store: &dyn Store, families: &[Vec<Key>]) -> Vec<Row> {
    let whole = |family: &Vec<Key>| Range::new(family[0].clone(), family[family.len() - 1].clone());
    families.iter().flat_map(|family| store.scan(&whole(family)).unwrap()).collect()
}

/// Runs steps on a store that `open` opens, repeatedly the same one, and that `fold` folds if it has a journal. Returns
/// the rows at the end, when everything is folded.
pub(crate) fn run<S: Store>(steps: &[Step], mut open: impl FnMut() -> S, fold: impl Fn(&S, usize)) -> Vec<Row> {
    let mut store = open();
    let model = MemoryStore::new();
    let families = families();
    let everything: Vec<Key> = families.iter().flatten().cloned().collect();
    let (counters, keys): (Vec<Key>, Vec<Key>) = everything.iter().cloned().partition(|key| key.kind() == Kind::Tally);
    let mut stamps = 0;
    for step in steps.iter().cloned() {
        match step {
            Step::Commit(plans) => {
                let batch = commits(&plans, &keys, &counters, &model, &mut stamps);
                assert_eq!(store.commit(&batch).unwrap(), model.commit(&batch).unwrap(), "{:#?}", batch);
            }
            Step::Get(places) => {
                let asked: Vec<Key> = places.iter().map(|place| place.get(&everything).clone()).collect();
                assert_eq!(store.get(&asked).unwrap(), model.get(&asked).unwrap());
            }
            Step::Scan { family, ends, limit, reverse } => {
                let family = family.get(&families);
                let end = |(place, included): &(Index, bool)| {
                    let key = place.get(family).clone();
                    if *included { Bound::Included(key) } else { Bound::Excluded(key) }
                };
                let [first, last] = ends.each_ref().map(end);
                let range = Range { first, last, limit: limit.map_or(usize::MAX, usize::from), reverse };
                assert_eq!(store.scan(&range).unwrap(), model.scan(&range).unwrap(), "{:?}", range);
                let visited = |store: &dyn Store| {
                    let mut rows = Vec::new();
                    store.for_each(&range, &mut |key, record| rows.push((key.clone(), record.clone()))).unwrap();
                    rows.sort_by(|(a, _), (b, _)| a.cmp(b));
                    rows
                };
                assert_eq!(visited(&store), visited(&model), "{:?}", range);
            }
            Step::Fold(rows) => fold(&store, rows),
            Step::Reopen => {
                drop(store);
                store = open();
            }
        }
    }
    assert_eq!(all_rows(&store, &families), all_rows(&model, &families));
    fold(&store, usize::MAX);
    fold(&store, usize::MAX);
    all_rows(&model, &families)
}

/// All rows of a store under the keys that steps use.
pub(crate) fn held(store: &dyn Store) -> Vec<Row> {
    all_rows(store, &families())
}
