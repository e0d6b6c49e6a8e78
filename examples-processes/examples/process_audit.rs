//! An audit: what a program holds afterwards that it did not hold before.
//!
//! A child that was not waited for, an open pipe, a shared mapping: the program goes on, and holds
//! more with every call, until the system refuses to give it another. Such a mistake does not
//! change an answer, so a test has to look for it. Linux shows what a process holds in the
//! directory `/proc/self`. `Audit::now` reads this directory, and `left_behind` compares.
//!
//! Run: `cargo run --example process_audit`
//!
//! Expected output:
//!
//! ```text
//! a pipe and a child: it leaves child processes behind: [..]
//! a pipe and a child: it leaves open descriptors behind: [..]
//! closed, and waited for: nothing is left
//! a pool that was dropped: nothing is left
//! a pool whose workers were killed: nothing is left
//! a pool with tasks in flight: nothing is left
//! a process that was dropped: nothing is left
//! ```
//!
//! Try: replace the first `drop(pool)` by `std::mem::forget(pool)`. An assertion fails: the audit
//! has found the fork server of the pool (a child process), its connections and a mapping. (This
//! lesson finds something on Linux only.)

use std::process::Command;
use std::{env, io, num::NonZero, thread, time::Duration};

#[cfg(unix)]
use examples_processes::{Audit, Process, ProcessPool, StartMethod};
#[cfg(unix)]
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use workloads::println;

examples_processes::needs_unix!();

#[cfg(unix)]
fn main() -> io::Result<()> {
    if env::args().len() > 1 {
        return Ok(()); // The child of the first part: it ends at once.
    }
    let audit = Audit::now();

    let pipe = io::pipe()?;
    let mut child = Command::new(env::current_exe()?).arg("child").spawn()?;
    for sentence in audit.left_behind() {
        println!("a pipe and a child: {sentence}");
    }
    drop(pipe);
    child.wait()?;
    check(&audit, "closed, and waited for");

    let two = NonZero::new(2).expect("two workers");
    let pool = ProcessPool::start(two)?;
    let serial: Vec<u64> = (0..100).map(square).collect();
    assert_eq!(pool.map(square, 0..100)?, serial);
    drop(pool);
    check(&audit, "a pool that was dropped");

    let pool = ProcessPool::start(two)?;
    for worker in pool.workers() {
        kill(Pid::from_raw(worker.cast_signed()), Signal::SIGKILL)?;
    }
    assert_eq!(pool.map(square, 0..100)?, serial);
    drop(pool);
    check(&audit, "a pool whose workers were killed");

    let pool = ProcessPool::start(two)?;
    let sleeping = pool.map_async(|_| thread::sleep(Duration::from_mins(1)), 0..100);
    assert!(!sleeping.is_ready());
    drop(sleeping);
    drop(pool);
    check(&audit, "a pool with tasks in flight");

    let process = Process::start("square", StartMethod::Fork, square, 7)?;
    drop(process);
    check(&audit, "a process that was dropped");
    Ok(())
}

fn square(number: u64) -> u64 {
    number * number
}

/// Compares what this process holds with what it held at the audit.
#[cfg(unix)]
fn check(audit: &Audit, what: &str) {
    let left = audit.left_behind();
    assert!(left.is_empty(), "{what}: {left:?}");
    println!("{what}: nothing is left");
}
