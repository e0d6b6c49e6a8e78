//! Memory and locks between processes: each test in a process of its own, which must leave nothing behind.
//!
//! `cargo test -p examples-shared-memory --test between [NAME]`. A test has one thread when it begins, so it may fork.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
mod harness;
#[cfg(target_os = "linux")]
mod killed;
#[cfg(target_os = "linux")]
mod owners;
#[cfg(target_os = "linux")]
mod robust;
#[cfg(target_os = "linux")]
mod segments;
#[cfg(target_os = "linux")]
mod waits;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    harness::run(
        &[
            waits::TESTS,
            robust::TESTS,
            segments::TESTS,
            owners::TESTS,
            killed::TESTS,
        ]
        .concat(),
    )
}

/// Most of it is there on Linux only.
#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    ExitCode::SUCCESS
}
