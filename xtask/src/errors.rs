//! Writes `docs/ERRORS.md`: every code of an error, when it occurs and what its message says, from the core's source.
//! Writes the constants of the codes for Swift and Kotlin too.
//!
//! A test compares each file with the source, so that a code that is added or changed is in all of them.

use crate::workspace::root;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use syn::visit::Visit;
use syn::{Arm, Attribute, Expr, ExprMatch, ImplItem, Item, Lit, Meta, Pat, Path as SynPath, Type};

const PAGE: &str = "docs/ERRORS.md";
const SWIFT: &str = "bindings-swift/swift/Sources/FleetCore/FailureCode.swift";
const KOTLIN: &str = "bindings-kotlin/src/main/kotlin/fleetcore/FailureCode.kt";

/// The heading of the codes that are verdicts on a line of a list. They are no failures of a call.
const LINES: &str = "Lines of a list";

/// The files that define codes, by heading.
const SOURCES: &[(&str, &[&str])] = &[
    ("Calls", &["error.rs"]),
    ("Stores", &["store/error.rs"]),
    (
        "Uploads",
        &[
            "firmware/upload.rs",
            "firmware/image/error.rs",
            "firmware/image/foreign.rs",
            "firmware/image/particle/error.rs",
            "firmware/image/esp_idf/error.rs",
            "firmware/image/mcuboot/error.rs",
        ],
    ),
    ("Lists", &["list/encoding.rs"]),
    (LINES, &["device/import/verdict.rs", "device/import/malformed.rs"]),
];

const HEAD: &str = "# Errors

Every error has a code, which is the same in every language and in every release, and a message for a person. The message
names what was refused, both values where there are two, and what to do next. `{…}` stands for a value. The columns come
from the source: `cargo xtask errors` writes this page, and a test compares the two.

`is_transient` says whether the same call may succeed when it is repeated unchanged: `store_contention`,
`store_unavailable`, and `limit_exceeded` while another import reserves the capacity. After `store_outcome_unknown`, the
call may have been applied: repeat it with the same session, id or key, or read what is stored.

The documentation of each method lists the codes that it returns, as does [the last table](#by-call). These can come
from any call: the codes of stores, `not_found`, `forbidden` and `invalid`; in Python, Node, Swift and Kotlin also
`panicked`, which is a fault of the library.
";

const TAIL: &str = "
## Languages

| code | when | message |
|---|---|---|
| `events_missed` | A loop over a stream of events was too slow, and events were lost. | the number of events, and where to read them |
| `panicked` | The library has a fault. Please report it. | what was called |
";

const BY_CALL: &str = "
## By call

What each operation returns besides what any call can return. The names are those of Rust and Python; Node, Swift and
Kotlin write them in camel case.

| door | call | errors |
|---|---|---|
";

/// A variant of an enum: its documentation and its message.
#[derive(Default)]
struct Variant {
    when: String,
    message: String,
}

/// The codes of failures that come from the bindings, with when they occur.
const OWN: &[(&str, &str)] = &[
    ("events_missed", "A loop over a stream of events was too slow, and events were lost."),
    ("panicked", "The library has a fault. Please report it."),
];

const HEAD_SWIFT: &str = "// Written from the core's source by `cargo xtask errors`.

/// The code of a failure: stable, and the same in every language.
///
/// A newer core may have codes that this version does not name, so a `switch` over a code has a `default`.
public struct FailureCode: RawRepresentable, Hashable, Codable, Sendable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public init(stringLiteral value: String) {
        rawValue = value
    }

    public var description: String { rawValue }
}

