use super::*;
use crate::methods::commands as commands_of;
use fleet_bindings::doors::{OPERATIONS, Operation};
use serde_json::json;
use std::collections::BTreeSet;

fn repository() -> PathBuf {
    crate::root()
}

/// The types whose public methods are operations.
const DOORS: [&str; 8] =
    ["Console", "ProductConsole", "DeviceConsole", "CustomerConsole", "Gateway", "Portal", "Clock", "Fleet"];

/// The names of the doors' public methods, from the core's source.
fn door_methods() -> BTreeSet<String> {
    let mut sources = Vec::new();
    find_sources(&repository().join("fleet-core/src"), &mut sources);
    let mut methods = BTreeSet::new();
    for source in sources {
        let text = fs::read_to_string(source).unwrap();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let Some(door) = line.strip_prefix("impl ").and_then(|line| line.strip_suffix(" {")) else { continue };
            let door = door.trim_end_matches("<'_>");
            if !DOORS.contains(&door) {
                continue;
            }
            for line in lines.by_ref().take_while(|line| *line != "}") {
                let Some(rest) = line.strip_prefix("    pub fn ") else { continue };
                let method = rest.split(['(', '<']).next().unwrap();
                methods.extend(commands_of(door, method).into_iter().map(str::to_owned));
            }
        }
    }
    // Methods that set up a fleet, which a host calls once in its own language.
    for setup in [
        "open",
        "builder",
        "end_event_streams",
        "console",
        "gateway",
        "portal",
        "clock",
        "store",
        "catalogue",
        "billing",
    ] {
        assert!(methods.remove(setup), "Fleet::{setup} does not exist");
    }
    // `plan_import` with a token that another thread cancels. Each language has its own way to cancel the operation.
    assert!(methods.remove("plan_import_until"), "ProductConsole::plan_import_until does not exist");
    methods
}

/// The methods that scenarios can use: those that give the same answer on every store.
fn commands() -> BTreeSet<String> {
    let mut methods = door_methods();
    for of_a_store in ["backup", "query", "metrics"] {
        assert!(methods.remove(of_a_store), "Fleet::{of_a_store} does not exist");
    }
    methods
}

/// What a host sees inside is by operation: a method without a name would be missing there.
#[test]
fn every_method_of_a_door_is_named_for_its_observers() {
    let mut sources = Vec::new();
    find_sources(&repository().join("fleet-core/src"), &mut sources);
    let (mut named, mut nameless) = (BTreeSet::new(), Vec::new());
    for source in sources {
        let text = fs::read_to_string(source).unwrap();
        for part in text.split("\nimpl ").skip(1) {
            let Some((of, rest)) = part.split_once(" {\n") else { continue };
            let of = of.trim_end_matches("<'_>");
            if !DOORS.contains(&of) {
                continue;
            }
            let body = rest.split("\n}\n").next().unwrap();
            for (before, method) in body.split("    pub fn ").zip(body.split("    pub fn ").skip(1)) {
                let (head, _) = method.split_once("{\n").unwrap();
                let method = head.split(['(', '<']).next().unwrap();
                let name = before.trim_end().lines().last().unwrap_or_default().trim().strip_prefix("#[door(");
                match name {
                    Some(name) => {
                        _ = named.insert((of.to_owned(), method.to_owned(), name.trim_end_matches(")]").to_owned()))
                    }
                    None if head.contains("-> Result<") => nameless.push(format!("{of}::{method}")),
                    None => {}
                }
            }
        }
    }
    assert!(nameless.is_empty(), "put `#[door(…)]` above {nameless:?}");
    for (of, method, name) in &named {
        let name = name.split(',').next().unwrap();
        let commands = commands_of(of, method);
        let is = |operation: &&fleet_core::observe::Operation| {
            name == "Operation::lock(flash)" || format!("{operation:?}") == name
        };
        let found = fleet_core::observe::Operation::ALL.iter().find(is).map(|operation| operation.name());
        let fits = found.is_some_and(|found| {
            commands.contains(&found) || name.starts_with("Operation::") || method == &format!("{found}_until")
        });
        assert!(fits, "{of}::{method} is named {name}, and its commands are {commands:?}");
    }
    let operations = fleet_core::observe::Operation::ALL.iter().map(|operation| operation.name().to_owned());
    let mut methods = door_methods();
    assert!(methods.remove("metrics"), "Fleet::metrics returns no outcome, so it is no operation");
    assert_eq!(operations.collect::<BTreeSet<_>>(), methods);
}

