//! Channels between processes, by a library: what is sent has a type, as between threads.
//!
//! The workers and their tasks are those of `pipe_workers`. There, numbers were written as text
//! and parsed again. Here, the library `ipc-channel` makes bytes of any type that serde can
//! serialise, and also of the ends of channels. Each worker is told the name of a server, which
//! accepts one connection. Through it, the worker sends the two ends that its parent needs.
//!
//! Run: `cargo run --example pipe_ipc_channel`
//!
//! Expected output:
//!
//! ```text
//! worker 0 answered 5 tasks, then: Ipc Disconnected.
//! worker 1 answered 5 tasks, then: Ipc Disconnected.
//! 785213 hits, as in serial
//! ```
//!
//! Try: write `if let` for `while let`: each worker ends after its first task. Most often, a later
//! `send` fails with `BrokenPipe`. If all tasks were sent before the workers ended, no error says
//! that some of them are lost: only the last assertion finds that hits are missing.

use std::env;
use std::error::Error;
use std::ops::Range;
use std::process::Command;

use ipc_channel::IpcError;
use ipc_channel::ipc::{self, IpcOneShotServer, IpcReceiver, IpcSender};
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Reduce, println};

const POINTS: usize = 1_000_000;
const TASKS: usize = 10;
const WORKERS: usize = 2;

/// The parent's ends of a worker's two channels: points go out, a number of hits comes back.
type ParentsEnds = (IpcSender<Range<usize>>, IpcReceiver<u64>);

fn main() -> Result<(), Box<dyn Error>> {
    let workload = MonteCarloPi::new(POINTS);
    if let Some(server) = env::args().nth(1) {
        return work(&workload, server); // This process is a worker.
    }

    let mut workers = Vec::new();
    for _ in 0..WORKERS {
        let (server, name) = IpcOneShotServer::<ParentsEnds>::new()?;
        let child = Command::new(env::current_exe()?).arg(name).spawn()?;
        // Waits until the child has connected and has sent its message.
        let (_connection, (tasks, answers)) = server.accept()?;
        workers.push((child, tasks, answers));
    }
    let size = POINTS / TASKS;
    for task in 0..TASKS {
        let (_, tasks, _) = &workers[task % WORKERS];
        tasks.send(task * size..(task + 1) * size)?;
    }
    let mut hits = 0;
    for (number, (mut child, tasks, answers)) in workers.into_iter().enumerate() {
        drop(tasks); // No more tasks: the worker's loop ends.
        let mut answered = 0;
        let end = loop {
            match answers.recv() {
                Ok(answer) => hits += answer,
                Err(end) => break end,
            }
            answered += 1;
        };
        println!("worker {number} answered {answered} tasks, then: {end}");
        assert!(matches!(end, IpcError::Disconnected)); // Its sender was closed.
        let status = child.wait()?;
        assert!(status.success(), "worker {number}: {status}");
    }
    assert_eq!(hits, workload.fold(0..POINTS));
    println!("{hits} hits, as in serial");
    Ok(())
}

/// The worker's part: it makes both channels, keeps one end of each, and sends the other ends.
fn work(workload: &MonteCarloPi, server: String) -> Result<(), Box<dyn Error>> {
    let (task_sender, tasks) = ipc::channel()?;
    let (answer_sender, answers) = ipc::channel()?;
    IpcSender::<ParentsEnds>::connect(server)?.send((task_sender, answers))?;
    while let Ok(points) = tasks.recv() {
        answer_sender.send(workload.fold(points))?;
    }
    Ok(())
}
