//! Frequent operations through the bindings, each compared with the same in Rust. A language runs its own program: it
//! reads a line with an operation's name for each round, and answers with the nanoseconds of one operation.

use crate::Result;
use crate::rounds::{Figures, beside, timed};
use crate::world::{NOW, Random, Setting};
use fleet_core::device::Report;
use fleet_core::{Actor, Catalogue, Fleet, MemoryStore, ProductId, Tier};
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// Number of devices that connect in a round.
const BATCH: usize = 1024;

pub(super) fn python_connect(setting: &Setting) -> Result<Figures> {
    connect(setting, python(setting)?)
}

pub(super) fn python_connect_many(setting: &Setting) -> Result<Figures> {
    connect_many(setting, python(setting)?)
}

/// Whether `cargo xtask` has set up Python.
pub(super) fn python_is_there() -> bool {
    interpreter().exists()
}

fn interpreter() -> PathBuf {
    let folder = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    built().join("python/venv").join(folder)
}

pub(super) fn node_connect(setting: &Setting) -> Result<Figures> {
    connect(setting, node(setting)?)
}

pub(super) fn node_connect_many(setting: &Setting) -> Result<Figures> {
    connect_many(setting, node(setting)?)
}

/// Whether `cargo xtask` has set up Node.
pub(super) fn node_is_there() -> bool {
    repository().join("bindings-node/native").is_dir()
}

fn node(setting: &Setting) -> Result<Program> {
    let mut command = Command::new("node");
    command.arg(repository().join("bindings-node/bench.mjs")).arg(setting.devices.to_string());
    Program::start(command)
}

fn python(setting: &Setting) -> Result<Program> {
    let mut command = Command::new(interpreter());
    command.arg(repository().join("bindings-python/bench.py")).arg(setting.devices.to_string());
    Program::start(command)
}

pub(super) fn swift_connect(setting: &Setting) -> Result<Figures> {
    connect(setting, launched("swift", setting)?)
}

pub(super) fn swift_is_there() -> bool {
    launcher("swift").exists()
}

pub(super) fn kotlin_connect_many(setting: &Setting) -> Result<Figures> {
    connect_many(setting, launched("kotlin", setting)?)
}

pub(super) fn kotlin_is_there() -> bool {
    launcher("kotlin").exists()
}

/// The program that `cargo xtask` has made for a language.
fn launcher(language: &str) -> PathBuf {
    built().join(language).join("bench")
}

fn launched(language: &str, setting: &Setting) -> Result<Program> {
    let mut command = Command::new(launcher(language));
    command.arg(setting.devices.to_string());
    Program::start(command)
}

/// The folder in which cargo builds: this program is in a subfolder, that of its profile.
fn built() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    program.ancestors().nth(2).map_or_else(|| repository().join("target"), PathBuf::from)
}

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// One report for each call.
fn connect(setting: &Setting, mut program: Program) -> Result<Figures> {
    let mut rust = Rust::new(setting)?;
    beside(
        setting.rounds(51),
        1,
        || program.round("connect"),
        || {
            let reports = rust.next_round();
            let gateway = rust.fleet.gateway(NOW);
            let took = timed(|| {
                for report in &reports {
                    black_box(gateway.connect(report)?);
                }
                Ok(())
            })?;
            Ok(took.div_f64(reports.len() as f64))
        },
    )
}

/// All reports in one call.
fn connect_many(setting: &Setting, mut program: Program) -> Result<Figures> {
    let mut rust = Rust::new(setting)?;
    beside(
        setting.rounds(51),
        1,
        || program.round("connect_many"),
        || {
            let reports = rust.next_round();
            let gateway = rust.fleet.gateway(NOW);
            let took = timed(|| Ok(black_box(gateway.connect_many(&reports)?)))?;
            Ok(took.div_f64(reports.len() as f64))
        },
    )
}

/// A program in another language.
struct Program {
    child: Child,
    ask: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Program {
    fn start(mut command: Command) -> Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let ask = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().ok_or("a program has no output")?).lines();
        Ok(Self { child, ask, answers })
    }

    fn round(&mut self, operation: &str) -> Result<Duration> {
        writeln!(self.ask.as_mut().ok_or("a program has no input")?, "{operation}")?;
        let nanos: f64 = self.answers.next().ok_or("a program ended before it answered")??.parse()?;
        Ok(Duration::from_secs_f64(nanos / 1e9))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // The program ends when its input ends.
        self.ask = None;
        if self.child.wait().is_err() {
            eprintln!("a program that was measured did not end");
        }
    }
}

/// The same fleet in Rust as in the programs.
struct Rust<'s> {
    setting: &'s Setting,
    fleet: Fleet,
    product: ProductId,
    random: Random,
    session: u64,
}

impl<'s> Rust<'s> {
    fn new(setting: &'s Setting) -> Result<Self> {
        let unlimited = Tier::new("All");
        let fleet = Fleet::builder(MemoryStore::new()).catalogue(Catalogue::new(vec![unlimited])?).open();
        let alice = fleet.console(Actor::Operator, NOW).create_account("alice@example.com")?;
        let console = fleet.console(alice.id, NOW);
        let product = console.create_product("Thermostat", "photon".parse()?)?.id;
        let list: Vec<String> = setting.ids().iter().map(ToString::to_string).collect();
        console.product(product).import(list.join("\n").as_bytes())?;
        let this = Self { setting, fleet, product, random: Random(7), session: 1 };
        let reports: Vec<Report> = setting.ids().iter().map(|id| this.report(*id)).collect();
        this.fleet.gateway(NOW).connect_many(&reports)?;
        Ok(this)
    }

    fn report(&self, id: fleet_core::DeviceId) -> Report {
        Report::new(id).product(self.product.get()).version(1).session(self.session).at(NOW)
    }

    fn next_round(&mut self) -> Vec<Report> {
        self.session += 1;
        let ids: Vec<_> = (0..BATCH).filter_map(|_| self.random.one_of(self.setting.ids()).copied()).collect();
        ids.into_iter().map(|id| self.report(id)).collect()
    }
}
