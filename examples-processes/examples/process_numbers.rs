//! Two child processes, two arguments: each child is given one number and counts on.
//!
//! `threads_numbers` is the same program with threads. A forked child has its argument already,
//! because it is a copy of its parent. Its result is in its own memory, so it has to travel: here
//! through a pipe, as text.
//!
//! Run: `cargo run --example process_numbers`
//!
//! Expected output:
//!
//! ```text
//! parent: started two children, processes [..] and [..]
//! child 0 was given 10 and counted [11, 12, 13, 14, 15]
//! child 1 was given 20 and counted [21, 22, 23, 24, 25]
//! ```
//!
//! Try: let each child print what it counted, too, with `writeln!` to `io::stdout()`. Build, and
//! run the program fifty times:
//! `for i in $(seq 50); do cargo run -q --example process_numbers; done`. In some runs the second
//! child's line comes first. The order of the parent's lines never changes.

#![allow(unsafe_code, reason = "this lesson is about fork")]

use std::io::{self, PipeReader, Read, Write};

#[cfg(unix)]
use nix::{
    libc::_exit,
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, Pid, fork},
};
use workloads::println;

examples_processes::needs_unix!();

#[cfg(unix)]
struct Started {
    id: Pid,
    number: u64,
    pipe: PipeReader,
}

#[cfg(unix)]
fn main() -> io::Result<()> {
    // Both children are started before either is waited for, so they run at the same time.
    let children = [start(10)?, start(20)?];
    let [first, second] = [children[0].id, children[1].id];
    println!("parent: started two children, processes {first} and {second}");

    for (worker, mut child) in children.into_iter().enumerate() {
        let mut counted = String::new();
        // Reads until the child ends: no other process can write to this pipe.
        child.pipe.read_to_string(&mut counted)?;
        assert_eq!(waitpid(child.id, None)?, WaitStatus::Exited(child.id, 0));
        let number = child.number;
        assert_eq!(counted, format!("{:?}", count_on(number)));
        println!("child {worker} was given {number} and counted {counted}");
    }
    Ok(())
}

/// Forks a child that counts on from `number`.
#[cfg(unix)]
fn start(number: u64) -> io::Result<Started> {
    examples_processes::OneThread::check()?;
    let (pipe, mut writer) = io::pipe()?;
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    match unsafe { fork() }? {
        ForkResult::Child => {
            // The child's copy of the reading end does no harm: only an open *writing* end keeps a
            // file from ending.
            let sent = write!(writer, "{:?}", count_on(number));
            // SAFETY: `_exit` may be called at any time.
            unsafe { _exit(i32::from(sent.is_err())) }
        }
        // Returning drops the parent's `writer`.
        ForkResult::Parent { child: id } => Ok(Started { id, number, pipe }),
    }
}

fn count_on(number: u64) -> [u64; 5] {
    [1, 2, 3, 4, 5].map(|step| number + step)
}
