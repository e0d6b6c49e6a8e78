//! A spawned process is a program started afresh: it must be told its work, and tell the answer.
//!
//! This program starts itself, with the items as arguments, and reads what it prints. It is what
//! Python's `multiprocessing` does with the start method "spawn".
//!
//! Run: `cargo run --example process_spawn`
//!
//! Expected output:
//!
//! ```text
//! child 0 was told 0..200000 and printed 156790
//! child 1 was told 200000..400000 and printed 157192
//! Command: 313982 hits, as in serial
//! processes/spawn: 313982 hits, as in serial
//! ```
//!
//! Try: be the parent yourself: `cargo run --example process_spawn 0 200000`.

#![cfg_attr(not(unix), allow(unused, reason = "only `needs_unix` is used"))]

use std::num::NonZero;
use std::process::{Command, Stdio};
use std::{env, io};

#[cfg(unix)]
use examples_processes::{Spawn, spawn::become_worker_if_asked};
use workloads::chunks::Chunks;
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Paradigm, Reduce, Serial, Workload, println};

examples_processes::needs_unix!();

#[cfg(unix)]
fn main() -> io::Result<()> {
    become_worker_if_asked(); // For the paradigm, whose workers are told their work on stdin.
    let workload = MonteCarloPi::with_input(400_000, &[])?;
    let arguments: Vec<usize> = env::args().skip(1).flat_map(|word| word.parse()).collect();
    if let [first, last] = arguments[..] {
        println!("{}", workload.fold(first..last));
        return Ok(());
    }

    let two = NonZero::new(2).expect("2 is not 0");
    let serial = Serial.reduce(&workload)?;
    let hits = reduce_by_command(&workload, two)?;
    assert_eq!(hits, serial);
    println!("Command: {hits} hits, as in serial");

    // The paradigm does the same for every workload, and notices a worker that fails.
    let hits = Spawn::start(two)?.reduce(&workload)?;
    assert_eq!(hits, serial);
    println!("processes/spawn: {hits} hits, as in serial");
    Ok(())
}

fn reduce_by_command(workload: &MonteCarloPi, workers: NonZero<usize>) -> io::Result<u64> {
    let mut children = Vec::new();
    for points in Chunks::one_each(workload.len(), workers).iter() {
        let child = Command::new(env::current_exe()?)
            .args([points.start.to_string(), points.end.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        children.push((points, child));
    }
    let mut summaries = Vec::new();
    for (number, (points, child)) in children.into_iter().enumerate() {
        let printed = String::from_utf8_lossy(&child.wait_with_output()?.stdout).into_owned();
        let hits = printed.trim().parse().map_err(io::Error::other)?;
        println!("child {number} was told {points:?} and printed {hits}");
        summaries.push(hits);
    }
    Ok(workload.merge_all(summaries))
}
