//! The first output that a new user sees, compared exactly.

#![expect(clippy::unwrap_used, reason = "a test fails if its program does not run")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The example as cargo built it for this test run.
fn quickstart(arguments: &[&Path]) -> Output {
    let mut program: PathBuf = std::env::current_exe().unwrap();
    program.pop();
    program.set_file_name("examples");
    Command::new(program.join("quickstart")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_output_is_as_expected_and_fits_a_terminal() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("new");
    let output = quickstart(&[&folder]);
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
    let printed = text(&output.stdout).replace(folder.to_str().unwrap(), "FOLDER");
    let expected = include_str!("quickstart.txt");
    assert!(
        printed == expected,
        "examples/tests/quickstart.txt differs; if the new output is right, copy it:\n{printed}"
    );
    for line in printed.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn the_secret_of_a_sticker_is_not_printed() {
    assert!(text(include_bytes!("../data/devices.csv")).contains("NVYM5RK6AHCBELA"));
    assert!(!include_str!("quickstart.txt").contains("NVYM5RK6AHCBELA"));
}

#[test]
fn a_second_run_in_a_folder_changes_nothing_and_prints_advice() {
    let home = tempfile::tempdir().unwrap();
    assert!(quickstart(&[home.path()]).status.success());
    let file = home.path().join("fleet.db");
    let before = std::fs::read(&file).unwrap();
    let output = quickstart(&[home.path()]);
    assert_eq!(output.status.code(), Some(1));
    let printed = text(&output.stderr);
    assert!(printed.contains("exists already") && printed.contains("delete it"), "{printed}");
    assert!(std::fs::read(&file).unwrap() == before, "the database was changed");
}

#[test]
fn an_argument_that_is_not_a_folder_is_reported_in_a_sentence() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    std::fs::write(&file, "").unwrap();
    for (arguments, expected) in [
        (vec![Path::new("--folder")], "`--folder` is not a known argument; usage: "),
        (vec![Path::new("a"), Path::new("b")], "usage: "),
        (vec![file.as_path()], "is a file; name a folder"),
        (vec![&*file.join("under")], "cannot create the folder"),
    ] {
        let output = quickstart(&arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let printed = text(&output.stderr);
        assert!(printed.contains(expected) && printed.lines().count() == 1, "{printed}");
    }
    let help = quickstart(&[Path::new("--help")]);
    assert!(help.status.success() && text(&help.stdout).contains("usage: "));
}
