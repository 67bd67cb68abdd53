//! Holds the pages that cite the code to the code: each test and each function that a page names exists in the file that
//! the page names for it.
//!
//! A cell of a table cites as follows: a code span that is a path, and behind it, in the same cell, code spans that are
//! names in that file. In a walk the path stands in the first cell and the functions in the second.

use crate::workspace::root;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The code spans of a piece of Markdown.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn cells(row: &str) -> Vec<&str> {
    row.trim().trim_matches('|').split(" | ").collect()
}

fn is_source(span: &str) -> bool {
    span.contains('/') && [".rs", ".py", ".mjs", ".kt", ".swift", ".json"].iter().any(|end| span.ends_with(end))
}

/// Whether a file of this name defines a test, or a scenario, of that name.
fn defines_test(file: &str, text: &str, name: &str) -> bool {
    match file.rsplit('.').next() {
        Some("rs") => text.split("#[test]").skip(1).any(|behind| {
            let behind = behind.split_once("fn ").map_or("", |(_, behind)| behind);
            behind.strip_prefix(name).is_some_and(|rest| rest.starts_with('('))
        }),
        Some("py") => text.contains(&format!("def {name}(")),
        Some("mjs") => text.contains(&format!("test('{name}'")),
        Some("swift") => text.contains(&format!("@Test func {name}(")),
        Some("kt") => text.contains(&format!("fun `{name}`(")),
        Some("json") => text.contains(&format!("\"name\": \"{name}\"")),
        _ => false,
    }
}

/// Checks every test that a page names; answers how many there are.
fn check_tests(name: &str) -> usize {
    let (page, mut missing, mut found) = (page(name), Vec::new(), 0);
    for cell in page.lines().filter(|line| line.starts_with('|')).flat_map(cells) {
        let mut source: Option<(&str, String)> = None;
        for span in code(cell) {
            if is_source(span) {
                let text = fs::read_to_string(root().join(span));
                source = Some((span, text.unwrap_or_else(|error| panic!("{name} names `{span}`: {error}"))));
            } else if let Some((file, text)) = &source {
                found += 1;
                if !defines_test(file, text, span) {
                    missing.push(format!("`{span}` is no test of `{file}`"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{name}:\n{}", missing.join("\n"));
    found
}

#[test]
fn each_promise_names_a_test_that_exists() {
    assert!(check_tests("docs/PROMISES.md") > 150);
}

#[test]
fn each_claim_of_the_security_page_names_a_test_that_exists() {
    assert!(check_tests("SECURITY.md") > 30);
}

#[test]
fn a_test_that_does_not_exist_is_found_out() {
    assert!(defines_test("a/b.rs", "#[test]\nfn a_device_joins() {}", "a_device_joins"));
    assert!(!defines_test("a/b.rs", "fn a_device_joins() {}", "a_device_joins"));
    assert!(!defines_test("a/b.rs", "#[test]\nfn a_device_joins_twice() {}", "a_device_joins"));
    assert!(!defines_test("a/b.json", "\"name\": \"another\"", "a device"));
}

#[test]
fn each_walk_names_functions_that_exist_and_counts_them_right() {
    let page = page("ARCHITECTURE.md");
    let walks: Vec<&str> = page.split("<!-- walk: ").skip(1).collect();
    assert_eq!(walks.len(), 3);
    for walk in walks {
        let walk = walk.split("\n## ").next().unwrap_or(walk);
        let mut functions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for row in walk.lines().filter(|line| line.starts_with("| `")) {
            let [file, named, ..] = cells(row)[..] else { panic!("{row}") };
            functions.entry(file.trim().trim_matches('`')).or_default().extend(code(named));
        }
        for (file, named) in &functions {
            let text = self::page(file);
            for function in named {
                let name = function.rsplit("::").next().unwrap_or(function);
                // Some are in JavaScript, and one is written by a macro.
                let is_there = text.contains(&format!("fn {name}("))
                    || text.contains(&format!("fn {name}<"))
                    || text.contains(&format!(" {name} = async "))
                    || text.contains(&format!(" async {name}("))
                    || text.contains(&format!("    {name}(list: "));
                assert!(is_there, "`{file}` has no function `{name}`");
            }
        }
        let counted = format!("**{} files, {} functions.**", functions.len(), functions.values().flatten().count());
        assert!(walk.contains(&counted), "{counted} in the walk `{}`", walk.lines().next().unwrap_or_default());
    }
}

/// The pages for people: those of the root, and of these folders.
fn pages() -> Vec<String> {
    let in_folder = |folder: &str| {
        let entries = fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
        let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        names.filter(|name| name.ends_with(".md")).map(|name| format!("{folder}{name}")).collect::<Vec<_>>()
    };
    ["./", "docs/", "docs/guide/"].into_iter().flat_map(in_folder).collect()
}

#[test]
fn each_link_of_a_page_leads_to_a_file() {
    let mut broken = Vec::new();
    for name in pages() {
        let folder = root().join(&name).parent().unwrap().to_owned();
        for link in page(&name).split("](").skip(1).filter_map(|behind| behind.split(')').next()) {
            let file = link.split('#').next().unwrap_or(link);
            let is_path = !file.is_empty() && !file.contains([' ', ':', '(', '"']);
            if is_path && !folder.join(file).exists() {
                broken.push(format!("{name}: `{link}`"));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}
