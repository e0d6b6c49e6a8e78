//! A child that has ended stays in the process table until its parent waits for it: it is a
//! *zombie*.
//!
//! A zombie runs no code and has no memory. It keeps its number and its exit status, for its
//! parent. `waitpid` returns the status and removes the zombie. A parent that ignores `SIGCHLD`,
//! the signal of a child's end, has no zombies, but it cannot get an exit status either.
//!
//! Run: `cargo run --example process_zombies`
//!
//! Expected output:
//!
//! ```text
//! the child has ended, and was not waited for: state Z
//! after SIGKILL:    state Z
//! waitpid says:     exited with status 3
//! after waitpid:    no such process
//! SIGCHLD ignored:  waitpid says ECHILD: No child processes
//! ```
//!
//! Try: delete the line that ignores `SIGCHLD`, and look at the assertion that fails. Now the
//! second child is a zombie, too, and `waitpid` returns its status.

#![allow(unsafe_code, reason = "this lesson is about what fork leaves behind")]

use std::{fs, io, mem, process::Command};

#[cfg(unix)]
use examples_processes::OneThread;
#[cfg(unix)]
use nix::{
    errno::Errno,
    libc::{_exit, P_PID, WEXITED, WNOWAIT, siginfo_t, waitid},
    sys::signal::{SigHandler, Signal, kill, signal},
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, Pid, fork},
};
use workloads::println;

examples_processes::needs_unix!();

#[cfg(unix)]
fn main() -> io::Result<()> {
    let alone = OneThread::check()?;
    let child = fork_child(alone)?;
    wait_without_removing(child)?;
    assert_eq!(state_of(child)?, Some('Z'));
    println!("the child has ended, and was not waited for: state Z");
    kill(child, Signal::SIGKILL)?; // Sending it succeeds, and changes nothing.
    assert_eq!(state_of(child)?, Some('Z'));
    println!("after SIGKILL:    state Z");
    assert_eq!(waitpid(child, None)?, WaitStatus::Exited(child, 3));
    println!("waitpid says:     exited with status 3");
    assert_eq!(kill(child, None), Err(Errno::ESRCH)); // No signal: asks whether it exists.
    println!("after waitpid:    no such process");

    // SAFETY: to ignore a signal installs no handler.
    unsafe { signal(Signal::SIGCHLD, SigHandler::SigIgn) }?;
    let child = fork_child(alone)?;
    // Waits for the end of the child all the same.
    assert_eq!(waitpid(child, None), Err(Errno::ECHILD));
    println!("SIGCHLD ignored:  waitpid says {}", Errno::ECHILD);
    Ok(())
}

/// Forks a child that ends at once, with status 3.
#[cfg(unix)]
fn fork_child(_this_process_has_one_thread: OneThread) -> nix::Result<Pid> {
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    match unsafe { fork() }? {
        // SAFETY: `_exit` may be called at any time.
        ForkResult::Child => unsafe { _exit(3) },
        ForkResult::Parent { child } => Ok(child),
    }
}

/// Waits for a child to end, and leaves it in the process table.
#[cfg(unix)]
fn wait_without_removing(child: Pid) -> nix::Result<()> {
    let id = child.as_raw().cast_unsigned();
    // SAFETY: `siginfo_t` is made of numbers and addresses, and all of them may be zero.
    let mut info: siginfo_t = unsafe { mem::zeroed() };
    // SAFETY: `waitid` writes to `info` only.
    Errno::result(unsafe { waitid(P_PID, id, &raw mut info, WEXITED | WNOWAIT) }).map(drop)
}

/// The letter for the state of a process: R if it runs, S if it sleeps, Z for a zombie.
#[cfg(unix)]
fn state_of(process: Pid) -> io::Result<Option<char>> {
    let text = if cfg!(target_os = "linux") {
        // NUMBER (NAME) STATE ...
        let line = fs::read_to_string(format!("/proc/{process}/stat"))?;
        line.rsplit(") ").next().map(str::to_owned)
    } else {
        let arguments = ["-o", "stat=", "-p", &process.to_string()];
        let output = Command::new("ps").args(arguments).output()?;
        String::from_utf8(output.stdout).ok()
    };
    Ok(text.and_then(|text| text.chars().next()))
}
