//! Compares firmware images with the output of their vendors' own tools.
//!
//! This library's facts are written with the names of a row of `expected.json`, and every field of the row must be
//! among them and equal. So a field that this library cannot determine is a failure, not a gap.

mod esp_idf;
mod mcuboot;
mod particle;

use super::Report;
use fleet_core::firmware::Sha256;
use fleet_core::firmware::image;
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Fields about how a row was made, not about its image.
const NOT_OF_THE_IMAGE: [&str; 10] =
    ["file", "note", "source", "generated_by", "made_by", "tool", "origin", "url", "description", "comment"];

/// Compares every row under `path`: an `expected.json`, a folder with one, or a folder of such folders.
pub(crate) fn run(path: &Path) -> Report {
    let mut report = Report::default();
    let mut files = Vec::new();
    match find(path, &mut files) {
        Ok(()) if files.is_empty() => report.add(path.display().to_string(), Err("no expected.json in it".into())),
        Ok(()) => files.iter().for_each(|file| compare_file(file, &mut report)),
        Err(why) => report.add(path.display().to_string(), Err(why)),
    }
    report
}

fn find(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let failed = |error| format!("can't be read: {error}");
    if fs::metadata(path).map_err(failed)?.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries = fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>())
        .map_err(failed)?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            find(&entry, files)?;
        } else if entry.file_name().is_some_and(|name| name == "expected.json") {
            files.push(entry);
        }
    }
    Ok(())
}

fn compare_file(file: &Path, report: &mut Report) {
    let rows = fs::read_to_string(file)
        .map_err(|error| format!("can't be read: {error}"))
        .and_then(|text| serde_json::from_str::<Vec<Map<String, Value>>>(&text).map_err(|error| error.to_string()));
    match rows {
        Ok(rows) if rows.is_empty() => report.add(file.display().to_string(), Err("has no rows".into())),
        Ok(rows) => {
            for (row, number) in rows.iter().zip(1..) {
                let name = row.get("file").and_then(Value::as_str);
                let folder = file.parent().unwrap_or(Path::new("."));
                match name {
                    Some(name) => report.add(folder.join(name).display().to_string(), compare_row(folder, name, row)),
                    None => report.add(format!("{} row {number}", file.display()), Err("names no file".into())),
                }
            }
        }
        Err(why) => report.add(file.display().to_string(), Err(why)),
    }
}

fn compare_row(folder: &Path, name: &str, row: &Map<String, Value>) -> Result<(), String> {
    let bytes = fs::read(folder.join(name)).map_err(|error| format!("can't be read: {error}"))?;
    let facts = if row.contains_key("reader") {
        particle::facts(&bytes, row)?
    } else if row.contains_key("chip_id") {
        esp_idf::facts(&bytes)?
    } else if row.contains_key("magic") && row.contains_key("hdr") {
        mcuboot::facts(&bytes)?
    } else {
        return Err("no reader, chip_id, or magic and hdr: the format of the row is unknown".into());
    };
    let mut differences = Vec::new();
    for (field, expected) in row.iter().filter(|(field, _)| !NOT_OF_THE_IMAGE.contains(&field.as_str())) {
        let actual = match field.as_str() {
            "size" => Some(json!(bytes.len())),
            "sha256_of_file" => Some(json!(Sha256::of(&bytes).to_string())),
            _ => facts.fields.get(field).cloned(),
        };
        differ(field, expected, actual.as_ref(), &mut differences);
    }
    let read = image::read(&bytes);
    if read.is_ok() != facts.is_acceptable {
        differences
            .push(format!("read returns {read:?}, but by its facts the image is acceptable: {}", facts.is_acceptable));
    }
    if differences.is_empty() { Ok(()) } else { Err(differences.join("; ")) }
}

/// This library's facts about an image, with the names of the row's format.
struct Facts {
    fields: Map<String, Value>,
    /// Whether the facts describe a whole image that may be a product's firmware.
    is_acceptable: bool,
}

/// Notes the differences between `actual` and `expected`. Objects may have more fields than expected; nothing else may
/// differ.
fn differ(at: &str, expected: &Value, actual: Option<&Value>, differences: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(expected), Some(Value::Object(actual))) => {
            for (field, expected) in expected {
                differ(&format!("{at}.{field}"), expected, actual.get(field), differences);
            }
        }
        (Value::Array(expected), Some(Value::Array(actual))) if expected.len() == actual.len() => {
            for ((expected, actual), index) in expected.iter().zip(actual).zip(0..) {
                differ(&format!("{at}[{index}]"), expected, Some(actual), differences);
            }
        }
        (Value::String(expected), Some(Value::String(actual))) if expected.eq_ignore_ascii_case(actual) => {}
        (expected, Some(actual)) if expected == actual => {}
        (expected, Some(actual)) => differences.push(format!("{at} is {actual}, expected {expected}")),
        (expected, None) => differences.push(format!("{at} is missing, expected {expected}")),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The fields of a `json!` object.
fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vectors() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../fleet-core/tests/vectors/firmware")
    }

    #[test]
    fn every_image_is_read_as_its_vendors_tool_reads_it() {
        let report = run(&vectors());
        assert_eq!(report.failures, []);
        assert_eq!(report.passed, 15 + 9 + 4);
    }

    #[test]
    fn one_file_runs_alone() {
        assert_eq!(run(&vectors().join("esp/expected.json")).passed, 9);
    }

    #[test]
    fn a_row_that_differs_or_misses_its_file_is_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        fs::copy(vectors().join("esp/esp32.bin"), folder.path().join("esp32.bin")).unwrap();
        let rows = json!([
            { "file": "esp32.bin", "chip_id": 0 },
            { "file": "esp32.bin", "chip_id": 5 },
            { "file": "esp32.bin", "chip_id": 0, "colour": "red" },
            { "file": "absent.bin", "chip_id": 0 },
            { "file": "esp32.bin" },
            {},
        ]);
        fs::write(folder.path().join("expected.json"), rows.to_string()).unwrap();
        let report = run(folder.path());
        assert_eq!((report.passed, report.failures.len()), (1, 5), "{:?}", report.failures);
        assert!(report.failures[0].1.contains("chip_id is 0, expected 5"), "{:?}", report.failures[0]);

        fs::write(folder.path().join("expected.json"), "[{").unwrap();
        assert_eq!(run(folder.path()).failures.len(), 1);
        assert_eq!(run(&folder.path().join("nowhere")).failures.len(), 1);
    }
}
