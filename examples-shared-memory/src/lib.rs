//! Shared memory: state that several workers change.
//!
//! Two ways keep shared state correct: one worker at a time (a mutex round a critical section), or
//! operations that are indivisible for all other workers (atomics). Processes share state by a mapping.

#[cfg(unix)]
mod mapping;
mod threads;

#[cfg(unix)]
pub use mapping::Mapping;

pub mod atomic;
pub mod litmus;
#[cfg(unix)]
pub mod mapped;
pub mod mutex;

workloads::paradigms! {
    mutex::LockedState,
    atomic::Atomic,
    #[cfg(unix)]
    mapped::Mapped,
}
