//! An event: workers wait until it is set.

use std::time::Duration;

use crate::platform::{ALL, AtomicU32, Ordering, sleep_while, spin_until, wake};
use crate::sync::limit::Limit;

/// An event for threads, or for processes if it lies in memory that they share.
///
/// It stays set until it is reset, so a worker that comes late does not wait. All workers that wait when it is set go on,
/// even if it is reset at once: they wait for a *change* of the number, not for a state that they might miss.
#[derive(Debug, Default)]
pub struct Event {
    /// Odd if it is set. Each `set` and each `reset` that changes something adds 1.
    changes: AtomicU32,
    sleepers: AtomicU32,
}

/// How long a thread looks at it before it sleeps: only a few hundred times.
const SPIN: Duration = Duration::ZERO;

impl Event {
    /// An event that is not set.
    pub fn new() -> Self {
        Self {
            changes: AtomicU32::new(0),
            sleepers: AtomicU32::new(0),
        }
    }

    /// Whether it is set. If so, this worker sees what the worker that set it has written before.
    pub fn is_set(&self) -> bool {
        is_odd(self.changes.load(Ordering::Acquire))
    }

    /// Sets it: all that wait go on.
    pub fn set(&self) {
        // Either this thread sees the sleeper, or the sleeper sees the change: both are `SeqCst`.
        if self.changes_from(is_even) && self.sleepers.load(Ordering::SeqCst) > 0 {
            wake(&self.changes, ALL);
        }
    }

    /// Makes workers wait again, from now on.
    pub fn reset(&self) {
        self.changes_from(is_odd);
    }

    /// Waits until it is set.
    pub fn wait(&self) {
        self.wait_until(Limit::NONE);
    }

    /// Waits until it is set, but no longer than `limit`. Returns whether it was set.
    pub fn wait_for(&self, limit: Duration) -> bool {
        self.wait_until(Limit::after(limit))
    }

    fn wait_until(&self, limit: Limit) -> bool {
        let before = self.changes.load(Ordering::Acquire);
        if is_odd(before) {
            return true;
        }
        // From an even number, the next change is that it was set.
        let was_set = || self.changes.load(Ordering::SeqCst) != before;
        if spin_until(SPIN, was_set) {
            return true;
        }
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        while !was_set() && !limit.is_over() {
            sleep_while(&self.changes, before, Some(limit.slice()));
        }
        self.sleepers.fetch_sub(1, Ordering::Relaxed);
        was_set()
    }

    /// Adds 1 to the number of changes if it `fits`. Returns whether it did.
    fn changes_from(&self, fits: fn(u32) -> bool) -> bool {
        let mut before = self.changes.load(Ordering::Relaxed);
        while fits(before) {
            match self.changes.compare_exchange_weak(
                before,
                before.wrapping_add(1),
                Ordering::SeqCst,
                Ordering::Relaxed,
            ) {
                Ok(_) => return true,
                Err(now) => before = now,
            }
        }
        false
    }
}

fn is_odd(number: u32) -> bool {
    number % 2 == 1
}

fn is_even(number: u32) -> bool {
    !is_odd(number)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn all_that_wait_go_on_even_if_it_is_reset_at_once() {
        for _ in 0..200 {
            let event = Event::new();
            thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| event.wait());
                }
                while event.sleepers.load(Ordering::Relaxed) < 3 {
                    thread::yield_now();
                }
                event.set();
                event.reset();
            });
            assert!(!event.is_set());
        }
    }

    #[test]
    fn what_was_written_before_is_seen() {
        let (event, number) = (Event::new(), AtomicU32::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                number.store(7, Ordering::Relaxed);
                event.set();
            });
            event.wait();
            assert_eq!(number.load(Ordering::Relaxed), 7);
        });
    }

    #[test]
    fn it_stays_set_until_it_is_reset() {
        let event = Event::new();
        assert!(!event.wait_for(Duration::from_millis(5)));
        event.set();
        event.set();
        assert!(event.is_set() && event.wait_for(Duration::ZERO));
        event.reset();
        event.reset();
        assert!(!event.is_set() && !event.wait_for(Duration::ZERO));
    }
}
