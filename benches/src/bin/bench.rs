//! Measures the core's operations, each against its floor, prints a table and writes `target/bench/results.json`.

use benches::measures::ALL;
use benches::report::{Line, heading, write_json};
use benches::world::Setting;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: bench [FILTER] [--devices N] [--quick]

  FILTER       only the measures whose name contains this text
  --devices N  number of devices of a fleet; default 1000000
  --quick      a tenth of the rounds, and by default 100000 devices";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match Arguments::read(&words) {
        None => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
        Some(arguments) => match measure(&arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        },
    }
}

#[derive(Default)]
struct Arguments {
    filter: String,
    devices: Option<usize>,
    quick: bool,
}

impl Arguments {
    fn read(words: &[String]) -> Option<Self> {
        let mut arguments = Self::default();
        let mut words = words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            match word {
                "--quick" => arguments.quick = true,
                "--devices" => arguments.devices = Some(words.next()?.parse().ok().filter(|devices| *devices > 0)?),
                filter if !filter.starts_with('-') && arguments.filter.is_empty() => {
                    filter.clone_into(&mut arguments.filter)
                }
                _ => return None,
            }
        }
        Some(arguments)
    }
}

fn measure(arguments: &Arguments) -> benches::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
    std::fs::create_dir_all(&folder)?;
    let devices = arguments.devices.unwrap_or(if arguments.quick { 100_000 } else { 1_000_000 });
    let setting = Setting::new(devices, arguments.quick, &folder)?;
    println!("{devices} devices\n\n{}", heading());
    let mut lines = Vec::new();
    let filter = arguments.filter.to_lowercase();
    for measure in ALL.iter().filter(|measure| measure.name.to_lowercase().contains(&filter)) {
        if !(measure.is_there)() {
            println!("{:<52}not measured: its program is not set up; run `cargo xtask bench`", measure.name);
            continue;
        }
        // An error of PostgreSQL has its description only in its source.
        let explain = |error: Box<dyn Error>| {
            let why = error.source().map_or_else(String::new, |source| format!(": {source}"));
            format!("{}: {error}{why}", measure.name)
        };
        let figures = (measure.run)(&setting).map_err(explain)?;
        let line = Line { name: measure.name, unit: measure.unit, figures, target: measure.target };
        println!("{line}");
        lines.push(line);
    }
    write_json(&folder.join("results.json"), &lines)
}
