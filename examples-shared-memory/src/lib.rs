//! Shared memory: state that several workers change.
//!
//! Two ways to keep it whole: one worker at a time (a mutex round a critical section), or operations
//! that no other thread can see half done (atomics). Processes share state by a mapping.

#[cfg(unix)]
mod mapping;
mod threads;

#[cfg(unix)]
pub use mapping::Mapping;

pub mod atomic;
#[cfg(unix)]
pub mod mapped;
pub mod mutex;

workloads::paradigms! {
    mutex::LockedState,
    atomic::Atomic,
    #[cfg(unix)]
    mapped::Mapped,
}
