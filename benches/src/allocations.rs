//! Counts allocated bytes. While the count is off, as during measurements of time, it costs one load for each
//! allocation.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};

static COUNTING: AtomicBool = AtomicBool::new(false);
static BYTES: AtomicI64 = AtomicI64::new(0);

/// Runs work. Returns its result, and how many more bytes are allocated after it than before. Use it on one thread at a
/// time.
pub fn kept_by<T>(work: impl FnOnce() -> T) -> (T, i64) {
    BYTES.store(0, Relaxed);
    COUNTING.store(true, Relaxed);
    let made = work();
    COUNTING.store(false, Relaxed);
    (made, BYTES.load(Relaxed))
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

impl Counting {
    fn count(taken: usize, given_back: usize) {
        if COUNTING.load(Relaxed) {
            BYTES.fetch_add(taken.cast_signed() as i64 - given_back.cast_signed() as i64, Relaxed);
        }
    }
}

#[expect(unsafe_code, reason = "there is no safe way to be an allocator; each method hands on what it was asked")]
// SAFETY: each method calls the system allocator with the same arguments, whose validity the caller guarantees.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::count(layout.size(), 0);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Self::count(layout.size(), 0);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        Self::count(size, layout.size());
        unsafe { System.realloc(place, layout, size) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        Self::count(0, layout.size());
        unsafe { System.dealloc(place, layout) }
    }
}
