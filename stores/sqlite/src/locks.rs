//! File locks that belong to this copy of SQLite instead of the process.
//!
//! SQLite uses POSIX locks, which belong to the process. A second copy of SQLite in the same process (Python's
//! `sqlite3`, `better-sqlite3`, the system's library on a phone) does not see the locks of the first: it believes that
//! it is the only user, truncates the live `-shm` and deletes the live `-wal`. Also, closing any descriptor of a file
//! drops all POSIX locks that the process has on it. Linux also has locks that belong to an *open file description*.
//! This module redirects the calls by which SQLite locks the files of a store to such locks, on a description that is
//! opened only for them. Every other copy in the process then sees the locks of this one, as another process does.
//!
//! Invariants: all locks on one file are held on one description, whichever connection requested them, because SQLite
//! counts locks by file and not by descriptor. A description is closed with the last descriptor that locked through it:
//! SQLite closes no descriptor while it holds a lock on the file, since that would drop POSIX locks. A forked child
//! holds none of these locks.
//!
//! Where there are no such locks (old kernels, some file systems), SQLite uses POSIX locks as before.
#![expect(unsafe_code, reason = "SQLite's calls of the operating system are replaced, which only C can be asked for")]

use libc::{c_char, c_int, c_void, flock};
use rusqlite::ffi;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::{CStr, CString, OsString};
use std::fs::{File, OpenOptions};
use std::os::fd::{AsRawFd as _, IntoRawFd as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

/// Descriptors below this are the standard streams, which any code may write to.
const LOWEST: c_int = 3;

/// A store's file. While this value lives, its locks belong to this copy of SQLite.
#[derive(Debug)]
pub(crate) struct Owned {
    file: Option<FileId>,
}

/// Whether another copy of SQLite in this process can delete the log while a store has it open.
pub(crate) const LOG_MAY_GO: bool = false;

/// Range of the connections' locks in the file of the shared memory: held while the log is open.
const LOG_OPEN: (i64, i64) = (128, 1);

/// Range of the connections' locks in the database: held while it is open.
const DATABASE_OPEN: (i64, i64) = (0x4000_0000, 512);

/// Whether some connection has the log beside a database open, but not that database: then it opened another database
/// at this path, to which the log belongs.
pub(crate) fn is_log_of_another(database: &Path) -> bool {
    is_locked_by_anybody(&beside(database, "-shm"), LOG_OPEN) && !is_locked_by_anybody(database, DATABASE_OPEN)
}

/// Whether only this copy of SQLite has a store's log open, according to the file of the shared memory.
pub(crate) fn has_log_alone(shared: Option<(u64, u64)>) -> bool {
    let Some((device, inode)) = shared else { return false };
    let locks = locks();
    let description = locks.descriptions.get(&FileId { device, inode });
    description.is_some_and(|description| {
        conflict(description.descriptor, LOG_OPEN).is_some_and(|lock| i32::from(lock.l_type) == libc::F_UNLCK)
    })
}

/// Reads the beginning of the file of the shared memory. Uses the existing descriptor: closing another one would drop
/// locks of other copies of SQLite.
pub(crate) fn read_shared(shared: Option<(u64, u64)>, into: &mut [u8]) -> bool {
    let Some((device, inode)) = shared else { return false };
    let locks = locks();
    locks.descriptions.get(&FileId { device, inode }).is_some_and(|description| {
        // SAFETY: the descriptor is open while the mutex is held, and `into` has the given length.
        let read = unsafe { libc::pread(description.descriptor, into.as_mut_ptr().cast::<c_void>(), into.len(), 0) };
        usize::try_from(read).is_ok_and(|read| read == into.len())
    })
}

fn is_locked_by_anybody(path: &Path, range: (i64, i64)) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let lock = conflict(file.as_raw_fd(), range).filter(|lock| i32::from(lock.l_type) != libc::F_UNLCK);
    if lock.is_some_and(|lock| lock.l_pid == std::process::id().cast_signed()) {
        // Another copy of SQLite in this process has the file open. Closing this descriptor would drop its locks.
        let _ = file.into_raw_fd();
    }
    lock.is_some()
}

/// Returns the lock that conflicts with a lock of this description on a range; its type is `F_UNLCK` if there is none.
fn conflict(descriptor: c_int, (start, length): (i64, i64)) -> Option<flock> {
    let mut asked = flock { l_type: libc::F_WRLCK as _, l_whence: 0, l_start: start, l_len: length, l_pid: 0 };
    // SAFETY: this command reads and writes `asked`.
    (unsafe { libc::fcntl(descriptor, libc::F_OFD_GETLK, &raw mut asked) } == 0).then_some(asked)
}

fn beside(database: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(database.canonicalize().unwrap_or_else(|_| database.to_owned()));
    name.push(end);
    PathBuf::from(name)
}

impl Owned {
    /// Call it before SQLite opens the file. Creates a missing file, empty, as SQLite does. Errors are left to SQLite,
    /// whose messages are better.
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
        if let Some(position) = locks.stores.iter().position(|store| Some(store.file) == self.file) {
            locks.stores.swap_remove(position);
        }
    }
}

/// Identifies a file, whatever its name.
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
        // SAFETY: `found` has the size that is written, and is read only if the call succeeded.
        let found = unsafe { (libc::fstat(descriptor, found.as_mut_ptr()) == 0).then(|| found.assume_init()) }?;
        Some(Self { device: found.st_dev, inode: found.st_ino })
    }
}

