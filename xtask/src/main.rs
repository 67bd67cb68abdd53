//! The project's chores.

mod fuzz;
mod vectors;

use std::env;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["vectors", "firmware", path] => show(&vectors::firmware::run(Path::new(path))),
        ["vectors", "import", path] => show(&vectors::import::run(Path::new(path))),
        ["fuzz", format, runs] => match runs.parse().map_err(|_| format!("`{runs}` is no number of runs")) {
            Ok(runs) => finished(fuzz::run(format, runs)),
            Err(why) => finished(Err(why)),
        },
        _ => {
            eprintln!("usage: cargo xtask vectors firmware|import PATH\n       cargo xtask fuzz FORMAT RUNS");
            ExitCode::from(2)
        }
    }
}

fn finished(outcome: Result<(), String>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
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
