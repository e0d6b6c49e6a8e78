//! A pipe: a child process writes one message, its parent reads it to the end.
//!
//! A pipe carries bytes from its writing end to its reading end, and nothing says where a message
//! ends. It is read like a file: reading returns 0 bytes, the *end of the file*, when the last copy
//! of the writing end is closed. `fork` copies both ends, so parent and child each close the end
//! that they do not use.
//!
//! Run: `cargo run --example pipe_hello`
//!
//! Expected output:
//!
//! ```text
//! the child wrote "785213"
//! the next read returns 0 bytes: the file has ended
//! 785213 hits, as in serial: pi is about 3.141
//! ```
//!
//! Try: delete `drop(writer)` in the parent's part. The parent now waits forever for the end of the
//! file, because one process could still write: the parent itself. End it with Ctrl-C.

#![allow(unsafe_code, reason = "this lesson forks")]

use std::io::{self, Read, Write};

#[cfg(unix)]
use nix::{
    libc::_exit,
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, fork},
};
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Reduce, println};

examples_processes::needs_unix!();

const POINTS: usize = 1_000_000;

#[cfg(unix)]
fn main() -> io::Result<()> {
    let workload = MonteCarloPi::new(POINTS);
    let (mut reader, mut writer) = io::pipe()?;
    examples_processes::OneThread::check()?;
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    match unsafe { fork() }? {
        ForkResult::Child => {
            drop(reader);
            let hits = workload.fold(0..POINTS);
            let sent = write!(writer, "{hits}");
            // SAFETY: `_exit` may be called at any time. The system closes the writing end.
            unsafe { _exit(i32::from(sent.is_err())) }
        }
        ForkResult::Parent { child } => {
            drop(writer); // Now the child has the only writing end.
            let mut message = String::new();
            reader.read_to_string(&mut message)?;
            println!("the child wrote {message:?}");
            let bytes = reader.read(&mut [0])?; // There is room for one byte.
            println!("the next read returns {bytes} bytes: the file has ended");
            assert_eq!(waitpid(child, None)?, WaitStatus::Exited(child, 0));

            let serial = workload.fold(0..POINTS);
            assert_eq!(message, serial.to_string());
            let pi = workload.estimate(serial);
            println!("{serial} hits, as in serial: pi is about {pi:.3}");
        }
    }
    Ok(())
}
