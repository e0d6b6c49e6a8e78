//! Shared memory: state that several workers change.
//!
//! Two ways keep shared state correct: one worker at a time (a mutex round a critical section), or
//! operations that are indivisible for all other workers (atomics). Processes share state by a mapping.

#[cfg(unix)]
mod arena;
mod disjoint;
#[cfg(unix)]
mod mapping;
#[cfg(unix)]
mod names;
#[cfg(unix)]
mod names_of_this_process;
#[cfg(unix)]
mod owner;
mod platform;
#[cfg(unix)]
mod region;
#[cfg(unix)]
mod room;
#[cfg(unix)]
mod segment;
#[cfg(unix)]
mod shareable;
#[cfg(unix)]
mod shared;
mod shares;
#[cfg(unix)]
mod slice;
pub mod sync;
mod threads;

#[cfg(unix)]
pub use mapping::Mapping;
#[cfg(unix)]
pub use names::remove_left_behind;
#[cfg(unix)]
pub use shareable::Shareable;
#[cfg(unix)]
pub use shared::Shared;
#[cfg(unix)]
pub use slice::{Reading, SharedSlice, Writing};

pub mod atomic;
pub mod litmus;
#[cfg(unix)]
pub mod mapped;
pub mod mutex;
#[cfg(unix)]
pub mod ring;
pub mod team;

workloads::paradigms! {
    mutex::LockedState,
    atomic::Atomic,
    #[cfg(unix)]
    mapped::Mapped,
    #[cfg(unix)]
    ring::Ring,
    team::Team,
    team::ActiveTeam,
}

/// The `main` of a lesson about what only Linux has: one sentence.
#[macro_export]
macro_rules! needs_linux {
    () => {
        #[cfg(not(target_os = "linux"))]
        fn main() {
            eprintln!(
                "This lesson needs what only Linux has: run it on Linux, or in WSL on Windows."
            );
            std::process::exit(2);
        }
    };
}
