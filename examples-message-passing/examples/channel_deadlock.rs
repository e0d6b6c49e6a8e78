//! Two threads that send to each other first and receive afterwards: if both channels are full,
//! each thread waits for the other one.
//!
//! Each thread computes eight parts, and sends them to the other thread. With room for two parts,
//! neither thread can send its third part: a deadlock, which a time limit ends here. With room for
//! all parts that can be under way, `send` never waits. With `select!`, a thread that waits to
//! send also receives, which makes room for the other thread.
//!
//! Run: `cargo run --example channel_deadlock`
//!
//! Expected output:
//!
//! ```text
//! broken, both send first, room for 2: 2 and 2 parts are left in the channels
//!   thread 0 cannot send part 2: timed out waiting on send operation
//!   thread 1 cannot send part 2: timed out waiting on send operation
//! mended, both send first, room for 8: 0 and 0 parts are left in the channels
//!   thread 0 has received 8 parts, as in serial
//!   thread 1 has received 8 parts, as in serial
//! mended, send or receive, room for 2: 0 and 0 parts are left in the channels
//!   thread 0 has received 8 parts, as in serial
//!   thread 1 has received 8 parts, as in serial
//! ```
//!
//! Try: write 7 for the 8 of the second version. One part too many, and it is a deadlock again.
//! For the third version, write 0: it still works, because one thread sends while the other
//! receives.

use std::{thread, time::Duration};

use crossbeam::channel::{Receiver, Sender, bounded, select};
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Reduce, println};

const PARTS: usize = 8;
const POINTS: usize = 10_000; // in a part

const LIMIT: Duration = Duration::from_millis(200); // Without a limit, it would wait forever.

type Parts = Result<Vec<u64>, String>;

fn main() {
    run("broken, both send first, room for 2", 2, send_first);
    run("mended, both send first, room for 8", 8, send_first);
    run("mended, send or receive, room for 2", 2, send_or_receive);
}

fn run(name: &str, room: usize, exchange: fn(usize, &Sender<u64>, &Receiver<u64>) -> Parts) {
    let (to_1, from_0) = bounded(room);
    let (to_0, from_1) = bounded(room);
    let results = thread::scope(|scope| {
        let one = scope.spawn(|| exchange(1, &to_0, &from_0));
        let zero = exchange(0, &to_1, &from_1);
        [zero, one.join().expect("it does not panic")]
    });
    let (a, b) = (from_0.len(), from_1.len());
    println!("{name}: {a} and {b} parts are left in the channels");
    for (thread, result) in results.into_iter().enumerate() {
        match result {
            Ok(parts) => {
                assert!((0..PARTS).map(|k| part(1 - thread, k)).eq(parts));
                println!("  thread {thread} has received {PARTS} parts, as in serial");
            }
            Err(error) => {
                assert_eq!((a, b), (room, room)); // Both channels are full.
                println!("  thread {thread} {error}");
            }
        }
    }
}

/// Computes part `k` of what a thread sends.
fn part(thread: usize, k: usize) -> u64 {
    let first = (thread * PARTS + k) * POINTS;
    MonteCarloPi::new(2 * PARTS * POINTS).fold(first..first + POINTS)
}

fn send_first(thread: usize, sender: &Sender<u64>, receiver: &Receiver<u64>) -> Parts {
    for k in 0..PARTS {
        let sent = sender.send_timeout(part(thread, k), LIMIT);
        sent.map_err(|error| format!("cannot send part {k}: {error}"))?;
    }
    Ok(receiver.iter().take(PARTS).collect())
}

fn send_or_receive(thread: usize, sender: &Sender<u64>, receiver: &Receiver<u64>) -> Parts {
    let mut parts = Vec::new();
    for k in 0..PARTS {
        let next = part(thread, k);
        loop {
            select! {
                send(sender, next) -> sent => break sent.map_err(|e| e.to_string())?,
                recv(receiver) -> part => parts.push(part.expect("it is open")),
            }
        }
    }
    Ok(parts.into_iter().chain(receiver).take(PARTS).collect())
}
