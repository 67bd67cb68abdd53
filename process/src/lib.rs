//! Distinguishes the processes that `fork()` creates.
//!
//! A forked process has a copy of its parent's memory: its random state, its connections, its mutexes. Code that must
//! not be used by both stores the [`Process`] that created it and compares. The comparison is one load of an atomic
//! number, which the C library's `fork()` changes in the child before it returns there; a system call for the process
//! id would cost more than the admission of a message.
//!
//! This is a crate of its own because it calls the C library, which no other crate of the core does.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Number of forks between the process that loaded this library and the current one.
static FORKS: AtomicU64 = AtomicU64::new(0);

/// Identifies a process among its forked children and its parents.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Process(u64);

impl Process {
    /// Returns the current process.
    ///
    /// ```
    /// assert!(fleet_process::Process::current().is_current());
    /// ```
    pub fn current() -> Self {
        watch();
        Self(FORKS.load(Ordering::Relaxed))
    }

    /// Whether this is the current process.
    #[inline]
    pub fn is_current(self) -> bool {
        self.0 == FORKS.load(Ordering::Relaxed)
    }

    /// A number that differs between a forked process and its parents.
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

/// Counts forks from now on. Before the first call there is nothing to compare, so no fork is missed.
#[cfg(unix)]
fn watch() {
    use std::ffi::c_int;
    use std::sync::Once;

    type Handler = Option<extern "C" fn()>;

    // SAFETY: this is the declaration of POSIX; any handlers may be passed.
    unsafe extern "C" {
        safe fn pthread_atfork(prepare: Handler, parent: Handler, child: Handler) -> c_int;
    }

    extern "C" fn forked() {
        FORKS.fetch_add(1, Ordering::Relaxed);
    }

    static WATCHED: Once = Once::new();
    // It fails only if there is no memory for a few pointers.
    WATCHED.call_once(|| {
        let _ = pthread_atfork(None, None, Some(forked));
    });
}

/// This platform has no `fork()`.
#[cfg(not(unix))]
fn watch() {}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
