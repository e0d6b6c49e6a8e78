//! `fork` makes a copy of the running process. It returns twice: in the parent, and in its copy,
//! the child.
//!
//! The parent waits for the child to end, and reads its exit status. That is one byte: enough for
//! success or failure, and for little more. Larger answers need a pipe (see `pipe_hello`).
//!
//! Run: `cargo run --example process_fork`
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
//! Try: let the child leave by `_exit(300)`, and look at the status in the assertion that fails
//! then: of 300, one byte is left, which is 44.

#![allow(unsafe_code, reason = "this lesson is about fork")]

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

#[cfg(unix)]
fn main() -> io::Result<()> {
    println!("parent: I am process {}", process::id());
    // The copy of a process with several threads may wait for a lock forever. So check that this
    // process has one thread.
    examples_processes::OneThread::check()?;
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    match unsafe { fork() }? {
        ForkResult::Child => {
            let (me, parent) = (process::id(), getppid());
            let square = square_of_draw(6);
            // `writeln!`, because `println!` ends the process if it cannot print. A child leaves
            // only by `_exit`.
            let mut out = io::stdout();
            let _ = writeln!(out, "child:  I am process {me}, my parent is {parent}");
            let _ = writeln!(
                out,
                "child:  item 6 of random-squares is {square}, that is my exit status"
            );
            // SAFETY: `_exit` may be called at any time. It ends the child here, so the child runs
            // nothing of what its parent still has to do.
            unsafe { _exit(i32::from(square)) }
        }
        ForkResult::Parent { child } => {
            // An ended child stays in the process table until its parent has waited for it.
            let end = waitpid(child, None)?;
            let serial = i32::from(square_of_draw(6));
            assert_eq!(end, WaitStatus::Exited(child, serial));
            println!("parent: child {child} exited with status {serial}, as in serial");
        }
    }
    Ok(())
}
