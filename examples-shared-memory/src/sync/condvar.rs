//! A condition variable: unlock a mutex, wait to be notified, and lock it again.

use std::time::Duration;

use crate::platform::{ALL, AtomicU32, Ordering, sleep_while, wake};
use crate::sync::MutexGuard;
use crate::sync::limit::Limit;

/// A condition variable for threads, or for processes if it lies in memory that they share.
///
/// A worker that waits may also go on without a notification. So it looks at its condition again, in a loop, as
/// [`wait_while`](Self::wait_while) does. A notification that finds no waiting worker has no effect. So the condition is
/// changed under the lock: then no change happens between a worker's look at it and its wait.
#[derive(Debug, Default)]
pub struct Condvar {
    /// Each notification adds 1.
    notifications: AtomicU32,
    sleepers: AtomicU32,
}

impl Condvar {
    /// A condition variable that no worker waits for.
    pub fn new() -> Self {
        Self {
            notifications: AtomicU32::new(0),
            sleepers: AtomicU32::new(0),
        }
    }

    /// Unlocks the mutex, waits for a notification, and locks it again.
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.wait_until(guard, Limit::NONE)
    }

    /// The same, but it waits no longer than `limit` for a notification. Then it still waits for the lock.
    pub fn wait_for<'a, T>(&self, guard: MutexGuard<'a, T>, limit: Duration) -> MutexGuard<'a, T> {
        self.wait_until(guard, Limit::after(limit))
    }

    /// Waits as long as `is_so`, which is asked under the lock.
    pub fn wait_while<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut is_so: impl FnMut(&mut T) -> bool,
    ) -> MutexGuard<'a, T> {
        while is_so(&mut guard) {
            guard = self.wait(guard);
        }
        guard
    }

    /// The same, but no longer than `limit`.
    ///
    /// # Errors
    ///
    /// The guard, if it is still so when the limit is over.
    pub fn wait_while_for<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        limit: Duration,
        mut is_so: impl FnMut(&mut T) -> bool,
    ) -> Result<MutexGuard<'a, T>, MutexGuard<'a, T>> {
        let limit = Limit::after(limit);
        while is_so(&mut guard) {
            if limit.is_over() {
                return Err(guard);
            }
            guard = self.wait_until(guard, limit);
        }
        Ok(guard)
    }

    /// Wakes up one worker that waits, if there is one.
    pub fn notify_one(&self) {
        self.notify(1);
    }

    /// Wakes up all workers that wait.
    pub fn notify_all(&self) {
        self.notify(ALL);
    }

    fn notify(&self, count: u32) {
        // Either this thread sees the sleeper, or the sleeper sees the notification: both are `SeqCst`.
        self.notifications.fetch_add(1, Ordering::SeqCst);
        if self.sleepers.load(Ordering::SeqCst) > 0 {
            wake(&self.notifications, count);
        }
    }

    fn wait_until<'a, T>(&self, guard: MutexGuard<'a, T>, limit: Limit) -> MutexGuard<'a, T> {
        let mutex = guard.mutex();
        // Under the lock: so it counts no notification of a change that this worker has not seen.
        let before = self.notifications.load(Ordering::Relaxed);
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        drop(guard);
        while self.notifications.load(Ordering::SeqCst) == before && !limit.is_over() {
            sleep_while(&self.notifications, before, Some(limit.slice()));
        }
        self.sleepers.fetch_sub(1, Ordering::Relaxed);
        mutex.lock()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::thread;

    use super::*;
    use crate::sync::Mutex;

    #[test]
    fn a_bounded_buffer_loses_nothing() {
        const ROOM: usize = 2;
        const ITEMS: u64 = 10_000;
        let buffer = Mutex::new(VecDeque::new());
        let (changed, total) = (Condvar::new(), Mutex::new(0));
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for item in 1..=ITEMS {
                        let full = |items: &mut VecDeque<u64>| items.len() == ROOM;
                        changed.wait_while(buffer.lock(), full).push_back(item);
                        changed.notify_all();
                    }
                });
                scope.spawn(|| {
                    for _ in 0..ITEMS {
                        let mut items = changed.wait_while(buffer.lock(), |it| it.is_empty());
                        *total.lock() += items.pop_front().expect("it is not empty");
                        drop(items);
                        changed.notify_all();
                    }
                });
            }
        });
        assert_eq!(*total.lock(), ITEMS * (ITEMS + 1));
    }

    #[test]
    fn one_notification_wakes_up_a_sleeper() {
        for _ in 0..200 {
            let (ready, changed) = (Mutex::new(false), Condvar::new());
            thread::scope(|scope| {
                scope.spawn(|| drop(changed.wait_while(ready.lock(), |ready| !*ready)));
                while changed.sleepers.load(Ordering::Relaxed) == 0 {
                    thread::yield_now();
                }
                *ready.lock() = true;
                changed.notify_one();
            });
        }
    }

    #[test]
    fn a_limit_ends_the_wait_and_the_lock_is_held() {
        let (mutex, changed) = (Mutex::new(0), Condvar::new());
        let moment = Duration::from_millis(5);
        let guard = changed.wait_for(mutex.lock(), moment);
        assert!(mutex.try_lock().is_none());
        let guard = changed.wait_while_for(guard, moment, |_| true);
        assert!(guard.is_err() && mutex.try_lock().is_none());
    }
}
