//! A mutex of one number: free, locked, or locked and waited for.

#![expect(unsafe_code, reason = "a reference to what only the owner uses")]

use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use crate::platform::{AtomicU32, Ordering, sleep_while, spin_until, wake};
use crate::sync::limit::Limit;

/// A mutex for threads, or for processes if it lies in memory that they share.
///
/// It is the second mutex of Drepper's *Futexes Are Tricky* (2011). Its third state says that a thread may sleep: so
/// `unlock` calls the system only if there is a thread to wake up. Locking and unlocking a mutex that no other thread
/// wants is one atomic operation each.
///
/// A process that is killed while it holds the lock leaves it locked forever: the others need a time limit
/// ([`lock_for`](Self::lock_for)), or a mutex that the system unlocks (`RobustMutex`). A thread that panics unlocks it, and
/// there is no poisoning.
#[derive(Debug, Default)]
pub struct Mutex<T> {
    state: AtomicU32,
    value: UnsafeCell<T>,
}

const FREE: u32 = 0;
const LOCKED: u32 = 1;
/// Locked, and a thread may sleep until it is free.
const WAITED_FOR: u32 = 2;

/// How long a thread looks at it before it sleeps: only a few hundred times.
const SPIN: Duration = Duration::ZERO;

// SAFETY: only the owner of the lock uses the value, so the value moves from thread to thread, as if it were sent.
unsafe impl<T: Send> Sync for Mutex<T> {}

impl<T> Mutex<T> {
    /// A free mutex that guards `value`.
    pub fn new(value: T) -> Self {
        Self {
            state: AtomicU32::new(FREE),
            value: UnsafeCell::new(value),
        }
    }

    /// Waits until it is free, and locks it.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        let guard = self.lock_until(Limit::NONE);
        guard.expect("without a limit, it waits until it is free")
    }

    /// Waits until it is free, but no longer than `limit`. `None` if it is still locked then.
    pub fn lock_for(&self, limit: Duration) -> Option<MutexGuard<'_, T>> {
        self.lock_until(Limit::after(limit))
    }

    /// Locks it if it is free.
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        self.becomes_mine().then(|| self.guard())
    }

    fn lock_until(&self, limit: Limit) -> Option<MutexGuard<'_, T>> {
        if !spin_until(SPIN, || self.becomes_mine()) {
            // From now on the state says that a thread sleeps, even if this one gets the lock: another may sleep, too.
            while self.state.swap(WAITED_FOR, Ordering::Acquire) != FREE {
                if limit.is_over() {
                    return None;
                }
                sleep_while(&self.state, WAITED_FOR, Some(limit.slice()));
            }
        }
        Some(self.guard())
    }

    fn becomes_mine(&self) -> bool {
        // First a look: a failed exchange would take the cache line from the owner.
        self.state.load(Ordering::Relaxed) == FREE
            && self
                .state
                .compare_exchange(FREE, LOCKED, Ordering::Acquire, Ordering::Relaxed)
                .is_ok()
    }

    /// Only for the thread that has locked it.
    fn guard(&self) -> MutexGuard<'_, T> {
        MutexGuard {
            mutex: self,
            value: PhantomData,
        }
    }
}

/// The way to what a [`Mutex`] guards. When the guard is dropped, the mutex is unlocked.
#[derive(Debug)]
#[must_use = "if it is not kept, the mutex is unlocked at once"]
pub struct MutexGuard<'a, T> {
    mutex: &'a Mutex<T>,
    /// It may be sent to, and shared with, the threads for which that is true of `&mut T`.
    value: PhantomData<&'a mut T>,
}

impl<'a, T> MutexGuard<'a, T> {
    /// What it locks: to lock it again after a wait.
    pub(crate) fn mutex(&self) -> &'a Mutex<T> {
        self.mutex
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: there is one guard at a time.
        unsafe { &*self.mutex.value.get() }
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: there is one guard at a time, and this is the only use of it.
        unsafe { &mut *self.mutex.value.get() }
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        if self.mutex.state.swap(FREE, Ordering::Release) == WAITED_FOR {
            wake(&self.mutex.state, 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn no_update_is_lost() {
        let mutex = Mutex::new([0_u64; 2]);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..20_000 {
                        let mut numbers = mutex.lock();
                        numbers[0] += 1;
                        numbers[1] += 1;
                    }
                });
            }
        });
        assert_eq!(*mutex.lock(), [80_000; 2]);
    }

    #[test]
    fn a_limit_ends_the_wait_and_the_lock_can_be_taken_later() {
        let mutex = Mutex::new(7);
        let guard = mutex.lock();
        assert!(mutex.try_lock().is_none());
        assert!(mutex.lock_for(Duration::from_millis(5)).is_none());
        drop(guard);
        assert_eq!(*mutex.lock_for(Duration::MAX).unwrap(), 7);
        assert!(mutex.try_lock().is_some());
    }

    #[test]
    fn a_sleeper_is_woken_up() {
        for _ in 0..100 {
            let mutex = Mutex::new(0);
            let guard = mutex.lock();
            thread::scope(|scope| {
                scope.spawn(|| *mutex.lock() += 1);
                while mutex.state.load(Ordering::Relaxed) != WAITED_FOR {
                    thread::yield_now();
                }
                drop(guard);
            });
            assert_eq!(*mutex.lock(), 1);
        }
    }

    #[test]
    fn a_panic_unlocks_it() {
        let mutex = Mutex::new(1);
        let panics = thread::scope(|scope| {
            let panics = scope.spawn(|| {
                let _guard = mutex.lock();
                panic!("while it is locked");
            });
            panics.join()
        });
        assert!(panics.is_err());
        assert_eq!(*mutex.try_lock().unwrap(), 1);
    }
}
