//! PgBouncer in front of a server, in its own folder, for tests.

use crate::{Server, free_port};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io::{Error, Result};
use std::net::TcpStream;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Maximum time for it to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// A pooler that is running. It is stopped when it is dropped; otherwise its server's keeper stops it.
#[derive(Debug)]
pub struct Pooler {
    process: Child,
    port: u16,
}

/// Returns the path of PgBouncer, if it is installed.
pub fn pooler() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join("pgbouncer")).find(|program| program.is_file())
}

impl Pooler {
    /// Starts a pooler in front of a server, with lines of its configuration such as `pool_mode = transaction`.
    ///
    /// # Errors
    /// Fails if PgBouncer is not installed or does not start.
    pub fn start(server: &Server, settings: &[&str]) -> Result<Self> {
        let absent = || Error::other("PgBouncer is not installed: `cargo xtask test` installs it, on Debian as root");
        let program = pooler().ok_or_else(absent)?;
        let port = free_port()?;
        let configuration = format!(
            "[databases]\n* = host=127.0.0.1 port={} user=fleet\n\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = any\nmax_client_conn = 200\n\
             pidfile = {}\n{}\n",
            server.port(),
            server.folder().join(format!("pgbouncer-{port}.pid")).display(),
            settings.join("\n")
        );
        let file = server.folder().join(format!("pgbouncer-{port}.ini"));
        fs::write(&file, configuration)?;
        if let Some((user, group)) = server.owner {
            chown(&file, Some(user), Some(group))?;
        }
        let log = fs::File::create(log_of(&file))?;
        let mut command = server.command(&program);
        let process = command.arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()?;
        let mut pooler = Self { process, port };
        let since = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if pooler.process.try_wait()?.is_some() || since.elapsed() > PATIENCE {
                let said = fs::read_to_string(log_of(&file)).unwrap_or_default();
                return Err(Error::other(format!("PgBouncer did not start: {said}")));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(pooler)
    }

    /// The URL of one of its server's databases, through the pooler.
    pub fn url(&self, database: &str) -> String {
        format!("postgresql://fleet@127.0.0.1:{}/{database}", self.port)
    }
}

fn log_of(configuration: &Path) -> PathBuf {
    configuration.with_extension("log")
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let pid = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw);
        // A pooler has nothing to save. It may ignore the other signals, as do the children of a job in the background.
        let _ = pid.map(|pid| kill_process(pid, Signal::KILL));
        let _ = self.process.wait();
    }
}
