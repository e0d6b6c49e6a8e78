//! Memory, locks, rings and queues between processes: each test in a process of its own, which must leave nothing behind.
//!
//! `cargo test -p examples-shared-memory --test between [NAME]`. A test has one thread when it begins, so it may fork.
//! Rings and queues are tested on every Unix, the others on Linux.

use std::process::ExitCode;

#[cfg(unix)]
mod harness;
#[cfg(target_os = "linux")]
mod killed;
#[cfg(unix)]
#[path = "../../../examples-processes/tests/own_process/mod.rs"]
mod own_process;
#[cfg(target_os = "linux")]
mod owners;
#[cfg(unix)]
mod rings;
#[cfg(target_os = "linux")]
mod robust;
#[cfg(target_os = "linux")]
mod segments;
#[cfg(target_os = "linux")]
mod waits;

#[cfg(unix)]
fn main() -> ExitCode {
    let tests = [
        #[cfg(target_os = "linux")]
        waits::TESTS,
        #[cfg(target_os = "linux")]
        robust::TESTS,
        #[cfg(target_os = "linux")]
        segments::TESTS,
        #[cfg(target_os = "linux")]
        owners::TESTS,
        #[cfg(target_os = "linux")]
        killed::TESTS,
        rings::TESTS,
    ];
    let mut arguments = libtest_mimic::Arguments::from_args();
    arguments.test_threads = Some(1); // all of them see the same `/dev/shm`
    own_process::run(&arguments, &tests.concat(), harness::run_one)
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    ExitCode::SUCCESS
}
