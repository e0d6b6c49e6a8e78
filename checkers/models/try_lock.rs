//! A failed `try_lock`: that a lock is free in most schedules is no promise.

use crate::platform::{Mutex, note, together};

/// Takes it for granted that the lock is free.
pub fn broken() {
    let lock = |lock: &Mutex<()>, me| {
        let _guard = lock.lock();
        note(me, "has the lock");
    };
    let try_lock = |lock: &Mutex<()>, me| {
        let guard = lock.try_lock();
        note(me, format!("gets the lock: {}", guard.is_some()));
        assert!(guard.is_some(), "the lock is not free");
    };
    together(Mutex::new(()), [lock, try_lock]);
}

/// Does something else if the lock is not free.
pub fn mended() {
    let lock = |lock: &Mutex<()>, me| {
        let _guard = lock.lock();
        note(me, "has the lock");
    };
    let try_lock = |lock: &Mutex<()>, me| match lock.try_lock() {
        Some(_guard) => note(me, "gets the lock"),
        None => note(me, "goes on without the lock"),
    };
    together(Mutex::new(()), [lock, try_lock]);
}
