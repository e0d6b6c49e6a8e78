//! A process is killed while it holds a lock: with a robust mutex, the next process is told.
//!
//! A thread that panics drops its guard, so it unlocks. A process that is killed does nothing
//! more: a plain mutex in shared memory stays locked forever, and its data half changed. A
//! *robust* mutex is known to the kernel. When its owner ends, the kernel marks the mutex, and
//! the next process gets the lock, with an error that says what has happened. That process
//! repairs the data.
//!
//! Run: `cargo run --example shared_robust_mutex`
//!
//! Expected output:
//!
//! ```text
//! plain mutex (broken): a child is killed inside the critical section
//!   the lock was not released for 100 ms, and it never will be
//! robust mutex (mended): a child is killed inside the critical section
//!   the owner of the lock has died: its data may be half changed
//!   the balances are 493 and 500, in total 993
//!   repaired: 493 and 507, in total 1000
//!   the next process locks it as usual: 493 and 507
//! robust mutex that is not repaired: a child is killed inside the critical section
//!   the owner of the lock has died: its data may be half changed
//!   the owner of the lock has died, and its data was not repaired
//! ```
//!
//! Try: remove the line with `raise` from `move_money`. The child completes its work and unlocks,
//! so the first check finds the plain mutex free.

#![cfg_attr(not(target_os = "linux"), allow(unused, reason = "see `needs_linux`"))]

use std::io;
use std::ops::DerefMut;
use std::time::Duration;

#[cfg(target_os = "linux")]
use examples_processes::Forked;
use examples_shared_memory::Shared;
#[cfg(target_os = "linux")]
use examples_shared_memory::sync::{LockError, Mutex, RobustMutex};
use nix::sys::signal::{Signal::SIGKILL, raise};
use workloads::println;

examples_shared_memory::needs_linux!();

#[cfg(target_os = "linux")]
fn main() -> io::Result<()> {
    println!("plain mutex (broken): a child is killed inside the critical section");
    let accounts = Shared::new(Mutex::new([500, 500]))?;
    Forked::start(|| move_money(accounts.lock()))?.wait()?;
    assert!(
        accounts.lock_for(Duration::from_millis(100)).is_none(),
        "it is free"
    );
    println!("  the lock was not released for 100 ms, and it never will be");

    println!("robust mutex (mended): a child is killed inside the critical section");
    let accounts = Shared::new(RobustMutex::new([500, 500]))?;
    Forked::start(|| move_money(accounts.lock().expect("it is free")))?.wait()?;
    match accounts.lock() {
        Err(LockError::OwnerDied(mut balances)) => {
            println!("  the owner of the lock has died: its data may be half changed");
            let [from, to] = *balances;
            println!("  the balances are {from} and {to}, in total {}", from + to);
            balances[1] = 1_000 - from;
            let [from, to] = *balances.repaired();
            println!("  repaired: {from} and {to}, in total {}", from + to);
        }
        other => panic!("the parent is not told: {other:?}"),
    }
    let next = Forked::start(|| {
        let [from, to] = *accounts.lock().expect("it was repaired");
        println!("  the next process locks it as usual: {from} and {to}");
    })?;
    assert!(next.wait()?.success());

    println!("robust mutex that is not repaired: a child is killed inside the critical section");
    Forked::start(|| move_money(accounts.lock().expect("it is free")))?.wait()?;
    for _ in 0..2 {
        // The first error has the lock in it. Dropped without `repaired`, it makes it unusable.
        let error = accounts.lock().expect_err("its owner has died");
        println!("  {error}");
    }
    Ok(())
}

/// Moves 7 from one account to the other, but is killed between the two steps.
#[cfg(target_os = "linux")]
fn move_money(mut balances: impl DerefMut<Target = [i64; 2]>) {
    balances[0] -= 7;
    let _ = raise(SIGKILL); // It does not return.
    balances[1] += 7;
}