fn find_sources(folder: &Path, sources: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find_sources(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(path);
        }
    }
}

fn is_command(name: &str) -> bool {
    let outcome: Result<command::Command, _> = serde_json::from_value(json!({ "do": name }));
    !outcome.is_err_and(|error| error.to_string().starts_with(&file::unknown_command(name)))
}

/// The names in the first column of the README's tables of commands.
fn documented_commands() -> BTreeSet<String> {
    let readme = fs::read_to_string(repository().join("spec/README.md")).unwrap();
    let (_, commands) = readme.split_once("## Commands").unwrap();
    let (commands, _) = commands.split_once("\n## ").unwrap();
    commands.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned())).collect()
}

/// Collects the commands in a value.
fn commands_in(value: &Value, commands: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            commands.extend(fields.get("do").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| commands_in(value, commands));
        }
        Value::Array(items) => items.iter().for_each(|item| commands_in(item, commands)),
        _ => {}
    }
}

#[test]
fn every_scenario_passes_on_every_store() {
    let report = run(&repository().join("spec"), &StoreKind::ALL);
    assert_eq!(report.failures, []);
    assert!(report.passed >= 2 * 100, "only {} ran", report.passed);
}

#[test]
fn every_door_method_has_a_command_and_every_command_a_door_and_a_row_in_the_readme() {
    let methods = commands();
    assert!(methods.len() > 40, "{methods:?}");
    let missing: Vec<&String> = methods.iter().filter(|method| !is_command(method)).collect();
    assert!(missing.is_empty(), "doors without a command: {missing:?}");
    assert_eq!(documented_commands(), methods, "the README's commands and the doors' methods");
    assert!(!is_command("open") && !is_command("console"));
}

#[test]
fn the_bindings_have_an_operation_for_every_door_method_and_no_other() {
    let of_bindings = OPERATIONS.iter().flat_map(|Operation { door, name }| commands_of(&format!("{door:?}"), name));
    assert_eq!(of_bindings.map(str::to_owned).collect::<BTreeSet<_>>(), door_methods());
}

#[test]
fn every_command_is_used_by_a_scenario() {
    let mut files = Vec::new();
    find(&repository().join("spec"), &mut files).unwrap();
    let mut given = BTreeSet::new();
    for file in files {
        commands_in(&serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap(), &mut given);
    }
    assert_eq!(given, commands());
}

/// A file with one scenario: an account, a product, and these steps.
fn spec(steps: Value) -> Value {
    json!({
        "version": 1,
        "name": "Example",
        "rules": ["R-PRD-1"],
        "why": "Shows the output of the runner.",
        "given": [
            { "do": "create_account", "as": "operator", "email": "alice@example.com", "save": "alice" },
            { "do": "create_product", "as": "alice", "name": "One", "platform": "photon", "save": "one" },
        ],
        "scenarios": [{ "name": "an example", "rules": ["R-PRD-1"], "steps": steps }],
    })
}

/// The result of running a file with this text.
fn run_text(text: &str) -> (usize, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("example.json");
    fs::write(&path, text).unwrap();
    let report = run(&path, &[StoreKind::Memory]);
    (report.passed, report.failures.into_iter().map(|(_, why)| why).collect())
}

#[test]
fn a_failed_step_is_reported_with_the_expected_and_the_found_value() {
    let product = json!({ "do": "product", "as": "alice", "product": "$one.id" });
    let with = |more: Value| {
        let mut step = product.clone();
        step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        run_text(&spec(json!([product, step])).to_string())
    };
    assert_eq!(with(json!({ "expect": { "owner": "$alice.id" } })), (1, vec![]));
    for (more, place) in [
        (json!({ "expect": { "name": "Two" } }), "step 2, product\n    answer.name: expected \"Two\", found \"One\""),
        (json!({ "expect": { "colour": 1 } }), "answer.colour: expected 1, found null"),
        (json!({ "error": "not_found" }), "error: expected `not_found`, found the answer {"),
        (json!({ "product": 7 }), "answer: expected {}, found the error `not_found`: there is no such product"),
        (json!({ "product": 7, "error": "taken" }), "error: expected `taken`, found `not_found`"),
        (json!({ "product": 7, "error": "not_found", "message": "blue" }), "message: expected \"blue\" in it, found"),
        (json!({ "product": "$two.id" }), "step 2, product: `$two.id`: no step before saved `two`"),
        (json!({ "product": "$one.colour" }), "`$one.colour`: there is no such field"),
        (json!({ "as": "bob" }), "`$bob.id`: no step before saved `bob`"),
        (json!({ "expect": { "name": "$two.name" } }), "`$two.name`: no step before saved `two`"),
    ] {
        let (passed, failures) = with(more.clone());
        assert_eq!((passed, failures.len()), (0, 1), "{more}");
        assert!(failures[0].contains(place), "{more}: {}", failures[0]);
    }
}

