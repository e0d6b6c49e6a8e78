//! ABA: a value has changed from A to B and back to A, and a compare-and-swap takes it for unchanged.
//!
//! The nodes of a lock-free stack are numbers: `next[node]` is the node below it. The head is the number of the top node.

use crate::platform::{AtomicU32, Ordering, note, together};

const NONE: u32 = 9;
/// What a version counts in: the number of the node is below it.
const VERSION: u32 = 10;

struct Stack {
    /// The top node, and `VERSION` times the number of changes.
    head: AtomicU32,
    next: [AtomicU32; 2],
    /// How often each node has been given out.
    owners: [AtomicU32; 2],
    /// What a change adds to the version.
    step: u32,
}

impl Stack {
    fn pop(&self, me: usize) -> Option<u32> {
        let mut head = self.head.load(Ordering::Acquire);
        loop {
            let node = head % VERSION;
            if node == NONE {
                return None;
            }
            let next = self.next[node as usize].load(Ordering::Acquire);
            note(
                me,
                format!("sees that {node} is the top, and {next} below it"),
            );
            match self.change(head, next) {
                Ok(_) => {
                    note(me, format!("takes {node}"));
                    let owners = self.owners[node as usize].fetch_add(1, Ordering::AcqRel);
                    assert!(owners == 0, "a node has two owners");
                    return Some(node);
                }
                Err(now) => head = now,
            }
        }
    }

    fn push(&self, me: usize, node: u32) {
        self.owners[node as usize].fetch_sub(1, Ordering::AcqRel);
        let mut head = self.head.load(Ordering::Acquire);
        loop {
            self.next[node as usize].store(head % VERSION, Ordering::Release);
            match self.change(head, node) {
                Ok(_) => return note(me, format!("puts {node} back")),
                Err(now) => head = now,
            }
        }
    }

    fn change(&self, head: u32, node: u32) -> Result<u32, u32> {
        let version = head / VERSION + self.step;
        let new = version * VERSION + node;
        self.head
            .compare_exchange(head, new, Ordering::AcqRel, Ordering::Acquire)
    }
}

/// The head is the number of a node, and no more.
pub fn broken() {
    run(0);
}

/// Each change also adds 1 to a version that stands in the same word: a head that has come back is another word.
pub fn mended() {
    run(1);
}

fn run(step: u32) {
    let stack = Stack {
        head: AtomicU32::new(0),
        next: [AtomicU32::new(1), AtomicU32::new(NONE)],
        owners: [AtomicU32::new(0), AtomicU32::new(0)],
        step,
    };
    let pop_two = |stack: &Stack, me| {
        stack.pop(me);
        stack.pop(me);
    };
    let pop_two_and_push_one = |stack: &Stack, me| {
        let first = stack.pop(me);
        stack.pop(me);
        if let Some(first) = first {
            stack.push(me, first);
        }
    };
    together(stack, [pop_two, pop_two_and_push_one]);
}
