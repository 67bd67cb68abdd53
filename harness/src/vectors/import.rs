//! Compares the rows read from each device list with an `expected.json` beside it.

use super::Report;
use fleet_core::DeviceId;
use fleet_core::device::import::{DeviceList, Malformed, UnreadableFile};
use serde::Deserialize;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

const EXPECTED: &str = "expected.json";

/// The expected result for one file.
#[derive(Debug, Deserialize)]
struct Expected {
    file: String,
    size: Option<usize>,
    accepted: Vec<String>,
    rejected: Vec<Rejected>,
    #[serde(default)]
    duplicates: usize,
    #[serde(default)]
    header_skipped: bool,
}

/// A refused line, or without `line` a refused file.
#[derive(Debug, Deserialize)]
struct Rejected {
    line: Option<u32>,
    kind: Option<String>,
    reason: Option<String>,
}

/// Reads the vectors at a path: an `expected.json`, a folder with one, or a folder of such folders.
pub(crate) fn run(path: &Path) -> Report {
    let mut report = Report::default();
    match lists_of_expectations(path) {
        Ok(lists) => lists.iter().for_each(|list| run_list(list, &mut report)),
        Err(problem) => report.failures.push((path.display().to_string(), problem)),
    }
    report
}

fn lists_of_expectations(path: &Path) -> Result<Vec<PathBuf>, String> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let own = path.join(EXPECTED);
    if own.is_file() {
        return Ok(vec![own]);
    }
    let folder = fs::read_dir(path).map_err(|error| format!("can't be opened: {error}"))?;
    let mut lists: Vec<PathBuf> =
        folder.flatten().map(|entry| entry.path().join(EXPECTED)).filter(|list| list.is_file()).collect();
    lists.sort();
    if lists.is_empty() { Err(format!("no {EXPECTED} in this folder or its subfolders")) } else { Ok(lists) }
}

fn run_list(list: &Path, report: &mut Report) {
    let expectations = fs::read(list).map_err(|error| format!("can't be opened: {error}")).and_then(|json| {
        serde_json::from_slice::<Vec<Expected>>(&json).map_err(|error| format!("is malformed: {error}"))
    });
    let expectations = match expectations {
        Ok(expectations) if expectations.is_empty() => {
            return report.failures.push((list.display().to_string(), "expects nothing".to_owned()));
        }
        Ok(expectations) => expectations,
        Err(problem) => return report.failures.push((list.display().to_string(), problem)),
    };
    for expected in expectations {
        let file = list.with_file_name(&expected.file);
        let result = fs::read(&file)
            .map_err(|error| format!("can't be opened: {error}"))
            .and_then(|bytes| compare(&bytes, &expected));
        match result {
            Ok(()) => report.passed += 1,
            Err(difference) => report.failures.push((file.display().to_string(), difference)),
        }
    }
}

/// The result of reading a file, in the vectors' terms.
#[derive(Debug, Default)]
struct Read {
    accepted: Vec<String>,
    rejected: Vec<(Option<u32>, Reason)>,
    duplicates: usize,
    header_skipped: bool,
}

#[derive(Clone, Copy, Debug)]
enum Reason {
    File(UnreadableFile),
    Line(Malformed),
}

fn read(bytes: &[u8]) -> Read {
    let list = match DeviceList::read(bytes) {
        Ok(list) => list,
        Err(refused) => return Read { rejected: vec![(None, Reason::File(refused))], ..Read::default() },
    };
    let mut read = Read { header_skipped: list.header_line().is_some(), ..Read::default() };
    let mut seen: HashSet<DeviceId> = HashSet::new();
    for line in list.lines() {
        match line.content {
            Ok(id) if seen.insert(id) => read.accepted.push(id.to_string()),
            Ok(_) => read.duplicates += 1,
            Err(malformed) => read.rejected.push((Some(line.number), Reason::Line(malformed))),
        }
    }
    read
}

fn compare(bytes: &[u8], expected: &Expected) -> Result<(), String> {
    if let Some(size) = expected.size.filter(|size| *size != bytes.len()) {
        return Err(format!("has {} bytes instead of {size}, so it is another file", bytes.len()));
    }
    let read = read(bytes);
    same("accepted ids", &read.accepted, &expected.accepted)?;
    let lines: Vec<_> = read.rejected.iter().map(|(line, _)| *line).collect();
    same("rejected lines", &lines, &expected.rejected.iter().map(|rejected| rejected.line).collect())?;
    for ((line, reason), rejected) in read.rejected.iter().zip(&expected.rejected) {
        for words in rejected.kind.iter().chain(&rejected.reason) {
            if !reason.is_named_by(words) {
                let place = line.map_or("whole file".to_owned(), |line| format!("line {line}"));
                return Err(format!("{place}: rejected as {reason:?}, expected \"{words}\""));
            }
        }
    }
    same("duplicates", &read.duplicates, &expected.duplicates)?;
    same("header skipped", &read.header_skipped, &expected.header_skipped)
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?}, expected {expected:?}")) }
}

