//! A process with several threads must not fork and go on: a lock that another thread holds stays
//! locked in the child forever.
//!
//! `fork` copies all memory, with every lock in it, but only the thread that called it. The thread
//! that would release the lock does not exist in the child. The lock may be one that you do not
//! see, such as that of the memory allocator. So fork first and start threads later, or spawn.
//! (Python warns of such a fork since version 3.12.)
//!
//! Run: `cargo run --example process_fork_and_threads`
//!
//! Expected output:
//!
//! ```text
//! thread, then fork: after 300 ms the child is still waiting: killed
//! this process has 2 threads, so a forked child could hang on a lock that one of them holds:
//!   fork before starting threads, or use processes/spawn
//! fork, then thread: the child has taken the lock, and exited with status 0
//! ```
//!
//! Try: write `OneThread::check()?;` as the first line of `start_child`. The program ends with the
//! sentence of the check, before it forks.

#![allow(unsafe_code, reason = "this lesson is about fork and threads")]

use std::{io, sync::Mutex, sync::mpsc, thread, time::Duration};

#[cfg(unix)]
use examples_processes::OneThread;
#[cfg(unix)]
use nix::{
    libc::_exit,
    sys::signal::{Signal::SIGKILL, kill},
    sys::wait::WaitStatus::{Exited, Signaled, StillAlive},
    sys::wait::{WaitPidFlag, waitpid},
    unistd::{ForkResult, Pid, alarm, fork},
};
use workloads::println;

examples_processes::needs_unix!();

static LOCK: Mutex<()> = Mutex::new(());

#[cfg(unix)]
fn main() -> io::Result<()> {
    OneThread::check()?; // There is one thread now, and soon there are two.
    let (locked, wait_until_locked) = mpsc::channel();
    let (release, wait_for_release) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        let _guard = LOCK.lock();
        locked.send(()).expect("it is received");
        let _ = wait_for_release.recv(); // Returns when `release` is dropped.
    });
    wait_until_locked.recv().expect("it is sent");
    let child = start_child()?;
    thread::sleep(Duration::from_millis(300));
    let change = waitpid(child, Some(WaitPidFlag::WNOHANG))?;
    assert_eq!(change, StillAlive);
    kill(child, SIGKILL)?;
    assert_eq!(waitpid(child, None)?, Signaled(child, SIGKILL, false));
    println!("thread, then fork: after 300 ms the child is still waiting: killed");

    if cfg!(target_os = "linux") {
        let refusal = OneThread::check().expect_err("there are two threads");
        println!("{}", refusal.to_string().replace(": ", ":\n  "));
    } else {
        println!("OneThread::check: this system does not show how many threads there are");
    }
    drop(release);
    thread.join().expect("it does not panic");

    // The solution: fork first.
    OneThread::check()?;
    let child = start_child()?;
    let thread = thread::spawn(|| drop(LOCK.lock()));
    thread.join().expect("it does not panic");
    assert_eq!(waitpid(child, None)?, Exited(child, 0));
    println!("fork, then thread: the child has taken the lock, and exited with status 0");
    Ok(())
}

/// Forks a child that takes the lock, and ends.
#[cfg(unix)]
fn start_child() -> io::Result<Pid> {
    // SAFETY: this process may have two threads, so the child calls only what needs nothing of the
    // other one. `alarm` and `_exit` are async-signal-safe. `lock` takes no other lock and allocates
    // no memory: on Linux it changes one number and waits in the system, and on macOS the thread,
    // which was first, has allocated what it needs.
    match unsafe { fork() }? {
        ForkResult::Child => {
            alarm::set(2); // SIGALRM ends it after two seconds, if its parent does not.
            let guard = LOCK.lock();
            // SAFETY: `_exit` may be called at any time.
            unsafe { _exit(i32::from(guard.is_err())) }
        }
        ForkResult::Parent { child } => Ok(child),
    }
}
