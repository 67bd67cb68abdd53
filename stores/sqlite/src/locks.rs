//! File locks that belong to this copy of SQLite instead of the process.
//!
//! SQLite locks with POSIX locks, which belong to the process. A second copy of SQLite in the same process (Python's
//! `sqlite3`, `better-sqlite3`, the system's library on a phone) does not meet the locks of the first: it takes itself for
//! the only user, truncates the live `-shm` and deletes the live `-wal`. And closing any descriptor of a file drops all
//! POSIX locks that the process has on it. Linux also has locks that belong to an *open file description*. This module
//! redirects the calls with which SQLite locks the files of a store to such locks, on a description that is opened for
//! nothing else. Every other copy in the process then meets the locks of this one, as another process does.
//!
//! Invariants: all locks on one file are held on one description, whichever connection asked for them, because SQLite
//! counts them for each file and not for each descriptor. A description is closed with the last descriptor that locked
//! through it: SQLite closes none while it holds a lock on the file, since that would drop POSIX locks. A forked child
//! holds none of them.
//!
//! Where there are no such locks (old kernels, some file systems) SQLite locks as it always did.
#![expect(unsafe_code, reason = "SQLite's calls of the operating system are replaced, which only C can be asked for")]

use libc::{c_char, c_int, c_void, flock};
use rusqlite::ffi;
use std::collections::BTreeMap;
use std::ffi::{CStr, CString, OsString};
use std::fs::{File, OpenOptions};
use std::os::fd::{AsRawFd as _, IntoRawFd as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

/// Descriptors below this are the standard streams, into which anything may write.
const LOWEST: c_int = 3;

/// A store's file, whose locks belong to this copy of SQLite while this value lives.
#[derive(Debug)]
pub(crate) struct Owned {
    file: Option<FileId>,
}

/// Whether another copy of SQLite in this process can take the log away while a store has it open.
pub(crate) const LOG_MAY_GO: bool = false;

/// What holds the locks of a connection in the file through which connections share memory: who has the log open.
const LOG_OPEN: (i64, i64) = (128, 1);

/// What holds the locks of a connection in the database: who has it open.
const DATABASE_OPEN: (i64, i64) = (0x4000_0000, 512);

/// Whether somebody has the log beside a database open, but not that database: they had another one open at this path,
/// and the log is that one's.
pub(crate) fn is_log_of_another(database: &Path) -> bool {
    is_locked_by_anybody(&beside(database, "-shm"), LOG_OPEN) && !is_locked_by_anybody(database, DATABASE_OPEN)
}

/// Whether nobody but this copy of SQLite has a store's log open, by the file through which connections share memory.
pub(crate) fn has_log_alone(shared: Option<(u64, u64)>) -> bool {
    let Some((device, inode)) = shared else { return false };
    let locks = locks();
    let description = locks.descriptions.get(&FileId { device, inode });
    description.is_some_and(|description| {
        conflict(description.descriptor, LOG_OPEN).is_some_and(|lock| i32::from(lock.l_type) == libc::F_UNLCK)
    })
}

/// Reads the beginning of the file through which connections of a store share memory. Through the descriptor that is there
/// anyway: to close another one would drop locks of other copies of SQLite.
pub(crate) fn read_shared(shared: Option<(u64, u64)>, into: &mut [u8]) -> bool {
    let Some((device, inode)) = shared else { return false };
    let locks = locks();
    locks.descriptions.get(&FileId { device, inode }).is_some_and(|description| {
        // SAFETY: the descriptor is open while the mutex is held, and `into` is as long as is said.
        let read = unsafe { libc::pread(description.descriptor, into.as_mut_ptr().cast::<c_void>(), into.len(), 0) };
        usize::try_from(read).is_ok_and(|read| read == into.len())
    })
}

fn is_locked_by_anybody(path: &Path, place: (i64, i64)) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let lock = conflict(file.as_raw_fd(), place).filter(|lock| i32::from(lock.l_type) != libc::F_UNLCK);
    if lock.is_some_and(|lock| lock.l_pid == std::process::id().cast_signed()) {
        // Another copy of SQLite in this process has it. Its locks would be dropped with this descriptor.
        let _ = file.into_raw_fd();
    }
    lock.is_some()
}

