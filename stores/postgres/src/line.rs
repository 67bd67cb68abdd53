//! The thread that speaks with the servers, and how callers wait for it.
//!
//! Callers may be anywhere, also within another runtime. So the sockets are read and written by a thread of the store's
//! own, and callers encode, decode and wait on their own threads: a caller is woken once for each answer.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// So long the farewells to the servers may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// A thread that runs what is spawned on it.
#[derive(Debug)]
pub(crate) struct Line {
    handle: Handle,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Line {
    pub(crate) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel();
        let thread = thread::Builder::new().name("fleet-postgres".to_owned()).spawn(move || {
            // Dropped without a word is as good as told.
            let _ = runtime.block_on(ended);
            runtime.block_on(async {
                let farewell = Instant::now();
                while Handle::current().metrics().num_alive_tasks() > 0 && farewell.elapsed() < FAREWELL {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            });
            runtime.shutdown_background();
        })?;
        Ok(Self { handle, end: Some(end), thread: Some(thread) })
    }

    /// Runs something on the thread.
    pub(crate) fn spawn<F: Future<Output = ()> + Send + 'static>(&self, future: F) {
        drop(self.handle.spawn(future));
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // It ran nothing of ours that could panic; and there is nobody to tell.
            let _ = thread.join();
        }
    }
}

/// Wakes a thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for something on this thread, until a moment: nothing if it has not come by then.
pub(crate) fn wait<T>(future: impl Future<Output = T>, until: Instant) -> Option<T> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Some(value);
        }
        thread::park_timeout(until.checked_duration_since(Instant::now())?);
    }
}
