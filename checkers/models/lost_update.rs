//! A lost update: to read a counter and to write it back are two critical sections, as in `shared_lost_update`.

use crate::platform::{Mutex, note, together};

/// Reads in one critical section, writes in another.
pub fn broken() {
    let add = |counter: &Mutex<u32>, me| {
        let read = *counter.lock();
        note(me, format!("reads {read}"));
        *counter.lock() = read + 1;
        note(me, format!("writes {}", read + 1));
    };
    let counter = together(Mutex::new(0), [add; 2]);
    assert!(*counter.lock() == 2, "an update is lost");
}

/// Reads and writes in one.
pub fn mended() {
    let add = |counter: &Mutex<u32>, me| {
        *counter.lock() += 1;
        note(me, "adds 1");
    };
    let counter = together(Mutex::new(0), [add; 2]);
    assert!(*counter.lock() == 2, "an update is lost");
}