#[test]
fn a_misspelt_field_is_an_error_that_names_its_place() {
    for (step, said) in [
        (json!({ "do": "fly", "as": "alice" }), "there is no command `fly`"),
        (json!({ "do": "products", "as": "alice", "colour": 1 }), "unknown field `colour`"),
        (json!({ "do": "products" }), "`as` is missing"),
        (json!({ "do": "pending_notices", "as": "alice" }), "leave `as` out"),
        (json!({ "do": "me", "as": "alice", "token": "x" }), "the `token` names the actor"),
        (json!({ "do": "product", "as": "alice", "product": "94" }), "invalid type: string"),
        (json!({ "do": "product", "as": "alice" }), "missing field `product`"),
        (json!({ "do": "products", "as": "alice", "expect": [] }), "`expect` is an object"),
        (json!({ "do": "products", "as": "alice", "expect": {}, "error": "x" }), "either `expect` or `error`"),
        (json!({ "do": "products", "as": "alice", "message": "x" }), "`message` goes with `error`"),
        (json!({ "do": "products", "as": "alice", "error": "x", "save": "y" }), "has nothing to `save`"),
        (json!({ "do": "products", "as": "alice", "at": -1 }), "is not a moment"),
        (json!({ "do": "connect", "device": "55ff", "version": 1 }), "24 hexadecimal digits"),
        (json!({ "as": "alice" }), "missing field `do`"),
    ] {
        let (passed, failures) = run_text(&spec(json!([step])).to_string());
        assert_eq!((passed, failures.len()), (0, 1), "{step}");
        assert!(failures[0].starts_with("scenario `an example`: step 1, "), "{}", failures[0]);
        assert!(failures[0].contains(said), "{step}: {}", failures[0]);
    }
}

#[test]
fn a_file_of_another_version_or_with_an_invalid_rule_is_refused() {
    let whole = spec(json!([{ "do": "products", "as": "alice" }]));
    for (pointer, value, said) in [
        ("/version", json!(2), "version 2 of the format is not supported"),
        ("/rules", json!(["R-PRD-1", "R-PRD-2"]), "no scenario cites R-PRD-2"),
        ("/rules", json!(["PRD-1"]), "`PRD-1` is not a rule"),
        ("/scenarios/0/rules", json!(["R-PRD-2"]), "cites R-PRD-2, which is not among the file's rules"),
        ("/scenarios/0/rules", json!([]), "at least one rule"),
        ("/scenarios/0/steps", json!([]), "at least one step"),
        ("/why", json!(""), "`name` and `why`"),
    ] {
        let mut file = whole.clone();
        *file.pointer_mut(pointer).unwrap() = value;
        let (passed, failures) = run_text(&file.to_string());
        assert_eq!(passed, 0, "{pointer}");
        assert!(failures.iter().any(|failure| failure.contains(said)), "{pointer}: {failures:?}");
    }
    assert_eq!(run_text(&whole.to_string()), (1, vec![]));
    assert!(run_text("{").1[0].contains("line 1 column 1"));
    assert!(
        run_text(&whole.to_string().replacen("\"why\"", "\"because\"", 1)).1[0].contains("unknown field `because`")
    );
}

#[test]
fn a_folder_without_scenarios_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let report = run(folder.path(), &StoreKind::ALL);
    assert_eq!((report.passed, report.failures.len()), (0, 0));
    assert_eq!(report.show(), Err("there is nothing to run; name a file or folder with cases".to_owned()));
    assert_eq!(run(&folder.path().join("nowhere"), &StoreKind::ALL).failures.len(), 1);
}

#[test]
fn a_vector_outside_of_the_vectors_is_not_read() {
    let step = |file: &str| {
        json!({
            "do": "upload", "as": "alice", "product": "$one.id", "version": 1, "title": "x",
            "binary": { "file": file },
        })
    };
    for file in ["../doors.rs", "/etc/hostname", "nowhere.bin"] {
        let (passed, failures) = run_text(&spec(json!([step(file)])).to_string());
        assert_eq!((passed, failures.len()), (0, 1), "{file}");
        assert!(failures[0].starts_with("step 1, upload: `"), "{}", failures[0]);
    }
}
