//! How much memory one input takes at most.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, Ordering::Relaxed};

/// Bytes that any input may take, and further ones for each of its own.
const BASE: isize = 64 << 20;
const EACH: isize = 16 << 10;

/// The system's allocator, counting.
pub struct Bound;

static NOW: AtomicIsize = AtomicIsize::new(0);
static MOST: AtomicIsize = AtomicIsize::new(0);
static BEFORE: AtomicIsize = AtomicIsize::new(0);

/// What a layout adds. Sizes are at most `isize::MAX`.
fn size(layout: Layout) -> isize {
    isize::try_from(layout.size()).unwrap_or(isize::MAX)
}

// SAFETY: everything is the system allocator's; counting touches nothing of it.
unsafe impl GlobalAlloc for Bound {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(size(layout), Relaxed) + size(layout);
        MOST.fetch_max(now, Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(size(layout), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, wanted: usize) -> *mut u8 {
        let more = isize::try_from(wanted).unwrap_or(isize::MAX) - size(layout);
        let now = NOW.fetch_add(more, Relaxed) + more;
        MOST.fetch_max(now, Relaxed);
        unsafe { System.realloc(pointer, layout, wanted) }
    }
}

/// Begins to count for an input.
pub fn forget() {
    let now = NOW.load(Relaxed);
    BEFORE.store(now, Relaxed);
    MOST.store(now, Relaxed);
}

/// The most that the input took, where that is more than an input of its length may.
pub fn exceeded(length: usize) -> Option<isize> {
    let most = MOST.load(Relaxed) - BEFORE.load(Relaxed);
    let length = isize::try_from(length).unwrap_or(isize::MAX);
    (most > BASE.saturating_add(EACH.saturating_mul(length))).then_some(most)
}
