//! The platform of shuttle. Its atomics have one order of all operations, whatever the orderings say.

#[path = "../../../examples-shared-memory/src/platform/cell.rs"]
mod cell;
#[path = "../../platform/mod.rs"]
mod common;

pub(crate) use cell::UnsafeCell;
pub(crate) use common::fences::Fences;
pub(crate) use common::futex::{ALL, sleep_while, spin_until, wake};
pub(crate) use common::processes::{has_ended, this_process};
pub use common::{
    Condvar, Fault, Mutex, MutexGuard, forget_notes, note, notes, set_fault, together,
};
pub use shuttle::sync::atomic::{AtomicU32, Ordering};

/// Nothing: there is one order already.
pub(crate) fn full_fence() {}
