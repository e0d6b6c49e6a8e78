//! Check, then act: what was true when it was checked is no longer true when it is used.

use crate::platform::{Mutex, note, together};

/// Each thread takes 80 of the 100 that are there, if there are 80: looked at in one critical section, taken in another.
pub fn broken() {
    let withdraw = |balance: &Mutex<i32>, me| {
        if *balance.lock() >= 80 {
            note(me, "sees that there is enough");
            *balance.lock() -= 80;
            note(me, "takes 80");
        }
    };
    let balance = together(Mutex::new(100), [withdraw; 2]);
    assert!(*balance.lock() >= 0, "the account is overdrawn");
}

/// The same in one critical section.
pub fn mended() {
    let withdraw = |balance: &Mutex<i32>, me| {
        let mut balance = balance.lock();
        if *balance >= 80 {
            *balance -= 80;
            note(me, "takes 80");
        }
    };
    let balance = together(Mutex::new(100), [withdraw; 2]);
    assert!(*balance.lock() == 20, "one of them takes 80");
}
