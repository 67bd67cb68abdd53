//! A fleet's first day, through the doors of `fleet-core`. Run it, then read it from [`main`] down.
//!
//! ```text
//! cargo run --release --example quickstart                # in a new temporary folder
//! cargo run --release --example quickstart -- FOLDER      # in a folder of yours
//! ```
//!
//! The guide's example: a product, a messy list of devices, and two firmwares, one of which is proven on a test device
//! and released. A handful of simulated thermostats in memory replaces the sockets of a real host; the library makes
//! every decision, and each is printed with its rule (`R-…`).

mod terminal;

use fleet_core::device::import::{ImportReport, LineVerdict, Verdict};
use fleet_core::device::{Connected, Disconnect, Report, UpdateProgress, UpdateResult};
use fleet_core::firmware::{Answer, Change, Upload};
use fleet_core::notice::NoticeSubject;
use fleet_core::{
    Actor, DeviceId, FirmwareVersion, Flash, Fleet, Platform, ProductConsole, ProductId, Sha256, Timestamp,
};
use fleet_store_sqlite::SqliteStore;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};
use terminal::{chapter, clock, put, say, show};

const USAGE: &str = "usage: cargo run --release --example quickstart [-- FOLDER]";

/// The input files of the story. Change the list of devices and run the story again.
const LIST: &[u8] = include_bytes!("data/devices.csv");
const FIRST: (&str, &[u8]) = ("photon_p94_v1.bin", include_bytes!("data/photon_p94_v1.bin"));
const SECOND: (&str, &[u8]) = ("photon_p94_v2.bin", include_bytes!("data/photon_p94_v2.bin"));

fn main() -> Result<()> {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    match arguments.as_slice() {
        [] => run(&new_folder()?),
        [help] if help == "--help" || help == "-h" => {
            put(USAGE);
            Ok(())
        }
        [folder] if !folder.to_string_lossy().starts_with('-') => run(Path::new(folder)),
        [other, ..] => Err(Message(format!("`{}` is not a known argument; {USAGE}", other.to_string_lossy()))),
    }
}

/// The whole day. The library never reads a clock: each door is opened at a moment that its caller gives.
fn run(folder: &Path) -> Result<()> {
    let file = new_file(folder)?;
    let story = Story::begin(&file)?;
    let mut house = story.import(at(9, 10))?;
    story.upload(at(9, 20))?;
    story.release_too_early(at(9, 30))?;
    story.connect(&house, "The fleet connects while nothing is released", at(10, 0))?;
    story.set_some_apart(&house, at(10, 20))?;
    story.prove(&mut house, at(10, 30))?;
    story.release(at(11, 0))?;
    let sent = story.connect(&house, "The fleet connects again: the decision for each, and why", at(12, 0))?;
    story.come_back(&mut house, &sent, at(12, 10))?;
    story.change_minds(&house, at(15, 0))?;
    story.count(at(18, 0))?;
    story.remember(at(18, 10))?;
    invite(&file);
    Ok(())
}

/// A fleet, the account of its team, and its product.
struct Story {
    fleet: Fleet,
    alice: fleet_core::AccountId,
    product: ProductId,
}

/// A simulated device: it reports what it runs.
#[derive(Clone)]
struct Thermostat {
    room: String,
    id: DeviceId,
    runs: Option<u16>,
}

/// The version that each device was sent.
type Sent = (DeviceId, FirmwareVersion);

impl Story {
    /// Creates the database, an account and a product.
    fn begin(file: &Path) -> Result<Self> {
        let fleet = Fleet::open(SqliteStore::open(file)?);
        let operator = fleet.console(Actor::Operator, at(9, 0));
        let alice = operator.create_account("alice@example.com")?;
        // A new product gets a new number. This product's number is 94, which is compiled into the firmware. Only an
        // operator can give a number, for example when a fleet moves in from elsewhere.
        let product = operator.create_product_with_id(ProductId::new(94)?, alice.id, "Thermostat", photon())?;

        put("A fleet's first day, 8 March 2016. The rule behind a decision is in brackets,\nsuch as R-TGT-4.");
        chapter(at(9, 0), "A product");
        say("", &format!("Product {}, `{}`, of hardware {}.", product.id, product.name, product.platform));
        say("", &format!("Its owner is {}, its tier is {}.", alice.email, product.tier));
        Ok(Self { fleet, alice: alice.id, product: product.id })
    }

