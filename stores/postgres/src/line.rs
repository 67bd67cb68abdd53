//! A connection to a server, and how callers wait for answers.
//!
//! Invariant: the thread that waits for an answer reads and writes the socket itself, so only the server's answer wakes
//! it, once. A thread that runs asynchronous tasks must not block like that; a thread made for the call waits for it.

use crate::error::Problem;
use std::future::Future;
use std::panic::resume_unwind;
use std::thread;
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::{JoinHandle, yield_now};
use tokio::time::timeout;
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Maximum time for closing a connection, and for reading what the server sent meanwhile.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Drives one connection.
#[derive(Debug)]
pub(crate) struct Line {
    /// `None` only while it is being dropped.
    runtime: Option<Runtime>,
    /// The task that runs the connection's protocol. Its errors are reported by the calls that use the connection.
    protocol: JoinHandle<()>,
}

impl Line {
    /// Connects to the first server of the configuration that accepts, within a time limit.
    pub(crate) fn connect(
        config: &Config,
        tls: MakeRustlsConnect,
        within: Duration,
    ) -> Result<(Self, Client), Problem> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build().map_err(Problem::NoConnection)?;
        let (client, connection) = wait(&runtime, within, config.connect(tls))??;
        let protocol = runtime.spawn(async move { drop(connection.await) });
        Ok((Self { runtime: Some(runtime), protocol }, client))
    }

    /// Waits for a future, with a time limit.
    pub(crate) fn wait<T: Send>(&self, within: Duration, future: impl Future<Output = T> + Send) -> Result<T, Problem> {
        match &self.runtime {
            Some(runtime) => wait(runtime, within, future),
            None => Err(Problem::TimedOut),
        }
    }

    /// Processes what the server sent while no call was waiting, such as the end of the session.
    pub(crate) fn process_incoming(&self) {
        // The first yield polls the socket, the second lets the protocol task process what arrived.
        let turns = async {
            yield_now().await;
            yield_now().await;
        };
        let _ = self.wait(CLOSE_TIMEOUT, turns);
    }

    /// Closes the connection. No call may be in progress.
    pub(crate) fn close(mut self, client: Client) {
        drop(client);
        if let Some(runtime) = &self.runtime {
            let _ = wait(runtime, CLOSE_TIMEOUT, &mut self.protocol);
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // It has no thread to wait for, and a thread that runs asynchronous tasks must not block.
            runtime.shutdown_background();
        }
    }
}

fn wait<T: Send>(runtime: &Runtime, within: Duration, future: impl Future<Output = T> + Send) -> Result<T, Problem> {
    let future = async { timeout(within, future).await.map_err(|_| Problem::TimedOut) };
    if Handle::try_current().is_err() {
        return runtime.block_on(future);
    }
    thread::scope(|scope| {
        let waiting =
            thread::Builder::new().spawn_scoped(scope, || runtime.block_on(future)).map_err(Problem::NoConnection)?;
        waiting.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}