/// The files that SQLite locks.
struct Locks {
    /// The open stores. One that is open twice occurs twice.
    stores: Vec<Marked>,
    /// The descriptors that SQLite has locked through. `None` means that the file is not a store's.
    descriptors: BTreeMap<c_int, Option<FileId>>,
    descriptions: BTreeMap<FileId, Description>,
}

/// A store's file, and its file of the shared memory.
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
    /// Returns the descriptor to lock with instead of SQLite's, if there is one.
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

    /// Records that SQLite closes a descriptor. Returns the description that is no longer used, if any.
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

/// Opens the file of a descriptor again, if the system supports locks of an open file description for it.
fn describe(descriptor: c_int) -> Option<c_int> {
    let name = CString::new(format!("/proc/self/fd/{descriptor}")).ok()?;
    let open = |mode| {
        // SAFETY: the name is a C string.
        let opened = unsafe { libc::open(name.as_ptr(), mode | libc::O_CLOEXEC) };
        (opened >= 0).then_some(opened)
    };
    // SAFETY: the call does not access memory.
    let copied = |from| unsafe { libc::fcntl(from, libc::F_DUPFD_CLOEXEC, LOWEST) };
    let own = match open(libc::O_RDWR).or_else(|| open(libc::O_RDONLY)) {
        Some(opened) if opened >= LOWEST => opened,
        Some(low) => {
            let copy = copied(low);
            close_descriptor(low);
            copy
        }
        // Without /proc: the description of SQLite's own descriptor, which the copy keeps open.
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
    // SAFETY: this module opened the descriptor, and nobody else uses it.
    unsafe { libc::close(descriptor) };
}

/// Replaces functions of the operating system by those of this module, in this copy of SQLite.
fn install() {
    type Function = unsafe extern "C" fn();
    // SAFETY: the struct is SQLite's own and lives forever. SQLite calls `fcntl` with three arguments, the last of
    // which has the size of a pointer, and `close` with one. On this system and these architectures, arguments of a
    // variadic function are passed like those of any other function.
    unsafe {
        let system = ffi::sqlite3_vfs_find(c"unix".as_ptr());
        let Some(replace) = system.as_ref().and_then(|system| system.xSetSystemCall) else { return };
        let lock_or_other: unsafe extern "C" fn(c_int, c_int, *mut c_void) -> c_int = fcntl;
        let close: unsafe extern "C" fn(c_int) -> c_int = close;
        let set = |name: &CStr, function: Function| replace(system, name.as_ptr().cast::<c_char>(), Some(function));
        // First: the closing of a descriptor with locks must not be missed.
        set(c"close", std::mem::transmute::<unsafe extern "C" fn(c_int) -> c_int, Function>(close));
        set(
            c"fcntl",
            std::mem::transmute::<unsafe extern "C" fn(c_int, c_int, *mut c_void) -> c_int, Function>(lock_or_other),
        );
        libc::pthread_atfork(Some(hold), Some(release), Some(leave_to_parent));
    }
}

/// Called by SQLite as `fcntl`.
unsafe extern "C" fn fcntl(descriptor: c_int, command: c_int, argument: *mut c_void) -> c_int {
    let own = match command {
        libc::F_SETLK => libc::F_OFD_SETLK,
        libc::F_SETLKW => libc::F_OFD_SETLKW,
        libc::F_GETLK => libc::F_OFD_GETLK,
        // SAFETY: passed on unchanged.
        _ => return unsafe { libc::fcntl(descriptor, command, argument) },
    };
    let Some(description) = locks().description(descriptor) else {
        // SAFETY: passed on unchanged.
        return unsafe { libc::fcntl(descriptor, command, argument) };
    };
    let lock = argument.cast::<flock>();
    // SAFETY: with these commands SQLite passes such a struct, which is its own. The description stays open, because
    // SQLite does not close `descriptor` meanwhile.
    unsafe {
        (*lock).l_pid = 0;
        libc::fcntl(description, own, lock)
    }
}

/// Called by SQLite as `close`.
unsafe extern "C" fn close(descriptor: c_int) -> c_int {
    let unused = locks().closed(descriptor);
    if let Some(unused) = unused {
        close_descriptor(unused);
    }
    // SAFETY: passed on unchanged.
    unsafe { libc::close(descriptor) }
}

thread_local! {
    /// The mutex guard that a forking thread holds, so that no other thread holds the mutex in the child, where it
    /// would never be released.
    static HELD: RefCell<Option<MutexGuard<'static, Locks>>> = const { RefCell::new(None) };
}

/// Runs before a `fork`.
unsafe extern "C" fn hold() {
    let _ = HELD.try_with(|held| held.replace(Some(locks())));
}

/// Runs in the parent after a `fork`.
unsafe extern "C" fn release() {
    let _ = HELD.try_with(RefCell::take);
}

/// Runs in a child after a `fork`. The locks are the parent's, and end when the parent releases them. If the child kept
/// the descriptions, it would hold the locks as long as it lives.
unsafe extern "C" fn leave_to_parent() {
    let Ok(Some(mut locks)) = HELD.try_with(RefCell::take) else { return };
    for description in locks.descriptions.values() {
        close_descriptor(description.descriptor);
    }
    locks.descriptions.clear();
    locks.descriptors.clear();
}
