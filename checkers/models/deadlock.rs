//! Deadlock by lock order: each thread has the lock that the other one waits for.

use crate::platform::{Mutex, note, together};

type Locks = [Mutex<()>; 2];

/// One thread takes A, then B. The other one takes B, then A.
pub fn broken() {
    together(
        locks(),
        [
            |locks, me| take(locks, me, 0, 1),
            |locks, me| take(locks, me, 1, 0),
        ],
    );
}

/// Both take A first.
pub fn mended() {
    together(
        locks(),
        [
            |locks, me| take(locks, me, 0, 1),
            |locks, me| take(locks, me, 0, 1),
        ],
    );
}

fn locks() -> Locks {
    [Mutex::new(()), Mutex::new(())]
}

fn take(locks: &Locks, me: usize, first: usize, second: usize) {
    let names = ["A", "B"];
    let _first = locks[first].lock();
    note(me, format!("has lock {}", names[first]));
    let _second = locks[second].lock();
    note(me, format!("has lock {}", names[second]));
}
