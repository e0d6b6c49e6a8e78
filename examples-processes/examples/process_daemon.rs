//! A daemon outlives its parent on purpose: it has no terminal, and another process adopts it.
//!
//! The classic way is to fork, to call `setsid`, and to fork again. `setsid` begins a session
//! without a terminal. The second child does not lead the session, so it can never get a terminal.
//! Today, a service manager such as systemd or launchd does this: it starts the service without a
//! terminal, keeps what it prints, and starts it again after a crash. The service needs no fork of
//! its own. In Python's `multiprocessing`, `daemon=True` means the opposite: a child that is ended
//! with its parent.
//!
//! Run: `cargo run --example process_daemon`
//!
//! Expected output:
//!
//! ```text
//! parent: process [..], session [..]
//! child:  process [..], which has ended
//! daemon: parent [..], session [..], directory /, tty: false
//! ```
//!
//! Try: replace `setsid()?` by `getpid()`, and look at the line of the daemon. It is in the
//! session of the program, and has its terminal, if you run the program in one: so an assertion
//! fails.

#![allow(unsafe_code, reason = "this lesson is about fork")]

use std::{env, fs::File, io, io::PipeWriter, io::Write, thread};

#[cfg(unix)]
use nix::{
    libc::_exit,
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, Pid, alarm, fork, getpid, getppid, getsid, setsid},
    unistd::{dup2_stderr, dup2_stdin, dup2_stdout},
};
use workloads::println;

examples_processes::needs_unix!();

#[cfg(unix)]
fn main() -> io::Result<()> {
    let (me, session) = (getpid(), getsid(None)?);
    println!("parent: process {me}, session {session}");
    let (pipe, writer) = io::pipe()?; // Carries text from the daemon to this process.
    examples_processes::OneThread::check()?;
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    match unsafe { fork() }? {
        ForkResult::Child => {
            let started = start_daemon(writer);
            // SAFETY: `_exit` may be called at any time.
            unsafe { _exit(i32::from(started.is_err())) }
        }
        ForkResult::Parent { child } => {
            drop(writer);
            assert_eq!(waitpid(child, None)?, WaitStatus::Exited(child, 0));
            println!("child:  process {child}, which has ended");
            let report = io::read_to_string(pipe)?; // Reads until the daemon ends.
            println!("daemon: {report}");
            let expected = format!("session {child}, directory /, tty: false");
            assert!(report.ends_with(&expected) && session != child);
            assert!(!report.contains(&format!("parent {me},")));
        }
    }
    Ok(())
}

/// Forks a second time, in a session of its own.
#[cfg(unix)]
fn start_daemon(pipe: PipeWriter) -> io::Result<()> {
    let leader = setsid()?; // The new session has the number of this process, which leads it.
    // SAFETY: this process has one thread, as its parent has.
    if let ForkResult::Child = unsafe { fork() }? {
        let done = run_daemon(leader, pipe);
        // SAFETY: `_exit` may be called at any time.
        unsafe { _exit(i32::from(done.is_err())) }
    }
    Ok(())
}

/// What the daemon does: it lets go of what it has of its parent, and says what it is.
#[cfg(unix)]
fn run_daemon(parent: Pid, mut pipe: PipeWriter) -> io::Result<()> {
    alarm::set(2); // SIGALRM ends it after two seconds at the latest.
    env::set_current_dir("/")?; // So it keeps no other directory in use.
    let null = File::options().read(true).write(true).open("/dev/null")?;
    dup2_stdin(&null)?;
    dup2_stdout(&null)?;
    dup2_stderr(&null)?;
    while getppid() == parent {
        thread::yield_now(); // The parent ends now, and then another process adopts the daemon.
    }
    // A process without a terminal cannot open "/dev/tty".
    let (parent, session, tty) = (getppid(), getsid(None)?, File::open("/dev/tty").is_ok());
    let directory = env::current_dir()?.display().to_string();
    let report = format!("parent {parent}, session {session}, directory {directory}, tty: {tty}");
    pipe.write_all(report.as_bytes())
}
