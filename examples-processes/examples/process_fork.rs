//! `fork` returns twice: once in the parent, and once in its copy, the child.
//!
//! The parent waits for the child to end and reads its exit status. That is one byte, enough for
//! success or failure and for little more: other answers need a pipe (see `process_numbers`).
//!
//! Run: `cargo run --example process_hello`
//!
//! Expected output:
//!
//! ```text
//! parent: I am process [..]
//! child:  I am process [..], my parent is [..]
//! child:  item 6 of random-squares is 81, that is my exit status
//! parent: child [..] exited with status 81, as in serial
//! ```
//!
//! Try: return 300 from `child`, and look at the status in the assertion that fails then.

#![cfg_attr(unix, expect(unsafe_code, reason = "this lesson is about fork"))]
#![cfg_attr(not(unix), allow(unused, reason = "only `needs_unix` is used"))]

use std::io::{self, Write};
use std::process;

#[cfg(unix)]
use nix::{
    libc::_exit,
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, fork, getppid},
};
use workloads::println;
use workloads::random_squares::square_of_draw;

examples_processes::needs_unix!();

/// The item that the child computes.
const ITEM: u32 = 6;

#[cfg(unix)]
fn main() -> io::Result<()> {
    examples_processes::OneThread::check()?;
    println!("parent: I am process {}", process::id());
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    match unsafe { fork() }? {
        ForkResult::Child => {
            let status = child();
            // SAFETY: `_exit` may be called at any time.
            unsafe { _exit(status) }
        }
        ForkResult::Parent { child } => {
            // Until its parent has waited for it, an ended child stays in the process table.
            let end = waitpid(child, None)?;
            let serial = i32::from(square_of_draw(ITEM));
            assert_eq!(end, WaitStatus::Exited(child, serial));
            println!("parent: child {child} exited with status {serial}, as in serial");
            Ok(())
        }
    }
}

/// Returns the exit status. It does not panic: a child must not unwind into its parent's code.
#[cfg(unix)]
fn child() -> i32 {
    let (me, parent) = (process::id(), getppid());
    let square = square_of_draw(ITEM);
    let mut out = io::stdout();
    // If a line cannot be written, the status is still the answer.
    let _ = writeln!(out, "child:  I am process {me}, my parent is {parent}");
    let _ = writeln!(
        out,
        "child:  item {ITEM} of random-squares is {square}, that is my exit status"
    );
    i32::from(square)
}