extension FailureCode {
";

const HEAD_KOTLIN: &str = "// Written from the core's source by `cargo xtask errors`.

package fleetcore

/**
 * The codes of failures, as `FleetException.code` has them: stable, and the same in every language.
 *
 * A newer core may have codes that this version does not name, so a `when` over a code has an `else`.
 */
object FailureCode {
";

/// Writes the page and the constants.
pub(crate) fn write() -> Result<(), String> {
    for (file, text) in [(PAGE, page()?), (SWIFT, swift()?), (KOTLIN, kotlin()?)] {
        fs::write(root().join(file), text).map_err(|error| format!("{file}: {error}"))?;
    }
    Ok(())
}

/// Returns each code that a failure may have, once, with when it occurs.
fn failures() -> Result<Vec<(String, String)>, String> {
    let mut failures: Vec<(String, String)> = Vec::new();
    for (_, files) in SOURCES.iter().filter(|(heading, _)| *heading != LINES) {
        for file in *files {
            for (code, Variant { when, .. }) in codes(&root().join("fleet-core/src").join(file))? {
                if !failures.iter().any(|(known, _)| *known == code) {
                    failures.push((code, when));
                }
            }
        }
    }
    failures.extend(OWN.iter().map(|(code, when)| ((*code).to_owned(), (*when).to_owned())));
    Ok(failures)
}

/// Breaks a sentence into lines that fit into a comment.
fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    // Links of rustdoc lead nowhere in other languages.
    for word in text.replace("[`", "`").replace("`]", "`").split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < 108 => *line = format!("{line} {word}"),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Returns the constants in Swift.
fn swift() -> Result<String, String> {
    let mut text = HEAD_SWIFT.to_owned();
    for (code, when) in failures()? {
        let mut words = code.split('_');
        let first = words.next().unwrap_or_default().to_owned();
        let name = words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..]);
        for line in lines(&when) {
            let _ = writeln!(text, "    /// {line}");
        }
        let _ = writeln!(text, "    public static let {name}: Self = \"{code}\"");
    }
    Ok(text + "}\n")
}

/// Returns the constants in Kotlin. Java's `switch` takes them too.
fn kotlin() -> Result<String, String> {
    let mut text = HEAD_KOTLIN.to_owned();
    for (code, when) in failures()? {
        match lines(&when).as_slice() {
            [line] => _ = writeln!(text, "    /** {line} */"),
            lines => _ = writeln!(text, "    /**\n     * {}\n     */", lines.join("\n     * ")),
        }
        let _ = writeln!(text, "    const val {} = \"{code}\"", code.to_uppercase());
    }
    Ok(text + "}\n")
}

/// Returns the page's text.
fn page() -> Result<String, String> {
    let mut page = HEAD.to_owned();
    for (heading, files) in SOURCES {
        let _ = write!(page, "\n## {heading}\n\n| code | when | message |\n|---|---|---|\n");
        for file in *files {
            for (code, Variant { when, message }) in codes(&root().join("fleet-core/src").join(file))? {
                let message = if message.is_empty() { "–".to_owned() } else { message };
                let _ = writeln!(page, "| `{code}` | {when} | {message} |");
            }
        }
    }
    page += TAIL;
    page += BY_CALL;
    let calls = calls()?;
    for (door, name) in operations()? {
        if let Some(errors) = calls.get(&(door.clone(), name.clone())) {
            let _ = writeln!(page, "| {door} | `{name}` | {errors} |");
        }
    }
    Ok(page)
}

/// Returns the operations of all languages: door and name, in the order of their list.
fn operations() -> Result<Vec<(String, String)>, String> {
    let path = root().join("bindings-common/src/doors/operations.rs");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let entries = text.split("of(Door::").skip(1).filter_map(|entry| {
        let (door, rest) = entry.split_once(", \"")?;
        Some((door.to_owned(), rest.split('"').next()?.to_owned()))
    });
    Ok(entries.collect())
}

/// Returns what the documentation of each public method of the core says under `# Errors`, by type and name.
fn calls() -> Result<BTreeMap<(String, String), String>, String> {
    let (mut calls, mut folders) = (BTreeMap::new(), vec![root().join("fleet-core/src")]);
    while let Some(folder) = folders.pop() {
        let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", folder.display());
        for entry in fs::read_dir(&folder).map_err(|error| failed(&error))? {
            let path = entry.map_err(|error| failed(&error))?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let text = fs::read_to_string(&path).map_err(|error| failed(&error))?;
            let source = syn::parse_file(&text).map_err(|error| format!("{}: {error}", path.display()))?;
            for item in &source.items {
                let Item::Impl(item) = item else { continue };
                let (Type::Path(of), None) = (&*item.self_ty, &item.trait_) else { continue };
                for member in &item.items {
                    let ImplItem::Fn(member) = member else { continue };
                    let (syn::Visibility::Public(_), Some(errors)) = (&member.vis, errors_of(&member.attrs)) else {
                        continue;
                    };
                    calls.entry((last(&of.path), member.sig.ident.to_string())).or_insert(errors);
                }
            }
        }
    }
    Ok(calls)
}

