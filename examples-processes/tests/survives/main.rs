//! What processes and pools survive: each test in a process of its own, which must leave nothing behind.
//!
//! `cargo test -p examples-processes --test survives [NAME]`. A test has one thread when it begins, so it may fork.

use std::process::ExitCode;

#[cfg(unix)]
mod ends;
#[cfg(unix)]
mod harness;
#[cfg(unix)]
#[path = "../own_process/mod.rs"]
mod own_process;
#[cfg(unix)]
mod pools;
#[cfg(unix)]
mod processes;
#[cfg(unix)]
mod storm;
#[cfg(unix)]
mod uses;
#[cfg(unix)]
mod values;

#[cfg(unix)]
fn main() -> ExitCode {
    examples_processes::become_worker_if_asked();
    own_process::run(
        &libtest_mimic::Arguments::from_args(),
        &[
            pools::TESTS,
            uses::TESTS,
            processes::TESTS,
            ends::TESTS,
            values::TESTS,
            storm::TESTS,
        ]
        .concat(),
        harness::run_one,
    )
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    ExitCode::SUCCESS
}