    /// The product, as Alice sees it. This reads nothing.
    fn thermostats(&self, now: Timestamp) -> ProductConsole<'_> {
        self.fleet.console(self.alice, now).product(self.product)
    }

    /// Imports a list as people really write it: valid lines are added, every other line gets its verdict.
    fn import(&self, now: Timestamp) -> Result<Vec<Thermostat>> {
        chapter(now, "Importing examples/data/devices.csv");
        let report = self.thermostats(now).import(LIST)?;
        // All or nothing: a list that does not fit the tier adds no device at all.
        if let Some(limit) = report.refused {
            return Err(limit.into());
        }
        let counts = report.counts();
        say("", &format!("{} imported, {} twice, {} refused:", counts.imported, counts.duplicates, counts.refused));
        for line in report.lines.iter().filter(|line| line.verdict != Verdict::Imported) {
            say(&format!("line {:>2}  ", line.line), &line.verdict.to_string());
        }
        let house = named(&report, &String::from_utf8_lossy(LIST));
        for thermostat in &house {
            self.thermostats(now).device(thermostat.id).rename(&thermostat.room)?;
        }
        Ok(house)
    }

    /// Uploads two binaries. The version that a person enters must be the one compiled in.
    fn upload(&self, now: Timestamp) -> Result<()> {
        chapter(now, "Uploading firmware");
        self.upload_one(now, FIRST, &Upload::new(version(1)?, "First of all"))?;
        self.upload_one(now, SECOND, &Upload::new(version(3)?, "Quieter at night"))?;
        let second = Upload::new(version(2)?, "Quieter at night")
            .description("Holds the temperature with half as many clicks of the relay.")
            .requires_system(semver::VersionReq::parse(">=0.4.9")?);
        self.upload_one(now, SECOND, &second)
    }

    fn upload_one(&self, now: Timestamp, (name, binary): (&str, &[u8]), upload: &Upload<'_>) -> Result<()> {
        let result = match self.thermostats(now).upload(upload, binary) {
            Ok(firmware) => format!("accepted: `{}`, {} bytes", firmware.title, firmware.image.size),
            Err(error) => format!("refused: {error}"),
        };
        say(&format!("{name} as version {}  ", upload.version), &result);
        Ok(())
    }

    /// The gate: a version that ran on no device cannot be released to all.
    fn release_too_early(&self, now: Timestamp) -> Result<()> {
        chapter(now, "Releasing version 2 to everybody, at once");
        match self.thermostats(now).release(version(2)?) {
            Ok(()) => say("", "released"),
            Err(error) => say("refused: ", &error.to_string()),
        }
        Ok(())
    }

    /// Four ways to keep a device from the version of all others.
    fn set_some_apart(&self, house: &[Thermostat], now: Timestamp) -> Result<()> {
        chapter(now, "Setting some apart");
        let thermostats = self.thermostats(now);
        thermostats.device(find(house, "desk")?.id).mark_development()?;
        say("desk            ", "marked for development: its developer flashes it by cable");
        thermostats.device(find(house, "studio")?.id).lock(version(1)?, Flash::OnReset)?;
        say("studio          ", "locked to version 1");
        let guests = thermostats.create_group("guests")?;
        thermostats.device(find(house, "guest room")?.id).set_groups(&[guests].into())?;
        thermostats.release_to_group(guests, Some(version(1)?))?;
        say("guest room      ", "in the group `guests`, to which version 1 is released");
        let [_, returned, ..] = strangers()?;
        thermostats.device(returned.id).deny()?;
        say("a returned one  ", "denied: it may not ask again");
        Ok(())
    }

    /// Flashes the test device. Only what it reports on its next connect counts as success.
    fn prove(&self, house: &mut [Thermostat], now: Timestamp) -> Result<()> {
        chapter(now, "Proving version 2 on the test device");
        let bench = house.iter_mut().find(|thermostat| thermostat.room == "bench").ok_or_else(|| missing("bench"))?;
        let answer = self.thermostats(now).device(bench.id).lock(version(2)?, Flash::Now)?;
        say("flash now   ", &answer.to_string());
        let Answer::Update { directive, .. } = answer else { return Ok(()) };

        // Here the host sends the file with the directive's SHA-256 over the open connection, and reports it.
        let gateway = self.fleet.gateway(minutes(now, 1));
        gateway.report_update(bench.id, self.product, directive.sequence, UpdateProgress::Downloaded)?;
        say("gateway     ", "reports `downloaded`, which proves nothing yet");

        bench.runs = Some(directive.version.get());
        let connected = self.fleet.gateway(minutes(now, 2)).connect(&bench.report(minutes(now, 2))?)?;
        say("back again  ", &format!("{}; now: {}", outcome_of(&connected), connected.answer));
        Ok(())
    }

    /// Releases a version, after a dry run.
    fn release(&self, now: Timestamp) -> Result<()> {
        chapter(now, "Releasing version 2: a dry run, then the release");
        let thermostats = self.thermostats(now);
        let ways = thermostats.dry_run(&Change::Release(Some(version(2)?)))?.by_change;
        let counts = format!(
            "{} devices will be sent it when they connect: {} from a lower version, {} from a higher one, {} from none",
            ways.total(),
            ways.up,
            ways.down,
            ways.from_none
        );
        say("dry run  ", &counts);
        thermostats.release(version(2)?)?;
        say("release  ", "done: one small write, however large the fleet");
        Ok(())
    }

    /// Every device connects, also those that are not Alice's, or not yet. Returns which devices were sent which
    /// version.
    fn connect(&self, house: &[Thermostat], title: &str, now: Timestamp) -> Result<Vec<Sent>> {
        chapter(now, title);
        let everybody: Vec<Thermostat> = house.iter().cloned().chain(strangers()?).collect();
        let reports = reports_of(&everybody, now)?;
        let answers = self.fleet.gateway(now).connect_many(&reports)?;
        let answered = reports.iter().zip(&answers);
        show(
            answered.clone().map(|(report, connected)| (connected.answer.to_string(), room(&everybody, report.device))),
        );
        let sent = answered.filter_map(|(report, connected)| match &connected.answer {
            Answer::Update { directive, .. } => Some((report.device, directive.version)),
            _ => None,
        });
        Ok(sent.collect())
    }

    /// The devices that were sent version 2 come back. In the attic the power failed: that device runs its former
    /// version.
    fn come_back(&self, house: &mut [Thermostat], sent: &[Sent], now: Timestamp) -> Result<()> {
        chapter(now, &format!("The {} that were sent version 2 come back", sent.len()));
        let mut back = Vec::new();
        for thermostat in house.iter_mut() {
            let Some((_, version)) = sent.iter().find(|(id, _)| *id == thermostat.id) else { continue };
            if thermostat.room != "attic" {
                thermostat.runs = Some(version.get());
            }
            back.push(thermostat.clone());
        }
        let reports = reports_of(&back, now)?;
        let answers = self.fleet.gateway(now).connect_many(&reports)?;
        show(reports.iter().zip(&answers).map(|(report, connected)| {
            let result = format!("{}; now: {}", outcome_of(connected), connected.answer);
            (result, room(&back, report.device))
        }));
        self.receive_delayed_report(find(house, "porch")?, minutes(now, 1))
    }

    /// A delayed report does not overwrite newer knowledge.
    fn receive_delayed_report(&self, porch: &Thermostat, now: Timestamp) -> Result<()> {
        let late = porch.report(at(9, 50))?;
        let connected = self.fleet.gateway(now).connect(&late)?;
        show([(connected.answer.to_string(), "porch, in a report of 09:50 that arrives only now")]);
        let mut gone = Disconnect::new(late.device).at(now);
        gone.product = late.product;
        Ok(self.fleet.gateway(now).disconnect(&gone)?)
    }

    /// A team may change its mind. It can ask at any time what a device would be told to run now.
    fn change_minds(&self, house: &[Thermostat], now: Timestamp) -> Result<()> {
        chapter(now, "The team changes its mind: what would be decided now?");
        let [neighbour, ..] = strangers()?;
        let (nursery, studio) = (find(house, "nursery")?, find(house, "studio")?);
        self.thermostats(now).device(neighbour.id).approve()?;
        self.thermostats(minutes(now, 1)).device(nursery.id).force_update()?;
        self.thermostats(minutes(now, 2)).device(studio.id).unlock()?;
        for (did, device) in [("approved", &neighbour), ("forced", nursery), ("unlocked", studio)] {
            let answer = self.thermostats(minutes(now, 3)).device(device.id).explain()?;
            say(&format!("{:<20} {did:<8}  ", device.room), &answer.to_string());
        }
        Ok(())
    }

    /// The day in numbers, counted incrementally: reading them costs the same for a million devices.
    fn count(&self, now: Timestamp) -> Result<()> {
        chapter(now, "The day in numbers");
        let summary = self.thermostats(now).summary()?;
        say("", &format!("{} devices: {} online, {} never seen", summary.devices, summary.online, summary.never_seen));
        for (version, devices) in &summary.versions {
            let bar = "#".repeat(usize::try_from(*devices).unwrap_or(usize::MAX).min(50));
            say("", &format!("version {version}  {devices:>3}  {bar}"));
        }
        let rows = [
            ("update in progress", summary.pending),
            ("latest update failed", summary.failing),
            ("locked to a version", summary.locked),
            ("for development", summary.development),
            ("wrong hardware", summary.wrong_platform),
            ("another image", summary.image_differs),
            ("waiting to join", summary.quarantined),
            ("denied", summary.denied),
        ];
        for pair in rows.chunks(2) {
            let cells: String = pair.iter().map(|(what, devices)| format!("{what:<22}{devices:>3}      ")).collect();
            say("", cells.trim_end());
        }
        Ok(())
    }

    /// Notices to people, and who did what. The host sends the mails; the audit is automatic.
    fn remember(&self, now: Timestamp) -> Result<()> {
        chapter(now, "Notices to Alice, and what she did last");
        for notice in self.fleet.pending_notices(None, 10)?.items {
            match notice.subject {
                NoticeSubject::DevicesAskToJoin => {
                    say("e-mail   ", &format!("devices ask to join product {}", notice.product));
                }
                _ => say("e-mail   ", notice.key.as_str()),
            }
            // Sent. Until the host acknowledges it, it is listed again.
            self.fleet.acknowledge(&notice.key)?;
        }
        for record in self.thermostats(now).audit_log(None, 4)?.items {
            say(&format!("{}    ", clock(record.at)), &format!("{}: {}", record.command, record.subject));
        }
        Ok(())
    }
}