/// Returns the section `# Errors` of a documentation, in a form for a table.
fn errors_of(attributes: &[Attribute]) -> Option<String> {
    let lines = documented(attributes);
    let lines = lines.iter().map(|line| line.trim()).skip_while(|line| *line != "# Errors").skip(1);
    let lines: Vec<&str> = lines.take_while(|line| !line.starts_with('#')).collect();
    let end = lines.iter().position(|line| line.starts_with("```")).unwrap_or(lines.len());
    let text = cell(&lines.get(..end)?.join(" "));
    (!text.is_empty()).then(|| without_links(&text))
}

/// Returns a text in which each link is only its words.
fn without_links(text: &str) -> String {
    let mut parts = text.split("](");
    let first = parts.next().unwrap_or_default().to_owned();
    let linked = parts.fold(first, |text, part| text + "]" + part.split_once(')').map_or("", |(_, rest)| rest));
    linked.replace("[`", "`").replace("`]", "`")
}

/// Returns the codes of a file with the variants that have them, in the order of the source.
fn codes(file: &Path) -> Result<Vec<(String, Variant)>, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let text = fs::read_to_string(file).map_err(|error| failed(&error))?;
    let source = syn::parse_file(&text).map_err(|error| failed(&error))?;
    let mut variants: BTreeMap<(String, String), Variant> = BTreeMap::new();
    for item in &source.items {
        let Item::Enum(item) = item else { continue };
        for variant in &item.variants {
            let found = Variant { when: documentation(&variant.attrs), message: message(&variant.attrs) };
            variants.insert((item.ident.to_string(), variant.ident.to_string()), found);
        }
    }
    let mut found = Vec::new();
    for item in &source.items {
        let Item::Impl(item) = item else { continue };
        let (Type::Path(of), None) = (&*item.self_ty, &item.trait_) else { continue };
        for member in &item.items {
            let ImplItem::Fn(member) = member else { continue };
            if member.sig.ident != "code" {
                continue;
            }
            let mut arms = Arms { of: last(&of.path), found: Vec::new() };
            arms.visit_block(&member.block);
            for (of, variant, code) in arms.found {
                let Variant { when, message } = variants.get(&(of, variant)).ok_or_else(|| failed(&code))?;
                found.push((code, Variant { when: when.clone(), message: message.clone() }));
            }
        }
    }
    Ok(found)
}

/// The arms of a `match` that are a code, by the enum and the variant.
struct Arms {
    of: String,
    found: Vec<(String, String, String)>,
}

impl<'s> Visit<'s> for Arms {
    fn visit_expr_match(&mut self, found: &'s ExprMatch) {
        for Arm { pat, body, .. } in &found.arms {
            for path in paths(pat) {
                let of = path.segments.iter().rev().nth(1).map(|segment| segment.ident.to_string());
                let of = of.filter(|of| of != "Self").unwrap_or_else(|| self.of.clone());
                let mut codes = Strings(Vec::new());
                codes.visit_expr(body);
                self.found.extend(codes.0.into_iter().map(|code| (of.clone(), last(path), code)));
            }
        }
    }
}

/// The texts of an expression.
struct Strings(Vec<String>);

impl<'s> Visit<'s> for Strings {
    fn visit_lit(&mut self, found: &'s Lit) {
        if let Lit::Str(text) = found {
            self.0.push(text.value());
        }
    }
}

fn paths(pattern: &Pat) -> Vec<&SynPath> {
    match pattern {
        Pat::Path(pattern) => vec![&pattern.path],
        Pat::Struct(pattern) => vec![&pattern.path],
        Pat::TupleStruct(pattern) => vec![&pattern.path],
        Pat::Or(pattern) => pattern.cases.iter().flat_map(paths).collect(),
        _ => Vec::new(),
    }
}

fn last(path: &SynPath) -> String {
    path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()
}

/// Returns the documentation of a variant on one line, in a form for a table.
fn documentation(attributes: &[Attribute]) -> String {
    cell(&documented(attributes).join(" "))
}

/// Returns the lines of a documentation.
fn documented(attributes: &[Attribute]) -> Vec<String> {
    let lines = attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let lines = lines.filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(line) => text(&line.value),
        _ => None,
    });
    lines.collect()
}

