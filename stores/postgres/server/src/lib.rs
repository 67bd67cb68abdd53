//! PostgreSQL servers for tests and measurements, of the version that is installed on this machine.
//!
//! A server has its own folder, listens on loopback only, and is as durable as one in production. When its [`Server`]
//! is dropped, it is stopped and its folder is deleted. The same happens when the process that started it ends in any
//! way: a keeper process waits for that.
#![forbid(unsafe_code)]

mod pooler;

pub use pooler::{Pooler, pooler};

use rustix::process::{Pid, Signal, kill_process};
use std::ffi::OsStr;
use std::fs::{File, Permissions};
use std::io::{Error, Result};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use std::{fs, thread};

/// Maximum time for a server to start or to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// The user that owns everything in a server.
const SUPERUSER: &str = "fleet";

/// Waits until the other end of its input is closed; then stops what still runs, and deletes the folder.
const KEEPER: &str = r#"
cat >/dev/null
pid=$(head -n 1 "$0/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" 2>/dev/null
for pooler in "$0"/pgbouncer-*.pid; do kill -KILL "$(cat "$pooler" 2>/dev/null)" 2>/dev/null; done
while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
rm -rf "$0"
"#;

/// A server, running or not.
#[derive(Debug)]
pub struct Server {
    programs: PathBuf,
    owner: Option<(u32, u32)>,
    folder: PathBuf,
    port: u16,
    settings: Vec<String>,
    process: Option<Child>,
    /// Closed when the server is dropped; the keeper waits for that.
    keeper: Option<(ChildStdin, Child)>,
}

/// Environment variable with a folder of programs of another version than the installed one, for manual tests.
const PROGRAMS: &str = "FLEET_POSTGRES_PROGRAMS";

/// Returns the folder of PostgreSQL's programs, if they are installed.
pub fn programs() -> Option<PathBuf> {
    let complete = |folder: &PathBuf| ["initdb", "postgres"].iter().all(|program| folder.join(program).is_file());
    if let Some(folder) = std::env::var_os(PROGRAMS) {
        return Some(PathBuf::from(folder)).filter(complete);
    }
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort();
    let debian = versions.into_iter().rev().map(|(_, folder)| folder);
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian.chain(std::env::split_paths(&path)).find(complete)
}

/// Returns a server for all tests of this process. Starts it at the first call.
///
/// # Errors
/// Fails if it does not start.
pub fn shared() -> std::result::Result<&'static Server, &'static str> {
    static SHARED: LazyLock<std::result::Result<Server, String>> =
        LazyLock::new(|| Server::start(&[]).map_err(|error| error.to_string()));
    SHARED.as_ref().map_err(String::as_str)
}

impl Server {
    /// Creates and starts a server with these settings, such as `max_connections=200`.
    ///
    /// # Errors
    /// Fails if PostgreSQL is not installed or does not start.
    pub fn start(settings: &[&str]) -> Result<Self> {
        let mut server = Self::new(settings)?;
        server.make_data()?;
        server.run()?;
        Ok(server)
    }

    /// Creates and starts a server that uses this certificate (PEM) for TLS.
    ///
    /// # Errors
    /// Fails if PostgreSQL is not installed or does not start.
    pub fn start_with_tls(certificate: &str, key: &str) -> Result<Self> {
        let mut server = Self::new(&["ssl=on", "ssl_cert_file=server.crt", "ssl_key_file=server.key"])?;
        server.make_data()?;
        for (name, text) in [("server.crt", certificate), ("server.key", key)] {
            let file = server.data().join(name);
            fs::write(&file, text)?;
            fs::set_permissions(&file, Permissions::from_mode(0o600))?;
            if let Some((user, group)) = server.owner {
                chown(&file, Some(user), Some(group))?;
            }
        }
        server.run()?;
        Ok(server)
    }

    /// Creates and starts a standby that follows this server under a name.
    ///
    /// # Errors
    /// Fails if it does not start.
    pub fn standby(&self, name: &str) -> Result<Self> {
        let mut standby = Self::new(&[])?;
        let from = format!("host=127.0.0.1 port={} user={SUPERUSER} application_name={name}", self.port);
        let data = standby.data();
        let mut copy = standby.program("pg_basebackup");
        copy.args(["--write-recovery-conf", "--checkpoint", "fast", "--no-sync", "-d", &from, "-D"]).arg(data);
        run(&mut copy)?;
        standby.run()?;
        Ok(standby)
    }

    /// Creates a server without data, and its keeper.
    fn new(settings: &[&str]) -> Result<Self> {
        let absent = || Error::other("PostgreSQL is not installed: `cargo xtask test` installs it, on Debian as root");
        let programs = programs().ok_or_else(absent)?;
        let folder = tempfile::Builder::new().prefix("fleet-postgres-").tempdir()?.keep();
        let owner = unprivileged(&folder)?;
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let mut server = Self { programs, owner, folder, port: free_port()?, settings, process: None, keeper: None };
        let mut keeper = server.command("sh");
        keeper
            .args(["-c", KEEPER])
            .arg(&server.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut keeper = keeper.spawn()?;
        server.keeper = keeper.stdin.take().map(|input| (input, keeper));
        Ok(server)
    }

    fn make_data(&self) -> Result<()> {
        let mut initdb = self.program("initdb");
        initdb.arg("-D").arg(self.data()).args(["--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8"]);
        run(initdb.args(["--locale", "C", "--no-sync", "--no-instructions"]))
    }

    /// Starts the server again, after it was killed or stopped.
    ///
    /// # Errors
    /// Fails if it does not start.
    pub fn run(&mut self) -> Result<()> {
        let since = Instant::now();
        loop {
            let mut process = self.spawn()?;
            loop {
                if self.is_ready(process.id()) {
                    self.process = Some(process);
                    return Ok(());
                }
                if process.try_wait()?.is_some() || since.elapsed() > PATIENCE {
                    break;
                }
                thread::sleep(Duration::from_millis(10));
            }
            // Processes that a killed server left behind hold its memory for a moment, and prevent the next start.
            if since.elapsed() > PATIENCE || !self.log().contains("still in use") {
                let _ = process.kill();
                return Err(Error::other(format!("PostgreSQL did not start: {}", self.log())));
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn spawn(&self) -> Result<Child> {
        let mut postgres = self.program("postgres");
        postgres.arg("-D").arg(self.data()).arg("-p").arg(self.port.to_string());
        // Relative to the data: the path of a socket has at most 107 bytes, and the folder of temporary files may be longer.
        postgres.args(["-k", ".."]);
        let fixed = ["listen_addresses=127.0.0.1", "log_min_messages=fatal", "max_connections=200"];
        for setting in fixed.into_iter().chain(self.settings.iter().map(String::as_str)) {
            postgres.arg("-c").arg(setting);
        }
        let log = File::create(self.folder.join("log"))?;
        postgres.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()
    }

    /// Whether the server with this process id reports that it takes connections.
    fn is_ready(&self, process: u32) -> bool {
        let said = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        let mut lines = said.lines();
        lines.next().and_then(|line| line.parse().ok()) == Some(process)
            && matches!(lines.next_back().map(str::trim), Some("ready" | "standby"))
    }

    /// Kills the server and all of its processes at once, as a power cut would.
    ///
    /// # Errors
    /// Fails if it does not run.
    pub fn kill(&mut self) -> Result<()> {
        let mut process = self.process.take().ok_or_else(|| Error::other("the server does not run"))?;
        let children = format!("/proc/{0}/task/{0}/children", process.id());
        let children = fs::read_to_string(children).unwrap_or_default();
        process.kill()?;
        for child in children.split_whitespace().filter_map(|child| Pid::from_raw(child.parse().ok()?)) {
            // It may have ended by itself, because its server is gone.
            let _ = kill_process(child, Signal::KILL);
        }
        process.wait()?;
        Ok(())
    }

    /// Makes a standby the primary.
    ///
    /// # Errors
    /// Fails if it is not a standby.
    pub fn promote(&self) -> Result<()> {
        let mut promote = self.program("pg_ctl");
        run(promote.arg("promote").arg("-D").arg(self.data()))
    }

    /// The URL of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgresql://{SUPERUSER}@127.0.0.1:{}/{database}", self.port)
    }

    /// Its port on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its folder, which also holds its socket.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The content of its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn program(&self, name: &str) -> Command {
        self.command(self.programs.join(name))
    }

    /// Returns a command that runs as the servers' user. Key presses in this terminal do not signal it. A person's own
    /// settings for a server (`PGDATA`, `PGOPTIONS`, `PGSERVICE`) do not apply to it.
    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PG")) {
            command.env_remove(name);
        }
        command.current_dir(&self.folder).process_group(0);
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let pid = i32::try_from(process.id()).ok().and_then(Pid::from_raw);
            // At once, because none of its data is kept.
            let _ = pid.map(|pid| kill_process(pid, Signal::QUIT));
            let _ = process.wait();
        }
        if let Some((input, mut keeper)) = self.keeper.take() {
            drop(input);
            let _ = keeper.wait();
        }
    }
}

/// Returns a port on which nobody listens at the moment.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Returns the user that servers run as. PostgreSQL refuses to run as root; then the folder is given to another user.
fn unprivileged(folder: &Path) -> Result<Option<(u32, u32)>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let ids = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2).map_while(|id| id.parse().ok());
        Some((ids.next()?, ids.next()?))
    };
    let (user, group) =
        ids("postgres").or_else(|| ids("nobody")).ok_or_else(|| Error::other("no user for PostgreSQL"))?;
    chown(folder, Some(user), Some(group))?;
    Ok(Some((user, group)))
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::other(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim())))
}
