//! Processes: workers with memory of their own.
//!
//! A process costs many times what a thread costs to start (`cargo bench --bench overhead` says how
//! many here), and every byte of its answer has to be moved. For that it is alone: it cannot corrupt its parent's data, it may crash without taking
//! anyone along, and no lock of a library or an interpreter is shared.
//!
//! Besides its two paradigms this crate holds what every paradigm with child processes needs:
//! [`OneThread`], the check before forking, [`Team`], which starts, watches and reaps children, and
//! [`reply`], what they send.

#[cfg(unix)]
mod one_thread;
#[cfg(unix)]
pub mod reply;
#[cfg(unix)]
mod team;

#[cfg(unix)]
pub use one_thread::OneThread;
#[cfg(unix)]
pub use team::{Team, die_with_parent};

workloads::paradigms! {
    #[cfg(unix)]
    fork::Fork,
    #[cfg(unix)]
    spawn::Spawn,
}

/// The `main` of a lesson about processes on systems that have no `fork`: one sentence.
#[macro_export]
macro_rules! needs_unix {
    () => {
        #[cfg(not(unix))]
        fn main() {
            eprintln!(
                "This lesson forks processes: run it on Linux or macOS, or in WSL on Windows."
            );
            std::process::exit(2);
        }
    };
}
