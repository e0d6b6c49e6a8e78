//! A spawned process begins at the start of `main`. It must be told its work, and must send its
//! answer back.
//!
//! This program starts itself twice, with the work as arguments, and reads what the two children
//! print. Python's `multiprocessing` does this with the start method "spawn".
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
//! Try: start a child yourself: `cargo run --example process_spawn 0 200000`.

use std::num::NonZero;
use std::process::{self, Command, Stdio};
use std::{env, io};

#[cfg(unix)]
use examples_processes::{Spawn, become_worker_if_asked};
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Paradigm, Reduce, println};

examples_processes::needs_unix!();

const POINTS: usize = 400_000;
const CHILDREN: usize = 2;

#[cfg(unix)]
fn main() -> io::Result<()> {
    become_worker_if_asked(); // For the paradigm below: its workers begin here, too.
    let workload = MonteCarloPi::new(POINTS);
    let words: Vec<String> = env::args().collect();
    if let [_program, first, last] = &words[..] {
        println!("{}", workload.fold(number(first)..number(last)));
        return Ok(()); // This process is a child.
    }

    // One loop starts all children, a second one waits for them: so they run at the same time.
    let size = POINTS / CHILDREN;
    let mut children = Vec::new();
    for number in 0..CHILDREN {
        let (first, last) = (number * size, (number + 1) * size);
        let child = Command::new(env::current_exe()?)
            .args([first.to_string(), last.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        children.push(child);
    }
    let mut hits = 0;
    for (number, child) in children.into_iter().enumerate() {
        let points = number * size..(number + 1) * size;
        let output = child.wait_with_output()?;
        let status = output.status;
        assert!(status.success(), "child {number}: {status}");
        let printed = String::from_utf8_lossy(&output.stdout);
        let answer: u64 = printed.trim().parse().map_err(io::Error::other)?;
        println!("child {number} was told {points:?} and printed {answer}");
        hits += answer;
    }
    let serial = workload.fold(0..POINTS);
    assert_eq!(hits, serial);
    println!("Command: {hits} hits, as in serial");

    // The paradigm: the same for any workload, and a worker that fails is noticed.
    let two = NonZero::new(CHILDREN).expect("at least one worker");
    let hits = Spawn::start(two)?.reduce(&workload)?;
    assert_eq!(hits, serial);
    println!("processes/spawn: {hits} hits, as in serial");
    Ok(())
}

/// The number of a point, if `word` is one.
fn number(word: &str) -> usize {
    match word.parse() {
        Ok(number) if number <= POINTS => number,
        _ => {
            eprintln!("{word:?} is not a number from 0 to {POINTS}");
            process::exit(2);
        }
    }
}
