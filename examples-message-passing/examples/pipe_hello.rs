//! A pipe: a child process writes one message, its parent reads it to the end of the file.
//!
//! A pipe is a stream of bytes with two ends and no other marks: the message ends where the file
//! ends, and the file ends when the last copy of the writing end is closed. `fork` copies both ends,
//! so parent and child each close the one that they do not use.
//!
//! Run: `cargo run --example pipe_hello`
//!
//! Expected output:
//!
//! ```text
//! the child wrote "785213", and then the file ended
//! the next read returns 0 bytes: that is how the end of a file looks
//! 785213 hits, as in the serial loop: pi is about 3.141
//! the child is reaped: Exited(Pid([..]), 0)
//! ```
//!
//! Try: delete `drop(writer)` in the parent. It now waits forever for the end of the file, because
//! one process could still write: the parent itself. End it with Ctrl-C.

#![cfg_attr(unix, expect(unsafe_code, reason = "this lesson is about fork"))]
#![cfg_attr(not(unix), allow(unused, reason = "only `needs_unix` is used"))]

use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

#[cfg(unix)]
use nix::{
    libc::_exit,
    sys::wait::waitpid,
    unistd::{ForkResult, fork},
};
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Reduce, Workload, println};

examples_processes::needs_unix!();

#[cfg(unix)]
fn main() -> io::Result<()> {
    let workload = MonteCarloPi::with_input(1_000_000, &[])?;
    let points = 0..workload.len();
    let (mut reader, mut writer) = io::pipe()?;
    examples_processes::OneThread::check()?;
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    match unsafe { fork() }? {
        ForkResult::Child => {
            drop(reader);
            let answer = || write!(writer, "{}", workload.fold(points));
            // A panic must not unwind into the parent's part of the program.
            let sent = catch_unwind(AssertUnwindSafe(answer)).is_ok_and(|sent| sent.is_ok());
            // SAFETY: `_exit` may be called at any time. It also closes the child's writing end.
            unsafe { _exit(i32::from(!sent)) }
        }
        ForkResult::Parent { child } => {
            drop(writer); // The child's copy is the last one now.
            let mut message = String::new();
            reader.read_to_string(&mut message)?;
            println!("the child wrote {message:?}, and then the file ended");
            let bytes = reader.read(&mut [0])?;
            println!("the next read returns {bytes} bytes: that is how the end of a file looks");
            let hits = workload.fold(points);
            assert_eq!(message, hits.to_string());
            let pi = workload.estimate(hits);
            println!("{hits} hits, as in the serial loop: pi is about {pi:.3}");
            let end = waitpid(child, None)?;
            println!("the child is reaped: {end:?}");
        }
    }
    Ok(())
}