impl Thermostat {
    /// The report of its connect. Most are alike; the others are why a fleet needs rules.
    fn report(&self, now: Timestamp) -> Result<Report> {
        let mut usual = Report::new(self.id).product(94).platform(photon()).system("0.4.9".parse()?).at(now);
        usual.version = self.runs;
        Ok(match self.room.as_str() {
            "studio" => usual.image(Sha256::of(b"built at the desk as version 1")),
            "nursery" => usual.refuses_updates(),
            "library" => usual.system("0.4.7".parse()?),
            "gate" => usual.platform(Platform::Particle(10)),
            "a kit from the drawer" => {
                let mut report = usual;
                report.product = None;
                report
            }
            "a prototype" => usual.product(95),
            _ => usual,
        })
    }

    /// Whether it ever connects.
    fn is_in_use(&self) -> bool {
        !self.room.starts_with("spare")
    }
}

/// Devices that are in no list.
fn strangers() -> Result<[Thermostat; 4]> {
    let stranger = |room: &str, id: &str| -> Result<Thermostat> {
        Ok(Thermostat { room: room.to_owned(), id: id.parse()?, runs: Some(1) })
    };
    Ok([
        stranger("a new one", "330030000f47353136383631")?,
        stranger("a returned one", "330031000f47353136383631")?,
        stranger("a kit from the drawer", "330032000f47353136383631")?,
        stranger("a prototype", "330033000f47353136383631")?,
    ])
}

