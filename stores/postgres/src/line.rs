//! A line to a server, and how callers wait at its end.
//!
//! The thread that waits for an answer reads and writes the socket itself meanwhile, so it is woken once, by the server's
//! answer. (With a thread of the store's own in between, a connect of eight devices took nearly twice as long.) A thread
//! that runs asynchronous tasks must not wait like that; what it asks for is waited for by a thread made for it.

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

/// So long the farewell to a server may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// What drives one connection.
#[derive(Debug)]
pub(crate) struct Line {
    /// Only while it is dropped there is none.
    runtime: Option<Runtime>,
    /// The connection's own side of the conversation. Its errors come back as those of what was asked over it.
    talk: JoinHandle<()>,
}

impl Line {
    /// Connects to whichever server of the configuration takes us, within a time.
    pub(crate) fn connect(
        config: &Config,
        tls: MakeRustlsConnect,
        within: Duration,
    ) -> Result<(Self, Client), Problem> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build().map_err(Problem::NoLine)?;
        let (client, connection) = wait(&runtime, within, config.connect(tls))??;
        let talk = runtime.spawn(async move { drop(connection.await) });
        Ok((Self { runtime: Some(runtime), talk }, client))
    }

    /// Waits for something, for so long.
    pub(crate) fn wait<T: Send>(&self, within: Duration, future: impl Future<Output = T> + Send) -> Result<T, Problem> {
        match &self.runtime {
            Some(runtime) => wait(runtime, within, future),
            None => Err(Problem::Silent),
        }
    }

    /// Takes note of what the server said while nobody waited, such as farewell.
    pub(crate) fn listen(&self) {
        // The first lets the socket be looked at, the second lets the conversation go on with what was found.
        let turns = async {
            yield_now().await;
            yield_now().await;
        };
        let _ = self.wait(FAREWELL, turns);
    }

    /// Says farewell to the server, of which nothing is being asked.
    pub(crate) fn hang_up(mut self, client: Client) {
        drop(client);
        if let Some(runtime) = &self.runtime {
            let _ = wait(runtime, FAREWELL, &mut self.talk);
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // It has no thread to wait for, and a thread that runs asynchronous tasks may not wait.
            runtime.shutdown_background();
        }
    }
}

fn wait<T: Send>(runtime: &Runtime, within: Duration, future: impl Future<Output = T> + Send) -> Result<T, Problem> {
    let future = async { timeout(within, future).await.map_err(|_| Problem::Silent) };
    if Handle::try_current().is_err() {
        return runtime.block_on(future);
    }
    thread::scope(|scope| {
        let waiting =
            thread::Builder::new().spawn_scoped(scope, || runtime.block_on(future)).map_err(Problem::NoLine)?;
        waiting.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}