/// The lock that keeps a description from locking a place for itself; of no kind, if none does.
fn conflict(descriptor: c_int, (start, length): (i64, i64)) -> Option<flock> {
    let mut asked = flock { l_type: libc::F_WRLCK as _, l_whence: 0, l_start: start, l_len: length, l_pid: 0 };
    // SAFETY: `asked` is what this command reads and writes.
    (unsafe { libc::fcntl(descriptor, libc::F_OFD_GETLK, &raw mut asked) } == 0).then_some(asked)
}

fn beside(database: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(database.canonicalize().unwrap_or_else(|_| database.to_owned()));
    name.push(end);
    PathBuf::from(name)
}

impl Owned {
    /// To be called before SQLite opens the file. Creates a file that is not there yet, empty, as SQLite does. What
    /// cannot be done here is left to SQLite, whose errors say more.
    pub(crate) fn new(path: &Path) -> Self {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(install);
        let _ = OpenOptions::new().write(true).create_new(true).mode(0o644).open(path);
        let Some(file) = FileId::of_path(path) else { return Self { file: None } };
        locks().stores.push(Marked { file, shared: beside(path, "-shm") });
        Self { file: Some(file) }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        let mut locks = locks();
        if let Some(place) = locks.stores.iter().position(|store| Some(store.file) == self.file) {
            locks.stores.swap_remove(place);
        }
    }
}

/// A file, whatever its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    fn of_path(path: &Path) -> Option<Self> {
        let found = path.metadata().ok()?;
        Some(Self { device: found.dev(), inode: found.ino() })
    }

    fn of_descriptor(descriptor: c_int) -> Option<Self> {
        let mut found = std::mem::MaybeUninit::<libc::stat>::uninit();
        // SAFETY: `found` is as large as what is written there, and is read only where the call succeeded.
        let found = unsafe { (libc::fstat(descriptor, found.as_mut_ptr()) == 0).then(|| found.assume_init()) }?;
        Some(Self { device: found.st_dev, inode: found.st_ino })
    }
}

/// What is known of the files that SQLite locks.
struct Locks {
    /// The stores that are open; one that is open twice stands here twice.
    stores: Vec<Marked>,
    /// The descriptors that SQLite has locked through; `None` is a file that is no store's.
    descriptors: BTreeMap<c_int, Option<FileId>>,
    descriptions: BTreeMap<FileId, Description>,
}

/// A store's file, and the one beside it through which connections share memory.
struct Marked {
    file: FileId,
    shared: PathBuf,
}

/// The description that holds the locks of one file.
struct Description {
    descriptor: c_int,
    users: usize,
}

static LOCKS: Mutex<Locks> =
    Mutex::new(Locks { stores: Vec::new(), descriptors: BTreeMap::new(), descriptions: BTreeMap::new() });

fn locks() -> MutexGuard<'static, Locks> {
    LOCKS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Locks {
    /// The descriptor to lock by in place of one of SQLite's, where there is another.
    fn description(&mut self, descriptor: c_int) -> Option<c_int> {
        if let Some(known) = self.descriptors.get(&descriptor) {
            return Some(self.descriptions.get(known.as_ref()?)?.descriptor);
        }
        let file = FileId::of_descriptor(descriptor)?;
        let found = self.found(file, descriptor);
        self.descriptors.insert(descriptor, found.map(|_| file));
        found
    }

    fn found(&mut self, file: FileId, descriptor: c_int) -> Option<c_int> {
        if let Some(description) = self.descriptions.get_mut(&file) {
            description.users += 1;
            return Some(description.descriptor);
        }
        let is_ours = |store: &Marked| store.file == file || FileId::of_path(&store.shared) == Some(file);
        if !self.stores.iter().any(is_ours) {
            return None;
        }
        let own = describe(descriptor)?;
        self.descriptions.insert(file, Description { descriptor: own, users: 1 });
        Some(own)
    }

    /// Takes note that SQLite closes a descriptor; answers the description that nobody locks by any more.
    fn closed(&mut self, descriptor: c_int) -> Option<c_int> {
        let file = self.descriptors.remove(&descriptor)??;
        let description = self.descriptions.get_mut(&file)?;
        description.users -= 1;
        if description.users > 0 {
            return None;
        }
        self.descriptions.remove(&file).map(|description| description.descriptor)
    }
}

