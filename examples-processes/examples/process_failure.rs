//! A child that fails ends no other process: its parent learns how the child ended, and goes on.
//!
//! A process ends by exiting with a status, or by a signal. A program whose `main` panics exits
//! with status 101, and its message is on stderr. A worker of a paradigm also sends the message to
//! its parent, through its pipe.
//!
//! Run: `cargo run --example process_failure`
//!
//! Expected output (Rust also reports the two panics, which are on purpose, on stderr):
//!
//! ```text
//! _exit(3):  exited with status 3
//! SIGKILL:   killed by SIGKILL
//! a panic:   exited with status 101
//! processes/fork: worker 1 (items 50..100) exited early, with status 3
//! processes/fork: worker 1 (items 50..100) was killed by SIGKILL
//! processes/fork: worker 1 (items 50..100) panicked: this item is faulty on purpose
//! parent: still running, and no child is left
//! ```
//!
//! Try: add a line with `end_of_child(|| std::process::abort())?`, and look for the signal that
//! ends the child.

#![allow(unsafe_code, reason = "this lesson is about fork")]

use std::io;
use std::num::NonZero;
use std::panic::catch_unwind;

#[cfg(unix)]
use examples_processes::{Fork, OneThread};
#[cfg(unix)]
use nix::{
    errno::Errno,
    libc::_exit,
    sys::signal::{Signal, raise},
    sys::wait::{WaitStatus, wait, waitpid},
    unistd::{ForkResult, fork},
};
use workloads::faulty::{Fault, FaultyMap, MESSAGE};
use workloads::{Paradigm, println};

examples_processes::needs_unix!();

#[cfg(unix)]
fn main() -> io::Result<()> {
    // SAFETY: `_exit` may be called at any time.
    println!("_exit(3):  {}", end_of_child(|| unsafe { _exit(3) })?);
    let kill_itself = || raise(Signal::SIGKILL).expect("it is a signal");
    println!("SIGKILL:   {}", end_of_child(kill_itself)?);
    println!("a panic:   {}", end_of_child(|| panic!("{MESSAGE}"))?);

    // Item 80 fails. It belongs to worker 1, which has the items 50 to 99.
    let two = NonZero::new(2).expect("at least one worker");
    for fault in [Fault::Exit, Fault::Kill, Fault::Panic] {
        let outcome = Fork::start(two)?.map(&FaultyMap::new(fault));
        let error = outcome.expect_err("a worker fails");
        println!("processes/fork: {error}");
    }

    assert_eq!(wait(), Err(Errno::ECHILD), "a child is left");
    println!("parent: still running, and no child is left");
    Ok(())
}

/// Forks a child that does `work`, and says how it ended.
#[cfg(unix)]
fn end_of_child(work: fn()) -> io::Result<String> {
    OneThread::check()?;
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    match unsafe { fork() }? {
        ForkResult::Child => {
            // The child catches its panic, because it must not go on into its parent's code, and
            // leaves with the status that Rust gives a program whose `main` panics.
            let status = if catch_unwind(work).is_ok() { 0 } else { 101 };
            // SAFETY: as above.
            unsafe { _exit(status) }
        }
        ForkResult::Parent { child } => Ok(match waitpid(child, None)? {
            WaitStatus::Exited(_, status) => format!("exited with status {status}"),
            WaitStatus::Signaled(_, signal, _) => format!("killed by {signal}"),
            other => format!("{other:?}"),
        }),
    }
}
