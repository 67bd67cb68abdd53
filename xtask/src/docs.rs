//! Checks the documentation against the project: each program in it is run, or listed here with the reason why not;
//! each version that it requires is the one that the packages require; each command and each file that it names exists.

use crate::Cli;
use crate::workspace::root;
use clap::Parser as _;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The pages, by their paths in the repository.
fn pages() -> Vec<(String, String)> {
    let mut pages = vec!["README.md".to_owned(), "spec/README.md".to_owned(), "bindings-kotlin/README.md".to_owned()];
    pages.extend(["python", "node", "swift"].map(|language| format!("bindings-{language}/README.md")));
    pages.extend(["ARCHITECTURE.md", "CONTRIBUTING.md", "RELEASING.md", "SECURITY.md"].map(str::to_owned));
    let mut folders = vec!["docs".to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap().map(Result::unwrap) {
            let path = format!("{folder}/{}", entry.file_name().into_string().unwrap());
            if entry.path().is_dir() {
                folders.push(path);
            } else if path.ends_with(".md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages.into_iter().map(|page| (page.clone(), read(&page))).collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A block of code: its language and its text.
struct Block {
    language: String,
    text: String,
}

/// Returns the blocks of a page, except output and drawings.
fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.trim_start().strip_prefix("```") else { continue };
        let indent = line.len() - line.trim_start().len();
        let inside = lines.by_ref().take_while(|line| line.trim() != "```");
        let text = inside.map(|line| line.get(indent..).unwrap_or_default().to_owned() + "\n").collect();
        blocks.push(Block { language: language.to_owned(), text });
    }
    blocks
}

/// How a block is checked.
enum How {
    /// This test runs all blocks of its language on the page; it contains this text.
    RunBy(&'static str, &'static str),
    /// This file, which is compiled or run, contains the block literally, except for its indentation.
    StandsIn(&'static str),
    /// The block is not run, for this reason.
    NotRun(&'static str),
}

use How::{NotRun, RunBy, StandsIn};

const A_FRAGMENT_OF_SWIFT: How = NotRun(
    "a fragment with names of the reader's own; `swift/Tests` calls what it calls, and the page's program is run",
);
const A_FRAGMENT_OF_KOTLIN: How = NotRun(
    "a fragment with names of the reader's own; the module's tests call what it calls, and the page's program is run",
);

const NEEDS_A_FRAMEWORK: How = NotRun(
    "the web framework is no dependency of this repository; the page says when the program was built and run by hand",
);

/// Each program of the documentation: the page, the language, words in the program (empty means every program that is
/// not listed otherwise), and how it is checked.
const PROGRAMS: &[(&str, &str, &str, How)] = &[
    ("README.md", "rust", "", RunBy("fleet-core/src/lib.rs", "include_str!(\"../../README.md\")")),
    ("docs/STORES.md", "rust", "", RunBy("stores/postgres/src/lib.rs", "include_str!(\"../../../docs/STORES.md\")")),
    (
        "docs/STORES.md",
        "rust,no_run",
        "",
        RunBy("stores/postgres/src/lib.rs", "include_str!(\"../../../docs/STORES.md\")"),
    ),
    ("docs/STORES.md", "python", "", StandsIn("bindings-python/tests/test_store.py")),
    ("spec/README.md", "json", "", NotRun("the outline of a scenario; every file of `spec/` is read by the runners")),
    (
        "bindings-python/README.md",
        "python",
        "",
        RunBy("bindings-python/tests/test_readme.py", "re.findall(r\"```python"),
    ),
    ("bindings-node/README.md", "js", "", RunBy("bindings-node/test/readme.test.mjs", "every other program does")),
    ("bindings-node/README.md", "ts", "", StandsIn("bindings-node/test/types/readme.mts")),
    ("bindings-swift/README.md", "swift", "import FleetCore", RunBy("xtask/src/lang/swift.rs", "mobile::Readme::read")),
    (
        "bindings-swift/README.md",
        "swift",
        "dependencies: [.package(",
        NotRun("lines of a manifest of the reader's own; `examples/swift/Package.swift` has them, and is built"),
    ),
    ("bindings-swift/README.md", "swift", "let hall = ", A_FRAGMENT_OF_SWIFT),
    ("bindings-swift/README.md", "swift", "thermostat.importWatched", A_FRAGMENT_OF_SWIFT),
    ("bindings-swift/README.md", "swift", "switch connected.answer", A_FRAGMENT_OF_SWIFT),
    ("bindings-swift/README.md", "swift", "catch let error as FleetError", A_FRAGMENT_OF_SWIFT),
    ("bindings-kotlin/README.md", "kotlin", "fun main()", RunBy("xtask/src/lang/kotlin.rs", "mobile::Readme::read")),
    (
        "bindings-kotlin/README.md",
        "xml",
        "",
        NotRun("lines of a project of the reader's own; `examples/kotlin/pom.xml` has them, and is built"),
    ),
    ("bindings-kotlin/README.md", "kotlin", "val hall = ", A_FRAGMENT_OF_KOTLIN),
    ("bindings-kotlin/README.md", "kotlin", "thermostat.importWatched", A_FRAGMENT_OF_KOTLIN),
    ("bindings-kotlin/README.md", "kotlin", "when (val answer", A_FRAGMENT_OF_KOTLIN),
    ("bindings-kotlin/README.md", "kotlin", "catch (failure: FleetException)", A_FRAGMENT_OF_KOTLIN),
    (
        "bindings-kotlin/README.md",
        "java",
        "",
        NotRun("a fragment with names of the reader's own; `JavaTest.java` calls what it calls"),
    ),
    ("docs/guide/axum.md", "rust,ignore", "", NEEDS_A_FRAMEWORK),
    ("docs/guide/fastapi.md", "python", "", NEEDS_A_FRAMEWORK),
    ("docs/guide/fastify.md", "ts", "", NEEDS_A_FRAMEWORK),
    ("docs/guide/ktor.md", "kotlin", "", NEEDS_A_FRAMEWORK),
    ("docs/guide/vapor.md", "swift", "import Vapor", NEEDS_A_FRAMEWORK),
    ("docs/guide/vapor.md", "swift", "dependencies: [", NotRun("lines of a manifest of the reader's own")),
    ("docs/guide/server-sent-events.md", "python", "", NEEDS_A_FRAMEWORK),
    ("docs/guide/several-nodes.md", "rust,ignore", "", NotRun("it needs a server; `stores/open` tests such URLs")),
    ("docs/guide/several-nodes.md", "python", "fleet = Fleet.open(", NotRun("it needs a server")),
    ("docs/guide/several-nodes.md", "python", "def report_usage", NotRun("it runs until the host stops")),
    ("docs/guide/seeing-inside.md", "toml", "", NotRun("a line of a manifest of the reader's own")),
    ("docs/guide/seeing-inside.md", "rust,ignore", "", NotRun("parts of a program of the reader's own")),
    ("docs/guide/seeing-inside.md", "python", "", NotRun("`test_observe.py` logs to such a logger")),
    ("docs/guide/seeing-inside.md", "ts", "", NotRun("`observe.test.mjs` has such a callback")),
    ("docs/guide/seeing-inside.md", "swift", "", A_FRAGMENT_OF_SWIFT),
    ("docs/guide/seeing-inside.md", "kotlin", "", A_FRAGMENT_OF_KOTLIN),
    ("docs/guide/back-up.md", "python", "", NotRun("it names folders of the reader's own; run by hand")),
];

/// Returns a text without the space around its words, so that indentation does not matter.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_program_in_the_documentation_is_run_or_listed_with_a_reason() {
    let mut used = BTreeSet::new();
    for (page, text) in pages() {
        for Block { language, text } in blocks(&text).into_iter().filter(|block| block.language != "text") {
            let entries = PROGRAMS.iter().enumerate().filter(|(_, entry)| entry.0 == page && entry.1 == language);
            let mut fitting = entries.filter(|(_, entry)| text.contains(entry.2));
            let (place, (.., how)) = fitting.next().unwrap_or_else(|| {
                panic!("{page}: this program is not listed; add it to PROGRAMS with its test or a reason:\n{text}")
            });
            assert!(fitting.next().is_none(), "{page}: two entries of PROGRAMS match\n{text}");
            used.insert(place);
            match how {
                RunBy(test, mark) => assert!(read(test).contains(mark), "{test} has no `{mark}`, which runs {page}"),
                StandsIn(file) => assert!(words(&read(file)).contains(&words(&text)), "{file} has no\n{text}"),
                NotRun(why) => assert!(!why.is_empty()),
            }
        }
    }
    let unused: Vec<_> = PROGRAMS.iter().enumerate().filter(|(place, _)| !used.contains(place)).collect();
    assert!(unused.is_empty(), "{:?}", unused.iter().map(|(_, entry)| (entry.0, entry.2)).collect::<Vec<_>>());
}

/// Returns the version that follows a word in a text: digits and points.
fn versions<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
    let is_one = |rest: &&'t str| rest.starts_with(|first: char| first.is_ascii_digit());
    let ends = |rest: &'t str| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default().trim_end_matches('.')
    };
    text.match_indices(word).filter_map(|(at, _)| text.get(at + word.len()..)).filter(is_one).map(ends).collect()
}

/// Returns the text between two marks in a file.
fn between(path: &str, before: &str, after: &str) -> String {
    let text = read(path);
    let rest = text.split_once(before).unwrap_or_else(|| panic!("{path} has no `{before}`")).1;
    rest.split_once(after).unwrap_or_else(|| panic!("{path} has no `{after}`")).0.to_owned()
}

#[test]
fn every_version_in_the_documentation_is_the_one_that_the_packages_require() {
    let rust = between("Cargo.toml", "rust-version = \"", "\"");
    let python = between("bindings-python/pyproject.toml", "requires-python = \">=", "\"");
    let node = between("bindings-node/package.json", "\"node\": \">=", "\"");
    let swift = between("bindings-swift/swift/Package.swift", "swift-tools-version:", "\n");
    let macos = between("bindings-swift/swift/Package.swift", ".macOS(.v", ")");
    let java = between("bindings-kotlin/pom.xml", "<kotlin.compiler.jvmTarget>", "<");
    // A Kotlin compiler reads the output of the next version, and of none after that.
    let written = between("bindings-kotlin/pom.xml", "<kotlin.version>", "<");
    let mut parts = written.split('.').map(|part| part.parse::<u32>().unwrap());
    let kotlin = format!("{}.{}", parts.next().unwrap(), parts.next().unwrap() - 1);
    let wanted = [
        ("Rust ", &rust),
        ("Python ", &python),
        ("CPython ", &python),
        ("Node ", &node),
        ("Swift ", &swift),
        ("macOS ", &macos),
        ("Java ", &java),
        ("Kotlin ", &kotlin),
    ];
    let mut found = BTreeSet::new();
    for (page, text) in pages() {
        for (name, version) in wanted {
            for said in versions(&text, name) {
                assert_eq!(said, version, "{page} requires {name}{said}");
                found.insert(name);
            }
        }
    }
    let missing: Vec<_> = wanted.iter().filter(|(name, _)| !found.contains(name) && *name != "CPython ").collect();
    assert!(missing.is_empty(), "no page has the version of {missing:?}");

    // The versions that the commands check first.
    let (major, minor) = node.split_once('.').unwrap();
    let chore = read("xtask/src/lang/node.rs");
    assert!(chore.contains(&format!("major > {major} || (major == {major} && minor >= {minor})")), "Node {node}");
    assert!(chore.contains(&format!("there is no Node {node} or later")), "Node {node}");
    let chore = read("xtask/src/lang/python.rs");
    assert!(chore.contains(&format!("sys.version_info < ({})", python.replace('.', ", "))), "Python {python}");
    assert!(chore.contains(&format!("there is no Python {python} or later")), "Python {python}");
    let abi = format!("abi3-py{}", python.replace('.', ""));
    assert!(read("Cargo.toml").contains(&abi) || read("bindings-python/Cargo.toml").contains(&abi), "Python {python}");
    for manifest in ["examples/swift/Package.swift", "bindings-swift/swift/Package.swift"] {
        assert_eq!(between(manifest, "swift-tools-version:", "\n"), swift, "{manifest}");
    }
    let said = format!("<version>{}</version>", env!("CARGO_PKG_VERSION"));
    assert!(read("bindings-kotlin/README.md").contains(&said), "the version of the jar is {said}");
}

/// Formats a number with a comma between its thousands, as in the documentation.
fn written(number: i64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned());
    groups.collect::<Vec<_>>().join(",")
}

