//! Rings and queues between processes: what arrives, and what a process that is killed leaves behind.
//!
//! `cargo test -p examples-shared-memory --test rings [NAME]`. A test forks, so each has a process of its own, with one
//! thread.

use std::process::ExitCode;

#[cfg(unix)]
mod harness;
#[cfg(unix)]
mod tests;

#[cfg(unix)]
fn main() -> ExitCode {
    harness::run(tests::TESTS)
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    ExitCode::SUCCESS
}
