//! The layers of a domain, held by a walk over the sources.
//!
//! A *door* loads, calls a rule and commits. It stands in a file or folder named `console`, `gateway`, `portal` or
//! `clock`. A *loader* (`rows`) reads and stages records through a transaction, for several doors. Every other file holds
//! records and rules: it names no store, no transaction, no fleet, no clock and no randomness, and implements no door.

#![expect(clippy::unwrap_used, reason = "a test reads the sources or fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const DOMAINS: [&str; 7] = ["billing", "customer", "device", "event", "firmware", "product", "team"];

/// Names of files and folders that hold doors.
const DOOR_NAMES: [&str; 4] = ["console", "gateway", "portal", "clock"];

/// Name of files and folders that hold loaders.
const LOADER_NAME: &str = "rows";

/// The types of the doors.
const DOORS: [&str; 7] =
    ["Console", "ProductConsole", "DeviceConsole", "CustomerConsole", "Gateway", "Portal", "Clock"];

/// What a record or a rule does not name, as whole words.
const OUTSIDE: [&str; 10] =
    ["Store", "Transaction", "Fleet", "tx", "transact", "SystemTime", "Instant", "rand", "getrandom", "OsRng"];

/// Files that are neither doors nor loaders and still name a store, with the reason.
const EXCEPTIONS: &[(&str, &str)] =
    &[("event/metering/meter.rs", "a lease of messages: its state is shared by threads and refilled while it is used")];

#[derive(Debug, PartialEq, Eq)]
enum Layer {
    Door,
    Loader,
    Rule,
}

/// What a piece of code is, by what it names.
fn layer(code: &str) -> Layer {
    if code.lines().any(implements_a_door) {
        return Layer::Door;
    }
    let words = code.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let named = words.filter(|word| OUTSIDE.contains(word)).count();
    // The error of a store is data; the store is not.
    let data = code.matches("ErrorKind::Store(").count();
    if named > data || code.contains(".store()") { Layer::Loader } else { Layer::Rule }
}

/// Whether a line begins an `impl` block of a door's own methods, with or without a lifetime or a path.
fn implements_a_door(line: &str) -> bool {
    let line = line.replace("->", "");
    let Some(rest) = line.trim_start().strip_prefix("impl") else { return false };
    let of = match rest.strip_prefix('<') {
        Some(parameters) => {
            let mut depth = 1;
            parameters.trim_start_matches(|letter| {
                depth += i32::from(letter == '<') - i32::from(letter == '>');
                depth > 0
            })
        }
        None => rest,
    };
    let of = of.trim_start_matches(['>', ' ']);
    let name = of.split(['<', ' ', '{']).next().unwrap_or(of);
    DOORS.contains(&name.rsplit("::").next().unwrap_or(name))
}

/// Whether a file may hold code of a layer, by its own name and the names of the folders in its domain.
fn may_hold(path: &str, layer: &Layer) -> bool {
    let mut names = path.split('/').skip(1).map(|name| name.trim_end_matches(".rs"));
    match layer {
        Layer::Door => names.any(|name| DOOR_NAMES.contains(&name)),
        Layer::Loader => {
            let is_loader = |name: &str| name == LOADER_NAME || DOOR_NAMES.contains(&name);
            let file = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".rs");
            is_loader(file) || path.split('/').rev().nth(1).is_some_and(|folder| folder == LOADER_NAME)
        }
        Layer::Rule => true,
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

#[test]
fn doors_stand_in_door_files_and_rules_name_no_store() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut misplaced, mut files) = (BTreeSet::new(), Vec::new());
    DOMAINS.iter().for_each(|domain| sources(&root.join(domain), &mut files));
    assert!(files.len() > 80);
    for file in files {
        let path = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        if !may_hold(&path, &layer(&code_of(&fs::read_to_string(&file).unwrap()))) {
            misplaced.insert(path);
        }
    }
    let allowed: BTreeSet<String> = EXCEPTIONS.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(misplaced, allowed, "files of another layer than their name says (left: found, right: listed)");
}

#[test]
fn a_rule_that_names_the_store_is_found() {
    let found = |code: &str| layer(&code_of(code));
    assert_eq!(found("fn price(tier: &Tier) -> Money {}"), Layer::Rule);
    assert_eq!(found("/// Reads the Store.\nfn price() {}"), Layer::Rule);
    assert_eq!(found("fn price(store: &dyn Store) {}"), Layer::Loader);
    assert_eq!(found("fn price(tx: &mut Transaction<'_>) {}"), Layer::Loader);
    assert_eq!(found("fn now() { SystemTime::now() }"), Layer::Loader);
    assert_eq!(found("fn price() {}\n#[cfg(test)]\nmod tests {\n    use crate::Fleet;\n}"), Layer::Rule);
    assert!(!may_hold("billing/credit.rs", &Layer::Loader));
    assert!(!may_hold("event/gateway/rule.rs", &Layer::Loader));
    assert!(may_hold("event/rows/trim.rs", &Layer::Loader));
}

#[test]
fn a_door_in_a_file_of_another_name_is_found() {
    for code in [
        "impl Console<'_> {",
        "impl<'f> ProductConsole<'f> {",
        "impl<'f, T: Fn(&str) -> Vec<u8>> DeviceConsole<'f> {",
        "    impl crate::fleet::CustomerConsole<'_> {",
    ] {
        assert_eq!(layer(code), Layer::Door, "{code}");
    }
    assert_eq!(layer("impl fmt::Debug for Console<'_> {"), Layer::Rule);
    assert!(!may_hold("billing/renewal.rs", &Layer::Door));
    assert!(!may_hold("console/renewal.rs", &Layer::Door));
    assert!(may_hold("billing/console/operator.rs", &Layer::Door));
}