/// Limits and prices in the documentation, each with its expected value.
#[test]
fn every_limit_in_the_documentation_is_the_one_in_the_code() {
    use fleet_core::billing::{BillingPolicy, Interval};
    use fleet_core::store::Query;
    use fleet_core::{Catalogue, Currency, Policy, SystemVersion, customer, device};
    let count = |number: usize| written(i64::try_from(number).unwrap());
    let minutes = |time: std::time::Duration| time.as_secs() / 60;
    let (policy, billing) = (Policy::default(), BillingPolicy::default());
    let rules = "docs/RULES.md";
    let running = "docs/RUNNING.md";
    let mut claims = vec![
        (rules, format!("A quote holds for {} minutes", minutes(billing.quote_life()))),
        (rules, format!("(policy, default {} days; exactly the bound is not a leap)", billing.leap_days())),
        (running, format!("was not called for more than {} days", billing.leap_days())),
        (rules, format!("blocks further attempts for {} minutes", minutes(customer::BARRED_FOR))),
        (rules, format!("At most {} lines without an id", count(device::import::MAX_LINES_WITHOUT_ID))),
        (rules, format!("recorded as it is, up to {} bytes", SystemVersion::MAX_LEN)),
        (running, format!("{} at most)", count(Query::MOST))),
        (running, format!("rows ({} where it is left out", count(Query::new("").rows()))),
        (running, format!("at most {} minutes (`clock_tolerance_millis`", minutes(policy.clock_tolerance))),
    ];
    assert_eq!(customer::WRONG_CODES, 5);
    claims.push((rules, "The fifth wrong code blocks".to_owned()));
    for tier in Vec::<fleet_core::Tier>::from(Catalogue::default()) {
        for interval in [Interval::Monthly, Interval::Annual] {
            let Some(price) = tier.price(interval, Currency::USD).filter(|price| !price.is_zero()) else { continue };
            claims.push((rules, format!("{}.{:02}", written(price.minor() / 100), price.minor() % 100)));
        }
    }
    for (page, claim) in claims {
        assert!(words(&read(page)).contains(&claim), "{page} does not contain `{claim}`");
    }
}

