//! A spawned child inherits what the system keeps for its parent, and nothing that stands in its
//! parent's memory.
//!
//! The system keeps the environment variables, the working directory, the ignored signals (`nohup`
//! ignores SIGHUP, and then starts a program) and the open files. The standard streams are open
//! files, with the numbers 0, 1 and 2. A child inherits them, too, unless its parent replaces
//! them: here, `output` replaces standard output by a pipe. A file that is marked *close on exec*
//! is not inherited: Rust and Python mark every file that they open. Variables and threads of the
//! parent do not exist in the child.
//!
//! Run: `cargo run --example process_environment`
//!
//! Expected output:
//!
//! ```text
//! TASK: told by Command
//! HOME: [..]
//! working directory: /
//! SIGUSR1: ignored
//! file [..]: open
//! file [..], marked: closed
//! COUNT: 0
//! threads: 1
//! parent: this is what the child sees, as expected
//! ```
//!
//! Try: write `command.env_clear();` above the line that sets TASK. In the assertion that fails
//! then, the child has no HOME. Replace `env_clear()` by `current_dir("/dev")`, and look at the
//! working directory.

#![allow(unsafe_code, reason = "this lesson ignores a signal")]

#[cfg(unix)]
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs::File, io, path::Path, process::Command, sync::mpsc, thread};

#[cfg(unix)]
use nix::{
    sys::signal::{SigHandler, Signal, raise, signal},
    unistd::dup,
};
use workloads::println;

examples_processes::needs_unix!();

static COUNT: AtomicU32 = AtomicU32::new(0);

#[cfg(unix)]
fn main() -> io::Result<()> {
    let words: Vec<String> = env::args().collect();
    if let [_program, file, marked] = &words[..] {
        return report(file, marked); // This process is the child.
    }
    examples_processes::keep_ended_children(); // So `output` can wait for the child.
    let mut command = Command::new(env::current_exe()?);
    env::set_current_dir("/")?;
    // SAFETY: to ignore a signal installs no handler.
    unsafe { signal(Signal::SIGUSR1, SigHandler::SigIgn) }?;
    COUNT.store(7, Ordering::Relaxed);
    let marked = File::open("/dev/null")?;
    let file = dup(&marked)?; // The same file with a second number, which `dup` does not mark.
    let [a, b] = [file.as_raw_fd(), marked.as_raw_fd()].map(|number| number.to_string());
    command.env("TASK", "told by Command").args([&a, &b]);

    let (end, wait_for_end) = mpsc::channel::<()>();
    thread::spawn(move || wait_for_end.recv()); // A second thread, until `end` is dropped.
    let output = command.output()?;
    drop(end);
    let home = env::var("HOME").unwrap_or_default();
    let expected = format!(
        "TASK: told by Command\nHOME: {home}\nworking directory: /\nSIGUSR1: ignored\n\
         file {a}: open\nfile {b}, marked: closed\nCOUNT: 0\nthreads: 1\n"
    );
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    println!("{expected}parent: this is what the child sees, as expected");
    Ok(())
}

/// The child prints what it sees.
#[cfg(unix)]
fn report(file: &str, marked: &str) -> io::Result<()> {
    println!("TASK: {}", env::var("TASK").unwrap_or_default());
    println!("HOME: {}", env::var("HOME").unwrap_or_default());
    println!("working directory: {}", env::current_dir()?.display());
    raise(Signal::SIGUSR1)?; // By default, this signal ends a process.
    println!("SIGUSR1: ignored");
    println!("file {file}: {}", state_of(file));
    println!("file {marked}, marked: {}", state_of(marked));
    println!("COUNT: {}", COUNT.load(Ordering::Relaxed));
    examples_processes::OneThread::check()?; // Counts them, on Linux.
    println!("threads: 1");
    Ok(())
}

fn state_of(file: &str) -> &'static str {
    let open = Path::new("/dev/fd").join(file).exists(); // Lists the open files of this process.
    if open { "open" } else { "closed" }
}
