//! A child process has a copy of every variable: its parent never sees what the child changes.
//!
//! `threads_shared_variable` is the same program with a thread, and ends differently. The address
//! is the same in both processes: each process has a map of its own from addresses to memory.
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
//! Try: write `result.push(7);` as the first line of the parent's part, and
//! `assert_eq!(result, [7]);` for the last check. Parent and child now change their lists at the
//! same time, and neither sees the other's numbers.

#![allow(unsafe_code, reason = "this lesson is about fork")]

use std::io::{self, Write};

#[cfg(unix)]
use nix::{
    libc::_exit,
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, fork},
};
use workloads::squares::Squares;
use workloads::{Map, println};

examples_processes::needs_unix!();

#[cfg(unix)]
fn main() -> io::Result<()> {
    let workload = Squares::new(4);
    let mut result = Vec::new();
    println!("{}", report("parent:", &result));

    examples_processes::OneThread::check()?;
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    match unsafe { fork() }? {
        ForkResult::Child => {
            result.extend(workload.items(0..4));
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
        }
    }
    Ok(())
}

/// The list, and the address of the variable that holds it.
fn report(who: &str, result: &Vec<u64>) -> String {
    format!("{who} result at {result:p} is {result:?}")
}