/// Returns the commands on a page: what follows `cargo xtask` in a line or between backticks.
fn chores(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("cargo xtask ").filter_map(|(at, _)| {
        let rest = text.get(at..)?;
        let end = rest.find(['`', '\n', '#']).unwrap_or(rest.len());
        Some(rest.get(..end)?.trim_end().trim_end_matches(['.', ',', ':']))
    })
}

#[test]
fn every_command_in_the_documentation_exists() {
    let mut found = 0;
    for (page, text) in pages() {
        for chore in chores(&text) {
            let words: Vec<&str> = chore.split_whitespace().skip(1).filter(|word| !word.contains('…')).collect();
            // In running text the sentence may continue after the command; an option belongs to it.
            let mut ends = (1..=words.len()).rev();
            let end = ends.find(|end| Cli::try_parse_from(words.iter().take(*end)).is_ok());
            let is_whole = |end: usize| !words.iter().skip(end).any(|word| word.starts_with("--"));
            assert!(end.is_some_and(is_whole), "{page}: `{chore}` is not a command; `cargo xtask --help` lists them");
            found += 1;
        }
    }
    assert!(found > 5, "{found}");
}

/// Whether a word between backticks is the path of a file: it has a folder, and an extension of the project's files.
fn is_path(word: &str) -> bool {
    let endings = [".rs", ".md", ".py", ".mjs", ".cjs", ".swift", ".kt", ".toml", ".json", ".xml", ".cts"];
    let is_plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte));
    is_plain && word.contains('/') && !word.starts_with('/') && endings.iter().any(|ending| word.ends_with(ending))
}

