//! Checks the licences of all linked packages: each must offer at least one permissive choice.

use crate::workspace::root;
use serde::Deserialize;
use std::process::Command;

/// The allowed licences, in the file that `cargo deny` reads too.
const ALLOWED: &str = include_str!("../../deny.toml");

#[derive(Debug, Deserialize)]
struct Deny {
    licenses: Allowed,
}

#[derive(Debug, Deserialize)]
struct Allowed {
    allow: Vec<String>,
    exceptions: Vec<Exception>,
}

/// Licences that only one package may have.
#[derive(Debug, Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    package: String,
    allow: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
}

/// Checks every package of the lock file.
pub(crate) fn check() -> Result<(), String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["metadata", "--format-version", "1", "--locked"])
        .output()
        .map_err(|error| format!("cargo can't be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let Deny { licenses } = toml::from_str(ALLOWED).map_err(|error| format!("deny.toml: {error}"))?;
    let offenders: Vec<&Package> = metadata.packages.iter().filter(|package| !licenses.allows(package)).collect();
    for Package { name, version, license } in &offenders {
        println!("{name} {version}: {}", license.as_deref().unwrap_or("no licence named"));
    }
    println!("{} packages, {} offenders", metadata.packages.len(), offenders.len());
    if offenders.is_empty() { Ok(()) } else { Err("packages whose licence is not allowed".to_owned()) }
}

impl Allowed {
    fn allows(&self, package: &Package) -> bool {
        let exceptions = self.exceptions.iter().filter(|exception| exception.package == package.name);
        let allowed: Vec<&String> =
            self.allow.iter().chain(exceptions.flat_map(|exception| &exception.allow)).collect();
        package
            .license
            .as_deref()
            .is_some_and(|expression| allows(expression, &|licence| allowed.iter().any(|allowed| *allowed == licence)))
    }
}

/// Whether an SPDX expression has a choice whose licences are all allowed. `/` is an old form of `OR`; an exception
/// after `WITH` only permits more.
fn allows(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let outcome = any(&mut words, allowed);
    outcome && words.peek().is_none()
}

type Words<'e, 'w> = &'w mut std::iter::Peekable<std::str::SplitWhitespace<'e>>;

fn any(words: Words<'_, '_>, allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut outcome = all(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        outcome |= all(words, allowed);
    }
    outcome
}

fn all(words: Words<'_, '_>, allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut outcome = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        outcome &= one(words, allowed);
    }
    outcome
}

fn one(words: Words<'_, '_>, allowed: &dyn Fn(&str) -> bool) -> bool {
    match words.next() {
        Some("(") => {
            let outcome = any(words, allowed);
            words.next() == Some(")") && outcome
        }
        Some(licence) => {
            if words.next_if_eq(&"WITH").is_some() {
                words.next();
            }
            allowed(licence)
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_permissive_choice_is_enough_and_each_part_of_it_counts() {
        let allowed = |licence: &str| ["MIT", "Apache-2.0", "Unicode-3.0"].contains(&licence);
        for (expression, expected) in [
            ("MIT", true),
            ("MIT OR Apache-2.0", true),
            ("MIT/Apache-2.0", true),
            ("GPL-3.0 OR MIT", true),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("Apache-2.0 WITH LLVM-exception OR MIT", true),
            ("GPL-3.0", false),
            ("MIT AND GPL-3.0", false),
            ("MIT AND (GPL-3.0 OR LGPL-3.0)", false),
            ("(MIT", false),
            ("MIT MIT", false),
            ("", false),
        ] {
            assert_eq!(allows(expression, &allowed), expected, "{expression}");
        }
    }

    #[test]
    fn mpl_is_for_uniffi_alone() {
        let package = |name: &str| Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            license: Some("MPL-2.0".to_owned()),
        };
        let Deny { licenses } = toml::from_str(ALLOWED).unwrap();
        assert!(licenses.allows(&package("uniffi_core")));
        assert!(!licenses.allows(&package("other")));
    }
}
