//! A few threads for fleets whose store is in JavaScript, and for long calls. They wait for the event loop, so they
//! must not be those of Node's pool: the store itself may need that pool, for files, names or a database.

use std::fmt;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Maximum number of one fleet's calls that wait for its store at a time, and of long calls that run at a time.
const THREADS: usize = 8;

/// A piece of work.
pub(crate) type Call = Box<dyn FnOnce() + Send>;

/// Threads that end when nobody can send them work any more.
pub(crate) struct Threads(Sender<Call>);

impl Threads {
    pub(crate) fn start() -> napi::Result<Arc<Self>> {
        Self::start_named((0..THREADS).map(|number| format!("fleet-{number}")))
    }

    /// A single thread.
    pub(crate) fn start_one(name: &str) -> napi::Result<Arc<Self>> {
        Self::start_named([name.to_owned()])
    }

    fn start_named(names: impl IntoIterator<Item = String>) -> napi::Result<Arc<Self>> {
        let (sender, receiver) = mpsc::channel();
        let receiver = Arc::new(Mutex::new(receiver));
        for name in names {
            let receiver = Arc::clone(&receiver);
            let named = thread::Builder::new().name(name);
            named.spawn(move || work(&receiver)).map_err(|error| napi::Error::from_reason(error.to_string()))?;
        }
        Ok(Arc::new(Self(sender)))
    }

    pub(crate) fn run(&self, call: Call) {
        // The threads live as long as this value.
        drop(self.0.send(call));
    }
}

fn work(calls: &Mutex<Receiver<Call>>) {
    loop {
        let call = calls.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match call {
            Ok(call) => call(),
            Err(_) => return,
        }
    }
}

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Threads")
    }
}