/// Returns the message of a variant, in a form for a table.
fn message(attributes: &[Attribute]) -> String {
    let found = attributes.iter().find(|attribute| attribute.path().is_ident("error"));
    let found = found.and_then(|attribute| match &attribute.meta {
        Meta::List(list) => list.tokens.clone().into_iter().next().and_then(|first| syn::parse2(first.into()).ok()),
        _ => None,
    });
    found
        .and_then(|expression: Expr| text(&expression))
        .map_or_else(String::new, |message| cell(&placeholders(&message)))
}

fn text(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// Replaces what stands in braces without a name by `{…}`.
fn placeholders(message: &str) -> String {
    message.replace("{}", "{…}").replace("{0}", "{…}").replace("{1}", "{…}")
}

fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_page_of_errors_is_that_of_the_source() {
        let found = fs::read_to_string(root().join(PAGE)).unwrap();
        assert!(found == page().unwrap(), "{PAGE} is not of the source; run `cargo xtask errors`");
    }

    /// Returns the words of a list of the bindings.
    fn words(list: &str) -> BTreeSet<String> {
        let text = fs::read_to_string(root().join("bindings-common/src/codes.rs")).unwrap();
        let (_, rest) = text.split_once(&format!("pub const {list}: &[&str] = &[")).unwrap();
        texts(rest.split_once("];").unwrap().0)
    }

    /// Returns the texts of a source.
    fn texts(source: &str) -> BTreeSet<String> {
        source.split('"').skip(1).step_by(2).map(str::to_owned).collect()
    }

    /// Every language has the words of failures as types: a word that the core may say is in the list, and no other.
    #[test]
    fn the_words_of_failures_are_those_of_the_source() {
        let text = page().unwrap();
        let (text, _) = text.split_once("## By call").unwrap();
        let codes = text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next().map(str::to_owned));
        assert_eq!(words("ERROR_CODES"), codes.collect());

        let source = source_of_the_core();
        let marks = ["not_found(\"", "NotFound { what: \"", "Taken { what: \"", "Expired { what: \""];
        let things = marks.iter().flat_map(|mark| source.split(mark).skip(1)).filter_map(|rest| rest.split('"').next());
        assert_eq!(words("THINGS"), things.map(str::to_owned).collect());
        assert!(!source.contains("Taken { what,"), "write the word where it is used, so that it is found here");

        let (_, rest) = source.split_once("fn needs(self) -> &'static str {").unwrap();
        assert_eq!(words("AUDIENCES"), texts(rest.split_once("\n    }").unwrap().0));
    }

    /// Returns all files of the core's source, one after the other.
    fn source_of_the_core() -> String {
        let (mut text, mut folders) = (String::new(), vec![root().join("fleet-core/src")]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                match entry.file_type().unwrap().is_dir() {
                    true => folders.push(entry.path()),
                    false => text += &fs::read_to_string(entry.path()).unwrap(),
                }
            }
        }
        text
    }

    #[test]
    fn the_constants_of_codes_are_those_of_the_source() {
        for (file, text) in [(SWIFT, swift().unwrap()), (KOTLIN, kotlin().unwrap())] {
            let found = fs::read_to_string(root().join(file)).unwrap();
            assert!(found == text, "{file} is not of the source; run `cargo xtask errors`");
        }
    }

    #[test]
    fn every_file_of_the_core_that_defines_codes_is_read() {
        let mut files = Vec::new();
        let mut folders = vec![root().join("fleet-core/src")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                match entry.file_type().unwrap().is_dir() {
                    true => folders.push(entry.path()),
                    false => files.push(entry.path()),
                }
            }
        }
        let defines = |path: &&std::path::PathBuf| {
            let text = fs::read_to_string(path).unwrap_or_default();
            text.contains("fn code(&self) -> &'static str") || text.contains("fn code(self) -> &'static str")
        };
        let sources: Vec<&str> = SOURCES.iter().flat_map(|(_, files)| *files).copied().collect();
        let missing: Vec<_> =
            files.iter().filter(defines).filter(|path| !sources.iter().any(|file| path.ends_with(file))).collect();
        assert_eq!(missing, Vec::<&std::path::PathBuf>::new());
    }
}
