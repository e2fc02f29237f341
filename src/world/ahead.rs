//! Reading many things on several threads, and using them in their order on one: as far ahead as a bound on
//! the bytes held allows.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::hosts::lock;

/// Bytes that may be held before they are used; what is being read at the time comes on top.
const BYTES: usize = 16 << 20;
/// Things that may be held before they are used.
const ITEMS: usize = 4096;
/// Things that a thread takes at once, so that small ones do not cost a lock each; fewer where there are few.
const RUN: usize = 64;
/// Bytes after which a thread hands over what it has.
const HANDED: usize = 256 << 10;

/// Something that was read, and how many bytes it holds.
type Item<T> = (T, usize);

struct Shared<T, E> {
    state: Mutex<State<T, E>>,
    /// There is something to read, or nothing more to do.
    readers: Condvar,
    /// There is something to use.
    user: Condvar,
}

struct State<T, E> {
    /// The first that no thread has taken.
    next: usize,
    /// The first that was not used.
    used: usize,
    /// What was read, from `used` on.
    read: VecDeque<Option<Result<Item<T>, E>>>,
    bytes: usize,
    stopped: bool,
    /// Threads that wait.
    waiting: usize,
}

impl<T, E> State<T, E> {
    /// What the user waits for may always be read.
    fn has_room_for(&self, index: usize) -> bool {
        index == self.used || self.bytes < BYTES && index - self.used < ITEMS
    }
}

/// Reads `count` things, by their number, with `read` and gives them to `consume` in their order. Each thread
/// makes itself a reader. The first error ends it.
pub(super) fn in_order<R, T: Send, E: Send>(
    count: usize,
    reader: impl Fn() -> R + Sync,
    read: impl Fn(&mut R, usize) -> Result<Item<T>, E> + Sync,
    mut consume: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).clamp(1, 8).min(count);
    let run = (count / (4 * threads.max(1))).clamp(1, RUN);
    let shared = Shared {
        state: Mutex::new(State {
            next: 0,
            used: 0,
            read: VecDeque::new(),
            bytes: 0,
            stopped: false,
            waiting: 0,
        }),
        readers: Condvar::new(),
        user: Condvar::new(),
    };
    std::thread::scope(|scope| {
        // Dropped at the end, by an error or a panic as well: the threads must not wait for ever.
        let _stop = Stop(&shared);
        for _ in 0..threads {
            scope.spawn(|| {
                let _stop = StopOnPanic(&shared);
                let mut reader = reader();
                while let Some(run) = shared.take(count, run) {
                    shared.work(run, |index| read(&mut reader, index));
                }
            });
        }
        let mut index = 0;
        while index < count {
            let ready = shared.ready();
            if ready.is_empty() {
                break; // a reader has panicked: the scope passes that on
            }
            for item in ready {
                consume(index, item?)?;
                index += 1;
            }
        }
        Ok(())
    })
}

impl<T, E> Shared<T, E> {
    /// The next few to read; waits while too much is held that was not used.
    fn take(&self, count: usize, run: usize) -> Option<std::ops::Range<usize>> {
        let mut state = lock(&self.state);
        loop {
            if state.stopped || state.next == count {
                return None;
            }
            if state.has_room_for(state.next) {
                let end = count.min(state.next + run);
                let run = state.next..end;
                state.next = end;
                return Some(run);
            }
            state = self.wait(state);
        }
    }

