//! A lock-free stack, and when a node that was popped may be freed.
//!
//! `push` and `pop` prepare a change, and then make it by one compare-exchange: it replaces the
//! top node if that is still the node that was seen. Otherwise they try again. No thread waits
//! for a thread that was interrupted. But a thread that has popped a node must not free it at
//! once: another thread may have seen the same node at the top, and be about to read its `next`.
//! Epochs solve this. A thread is *pinned* while it uses the stack. A node that was popped is put
//! aside, and is freed later, when all threads that were pinned at that moment have been
//! unpinned.
//!
//! Run: `cargo run --example shared_lock_free_stack`
//!
//! Expected output:
//!
//! ```text
//! 4 threads have pushed 400000 numbers, and popped each of them once
//! nodes freed: [..] while the threads ran, and 400000 in all
//! ```
//!
//! Try: let each thread be pinned for its whole life: write `let guard = participant.pin();` below
//! `register`, and `&guard` for both `&participant.pin()`. Now no node can be freed while the
//! threads run at the same time, and the nodes of 400000 pushes are in memory at the end.

#![allow(unsafe_code, reason = "this lesson is about when memory may be freed")]

use std::sync::atomic::{AtomicUsize, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};
use std::thread;

use crossbeam::epoch::{Atomic, Collector, Guard, Owned};
use workloads::println;

const NUMBERS: usize = 400_000;
static FREED: AtomicUsize = AtomicUsize::new(0);

struct Node {
    number: usize,
    next: Atomic<Node>,
}

impl Drop for Node {
    fn drop(&mut self) {
        FREED.fetch_add(1, Relaxed);
    }
}

fn push(top: &Atomic<Node>, number: usize, guard: &Guard) {
    let mut seen = top.load(Relaxed, guard);
    let next = Atomic::from(seen);
    let mut node = Owned::new(Node { number, next });
    // `Release`: a thread that loads the new top also sees what is in the node.
    while let Err(error) = top.compare_exchange(seen, node, Release, Relaxed, guard) {
        (seen, node) = (error.current, error.new);
        node.next.store(seen, Relaxed);
    }
}

fn pop(top: &Atomic<Node>, guard: &Guard) -> Option<usize> {
    loop {
        let seen = top.load(Acquire, guard);
        // SAFETY: all threads use one collector, and this thread is pinned by it: so no node that
        // this thread finds in the stack is freed meanwhile.
        let node = unsafe { seen.as_ref() }?;
        let next = node.next.load(Relaxed, guard);
        let result = top.compare_exchange(seen, next, Relaxed, Relaxed, guard);
        if result.is_ok() {
            // SAFETY: the node is not in the stack any more, and no other thread has popped it.
            unsafe { guard.defer_destroy(seen) };
            return Some(node.number);
        }
    }
}

fn main() {
    let (collector, top) = (Collector::new(), Atomic::null());
    let popped: Vec<_> = (0..NUMBERS).map(|_| AtomicUsize::new(0)).collect();
    thread::scope(|scope| {
        for thread in 0..4 {
            let (collector, top, popped) = (&collector, &top, &popped);
            scope.spawn(move || {
                let participant = collector.register();
                for number in (thread..NUMBERS).step_by(4) {
                    push(top, number, &participant.pin()); // Pinned until the end of the line.
                    let number = pop(top, &participant.pin()).expect("one more was pushed");
                    popped[number].fetch_add(1, Relaxed);
                }
            });
        }
    });
    assert!(popped.iter().all(|times| times.load(Relaxed) == 1));
    println!("4 threads have pushed {NUMBERS} numbers, and popped each of them once");
    let early = FREED.load(Relaxed);
    drop(collector); // No thread is left: it frees all nodes that were put aside.
    assert_eq!(FREED.load(Relaxed), NUMBERS);
    println!("nodes freed: {early} while the threads ran, and {NUMBERS} in all");
}