#[test]
fn every_file_in_the_documentation_exists() {
    let mut missing = Vec::new();
    for (page, text) in pages() {
        let folder = root().join(&page).parent().map(Path::to_path_buf).unwrap_or_default();
        for word in text.split('`').skip(1).step_by(2).filter(|word| is_path(word)) {
            // The design names the core's files by their paths in the core, a package's page by their paths in the
            // package.
            let places: [PathBuf; 5] = [
                root().join(word),
                folder.join(word),
                folder.join("python").join(word),
                folder.join("swift").join(word),
                root().join("fleet-core/src").join(word),
            ];
            let is_readers = word == "src/main.rs";
            if !is_readers && !places.iter().any(|place| place.exists()) {
                missing.push(format!("{page}: {word}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

/// Runs the README's first program: its output is the one on the page.
#[test]
fn the_first_program_prints_the_output_on_the_page() {
    use fleet_core::device::Report;
    use fleet_core::{Actor, Fleet, MemoryStore, Timestamp};
    use std::fmt::Write as _;

    let fleet = Fleet::open(MemoryStore::new());
    let now: Timestamp = "2016-03-08T09:00:00Z".parse().unwrap();
    let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com").unwrap();
    let console = fleet.console(alice.id, now);
    let product = console.create_product("Thermostat", "photon".parse().unwrap()).unwrap();
    let mut printed = String::new();
    for line in console.product(product.id).import(b"55FF6D04498B49A1B2C3D4E5\n3.50029E+23\n").unwrap().lines {
        writeln!(printed, "line {}: {}", line.line, line.verdict).unwrap();
    }
    for device in ["55ff6d04498b49a1b2c3d4e5", "45f96d06492949f0e1d2c3b4"] {
        let report = Report::new(device.parse().unwrap()).product(product.id.get()).version(1).session(1);
        writeln!(printed, "{device}: {}", fleet.gateway(now).connect(&report).unwrap().answer).unwrap();
    }
    let page = read("README.md");
    let blocks = blocks(&page);
    let program = blocks.iter().position(|block| block.language == "rust").unwrap();
    assert_eq!(blocks.get(program + 1).map(|block| block.text.as_str()), Some(printed.as_str()));
}
