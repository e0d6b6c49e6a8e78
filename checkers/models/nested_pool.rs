//! A nested pool: tasks wait for tasks of the same pool. If all workers wait, no worker is left to compute.

use super::pool::{Pool, Waiting};

/// A worker that waits sleeps.
pub fn broken() {
    Pool::compute(Waiting::Sleeps, give_a_part);
}

/// A worker that waits computes other tasks.
pub fn mended() {
    Pool::compute(Waiting::Helps, give_a_part);
}

fn give_a_part(pool: &Pool, me: usize, task: usize) {
    pool.give(me, task + 2);
    pool.wait_for(me, task + 2);
}
