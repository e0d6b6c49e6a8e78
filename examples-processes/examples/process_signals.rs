//! A signal can end, stop or continue a process. For most signals, the process can choose
//! otherwise.
//!
//! SIGTERM asks a process to end, and Ctrl-C sends SIGINT to the processes of a terminal. By
//! default, both signals end the process at once. A process can also wait for them, to end in
//! order, or ignore them. A process can neither ignore SIGKILL, which ends it, nor SIGSTOP, which
//! stops it until SIGCONT. In Python, `Process.terminate()` sends SIGTERM, and `Process.kill()`
//! sends SIGKILL.
//!
//! Run: `cargo run --example process_signals`
//!
//! Expected output:
//!
//! ```text
//! by default:         killed by SIGTERM
//! by default:         killed by SIGINT
//! waits for SIGTERM:  exited with status 5
//! ignores SIGTERM:    stopped by SIGSTOP, continued by SIGCONT
//!                     killed by SIGKILL
//! ```
//!
//! Try: send SIGINT instead of SIGTERM to the child that waits for SIGTERM. The assertion fails:
//! SIGINT is not blocked, so it ends the child. Then write `SIGTERM | SIGINT` in place of
//! `SigSet::from(SIGTERM)`: the child exits with status 5 again.

#![allow(unsafe_code, reason = "this lesson sends signals to forked children")]

use std::{io, process, thread, time::Duration};

#[cfg(unix)]
use nix::{
    libc::_exit,
    sys::signal::Signal::{SIGCONT, SIGINT, SIGKILL, SIGSTOP, SIGTERM},
    sys::signal::{SigHandler, SigSet, kill, signal},
    sys::wait::WaitStatus::{Continued, Exited, Signaled, Stopped},
    sys::wait::{WaitPidFlag, waitpid},
    unistd::{ForkResult, Pid, fork},
};
use workloads::println;

examples_processes::needs_unix!();

#[cfg(unix)]
fn main() -> io::Result<()> {
    for default in [SIGTERM, SIGINT] {
        // SAFETY: the default is no handler. (The program that started this one may ignore them.)
        unsafe { signal(default, SigHandler::SigDfl) }?;
        let child = start(sleep)?;
        kill(child, default)?;
        assert_eq!(waitpid(child, None)?, Signaled(child, default, false));
        println!("by default:         killed by {default}");
    }

    // A blocked signal ends no process: the system keeps it until the process waits for it. A child
    // begins with the same signals blocked as its parent, so no signal comes too early.
    let terminate = SigSet::from(SIGTERM);
    terminate.thread_block()?;
    let child = start(|| terminate.wait().map_or(1, |_| 5))?;
    kill(child, SIGTERM)?;
    assert_eq!(waitpid(child, None)?, Exited(child, 5));
    println!("waits for SIGTERM:  exited with status 5");
    terminate.thread_unblock()?;

    // SAFETY: to ignore a signal installs no handler. A child ignores what its parent ignores.
    unsafe { signal(SIGTERM, SigHandler::SigIgn) }?;
    let child = start(sleep)?;
    kill(child, SIGTERM)?;
    kill(child, SIGSTOP)?;
    let stopped = waitpid(child, Some(WaitPidFlag::WUNTRACED))?;
    assert_eq!(stopped, Stopped(child, SIGSTOP)); // A child that has ended cannot stop.
    kill(child, SIGCONT)?;
    let continued = waitpid(child, Some(WaitPidFlag::WCONTINUED))?;
    assert_eq!(continued, Continued(child));
    println!("ignores SIGTERM:    stopped by SIGSTOP, continued by SIGCONT");
    kill(child, SIGKILL)?;
    assert_eq!(waitpid(child, None)?, Signaled(child, SIGKILL, false));
    println!("                    killed by SIGKILL");
    Ok(())
}

/// Forks a child that does `work`, and leaves with the status that `work` returns.
#[cfg(unix)]
fn start(work: impl Fn() -> i32) -> io::Result<Pid> {
    examples_processes::OneThread::check()?;
    let parent = process::id();
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    match unsafe { fork() }? {
        ForkResult::Child => {
            examples_processes::die_with_parent(parent); // In case a check fails.
            // SAFETY: `_exit` may be called at any time.
            unsafe { _exit(work()) }
        }
        ForkResult::Parent { child } => Ok(child),
    }
}

/// Much longer than this lesson takes.
fn sleep() -> i32 {
    thread::sleep(Duration::from_secs(5));
    0
}