/// The imported devices, by the rooms in the list's last column: the library ignores that column, so the host reads it.
fn named(report: &ImportReport, list: &str) -> Vec<Thermostat> {
    let rooms: Vec<&str> = list.lines().map(|line| line.rsplit(';').next().unwrap_or_default()).collect();
    let imported = report.lines.iter().filter(|line| line.verdict == Verdict::Imported);
    let thermostat = |line: &LineVerdict| {
        let room = rooms.get(usize::try_from(line.line).ok()?.checked_sub(1)?)?.trim().to_owned();
        let runs = (room != "shed").then_some(1);
        Some(Thermostat { room, id: line.device?, runs })
    };
    imported.filter_map(thermostat).collect()
}

fn reports_of(house: &[Thermostat], now: Timestamp) -> Result<Vec<Report>> {
    house.iter().filter(|thermostat| thermostat.is_in_use()).map(|thermostat| thermostat.report(now)).collect()
}

fn find<'h>(house: &'h [Thermostat], room: &str) -> Result<&'h Thermostat> {
    house.iter().find(|thermostat| thermostat.room == room).ok_or_else(|| missing(room))
}

fn missing(room: &str) -> Message {
    Message(format!("the story needs a device in the room `{room}`; put it back in examples/data/devices.csv"))
}

