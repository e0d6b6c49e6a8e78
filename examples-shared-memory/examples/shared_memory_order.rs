//! The order of memory: what a thread writes first, another thread may see last.
//!
//! A core puts what it writes into a *store buffer*, and goes on before the memory is changed.
//! Some processors, and the compiler, reorder more. So a program says which order it needs. Two
//! *litmus tests* show it: programs so short that all their outcomes can be listed. `Release` and
//! `Acquire` promise an order between two threads: a thread that loads with `Acquire` what
//! another one has stored with `Release` sees all that the other one wrote before. That is
//! *publication*. `SeqCst` promises more: all threads see all `SeqCst` operations in one order.
//! `outcomes` starts two threads, and lets them run each try `n` at the same time, as well as it
//! can.
//!
//! Run: `cargo run --example shared_memory_order`
//!
//! Expected output (a count that is not given depends on the machine, and may be 0):
//!
//! ```text
//! store buffering: one thread writes x and reads y, the other writes y and reads x
//!   Relaxed:              in [..] tries, both read the old value [..] times
//!   Release and Acquire:  in [..] tries, both read the old value [..] times
//!   SeqCst:               in [..] tries, both read the old value 0 times
//! message passing: one thread writes x and then y, the other waits for y and reads x
//!   Relaxed:              in [..] tries, it reads the old value [..] times
//!   Release and Acquire:  in [..] tries, it reads the old value 0 times
//!   SeqCst:               in [..] tries, it reads the old value 0 times
//! ```
//!
//! Try: in both closures of `store_buffering`, write `std::sync::atomic::fence(SeqCst);` between
//! the store and the load. Now the first three rows count 0: with the fence between them, the
//! order of a store and a load is kept, whatever their own orderings are.

use std::hint::spin_loop;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{self, Acquire, Relaxed, Release, SeqCst};

use crossbeam::utils::CachePadded;
use examples_shared_memory::litmus::outcomes;
use workloads::println;

/// What both threads use. In try `n`, they write `n`: a smaller number is an old value.
static X: CachePadded<AtomicU32> = CachePadded::new(AtomicU32::new(0));
static Y: CachePadded<AtomicU32> = CachePadded::new(AtomicU32::new(0));

fn main() {
    let orderings = [
        ("Relaxed:", Relaxed, Relaxed),
        ("Release and Acquire:", Release, Acquire),
        ("SeqCst:", SeqCst, SeqCst),
    ];
    println!("store buffering: one thread writes x and reads y, the other writes y and reads x");
    for (name, store, load) in orderings {
        let (tries, old) = store_buffering(store, load);
        println!("  {name:<21} in {tries} tries, both read the old value {old} times");
        assert!(store != SeqCst || old == 0);
    }
    println!("message passing: one thread writes x and then y, the other waits for y and reads x");
    for (name, store, load) in orderings {
        let (tries, old) = message_passing(store, load);
        println!("  {name:<21} in {tries} tries, it reads the old value {old} times");
        assert!(store == Relaxed || old == 0);
    }
}

/// Returns the number of tries, and of those in which both threads have read an old value.
fn store_buffering(store: Ordering, load: Ordering) -> (usize, usize) {
    X.store(0, Relaxed);
    Y.store(0, Relaxed);
    let one = |n| {
        X.store(n, store);
        Y.load(load)
    };
    let other = |n| {
        Y.store(n, store);
        X.load(load)
    };
    let outcomes = outcomes(one, other);
    let tries = (1..).zip(&outcomes);
    let old = tries.filter(|(n, (y, x))| y < n && x < n);
    (outcomes.len(), old.count())
}

/// Returns the number of tries, and of those in which the reader has read an old value.
fn message_passing(store: Ordering, load: Ordering) -> (usize, usize) {
    X.store(0, Relaxed);
    Y.store(0, Relaxed);
    let one = |n| {
        X.store(n, Relaxed);
        Y.store(n, store);
    };
    let other = |n| {
        while Y.load(load) < n {
            spin_loop();
        }
        X.load(Relaxed) < n
    };
    let outcomes = outcomes(one, other);
    let old = outcomes.iter().filter(|((), is_old)| *is_old);
    (outcomes.len(), old.count())
}
