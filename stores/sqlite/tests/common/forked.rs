//! Runs part of a test in a forked process.
#![allow(dead_code, unsafe_code, clippy::unwrap_used, clippy::panic, reason = "helpers of tests, each used by some")]

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::FromRawFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// A forked process.
#[derive(Debug)]
pub(crate) struct Child {
    process: libc::pid_t,
    said: File,
}

/// Forks. The child runs `act` and reports its result; it is killed after a minute.
pub(crate) fn in_child(act: impl FnOnce() -> String) -> Child {
    let mut pipe = [0; 2];
    // SAFETY: the array has space for two descriptors, and each end of the pipe is owned by one process. The child
    // calls functions that are not allowed after a fork of a process with threads; that is the test: hosts do it too.
    unsafe {
        assert_eq!(libc::pipe(pipe.as_mut_ptr()), 0);
        match libc::fork() {
            -1 => panic!("cannot fork"),
            0 => {
                libc::alarm(60);
                let mut says = File::from_raw_fd(pipe[1]);
                let said = catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(|_| "it panicked".to_owned());
                let _ = says.write_all(said.as_bytes());
                drop(says);
                libc::_exit(0)
            }
            process => {
                libc::close(pipe[1]);
                Child { process, said: File::from_raw_fd(pipe[0]) }
            }
        }
    }
}

impl Child {
    /// Waits for the end of the child. Returns its report.
    pub(crate) fn join(mut self) -> String {
        let mut said = String::new();
        self.said.read_to_string(&mut said).unwrap();
        let mut status = 0;
        // SAFETY: the status has space for one value.
        unsafe { libc::waitpid(self.process, &mut status, 0) };
        assert_eq!(status, 0, "the child was ended by a signal, after it said {said:?}");
        said
    }
}

/// Drops the child's copy of something that the parent has too.
pub(crate) fn drop_copy<T>(inherited: &T) {
    // SAFETY: the child ends without using it again.
    drop(unsafe { std::ptr::read(inherited) });
}

/// Waits until a file exists.
pub(crate) fn wait_for(path: &Path) {
    let since = Instant::now();
    while !path.exists() {
        assert!(since.elapsed() < Duration::from_secs(30), "{} did not appear", path.display());
        thread::sleep(Duration::from_millis(5));
    }
}
