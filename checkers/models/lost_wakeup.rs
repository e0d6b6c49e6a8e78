//! A lost wake-up: the notification comes after the waiter has looked at the flag, and before it sleeps.

use crate::platform::{AtomicU32, Condvar, Mutex, Ordering, note, together};

struct Flagged {
    ready: AtomicU32,
    lock: Mutex<()>,
    changed: Condvar,
}

/// The flag is looked at, and set, without the lock.
pub fn broken() {
    let wait = |flagged: &Flagged, me| {
        while flagged.ready.load(Ordering::SeqCst) == 0 {
            note(me, "sees that the flag is not set");
            let guard = flagged.lock.lock();
            drop(flagged.changed.wait(guard));
        }
    };
    let set = |flagged: &Flagged, me| {
        flagged.ready.store(1, Ordering::SeqCst);
        flagged.changed.notify_one();
        note(me, "has set the flag and notified");
    };
    let flagged = Flagged {
        ready: AtomicU32::new(0),
        lock: Mutex::new(()),
        changed: Condvar::new(),
    };
    together(flagged, [wait, set]);
}

/// The flag is behind the lock that `wait` releases: between looking and sleeping, it cannot change.
pub fn mended() {
    let wait = |(ready, changed): &(Mutex<bool>, Condvar), me| {
        let mut ready = ready.lock();
        while !*ready {
            note(me, "sees that the flag is not set");
            ready = changed.wait(ready);
        }
    };
    let set = |(ready, changed): &(Mutex<bool>, Condvar), me| {
        *ready.lock() = true;
        changed.notify_one();
        note(me, "has set the flag and notified");
    };
    together((Mutex::new(false), Condvar::new()), [wait, set]);
}
