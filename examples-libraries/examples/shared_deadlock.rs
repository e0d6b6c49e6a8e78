//! A deadlock: two threads hold one lock each, and each waits for the lock of the other one.
//!
//! One thread locks account 0 and then 1, the other one 1 and then 0. A barrier between the two
//! locks makes the deadlock happen in every run. The detector of `parking_lot` finds the circle and
//! says which threads are in it. No thread can leave it, so both wait until `main` ends, and the
//! process with it. (The Linux kernel has such a detector, lockdep. Databases have one, too: they
//! cancel one of the transactions.)
//!
//! Run: `cargo run --example shared_deadlock`
//!
//! Expected output:
//!
//! ```text
//! broken, two orders: the detector has found a circle
//!   the thread that has locked account 0 waits for account 1
//!   the thread that has locked account 1 waits for account 0
//! mended, one order, always 0 and then 1: 2000 transfers
//! mended, try the second, and step back: 2000 transfers
//! mended, one lock for both accounts: 2000 transfers
//! ```
//!
//! Try: above the loop that prints the circle, print `{:?}` of `circles[0][0].backtrace()`. The
//! first line of this file in the backtrace is the line that waits. A program that hangs once a
//! week can log this.

use std::{sync::Barrier, sync::atomic::AtomicU32, sync::atomic::Ordering::Relaxed, thread};

// The version that other lessons use is faster, because it does not record which thread has what.
use parking_lot_detecting::{Mutex, deadlock::check_deadlock};
use workloads::println;

static ACCOUNTS: [Mutex<i64>; 2] = [const { Mutex::new(100) }; 2];
static BOTH_HOLD_ONE: Barrier = Barrier::new(2);

fn main() {
    let threads = [0, 1].map(|from| {
        thread::spawn(move || {
            let _source = ACCOUNTS[from].lock();
            BOTH_HOLD_ONE.wait();
            let _target = ACCOUNTS[1 - from].lock(); // Waits forever.
        })
    });
    let mut circles = Vec::new();
    while circles.is_empty() {
        circles = check_deadlock(); // Empty until both threads wait.
    }
    println!("broken, two orders: the detector has found a circle");
    for (from, thread) in threads.iter().enumerate() {
        let (to, id) = (1 - from, thread.thread().id());
        assert!(circles[0].iter().any(|found| found.thread_id() == id));
        println!("  the thread that has locked account {from} waits for account {to}");
    }

    let accounts = [const { Mutex::new(100) }; 2];
    transfer("one order, always 0 and then 1", &|from, to| {
        let mut both = [accounts[0].lock(), accounts[1].lock()];
        *both[from] -= 1;
        *both[to] += 1;
    });

    let attempts = AtomicU32::new(0);
    transfer("try the second, and step back", &|from, to| loop {
        let mut source = accounts[from].lock();
        if attempts.fetch_add(1, Relaxed) < 2 {
            BOTH_HOLD_ONE.wait(); // As above, in the first attempt of each thread.
        }
        if let Some(mut target) = accounts[to].try_lock() {
            *source -= 1;
            *target += 1;
            break;
        }
        drop(source); // A step back: now the other thread can go on.
        thread::yield_now();
    });
    assert!(attempts.into_inner() > 2000); // At least one thread has stepped back.
    assert_eq!(accounts.map(Mutex::into_inner), [100, 100]);

    let accounts = Mutex::new([100, 100]);
    transfer("one lock for both accounts", &|from, to| {
        let mut both = accounts.lock();
        both[from] -= 1;
        both[to] += 1;
    });
    assert_eq!(accounts.into_inner(), [100, 100]);
}

/// One thread moves money from account 0 to account 1, another one moves it back.
fn transfer(how: &str, once: &(impl Fn(usize, usize) + Sync)) {
    thread::scope(|scope| {
        scope.spawn(|| (0..1000).for_each(|_| once(0, 1)));
        scope.spawn(|| (0..1000).for_each(|_| once(1, 0)));
    });
    println!("mended, {how}: 2000 transfers");
}
