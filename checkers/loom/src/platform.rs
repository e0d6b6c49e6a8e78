//! The platform of loom.

mod atomic;
mod cell;
#[path = "../../platform/mod.rs"]
mod common;

pub use std::sync::atomic::Ordering;

pub use atomic::AtomicU32;
pub(crate) use atomic::full_fence;
pub use cell::UnsafeCell;
pub(crate) use common::fences::Fences;
pub(crate) use common::futex::{ALL, sleep_while, spin_until, wake};
pub(crate) use common::processes::{has_ended, this_process};
pub use common::{
    Condvar, Fault, Mutex, MutexGuard, forget_notes, note, notes, set_fault, together,
};
