//! A lock held across a call of the pool, as of rayon under a mutex: the worker that waits begins another task, which
//! takes the same lock. It waits for itself.

use std::sync::Arc;

use super::pool::{Pool, Waiting};
use crate::platform::{Mutex, note};

/// Holds the lock while it waits for a part of its task.
pub fn broken() {
    let total = Arc::new(Mutex::new(0));
    Pool::compute(Waiting::Helps, move |pool, me, task| {
        let mut total = total.lock();
        note(me, "has the lock");
        pool.give(me, task + 2);
        pool.wait_for(me, task + 2);
        *total += 1;
    });
}

/// Waits first, and takes the lock to add the result.
pub fn mended() {
    let total = Arc::new(Mutex::new(0));
    Pool::compute(Waiting::Helps, move |pool, me, task| {
        pool.give(me, task + 2);
        pool.wait_for(me, task + 2);
        *total.lock() += 1;
        note(me, "adds its result");
    });
}
