//! Worker processes that live for many tasks: tasks travel to them through one pipe, answers back
//! through another.
//!
//! This program starts itself as its workers. The pipes are their standard input and output. A task
//! is the number of a chunk, an answer is the number of hits in it. Threads could read each other's
//! data where it is. Between processes every byte is copied into the system and out again: so send
//! the result of much work, and not the data.
//!
//! Run: `cargo run --example pipe_workers`
//!
//! Expected output:
//!
//! ```text
//! worker 0 answered 5 tasks with 30 bytes
//! worker 1 answered 5 tasks with 30 bytes
//! 785213 hits, as in serial
//! message-passing/pipe: 785213 hits, as in serial
//! ```
//!
//! Try: set `POINTS` to `10_000_000`. There is ten times as much work, and each answer is one digit
//! longer. Then set `TASKS` to `100_000`: the tasks do not fit into the pipes, nor the answers.
//! Parent and workers wait for each other to read, forever: a deadlock. End it with Ctrl-C.

use std::io::{self, Write};
use std::num::NonZero;
use std::process::{Command, Stdio};
use std::{env, str};

#[cfg(unix)]
use examples_message_passing::Pipe;
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Paradigm, Reduce, println};

examples_processes::needs_unix!();

const POINTS: usize = 1_000_000;
const TASKS: usize = 10;
const WORKERS: usize = 2;

#[cfg(unix)]
fn main() -> io::Result<()> {
    let workload = MonteCarloPi::new(POINTS);
    if env::args().len() > 1 {
        return work(&workload);
    }

    let mut workers = Vec::new();
    for _ in 0..WORKERS {
        let mut worker = Command::new(env::current_exe()?);
        worker
            .arg("worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        workers.push(worker.spawn()?);
    }
    // All tasks at once: 20 bytes. A pipe has room for about 64 KiB, and a full pipe makes its
    // writer wait.
    for task in 0..TASKS {
        let pipe = workers[task % WORKERS].stdin.as_mut().expect("it is piped");
        writeln!(pipe, "{task}")?;
    }
    let mut hits = 0;
    for (number, worker) in workers.into_iter().enumerate() {
        // Closes the worker's input, so that its loop ends, and reads its output to the end.
        let output = worker.wait_with_output()?;
        let status = output.status;
        assert!(status.success(), "worker {number}: {status}");
        let answers = str::from_utf8(&output.stdout).map_err(io::Error::other)?;
        let (tasks, bytes) = (answers.lines().count(), answers.len());
        println!("worker {number} answered {tasks} tasks with {bytes} bytes");
        for answer in answers.lines() {
            hits += answer.parse::<u64>().map_err(io::Error::other)?;
        }
    }
    let serial = workload.fold(0..POINTS);
    assert_eq!(hits, serial);
    println!("{hits} hits, as in serial");

    // The paradigm: for any workload. The worker that has answered gets the next task, and a
    // failure is reported.
    let two = NonZero::new(WORKERS).expect("at least one worker");
    let hits = Pipe::start(two)?.reduce(&workload)?;
    assert_eq!(hits, serial);
    println!("message-passing/pipe: {hits} hits, as in serial");
    Ok(())
}

/// The worker's part: a line in, a line out, until the input ends.
fn work(workload: &MonteCarloPi) -> io::Result<()> {
    let size = POINTS / TASKS;
    for line in io::stdin().lines() {
        let task: usize = line?.parse().map_err(io::Error::other)?;
        println!("{}", workload.fold(task * size..(task + 1) * size));
    }
    Ok(())
}
