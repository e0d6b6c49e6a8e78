//! Two child processes, two arguments: each is given one number and counts five further.
//!
//! A forked child has its argument already, since it is a copy of its parent. Its results are in
//! its own memory, so they have to come back some other way: here through a pipe, as text.
//!
//! Run: `cargo run --example process_numbers`
//!
//! Expected output:
//!
//! ```text
//! parent: started two children, processes [..] and [..]
//! child 0 was given 10 and counted 11 12 13 14 15
//! child 1 was given 20 and counted 21 22 23 24 25
//! ```
//!
//! Try: let the children also print their numbers, run it ten times, and look at the order of those
//! lines.

#![cfg_attr(unix, expect(unsafe_code, reason = "this lesson is about fork"))]
#![cfg_attr(not(unix), allow(unused, reason = "only `needs_unix` is used"))]

use std::io::{self, PipeReader, Read, Write};

#[cfg(unix)]
use nix::{
    libc::_exit,
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, Pid, fork},
};
use workloads::numbers::Numbers;
use workloads::{Map, Paradigm, Serial, Workload, println};

examples_processes::needs_unix!();

#[cfg(unix)]
fn main() -> io::Result<()> {
    let workload = Numbers::with_input(21, &[])?;
    let serial = Serial.map(&workload)?;
    // Both are started before either is waited for: so they run at the same time.
    let children = [(10, start(&workload, 10)?), (20, start(&workload, 20)?)];
    let [(_, (first, _)), (_, (second, _))] = &children;
    println!("parent: started two children, processes {first} and {second}");

    for (worker, (number, (child, mut pipe))) in children.into_iter().enumerate() {
        let mut counted = String::new();
        // The pipe ends when the child does: no other process holds its writing end.
        pipe.read_to_string(&mut counted)?;
        assert_eq!(waitpid(child, None)?, WaitStatus::Exited(child, 0));
        assert_eq!(counted, as_text(serial[number]));
        println!("child {worker} was given {number} and counted {counted}");
    }
    Ok(())
}

/// Forks a child for one number, and returns its id and the end of the pipe to read from.
#[cfg(unix)]
fn start(workload: &Numbers, number: usize) -> io::Result<(Pid, PipeReader)> {
    examples_processes::OneThread::check()?;
    let (ours, mut theirs) = io::pipe()?;
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    match unsafe { fork() }? {
        // Returning drops the parent's copy of `theirs`: with it, the parent's read would never end.
        ForkResult::Parent { child } => Ok((child, ours)),
        ForkResult::Child => {
            let mut item = [[0; 5]];
            workload.fill(number, &mut item);
            let sent = theirs.write_all(as_text(item[0]).as_bytes());
            // SAFETY: `_exit` may be called at any time.
            unsafe { _exit(i32::from(sent.is_err())) }
        }
    }
}

fn as_text(numbers: [u64; 5]) -> String {
    numbers.map(|number| number.to_string()).join(" ")
}
