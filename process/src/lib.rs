//! Tells the processes apart that `fork()` makes.
//!
//! A forked process has a copy of its parent's memory: its random state, its connections, its locks. Whatever must not
//! be used by both remembers the [`Process`] that made it and compares. The comparison is one load of an atomic number,
//! which the C library's `fork()` changes in the child before it returns there; asking the operating system for the
//! process id at each message would cost more than to admit the message.
//!
//! This is a crate of its own because the C library is called, which no other crate of the core does.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Number of forks between the process that loaded this library and the present one.
static FORKS: AtomicU64 = AtomicU64::new(0);

/// A process, as far as one that was forked and its parents are to be told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Process(u64);

impl Process {
    /// The present process.
    ///
    /// ```
    /// assert!(fleet_process::Process::current().is_current());
    /// ```
    pub fn current() -> Self {
        watch();
        Self(FORKS.load(Ordering::Relaxed))
    }

    /// Whether this is the present process.
    #[inline]
    pub fn is_current(self) -> bool {
        self.0 == FORKS.load(Ordering::Relaxed)
    }

    /// A number that is another one in a forked process than in its parents.
    #[inline]
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Process({})", self.0)
    }
}

/// Has forks counted from now on. Before the first call nothing can be compared, so nothing is missed.
#[cfg(unix)]
fn watch() {
    use std::ffi::c_int;
    use std::sync::Once;

    type Handler = Option<extern "C" fn()>;

    // SAFETY: this is the declaration of POSIX; any handlers may be handed over.
    unsafe extern "C" {
        safe fn pthread_atfork(prepare: Handler, parent: Handler, child: Handler) -> c_int;
    }

    extern "C" fn forked() {
        FORKS.fetch_add(1, Ordering::Relaxed);
    }

    static WATCHED: Once = Once::new();
    // It can fail only where there is no memory for a few pointers.
    WATCHED.call_once(|| {
        let _ = pthread_atfork(None, None, Some(forked));
    });
}

/// There is no `fork()` here.
#[cfg(not(unix))]
fn watch() {}
