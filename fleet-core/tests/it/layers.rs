//! The layers of a domain, held by a walk over the sources.
//!
//! A file of a domain is one of three kinds. A *door* (`console.rs`, `gateway.rs`, `portal.rs`, `clock.rs`,
//! `operator.rs`) loads, calls a rule and commits. A *loader* (`rows.rs`) reads and stages records through a
//! transaction, for several doors. Every other file holds records and rules: it names no store, no transaction, no
//! fleet, no clock and no randomness. The two lists below are the exceptions; a row that is no longer needed fails too.

#![expect(clippy::unwrap_used, reason = "a test reads the sources or fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const DOMAINS: [&str; 7] = ["billing", "customer", "device", "event", "firmware", "product", "team"];

const DOOR_NAMES: [&str; 5] = ["console.rs", "gateway.rs", "portal.rs", "clock.rs", "operator.rs"];

const LOADER_NAME: &str = "rows.rs";

/// Doors under a name of their own, because one operation or one subject fills a file.
const NAMED_DOORS: &[(&str, &str)] = &[
    ("billing/account.rs", "the console's view of one account over all products"),
    ("customer/beta.rs", "the console's uploads of guest lists"),
    ("device/connect/fast.rs", "the gateway: connects that one read decides"),
    ("device/connect/mod.rs", "the gateway: connect"),
    ("device/connect/slow.rs", "the gateway: connects that need a transaction"),
    ("device/connect/together.rs", "the gateway: several connects in one transaction"),
    ("device/queries.rs", "the console's lists and counts of devices"),
    ("event/metering/doors.rs", "the usage of messages, for hosts and the console"),
    ("event/publish/mod.rs", "the gateway: publish"),
    ("event/reading.rs", "the console's pages of a log; the walk over its slots reads as it goes"),
    ("firmware/dry_run.rs", "the console: what a release would change, device by device"),
    ("firmware/lock.rs", "the console: locks of devices, and the count of locks beside them"),
    ("firmware/release.rs", "the console: release, and the proof that it needs"),
    ("firmware/upload.rs", "the console: upload of images"),
    ("product/configuration.rs", "the console: names of versions and the state of manufacturing"),
    ("team/access.rs", "the check that each door of the team makes first, beside the matrix that it asks"),
    ("team/members.rs", "the console: members, invitations and transfer"),
];

/// Files that are no doors and still read or write records.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("event/metering/meter.rs", "a lease of messages: its state is shared by threads and refilled while it is used"),
    ("event/trim.rs", "reads and deletes the log in chunks, each a commit of its own"),
];

/// What a record or rule file must not contain, as whole words.
const OUTSIDE: [&str; 8] = ["Store", "Transaction", "Fleet", "tx", "SystemTime", "Instant", "rand", "getrandom"];

const DOORS: [&str; 7] =
    ["Console", "ProductConsole", "DeviceConsole", "CustomerConsole", "Gateway", "Portal", "Clock"];

#[derive(Debug, PartialEq, Eq)]
enum Layer {
    Door,
    Loader,
    Rule,
}

fn layer(path: &str, code: &str) -> Layer {
    let is_door = code.lines().any(|line| {
        let of = line.strip_prefix("impl").map(|of| match of.strip_prefix('<').and_then(|of| of.split_once("> ")) {
            Some((_, of)) => of,
            None => of.trim_start(),
        });
        let of = of.and_then(|of| of.split(['<', ' ']).next());
        of.is_some_and(|of| DOORS.contains(&of))
    });
    if is_door {
        return Layer::Door;
    }
    let words = || code.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    // The error of a store is data; the store is not.
    let data = code.matches("ErrorKind::Store(").count();
    let named = words().filter(|word| OUTSIDE.contains(word)).count();
    if named > data || code.contains(".store()") { Layer::Loader } else { Layer::Rule }.named_by(path)
}

impl Layer {
    /// A file with the name of a door is one, whether it implements a door's type or only serves it.
    fn named_by(self, path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        if self == Self::Loader && DOOR_NAMES.contains(&name) { Self::Door } else { self }
    }
}

/// The code without its comments and without its unit tests.
fn code_of(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
    text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") && path.file_name().unwrap() != "tests.rs" {
            found.push(path);
        }
    }
}

/// The files of all domains that are doors or loaders though their names do not say so.
fn misnamed() -> (BTreeSet<String>, BTreeSet<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut doors, mut loaders, mut files) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    DOMAINS.iter().for_each(|domain| sources(&root.join(domain), &mut files));
    assert!(files.len() > 80);
    for file in files {
        let path = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let name = path.rsplit('/').next().unwrap();
        match layer(&path, &code_of(&fs::read_to_string(&file).unwrap())) {
            Layer::Door if !DOOR_NAMES.contains(&name) => doors.insert(path),
            Layer::Loader if name != LOADER_NAME => loaders.insert(path),
            _ => false,
        };
    }
    (doors, loaders)
}

fn listed(rows: &[(&str, &str)]) -> BTreeSet<String> {
    assert!(rows.iter().all(|(_, reason)| !reason.is_empty()));
    rows.iter().map(|(path, _)| (*path).to_owned()).collect()
}

#[test]
fn doors_stand_in_door_files_and_rules_name_no_store() {
    let (doors, loaders) = misnamed();
    assert_eq!(doors, listed(NAMED_DOORS), "doors (left: found, right: listed)");
    assert_eq!(loaders, listed(EXCEPTIONS), "readers and writers of records (left: found, right: listed)");
}

#[test]
fn a_rule_that_names_the_store_is_found() {
    let found = |code: &str| layer("billing/credit.rs", &code_of(code));
    assert_eq!(found("fn price(tier: &Tier) -> Money {}"), Layer::Rule);
    assert_eq!(found("/// Reads the Store.\nfn price() {}"), Layer::Rule);
    assert_eq!(found("fn price(store: &dyn Store) {}"), Layer::Loader);
    assert_eq!(found("fn price(tx: &mut Transaction<'_>) {}"), Layer::Loader);
    assert_eq!(found("fn now() { SystemTime::now() }"), Layer::Loader);
    assert_eq!(found("impl Console<'_> {\n    fn price() {}\n}"), Layer::Door);
    assert_eq!(found("fn price() {}\n#[cfg(test)]\nmod tests {\n    use crate::Fleet;\n}"), Layer::Rule);
}