fn room(house: &[Thermostat], id: DeviceId) -> &str {
    house.iter().find(|thermostat| thermostat.id == id).map_or("?", |thermostat| &thermostat.room)
}

fn outcome_of(connected: &Connected) -> &'static str {
    match connected.outcome.map(|outcome| outcome.result) {
        Some(UpdateResult::Succeeded) => "the update succeeded",
        Some(UpdateResult::Failed) => "the update failed",
        Some(UpdateResult::RunsAnother) => "it runs neither the old version nor the new one",
        _ => "no update ended",
    }
}

fn photon() -> Platform {
    Platform::Particle(6)
}

fn version(number: u32) -> Result<FirmwareVersion> {
    Ok(FirmwareVersion::new(number)?)
}

/// A moment of 8 March 2016, in UTC.
fn at(hour: i64, minute: i64) -> Timestamp {
    const MIDNIGHT: i64 = 1_457_395_200_000;
    Timestamp::from_millis(MIDNIGHT + (hour * 60 + minute) * 60_000)
}

fn minutes(now: Timestamp, later: u64) -> Timestamp {
    now.after(Duration::from_secs(later * 60))
}

/// A new folder: the first of `fleet-quickstart-1`, `-2`, … that does not exist.
fn new_folder() -> Result<PathBuf> {
    let parent = env::temp_dir();
    for number in 1..1000 {
        let folder = parent.join(format!("fleet-quickstart-{number}"));
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(cannot_make(&folder, &error)),
        }
    }
    Err(Message(format!("`{}` contains too many quickstarts; delete some, or name a folder", parent.display())))
}

/// The path of the new database. The story begins on the first day, so an existing database is refused.
fn new_file(folder: &Path) -> Result<PathBuf> {
    if folder.is_file() {
        return Err(Message(format!("`{}` is a file; name a folder", folder.display())));
    }
    fs::create_dir_all(folder).map_err(|error| cannot_make(folder, &error))?;
    let file = folder.join("fleet.db");
    if file.exists() {
        let file = file.display();
        return Err(Message(format!(
            "`{file}` exists already, and the story needs a new one: delete it, name another folder, or name none"
        )));
    }
    Ok(file)
}

fn cannot_make(folder: &Path, error: &io::Error) -> Message {
    Message(format!(
        "cannot create the folder `{}`: {}; name one that you may write to",
        folder.display(),
        error.kind()
    ))
}

/// Where the files are, and how to inspect them.
fn invite(file: &Path) {
    put("\nAll data is in one SQLite file. Query it yourself:\n");
    for query in [
        "SELECT name, standing, version, lock, outcome_result FROM devices",
        "SELECT counter, version, value FROM counters WHERE value <> 0",
    ] {
        put(&format!("sqlite3 -box {} \\\n  \"{query}\"\n", file.display()));
    }
}

type Result<T, E = Message> = std::result::Result<T, E>;

/// The message for people when the story cannot continue. `main` prints an error with [`Debug`](fmt::Debug), so it is
/// the message itself.
struct Message(String);

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Message {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}