/// Opens the file of a descriptor once more, if locks can belong to what that opens.
fn describe(descriptor: c_int) -> Option<c_int> {
    let name = CString::new(format!("/proc/self/fd/{descriptor}")).ok()?;
    let open = |mode| {
        // SAFETY: the name is a string of C's.
        let opened = unsafe { libc::open(name.as_ptr(), mode | libc::O_CLOEXEC) };
        (opened >= 0).then_some(opened)
    };
    // SAFETY: no memory is involved.
    let copied = |from| unsafe { libc::fcntl(from, libc::F_DUPFD_CLOEXEC, LOWEST) };
    let own = match open(libc::O_RDWR).or_else(|| open(libc::O_RDONLY)) {
        Some(opened) if opened >= LOWEST => opened,
        Some(low) => {
            let copy = copied(low);
            close_descriptor(low);
            copy
        }
        // Where there is no /proc: the description of SQLite's own descriptor, which the copy keeps open.
        None => copied(descriptor),
    };
    if own < 0 {
        return None;
    }
    if conflict(own, LOG_OPEN).is_some() {
        return Some(own);
    }
    close_descriptor(own);
    None
}

fn close_descriptor(descriptor: c_int) {
    // SAFETY: this module opened it, and nobody else knows it.
    unsafe { libc::close(descriptor) };
}

/// Puts this module's functions in the place of the operating system's in this copy of SQLite.
fn install() {
    type Function = unsafe extern "C" fn();
    // SAFETY: the struct is SQLite's own and lives for ever. SQLite calls what it has as `fcntl` with three arguments, the
    // last of which is of a pointer's size, and what it has as `close` with one. On this system and these architectures
    // arguments are passed to a function with variable arguments like to any other.
    unsafe {
        let system = ffi::sqlite3_vfs_find(c"unix".as_ptr());
        let Some(replace) = system.as_ref().and_then(|system| system.xSetSystemCall) else { return };
        let lock_or_other: unsafe extern "C" fn(c_int, c_int, *mut c_void) -> c_int = fcntl;
        let close: unsafe extern "C" fn(c_int) -> c_int = close;
        let set = |name: &CStr, function: Function| replace(system, name.as_ptr().cast::<c_char>(), Some(function));
        // First: a descriptor that was locked by must not be closed unnoticed.
        set(c"close", std::mem::transmute::<unsafe extern "C" fn(c_int) -> c_int, Function>(close));
        set(
            c"fcntl",
            std::mem::transmute::<unsafe extern "C" fn(c_int, c_int, *mut c_void) -> c_int, Function>(lock_or_other),
        );
        libc::pthread_atfork(None, None, Some(leave_to_parent));
    }
}

/// What SQLite calls as `fcntl`.
unsafe extern "C" fn fcntl(descriptor: c_int, command: c_int, argument: *mut c_void) -> c_int {
    let own = match command {
        libc::F_SETLK => libc::F_OFD_SETLK,
        libc::F_SETLKW => libc::F_OFD_SETLKW,
        libc::F_GETLK => libc::F_OFD_GETLK,
        // SAFETY: handed on as it is.
        _ => return unsafe { libc::fcntl(descriptor, command, argument) },
    };
    let Some(description) = locks().description(descriptor) else {
        // SAFETY: handed on as it is.
        return unsafe { libc::fcntl(descriptor, command, argument) };
    };
    let lock = argument.cast::<flock>();
    // SAFETY: with these commands SQLite hands over such a struct, which is its own. The description stays open: SQLite
    // does not close `descriptor` meanwhile.
    unsafe {
        (*lock).l_pid = 0;
        libc::fcntl(description, own, lock)
    }
}

/// What SQLite calls as `close`.
unsafe extern "C" fn close(descriptor: c_int) -> c_int {
    let unused = locks().closed(descriptor);
    if let Some(unused) = unused {
        close_descriptor(unused);
    }
    // SAFETY: handed on as it is.
    unsafe { libc::close(descriptor) }
}

/// Runs in a child after `fork`: the locks are the parent's, and end when it lets go of them. A child that kept the
/// descriptions would hold them for as long as it lives.
unsafe extern "C" fn leave_to_parent() {
    // If another thread had the mutex at that moment, nobody will ever give it back here.
    let Ok(mut locks) = LOCKS.try_lock() else { return };
    for description in locks.descriptions.values() {
        close_descriptor(description.descriptor);
    }
    locks.descriptions.clear();
    locks.descriptors.clear();
}
