//! A semaphore: a number of permits. A worker that finds none waits for one.

use std::time::Duration;

use crate::platform::{AtomicU32, Ordering, sleep_while, spin_until, wake};
use crate::sync::limit::Limit;

/// A semaphore for threads, or for processes if it lies in memory that they share.
///
/// It lets as many workers pass at a time as it has permits (Dijkstra, 1965). Unlike a mutex it has no owner: one worker
/// may take a permit, and another may add it. So it can also count what a producer has made and a consumer may take.
///
/// A process that is killed does not give its permits back. If it is killed when it has just been woken up, no other sleeper
/// is woken up in its place: that one finds the permit within a tenth of a second.
#[derive(Debug)]
pub struct Semaphore {
    permits: AtomicU32,
    sleepers: AtomicU32,
}

/// How long a thread looks at it before it sleeps: only a few hundred times.
const SPIN: Duration = Duration::ZERO;

impl Semaphore {
    /// A semaphore with this many permits.
    pub fn new(permits: u32) -> Self {
        Self {
            permits: AtomicU32::new(permits),
            sleepers: AtomicU32::new(0),
        }
    }

    /// Waits for a permit, and takes it.
    pub fn acquire(&self) -> Permit<'_> {
        let permit = self.acquire_until(Limit::NONE);
        permit.expect("without a limit, it waits until there is a permit")
    }

    /// Waits for a permit, but no longer than `limit`. `None` if there is none by then.
    pub fn acquire_for(&self, limit: Duration) -> Option<Permit<'_>> {
        self.acquire_until(Limit::after(limit))
    }

    /// Takes a permit if there is one.
    pub fn try_acquire(&self) -> Option<Permit<'_>> {
        self.takes_one().then(|| Permit(self))
    }

    /// Adds permits, for example those that another worker has taken and forgotten ([`Permit::forget`]). What this worker
    /// has written before, the worker that takes the permit sees.
    ///
    /// # Panics
    ///
    /// If there would be more than `u32::MAX`.
    pub fn add(&self, permits: u32) {
        let mut before = self.permits.load(Ordering::Relaxed);
        loop {
            let sum = before.checked_add(permits);
            let sum = sum.expect("a semaphore has at most u32::MAX permits");
            // Either this thread sees the sleeper below, or the sleeper sees the permit: both are `SeqCst`.
            match self.permits.compare_exchange_weak(
                before,
                sum,
                Ordering::SeqCst,
                Ordering::Relaxed,
            ) {
                Ok(_) => break,
                Err(now) => before = now,
            }
        }
        if self.sleepers.load(Ordering::SeqCst) > 0 {
            wake(&self.permits, permits);
        }
    }

    /// The number of permits at this moment. It may be another one in the next moment.
    pub fn permits(&self) -> u32 {
        self.permits.load(Ordering::Relaxed)
    }

    fn acquire_until(&self, limit: Limit) -> Option<Permit<'_>> {
        if spin_until(SPIN, || self.takes_one()) {
            return Some(Permit(self));
        }
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        let took_one = loop {
            if self.takes_one() {
                break true;
            }
            if limit.is_over() {
                break false;
            }
            sleep_while(&self.permits, 0, Some(limit.slice()));
        };
        self.sleepers.fetch_sub(1, Ordering::Relaxed);
        took_one.then(|| Permit(self))
    }

    fn takes_one(&self) -> bool {
        let mut before = self.permits.load(Ordering::SeqCst);
        while before > 0 {
            match self.permits.compare_exchange_weak(
                before,
                before - 1,
                Ordering::SeqCst,
                Ordering::SeqCst,
            ) {
                Ok(_) => return true,
                Err(now) => before = now,
            }
        }
        false
    }
}

/// A permit that was taken from a [`Semaphore`]. Dropped, it is given back.
#[derive(Debug)]
#[must_use = "if it is not kept, it is given back at once"]
pub struct Permit<'a>(&'a Semaphore);

impl Permit<'_> {
    /// Does not give it back.
    pub fn forget(self) {
        std::mem::forget(self);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.add(1);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::thread;

    use super::*;

    #[test]
    fn no_more_workers_pass_than_there_are_permits() {
        let semaphore = Semaphore::new(2);
        let (inside, passed) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..5 {
                scope.spawn(|| {
                    for _ in 0..2_000 {
                        let _permit = semaphore.acquire();
                        assert!(inside.fetch_add(1, Ordering::Relaxed) < 2);
                        thread::yield_now();
                        inside.fetch_sub(1, Ordering::Relaxed);
                        passed.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(passed.into_inner(), 10_000);
        assert_eq!(semaphore.permits(), 2);
    }

    #[test]
    fn permits_of_one_thread_are_taken_by_another() {
        let (items, places) = (Semaphore::new(0), Semaphore::new(3));
        thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..10_000 {
                    places.acquire().forget();
                    items.add(1);
                }
            });
            for _ in 0..10_000 {
                items.acquire().forget();
                places.add(1);
            }
        });
        assert_eq!((items.permits(), places.permits()), (0, 3));
    }

    #[test]
    fn several_permits_wake_up_several_sleepers() {
        let semaphore = Semaphore::new(0);
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| semaphore.acquire().forget());
            }
            while semaphore.sleepers.load(Ordering::Relaxed) < 3 {
                thread::yield_now();
            }
            semaphore.add(3);
        });
        assert_eq!(semaphore.permits(), 0);
    }

    #[test]
    fn a_limit_ends_the_wait() {
        let semaphore = Semaphore::new(1);
        let permit = semaphore.try_acquire().unwrap();
        assert!(semaphore.try_acquire().is_none());
        assert!(semaphore.acquire_for(Duration::from_millis(5)).is_none());
        drop(permit);
        assert!(semaphore.acquire_for(Duration::MAX).is_some());
        assert_eq!(semaphore.permits(), 1);
    }
}
