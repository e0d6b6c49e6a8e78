//! The ABA problem: A is at the top again, but the stack has changed meanwhile.
//!
//! The nodes of this stack are in an array, and a "pointer" is an index. So no memory is freed, and
//! the mistake is no undefined behaviour. Thread 1 is about to pop: it reads that A is at the top,
//! and that B comes next. Then it is interrupted. Thread 2 pops A, pops B, and pushes A again. The
//! compare-exchange of thread 1 finds A at the top, as before, and puts B there. But B belongs to
//! thread 2 now. The cure is a version number in the same atomic number as the index: each change
//! adds 1 to it, so the top is not as before.
//!
//! Run: `cargo run --example shared_aba`
//!
//! Expected output:
//!
//! ```text
//! compared: the index of the top
//!   thread 1 reads that A is at the top and B is next
//!   thread 2 pops A, pops B, and pushes A: below A is C now
//!   thread 1 pops A and puts B at the top: it has noticed nothing
//!   the next pop returns B, which thread 2 has already
//! compared: the index of the top, and a version number
//!   thread 1 reads that A is at the top and B is next
//!   thread 2 pops A, pops B, and pushes A: below A is C now
//!   thread 1 does not change the stack: the version was 0 and is 3
//!   the next pops return A and C
//! ```
//!
//! Try: let the version number count 0, 1, 2, 0 and so on: write
//! `let new = (top / 4 + self.step) % 3 * 4 + node;`. Thread 2 makes three changes, so the version
//! is 0 again, thread 1 makes the same mistake in the second stack, and the assertion fails. A
//! version number needs so many bits that it does not come back while a thread is interrupted.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

use workloads::println;

const A: usize = 0;
const B: usize = 1;
const C: usize = 2;

struct Stack {
    /// The index of the node at the top, and 4 times the version number.
    top: AtomicUsize,
    /// For each node, the index of the one below it; 3 if there is none.
    next: [AtomicUsize; 3],
    /// What each change adds to the version: 0 in the stack that is broken, 1 in the other one.
    step: usize,
}

impl Stack {
    /// Pops, unless another thread has changed the top. A program tries until it succeeds.
    fn try_pop(&self, interruption: impl FnOnce()) -> Option<usize> {
        let top = self.top.load(SeqCst);
        let next = self.next[top % 4].load(SeqCst);
        interruption();
        self.replace(top, next).then_some(top % 4)
    }

    fn try_push(&self, node: usize) -> bool {
        let top = self.top.load(SeqCst);
        self.next[node].store(top % 4, SeqCst);
        self.replace(top, node)
    }

    fn replace(&self, top: usize, node: usize) -> bool {
        let new = (top / 4 + self.step) * 4 + node;
        let result = self.top.compare_exchange(top, new, SeqCst, SeqCst);
        result.is_ok()
    }
}

fn main() {
    println!("compared: the index of the top");
    let (stack, popped) = interrupt_a_pop(0);
    assert_eq!(popped, Some(A));
    println!("  thread 1 pops A and puts B at the top: it has noticed nothing");
    assert_eq!(stack.try_pop(|| ()), Some(B));
    println!("  the next pop returns B, which thread 2 has already");

    println!("compared: the index of the top, and a version number");
    let (stack, popped) = interrupt_a_pop(1);
    assert_eq!((popped, stack.top.load(SeqCst) / 4), (None, 3));
    println!("  thread 1 does not change the stack: the version was 0 and is 3");
    assert_eq!(stack.try_pop(|| ()), Some(A));
    assert_eq!(stack.try_pop(|| ()), Some(C));
    println!("  the next pops return A and C");
}

/// `main` is thread 1. Returns the stack, and what thread 1 has popped.
fn interrupt_a_pop(step: usize) -> (Stack, Option<usize>) {
    let [top, next_of_a, next_of_b, next_of_c] = [A, B, C, 3].map(AtomicUsize::new);
    let next = [next_of_a, next_of_b, next_of_c];
    let stack = Stack { top, next, step };
    let popped = stack.try_pop(|| {
        println!("  thread 1 reads that A is at the top and B is next");
        let thread_2 = || {
            assert_eq!(stack.try_pop(|| ()), Some(A));
            assert_eq!(stack.try_pop(|| ()), Some(B));
            assert!(stack.try_push(A));
            println!("  thread 2 pops A, pops B, and pushes A: below A is C now");
        };
        thread::scope(|scope| scope.spawn(thread_2).join()).expect("no assertion fails");
    });
    (stack, popped)
}
