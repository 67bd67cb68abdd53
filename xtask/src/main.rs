//! The project's chores.

mod vectors;

use std::env;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["vectors", "import", path] => show(&vectors::import::run(Path::new(path))),
        _ => {
            eprintln!("usage: cargo xtask vectors import PATH");
            ExitCode::from(2)
        }
    }
}

fn show(report: &vectors::Report) -> ExitCode {
    for (name, difference) in &report.failures {
        println!("FAILED {name}: {difference}");
    }
    println!("{} passed, {} failed", report.passed, report.failures.len());
    if report.failures.is_empty() && report.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
