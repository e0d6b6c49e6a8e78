//! The platform of shuttle. Its atomics have one order of all operations, whatever the orderings say.

#[path = "../../platform/mod.rs"]
mod common;

pub(crate) use common::futex::{ALL, sleep_while, spin_until, wake};
pub use common::{
    Condvar, Fault, Mutex, MutexGuard, forget_notes, note, notes, set_fault, together,
};
pub use shuttle::sync::atomic::{AtomicU32, Ordering};
