//! Check, then act: two threads look at a balance, both find that it is high enough, and both pay.
//!
//! Looking and paying are two critical sections here. What a thread sees under a lock is true until
//! the thread releases the lock, and no longer. Web shops have lost money in this way: a gift card
//! that is used in two requests at the same time is spent twice. With files, the same mistake is
//! `exists` followed by `create`: `File::create_new` does both in one step.
//!
//! Run: `cargo run --example shared_check_then_act`
//!
//! Expected output:
//!
//! ```text
//! two threads withdraw 80 each, the balance is 100:
//!   broken, two critical sections: 160 paid, the balance is -60
//!   mended, one critical section:  80 paid, the balance is 20
//!   mended, fetch_update:          80 paid, the balance is 20
//!   in [..] looks, because the balance changed after one of them
//! ```
//!
//! Try: in the second version, write `let enough = *account.lock() >= AMOUNT;` as the first line of
//! the closure, and `if enough` for its condition. Run it twenty times: the output is right in
//! nearly all runs, and the mistake is back.

use std::sync::Barrier;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::thread;

use parking_lot::Mutex;
use workloads::println;

const AMOUNT: i64 = 80;

fn main() {
    println!("two threads withdraw {AMOUNT} each, the balance is 100:");
    let account = Mutex::new(100);
    let both_have_looked = Barrier::new(2);
    let paid = pay_twice(&|| {
        let enough = *account.lock() >= AMOUNT; // Locked and unlocked in this line.
        both_have_looked.wait();
        if enough {
            *account.lock() -= AMOUNT; // The other thread may have paid since.
        }
        enough
    });
    let balance = account.into_inner();
    println!("  broken, two critical sections: {paid} paid, the balance is {balance}");
    assert_eq!((paid, balance), (160, -60));

    let account = Mutex::new(100);
    let paid = pay_twice(&|| {
        let mut balance = account.lock();
        if *balance >= AMOUNT {
            *balance -= AMOUNT;
            return true;
        }
        false
    });
    let balance = account.into_inner();
    println!("  mended, one critical section:  {paid} paid, the balance is {balance}");
    assert_eq!((paid, balance), (80, 20));

    let (account, looks) = (AtomicI64::new(100), AtomicI64::new(0));
    let paid = pay_twice(&|| {
        // Writes only if the number is still the one that the closure has looked at. If it is not,
        // the closure looks at the new number. `None` ends it without a change.
        let update = account.fetch_update(Relaxed, Relaxed, |balance| {
            if looks.fetch_add(1, Relaxed) < 2 {
                both_have_looked.wait(); // The first look of each thread.
            }
            (balance >= AMOUNT).then_some(balance - AMOUNT)
        });
        update.is_ok()
    });
    let (balance, looks) = (account.into_inner(), looks.into_inner());
    println!("  mended, fetch_update:          {paid} paid, the balance is {balance}");
    println!("  in {looks} looks, because the balance changed after one of them");
    assert_eq!((paid, balance), (80, 20));
    assert!(looks >= 3);
}

/// Two threads call `pay`. Returns how much they have paid.
fn pay_twice(pay: &(impl Fn() -> bool + Sync)) -> i64 {
    thread::scope(|scope| {
        let threads = [scope.spawn(pay), scope.spawn(pay)];
        let paid = threads.map(|thread| thread.join().expect("it does not panic"));
        paid.map(|paid| if paid { AMOUNT } else { 0 }).iter().sum()
    })
}
