//! A child that fails ends no other process: its parent learns how it ended, and goes on.
//!
//! `wait` tells two ways to end apart: an exit status, and a signal. A panic is only a status, 101,
//! and its message is on stderr; the paradigm's workers also send it to their parent, through their
//! pipe.
//!
//! Run: `cargo run --example process_failure`
//!
//! Expected output (the panics, which are on purpose, are also reported on stderr):
//!
//! ```text
//! wait, after _exit(3): exited with status 3
//! wait, after a signal: killed by SIGKILL
//! wait, after a panic: exited with status 101
//! processes/fork: worker 1 (items 50..100) exited early, with status 3
//! processes/fork: worker 1 (items 50..100) was killed by SIGKILL
//! processes/fork: worker 1 (items 50..100) panicked: this item is faulty on purpose
//! parent: still running, and all children are reaped
//! ```
//!
//! Try: `abort` in a child, and look for the signal that ends it.

#![cfg_attr(unix, expect(unsafe_code, reason = "this lesson is about fork"))]
#![cfg_attr(not(unix), allow(unused, reason = "only `needs_unix` is used"))]

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
use workloads::faulty::{Fault, FaultyMap};
use workloads::{Map, Paradigm, println};

examples_processes::needs_unix!();

#[cfg(unix)]
fn main() -> io::Result<()> {
    // SAFETY: `_exit` may be called at any time.
    println!("wait, after _exit(3): {}", end_of(|| unsafe { _exit(3) })?);
    let kill = || _ = raise(Signal::SIGKILL);
    println!("wait, after a signal: {}", end_of(kill)?);
    let panic = || _ = FaultyMap::new(Fault::Panic).items(0..100);
    println!("wait, after a panic: {}", end_of(panic)?);

    let two = NonZero::new(2).expect("2 is not 0");
    for fault in [Fault::Exit, Fault::Kill, Fault::Panic] {
        let outcome = Fork::start(two)?.map(&FaultyMap::new(fault));
        println!("processes/fork: {}", outcome.expect_err("a worker fails"));
    }

    // There is no child left to wait for, not even an ended one.
    assert_eq!(wait(), Err(Errno::ECHILD));
    println!("parent: still running, and all children are reaped");
    Ok(())
}

/// Forks a child that does `work`, and says how it ended.
#[cfg(unix)]
fn end_of(work: fn()) -> io::Result<String> {
    OneThread::check()?;
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    match unsafe { fork() }? {
        ForkResult::Child => {
            // A panic must not unwind past the fork, into a second copy of the parent's code.
            let status = if catch_unwind(work).is_ok() { 0 } else { 101 };
            // SAFETY: `_exit` may be called at any time.
            unsafe { _exit(status) }
        }
        ForkResult::Parent { child } => Ok(match waitpid(child, None)? {
            WaitStatus::Exited(_, status) => format!("exited with status {status}"),
            WaitStatus::Signaled(_, signal, _) => format!("killed by {signal}"),
            other => format!("{other:?}"),
        }),
    }
}
