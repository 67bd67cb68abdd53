//! Lets a forked process open SQLite files that its parent had open.
//!
//! POSIX file locks belong to a process, so SQLite keeps in memory, for each file, which locks its process holds, and
//! takes one from the operating system only where it holds none yet. A forked process has a copy of that memory and
//! none of the locks. A file that it opens anew would be used without any: the parent, when it closes, would take the
//! file for its own and delete the write-ahead log that the child writes to.
//!
//! SQLite finds what it keeps for a file by the file's device and inode, which it asks of `fstat`. Here it is answered
//! with another device in each forked process. So what a process opens after the fork is another file to SQLite than
//! what it inherited, and gets locks of its own. The number serves for nothing else.
//!
//! This is a crate of its own because SQLite's C interface is called, which the store itself does not do.

/// Has forked processes told apart from now on, in the whole process. To be called before a file is opened.
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
            // What is opened from now on may be inherited, so forks are counted from now on.
            let _ = Process::current();
            // SAFETY: SQLite is initialized and its default VFS lives as long as the process; the name is a C string,
            // and the function is of the form that SQLite calls under this name.
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

    /// The operating system's, but for the device in a forked process.
    unsafe extern "C" fn fstat(file: c_int, status: *mut libc::stat) -> c_int {
        // SAFETY: SQLite hands over what it would hand to `fstat` itself.
        let answer = unsafe { libc::fstat(file, status) };
        // SAFETY: where the answer is 0 the status is filled in.
        if let (0, Some(status)) = (answer, unsafe { status.as_mut() }) {
            // No device has a number so high.
            status.st_dev ^= (Process::current().number() << 40) as libc::dev_t;
        }
        answer
    }
}