    /// Waits until something was used, or there is nothing more to do.
    fn wait<'a>(&self, mut state: MutexGuard<'a, State<T, E>>) -> MutexGuard<'a, State<T, E>> {
        state.waiting += 1;
        state = self.readers.wait(state).unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        state
    }

    fn work(&self, run: std::ops::Range<usize>, mut read: impl FnMut(usize) -> Result<Item<T>, E>) {
        let mut done = Vec::with_capacity(run.len());
        let (mut first, mut bytes) = (run.start, 0);
        for index in run.clone() {
            let item = read(index);
            bytes += item.as_ref().map_or(0, |(_, bytes)| *bytes);
            done.push(item);
            if bytes >= HANDED || index + 1 == run.end {
                if !self.hand_over(first, bytes, done.drain(..), index + 1 == run.end) {
                    return;
                }
                (first, bytes) = (index + 1, 0);
            }
        }
    }

    /// Whether there is any use in going on; waits for room first unless this was the `last` of a run.
    fn hand_over(
        &self,
        first: usize,
        bytes: usize,
        items: impl ExactSizeIterator<Item = Result<Item<T>, E>>,
        last: bool,
    ) -> bool {
        let next = first + items.len();
        let mut state = lock(&self.state);
        let at = first - state.used;
        let end = at + items.len();
        if state.read.len() < end {
            state.read.resize_with(end, || None);
        }
        for (place, item) in state.read.range_mut(at..end).zip(items) {
            *place = Some(item);
        }
        state.bytes += bytes;
        if at == 0 {
            self.user.notify_one();
        }
        while !last && !state.stopped && !state.has_room_for(next) {
            state = self.wait(state);
        }
        !state.stopped
    }

    /// All that can be used now; waits for the first.
    fn ready(&self) -> Vec<Result<T, E>> {
        let mut state = lock(&self.state);
        loop {
            let mut ready = Vec::new();
            while let Some(Some(_)) = state.read.front() {
                let Some(Some(item)) = state.read.pop_front() else { break };
                state.used += 1;
                ready.push(item.map(|(item, bytes)| {
                    state.bytes -= bytes;
                    item
                }));
            }
            if state.waiting > 0 {
                self.readers.notify_all();
            }
            if !ready.is_empty() || state.stopped {
                return ready;
            }
            state = self.user.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn stop(&self) {
        lock(&self.state).stopped = true;
        self.readers.notify_all();
        self.user.notify_one();
    }
}

struct Stop<'a, T, E>(&'a Shared<T, E>);

impl<T, E> Drop for Stop<'_, T, E> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

struct StopOnPanic<'a, T, E>(&'a Shared<T, E>);

impl<T, E> Drop for StopOnPanic<'_, T, E> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn all_come_in_their_order() {
        for count in [0, 1, RUN, 10_000] {
            let mut seen = Vec::new();
            let read = |_: &mut (), index: usize| Ok::<_, ()>((index * 3, index % 7));
            in_order(
                count,
                || (),
                read,
                |index, item| {
                    seen.push((index, item));
                    Ok(())
                },
            )
            .unwrap();
            assert_eq!(seen, (0..count).map(|index| (index, index * 3)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_held_has_a_bound() {
        let held = AtomicUsize::new(0);
        let most = AtomicUsize::new(0);
        let size = 1 << 20;
        let read = |_: &mut (), _| {
            most.fetch_max(held.fetch_add(size, Ordering::SeqCst) + size, Ordering::SeqCst);
            Ok::<_, ()>(((), size))
        };
        in_order(
            300,
            || (),
            read,
            |_, ()| {
                std::thread::sleep(std::time::Duration::from_micros(200));
                held.fetch_sub(size, Ordering::SeqCst);
                Ok(())
            },
        )
        .unwrap();
        // Those that are held, those being used, and one for each thread.
        assert!(most.load(Ordering::SeqCst) <= 2 * BYTES + 2 * 8 * size, "{most:?}");
    }

    #[test]
    fn an_error_ends_it_wherever_it_comes_from() {
        let read = |_: &mut (), index| if index == 5_000 { Err("read") } else { Ok((index, 1)) };
        assert_eq!(in_order(100_000, || (), read, |_, _| Ok(())), Err("read"));
        let consume = |index, _| if index == 100 { Err("used") } else { Ok(()) };
        assert_eq!(in_order(100_000, || (), read, consume), Err("used"));
    }
}