impl Reason {
    /// Whether a reason in the vectors' words means this one. Alternatives are separated by `/`. Words that name no
    /// known category match any reason, so that only the line counts.
    fn is_named_by(self, words: &str) -> bool {
        let words = words.to_lowercase();
        let mut known = words.split('/').filter_map(|words| self.is_named_by_one(words.trim())).peekable();
        known.peek().is_none() || known.any(|named| named)
    }

    /// `None` means that the words name no category.
    fn is_named_by_one(self, words: &str) -> Option<bool> {
        if let Self::Line(Malformed::WrongLength { characters }) = self
            && let Some(expected) = words.strip_suffix(" characters").and_then(|number| number.parse::<u32>().ok())
        {
            return Some(characters == expected);
        }
        let code = match self {
            Self::File(refused) => refused.code(),
            Self::Line(malformed) => malformed.code(),
        };
        let codes = match self {
            Self::File(_) => FILE_WORDS,
            Self::Line(_) => LINE_WORDS,
        };
        codes.iter().find(|(word, _)| words.contains(word)).map(|(_, codes)| codes.contains(&code))
    }
}

/// The codes for a word in a whole file's reason; the first word that is found counts.
const FILE_WORDS: &[(&str, &[&str])] = &[
    ("empty", &["empty"]),
    ("blank", &["empty"]),
    ("encoding", &["unsupported_encoding"]),
    ("nul", &["unsupported_encoding"]),
    ("utf-16", &["unsupported_encoding"]),
    ("spreadsheet", &["spreadsheet_document"]),
    ("xls", &["spreadsheet_document"]),
    ("zip", &["spreadsheet_document", "compressed"]),
    ("compressed", &["compressed"]),
    ("pdf", &["formatted_document"]),
    ("large", &["too_large"]),
    ("big", &["too_large"]),
];

/// The codes for a word in a line's kind or reason; the first word that is found counts.
const LINE_WORDS: &[(&str, &[&str])] = &[
    ("secret", &["serial_and_secret"]),
    ("serial", &["serial_number"]),
    ("imei", &["imei"]),
    ("iccid", &["iccid"]),
    ("spreadsheet", &["spreadsheet_number"]),
    ("precision", &["spreadsheet_number"]),
    ("scientific", &["spreadsheet_number"]),
    ("non-hex", &["not_hex"]),
    ("not hex", &["not_hex"]),
    ("format", &["not_hex", "wrong_length", "spreadsheet_number"]),
    ("unterminated", &["unterminated_quote"]),
    ("quote", &["unterminated_quote", "not_hex"]),
    ("encoding", &["undecodable"]),
    ("decod", &["undecodable"]),
    ("missing", &["missing_field"]),
    ("too long", &["too_long", "wrong_length"]),
    ("more than one", &["several_ids"]),
    ("characters", &["wrong_length"]),
    ("length", &["wrong_length"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn vectors() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../fleet-core/tests/vectors/import")
    }

    #[test]
    fn each_list_of_the_shared_vectors_is_read_as_expected() {
        let report = run(&vectors());
        assert_eq!((report.passed, report.failures), (21, vec![]));
    }

    #[test]
    fn a_file_of_expectations_may_be_named_itself() {
        assert_eq!(run(&vectors().join(EXPECTED)).passed, 21);
    }

    #[test]
    fn a_folder_without_expectations_is_a_failure() {
        let report = run(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
        assert_eq!((report.passed, report.failures.len()), (0, 1));
    }

    #[test]
    fn a_difference_is_a_failure() {
        let expected = |json: &str| serde_json::from_str::<Expected>(json).unwrap();
        let id = "55ff6d04498b49a1b2c3d4e5";
        let bytes = format!("{id}\n{id}0\n");
        let right = r#"{"file": "", "accepted": ["ID"], "rejected": [{"line": 2, "reason": "25 characters"}]}"#;
        let right = right.replace("ID", id);
        compare(bytes.as_bytes(), &expected(&right)).unwrap();
        for (word, other) in [("25 ", "24 "), ("\"line\": 2", "\"line\": 1"), ("25 characters", "imei"), ("e5", "e6")] {
            assert!(compare(bytes.as_bytes(), &expected(&right.replace(word, other))).is_err(), "{word} -> {other}");
        }
    }

    #[test]
    fn a_reason_with_alternatives_accepts_each_and_an_unknown_one_any() {
        let reason = Reason::Line(Malformed::NotHex { found: '.', position: 2 });
        for (words, named) in [("non-hex/format", true), ("imei/non-hex", true), ("imei", false), ("odd", true)] {
            assert_eq!(reason.is_named_by(words), named, "{words}");
        }
    }
}
