//! A full disk: what does not fit is refused completely, with a helpful message; earlier commits are kept; and nothing
//! needs repair once there is space. With and without a journal.
#![allow(clippy::unwrap_used, reason = "tests")]

use fleet_core::store::Store;
use fleet_core::{AccountId, Actor, Error, Fleet, ProductId, Timestamp, invariants};
use fleet_store_journaled::{JournalOptions, Journaled};
use fleet_store_sqlite::{Options, SqliteStore};
use std::ops::Range;
use std::path::Path;

const NOW: Timestamp = Timestamp::from_millis(0);

/// Number of ids in a list. Each adds rows of three kinds, and a list adds an audit record.
const LIST: u64 = 40;

fn open(path: &Path, size_limit: u64) -> SqliteStore {
    SqliteStore::open_with(path, Options::new().size_limit(size_limit)).unwrap()
}

/// Folds constantly, so that sometimes the journal and sometimes the rows run out of space.
fn open_journaled(path: &Path, size_limit: u64) -> Journaled<SqliteStore> {
    Journaled::open_with(open(path, size_limit), JournalOptions::new().fold_after(300)).unwrap()
}

fn import(fleet: &Fleet, owner: AccountId, product: ProductId, number: u64) -> Result<u64, Error> {
    import_ids(fleet, owner, product, number * LIST..(number + 1) * LIST)
}

fn import_ids(fleet: &Fleet, owner: AccountId, product: ProductId, ids: Range<u64>) -> Result<u64, Error> {
    let list: String = ids.map(|id| format!("{:024x}\n", (id + 1) * 0x9E37_79B9)).collect();
    fleet.console(owner, NOW).product(product).import(list.as_bytes()).map(|report| report.counts().imported)
}

fn devices(fleet: &Fleet, owner: AccountId, product: ProductId) -> u64 {
    fleet.console(owner, NOW).product(product).summary().unwrap().devices
}

fn fills_up<S: Store + 'static>(open: impl Fn(&Path, u64) -> S) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let fleet = Fleet::open(open(&path, 400 << 10));
    let operator = fleet.console(Actor::Operator, NOW);
    let owner = operator.create_account("alice@example.com").unwrap().id;
    let product = fleet.console(owner, NOW).create_product("Thermostat", "photon".parse().unwrap()).unwrap().id;
    operator.product(product).set_tier("Enterprise").unwrap();
    let mut lists = 0;
    let error = loop {
        match import(&fleet, owner, product, lists) {
            Ok(imported) => assert_eq!(imported, LIST),
            Err(error) => break error,
        }
        lists += 1;
        assert!(lists < 1000, "the disk never filled up");
    };
    assert_eq!((error.code(), error.is_transient()), ("store_full", false), "{error}");
    assert!(error.to_string().ends_with("the disk is full or the size limit is reached; free some space"), "{error}");
    assert!(lists > 10, "space for {lists} lists only");
    // A list that barely did not fit may fit the next time, with other stamps. A second list of the same size never
    // does.
    for _ in 0..3 {
        let again = import_ids(&fleet, owner, product, lists * LIST..2 * lists * LIST);
        assert_eq!(again.map_err(|error| error.code()), Err("store_full"));
    }
    assert_eq!(devices(&fleet, owner, product), lists * LIST, "exactly the acknowledged lists");
    assert_eq!(invariants::check(&fleet, NOW).unwrap(), []);
    drop(fleet);

    // Still without space, the file opens and shows everything; with space, it continues.
    assert_eq!(devices(&Fleet::open(open(&path, 420 << 10)), owner, product), lists * LIST);
    let fleet = Fleet::open(open(&path, 4 << 20));
    for number in lists..lists + 20 {
        assert_eq!(import(&fleet, owner, product, number).unwrap(), LIST);
    }
    assert_eq!(devices(&fleet, owner, product), (lists + 20) * LIST);
    assert_eq!(invariants::check(&fleet, NOW).unwrap(), []);
}

#[test]
fn a_full_file_refuses_whole_lists_and_continues_once_there_is_space() {
    fills_up(open);
}

#[test]
fn a_full_journal_refuses_whole_lists_and_continues_once_there_is_space() {
    fills_up(open_journaled);
}
