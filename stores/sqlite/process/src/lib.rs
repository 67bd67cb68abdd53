//! Lets a forked process open SQLite files that its parent had open.
//!
//! POSIX file locks belong to a process, so SQLite records in memory, for each file, which locks its process holds, and
//! requests one from the operating system only if it holds none yet. A forked process has a copy of this record but
//! none of the locks. It would use a file that it opens again without any lock: when the parent closes the file, it
//! would believe that it is alone and delete the write-ahead log that the child writes to.
//!
//! SQLite finds its record of a file by the file's device and inode, which it gets from `fstat`. This crate replaces
//! that call and returns another device in each forked process. So to SQLite a file that a process opens after the fork
//! differs from the inherited one, and gets its own locks. SQLite uses the device number for nothing else.
//!
//! This is a crate of its own because SQLite's C interface calls it back, so that most of it is `unsafe`. The store itself
//! makes a single such call.

/// Makes SQLite distinguish files of forked processes, from now on, in the whole process. Call it before a file is
/// opened.
pub fn tell_apart() {
    #[cfg(all(unix, target_pointer_width = "64"))]
    unix::tell_apart();
}

#[cfg(all(unix, target_pointer_width = "64"))]
mod unix {
    use fleet_process::Process;
    use rusqlite::ffi;
    use std::ffi::c_int;
    use std::ptr;
    use std::sync::Once;

    pub(super) fn tell_apart() {
        static TOLD: Once = Once::new();
        TOLD.call_once(|| {
            // Files that are opened from now on may be inherited, so forks are counted from now on.
            let _ = Process::current();
            // SAFETY: SQLite is initialized and its default VFS lives as long as the process; the name is a C string,
            // and the function has the signature that SQLite expects under this name.
            unsafe {
                ffi::sqlite3_initialize();
                let vfs = ffi::sqlite3_vfs_find(ptr::null());
                let Some(set) = vfs.as_ref().and_then(|vfs| vfs.xSetSystemCall) else { return };
                let fstat = std::mem::transmute::<
                    unsafe extern "C" fn(c_int, *mut libc::stat) -> c_int,
                    unsafe extern "C" fn(),
                >(fstat);
                set(vfs, c"fstat".as_ptr(), Some(fstat));
            }
        });
    }

    /// The operating system's `fstat`, but with another device in a forked process.
    unsafe extern "C" fn fstat(file: c_int, status: *mut libc::stat) -> c_int {
        // SAFETY: SQLite passes the arguments that it would pass to `fstat` itself.
        let answer = unsafe { libc::fstat(file, status) };
        // SAFETY: if the answer is 0, the status is filled in.
        if let (0, Some(status)) = (answer, unsafe { status.as_mut() }) {
            // No device has such a high number.
            status.st_dev ^= (Process::current().number() << 40) as libc::dev_t;
        }
        answer
    }
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
