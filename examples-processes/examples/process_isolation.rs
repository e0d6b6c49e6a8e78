//! A child process has a copy of every variable: its parent never sees what it changes.
//!
//! `threads_shared_variable` is the same program with a thread, and ends differently. The address is
//! the same in both processes, because each has a map from addresses to memory of its own.
//!
//! Run: `cargo run --example process_isolation`
//!
//! Expected output:
//!
//! ```text
//! parent: result at [..] is []
//! child:  result at [..] is [0, 1, 4, 9]
//! parent: result at [..] is []
//! parent: the child's change stayed in the child
//! ```
//!
//! Try: let the parent append a number of its own before it waits, assert that it is all that
//! `result` holds in the end, and compare the two lists.

#![cfg_attr(unix, expect(unsafe_code, reason = "this lesson is about fork"))]
#![cfg_attr(not(unix), allow(unused, reason = "only `needs_unix` is used"))]

use std::io::{self, Write};

#[cfg(unix)]
use nix::{
    libc::_exit,
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, fork},
};
use workloads::squares::Squares;
use workloads::{Map, Workload, println};

examples_processes::needs_unix!();

#[cfg(unix)]
fn main() -> io::Result<()> {
    examples_processes::OneThread::check()?;
    let workload = Squares::with_input(4, &[])?;
    let mut result = Vec::new();
    println!("{}", report("parent:", &result));

    // SAFETY: this process has one thread, so the child's copy of it is whole.
    match unsafe { fork() }? {
        ForkResult::Child => {
            result.extend(workload.items(0..4));
            // Not `println!`: a child must neither panic nor `exit` if its output cannot be written.
            let _ = writeln!(io::stdout(), "{}", report("child: ", &result));
            let right = result == [0, 1, 4, 9];
            // SAFETY: `_exit` may be called at any time.
            unsafe { _exit(i32::from(!right)) }
        }
        ForkResult::Parent { child } => {
            assert_eq!(waitpid(child, None)?, WaitStatus::Exited(child, 0));
            println!("{}", report("parent:", &result));
            assert!(result.is_empty());
            println!("parent: the child's change stayed in the child");
            Ok(())
        }
    }
}

/// The address is that of the variable itself.
fn report(who: &str, result: &Vec<u64>) -> String {
    format!("{who} result at {result:p} is {result:?}")
}
