//! The platform of loom.

mod atomic;
#[path = "../../platform/mod.rs"]
mod common;

pub use std::sync::atomic::Ordering;

pub use atomic::AtomicU32;
pub(crate) use common::futex::{ALL, sleep_while, spin_until, wake};
pub use common::{
    Condvar, Fault, Mutex, MutexGuard, forget_notes, note, notes, set_fault, together,
};
