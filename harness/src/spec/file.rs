//! Reads a file of scenarios, strictly: an unknown or misplaced field is an error that names its place.

use super::argument::Moment;
use super::command::{Command, Door};
use fleet_core::{Catalogue, Tier};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The supported version of the format.
const VERSION: u32 = 1;

/// A file of scenarios.
#[derive(Debug)]
pub(super) struct SpecFile {
    /// The tiers on offer. `None` means the default ones.
    pub(super) catalogue: Option<Catalogue>,
    /// The first steps of every scenario.
    pub(super) given: Vec<Step>,
    pub(super) scenarios: Vec<Scenario>,
}

/// Steps, and their expected results.
#[derive(Debug)]
pub(super) struct Scenario {
    pub(super) name: String,
    pub(super) steps: Vec<Step>,
}

/// One command and its answer.
#[derive(Debug)]
pub(super) struct Step {
    /// `step 3, release`.
    pub(super) place: String,
    /// The moment. `None` means that of the previous step.
    pub(super) at: Option<Moment>,
    /// The actor: `operator`, or the name that an account was saved under. `None` if no person acts.
    pub(super) actor: Option<String>,
    pub(super) command: Command,
    pub(super) expected: Expected,
    /// The name to save the answer under.
    pub(super) save: Option<String>,
}

/// The expected result of a step.
#[derive(Debug)]
pub(super) enum Expected {
    /// An answer with at least this content.
    Answer(Value),
    /// A refusal.
    Error { code: String, message: Option<String> },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    version: u32,
    name: String,
    rules: BTreeSet<String>,
    why: String,
    catalogue: Option<Vec<Tier>>,
    #[serde(default)]
    given: Vec<Map<String, Value>>,
    scenarios: Vec<Map<String, Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawScenario {
    name: String,
    rules: BTreeSet<String>,
    steps: Vec<Map<String, Value>>,
}

/// Reads a file. Returns every problem if it is invalid.
pub(super) fn read(text: &str) -> Result<SpecFile, Vec<String>> {
    let file: RawFile = serde_json::from_str(text).map_err(|error| vec![error.to_string()])?;
    let mut problems = Vec::new();
    if file.version != VERSION {
        return Err(vec![format!("version {} of the format is not supported; use {VERSION}", file.version)]);
    }
    if file.name.is_empty() || file.why.is_empty() {
        problems.push("`name` and `why` must not be empty".to_owned());
    }
    problems.extend(file.rules.iter().filter(|rule| !is_rule(rule)).map(|rule| no_rule(rule)));
    let catalogue = file.catalogue.map(Catalogue::new).transpose().map_err(|error| vec![error.to_string()])?;
    let given = steps(file.given, "given step", &mut problems);
    let mut scenarios: Vec<Scenario> = Vec::new();
    let mut cited = BTreeSet::new();
    for (raw, number) in file.scenarios.into_iter().zip(1..) {
        let name = raw.get("name").and_then(Value::as_str).map(str::to_owned);
        let place = name.map_or_else(|| format!("scenario {number}"), |name| format!("scenario `{name}`"));
        let mut found = Vec::new();
        match from_map::<RawScenario>(raw) {
            Ok(RawScenario { name, rules, steps: raw }) => {
                found.extend(rules.difference(&file.rules).map(|rule| match is_rule(rule) {
                    true => format!("cites {rule}, which is not among the file's rules"),
                    false => no_rule(rule),
                }));
                if name.is_empty() || rules.is_empty() || raw.is_empty() {
                    found.push("needs a name, at least one rule and at least one step".to_owned());
                }
                if scenarios.iter().any(|other| other.name == name) {
                    found.push("occurs twice in this file".to_owned());
                }
                cited.extend(rules);
                let steps = steps(raw, "step", &mut found);
                scenarios.push(Scenario { name, steps });
            }
            Err(problem) => found.push(problem),
        }
        problems.extend(found.into_iter().map(|problem| format!("{place}: {problem}")));
    }
    if problems.is_empty() {
        problems.extend(file.rules.difference(&cited).map(|rule| format!("no scenario cites {rule}")));
    }
    if problems.is_empty() { Ok(SpecFile { catalogue, given, scenarios }) } else { Err(problems) }
}

fn steps(raw: Vec<Map<String, Value>>, what: &str, problems: &mut Vec<String>) -> Vec<Step> {
    let mut steps = Vec::with_capacity(raw.len());
    for (raw, number) in raw.into_iter().zip(1..) {
        let place = format!("{what} {number}, {}", raw.get("do").and_then(Value::as_str).unwrap_or("?"));
        match step(raw, &place) {
            Ok(step) => steps.push(step),
            Err(problem) => problems.push(format!("{place}: {problem}")),
        }
    }
    steps
}

fn step(mut raw: Map<String, Value>, place: &str) -> Result<Step, String> {
    let at: Option<Moment> = take(&mut raw, "at")?;
    let actor: Option<String> = take(&mut raw, "as")?;
    let save: Option<String> = take(&mut raw, "save")?;
    let answer = raw.remove("expect");
    let code: Option<String> = take(&mut raw, "error")?;
    let message: Option<String> = take(&mut raw, "message")?;
    let expected = match (answer, code, message) {
        (Some(answer @ Value::Object(_)), None, None) => Expected::Answer(answer),
        (Some(_), None, None) => return Err("`expect` is an object".to_owned()),
        (None, None, None) => Expected::Answer(Value::Object(Map::new())),
        (None, Some(_), _) if save.is_some() => return Err("a refusal has nothing to `save`".to_owned()),
        (None, Some(code), message) => Expected::Error { code, message },
        (Some(_), Some(_), _) => return Err("write either `expect` or `error`".to_owned()),
        (_, None, Some(_)) => return Err("`message` goes with `error`".to_owned()),
    };
    let name = raw.get("do").and_then(Value::as_str).unwrap_or_default().to_owned();
    let command: Command = from_map(raw).map_err(|problem| match problem.starts_with(&unknown_command(&name)) {
        true => format!("there is no command `{name}`; spec/README.md lists them all"),
        false => problem,
    })?;
    match (command.door(), &actor) {
        (Door::Console, None) => return Err("`as` is missing: write `operator`, or a saved account".to_owned()),
        (Door::Portal, Some(_)) => return Err("the `token` names the actor: leave `as` out".to_owned()),
        (Door::Gateway | Door::Clock | Door::Fleet, Some(_)) => {
            return Err("this command has no actor: leave `as` out".to_owned());
        }
        _ => {}
    }
    Ok(Step { place: place.to_owned(), at, actor, command, expected, save })
}

/// The beginning of serde's error for an unknown command.
pub(super) fn unknown_command(name: &str) -> String {
    format!("unknown variant `{name}`")
}

fn take<T: DeserializeOwned>(raw: &mut Map<String, Value>, key: &str) -> Result<Option<T>, String> {
    let value = raw.remove(key);
    value.map(|value| serde_json::from_value(value).map_err(|error| format!("`{key}`: {error}"))).transpose()
}

fn from_map<T: DeserializeOwned>(map: Map<String, Value>) -> Result<T, String> {
    serde_json::from_value(Value::Object(map)).map_err(|error| error.to_string())
}

/// `R-TGT-4`.
fn is_rule(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    matches!(parts.as_slice(), ["R", area, number]
        if !area.is_empty() && area.bytes().all(|byte| byte.is_ascii_uppercase()) && number.parse::<u8>().is_ok())
}

fn no_rule(text: &str) -> String {
    format!("`{text}` is not a rule; write it like R-TGT-4")
}
