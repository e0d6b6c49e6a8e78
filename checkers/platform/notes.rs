//! What the threads of a model have done in this execution, in order: a schedule that can be read.

use std::cell::RefCell;

thread_local! {
    // The checkers run all threads of a model in one thread of the system, so all write to the same notes.
    static NOTES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Notes what a thread does.
pub fn note(thread: usize, does: impl AsRef<str>) {
    NOTES.with_borrow_mut(|notes| notes.push(format!("thread {thread} {}", does.as_ref())));
}

/// The notes of the last execution.
pub fn notes() -> Vec<String> {
    NOTES.with_borrow(Clone::clone)
}

/// Begins again, before an execution.
pub fn forget_notes() {
    NOTES.with_borrow_mut(Vec::clear);
}
