//! Tasks of an async runtime beside threads: 10,000 waits at the same time.
//!
//! A thread that waits keeps its stack. A *task* is smaller: at an `.await` it gives its thread
//! back, and the runtime continues another task. So one thread waits for thousands of peers. (A
//! sleep stands for a peer that answers slowly.) A task that computes has no `.await` in its loop,
//! and all other tasks of its thread wait. So the rule is: tasks for many waits, threads to
//! compute.
//!
//! Run: `cargo run --example channel_async`
//!
//! Expected output (the memory is known only on Linux; elsewhere the program prints 0):
//!
//! ```text
//! 10000 peers, each of which answers after 20ms
//! 10000 tasks on 1 thread: [..], [..] bytes for each task
//! 400 threads: [..], [..] bytes for each thread
//! ```
//!
//! Try: set `PEERS` to 100, and write `thread::sleep(DELAY)` for `time::sleep(DELAY).await`. Now
//! each task keeps the only thread while it waits. The waits come one after the other: 2 s.

use std::time::{Duration, Instant};
use std::{fs, io, sync::mpsc, thread};

use tokio::{runtime::Builder, sync, task, time};
use workloads::println;

const PEERS: u64 = 10_000;
const THREADS: u64 = 400;
const DELAY: Duration = Duration::from_millis(20);

fn main() -> io::Result<()> {
    let serial: u64 = (0..PEERS).map(|peer| peer * peer).sum();
    println!("{PEERS} peers, each of which answers after {DELAY:?}");

    let runtime = Builder::new_current_thread().enable_time().build()?;
    let (start, before, mut sum) = (Instant::now(), memory(), 0);
    let bytes = runtime.block_on(async {
        let (sender, mut answers) = sync::mpsc::channel(1000);
        for peer in 0..PEERS {
            let sender = sender.clone();
            task::spawn(async move {
                time::sleep(DELAY).await; // Meanwhile, this thread runs other tasks.
                sender.send(peer * peer).await.expect("main receives all");
            });
        }
        drop(sender);
        let bytes = memory().saturating_sub(before);
        while let Some(answer) = answers.recv().await {
            sum += answer;
        }
        bytes / PEERS
    });
    assert_eq!(sum, serial);
    let took = start.elapsed();
    println!("{PEERS} tasks on 1 thread: {took:.0?}, {bytes} bytes for each task");

    let (start, before, mut sum) = (Instant::now(), memory(), 0);
    let bytes = thread::scope(|scope| {
        let (sender, answers) = mpsc::sync_channel(1000);
        for first in 0..THREADS {
            let sender = sender.clone();
            scope.spawn(move || {
                for peer in (first..PEERS).step_by(THREADS as usize) {
                    thread::sleep(DELAY);
                    sender.send(peer * peer).expect("main receives all");
                }
            });
        }
        drop(sender);
        let bytes = memory().saturating_sub(before);
        sum += answers.iter().sum::<u64>();
        bytes / THREADS
    });
    assert_eq!(sum, serial);
    let took = start.elapsed();
    println!("{THREADS} threads: {took:.0?}, {bytes} bytes for each thread");
    Ok(())
}

/// The bytes of memory that this process has in use. Linux only: elsewhere 0.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
