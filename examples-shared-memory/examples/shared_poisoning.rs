//! A panic inside a critical section: the lock is released, and the data may be half changed.
//!
//! A guard is dropped where its block ends, and a panic ends the block, too. So no lock stays
//! locked. But a change that the panic has interrupted stays half done. The mutex of the standard
//! library is then *poisoned*: `lock` returns an error until a thread calls `clear_poison`. The
//! mutex of `parking_lot` has no poison: its lock is released, and the next thread is not told.
//!
//! Run: `cargo run --example shared_poisoning`
//!
//! Expected output (the messages of three panics go to stderr):
//!
//! ```text
//! two accounts, 100 in all; a thread moves 30, and panics after it took 30 from the first
//! std:         lock returns an error, and the error has the guard: [70, 0], 70 in all
//! std:         repaired, and clear_poison called: lock returns the guard: [100, 0], 100 in all
//! parking_lot: lock returns the guard, and no error: [70, 0], 70 in all
//! the same, but the thread panics before it changes anything:
//! parking_lot: lock returns the guard: [100, 0], 100 in all
//! ```
//!
//! Try: delete the line with `clear_poison`. The data is repaired, and still the next `lock`
//! returns an error, so `main` panics. The mutex cannot see whether its data is whole.

use std::sync::Mutex;
use std::thread;

use workloads::println;

const LIMIT: u32 = 20; // No thread may move more.

type Accounts = [u32; 2];

fn main() {
    println!(
        "two accounts, 100 in all; a thread moves 30, and panics after it took 30 from the first"
    );
    let accounts = Mutex::new([100, 0]);
    in_a_thread(|| {
        let mut guard = accounts.lock().expect("no thread has panicked yet");
        move_broken(&mut guard, 30); // The panic drops the guard.
    });
    let poisoned = accounts.lock().expect_err("a thread has panicked");
    let mut guard = poisoned.into_inner(); // The lock is held, so the data can be repaired.
    report(
        "std:         lock returns an error, and the error has the guard:",
        *guard,
    );
    guard[0] = 100 - guard[1];
    accounts.clear_poison();
    drop(guard);
    let whole = *accounts.lock().expect("the poison is cleared");
    report(
        "std:         repaired, and clear_poison called: lock returns the guard:",
        whole,
    );
    assert_eq!(whole, [100, 0]);

    let accounts = parking_lot::Mutex::new([100, 0]);
    in_a_thread(|| move_broken(&mut accounts.lock(), 30));
    report(
        "parking_lot: lock returns the guard, and no error:",
        *accounts.lock(),
    );
    assert_eq!(*accounts.lock(), [70, 0]);

    println!("the same, but the thread panics before it changes anything:");
    let accounts = parking_lot::Mutex::new([100, 0]);
    in_a_thread(|| move_mended(&mut accounts.lock(), 30));
    report("parking_lot: lock returns the guard:", *accounts.lock());
    assert_eq!(*accounts.lock(), [100, 0]);
}

/// Broken: between the two changes, a panic is possible.
fn move_broken(accounts: &mut Accounts, amount: u32) {
    accounts[0] -= amount;
    assert!(amount <= LIMIT, "more than the limit, on purpose");
    accounts[1] += amount;
}

/// Mended: what can panic comes first.
fn move_mended(accounts: &mut Accounts, amount: u32) {
    assert!(amount <= LIMIT, "more than the limit, on purpose");
    accounts[0] -= amount;
    accounts[1] += amount;
}

/// Runs `work`, which panics, in a thread, and waits for it.
fn in_a_thread(work: impl FnOnce() + Send) {
    let end = thread::scope(|scope| scope.spawn(work).join());
    assert!(end.is_err(), "the thread did not panic");
}

fn report(what: &str, accounts: Accounts) {
    let total: u32 = accounts.iter().sum();
    println!("{what} {accounts:?}, {total} in all");
}
