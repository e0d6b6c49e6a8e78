//! How long to wait: until a deadline, and at each tick, report how far the work is.
//!
//! `tick` and `after` are receivers. In `select!`, they stand beside the channel of the results,
//! so `main` waits for three things at once. They need no thread. `recv_timeout` and
//! `recv_deadline` limit one wait. A limit ends the wait, and not the work: the message may still
//! come. And a message that is there is received, even if the deadline has passed. The standard
//! library has no tick and no deadline, only `recv_timeout`.
//!
//! Run: `cargo run --example channel_time_limits`
//!
//! Expected output:
//!
//! ```text
//! the device answers 64 times, no deadline:
//!   64 results, 785213 hits, as in serial; every 10ms there were [..]
//! the device stops after 20 answers, deadline in 100ms:
//!   [..] results; every 10ms there were [..]
//! `recv_timeout`, nothing is sent: timed out waiting on receive operation after 100ms
//! `recv_deadline`, the deadline has passed: Ok("a message"), Err(Timeout)
//! ```
//!
//! Try: write `&never()` for `&after(LIMIT)` (the compiler warns about an unused import). After
//! three lines the program stops: the ticks go on, but nothing ends the loop. End it with Ctrl-C.

use std::thread;
use std::time::{Duration, Instant};

use crossbeam::channel::{Receiver, after, bounded, never, select, tick, unbounded};
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Reduce, println};

const POINTS: usize = 1_000_000;
const TASKS: usize = 64;

const TICK: Duration = Duration::from_millis(10);
const LIMIT: Duration = Duration::from_millis(100);

fn main() {
    println!("the device answers {TASKS} times, no deadline:");
    let (done, hits, progress) = collect(TASKS, &never());
    assert_eq!(
        (done, hits),
        (TASKS, MonteCarloPi::new(POINTS).fold(0..POINTS))
    );
    println!("  {done} results, {hits} hits, as in serial; every {TICK:?} there were {progress:?}");
    println!("the device stops after 20 answers, deadline in {LIMIT:?}:");
    let (done, _, progress) = collect(20, &after(LIMIT));
    assert!(done <= 20);
    println!("  {done} results; every {TICK:?} there were {progress:?}");

    let (sender, messages) = unbounded();
    let error = messages.recv_timeout(LIMIT).expect_err("it is empty");
    println!("`recv_timeout`, nothing is sent: {error} after {LIMIT:?}");
    sender.send("a message").expect("it is open");
    let past = Instant::now();
    let [first, second] = [messages.recv_deadline(past), messages.recv_deadline(past)];
    println!("`recv_deadline`, the deadline has passed: {first:?}, {second:?}");
}

/// Results, hits, and how many results there were at each tick.
fn collect(answers: usize, deadline: &Receiver<Instant>) -> (usize, u64, Vec<usize>) {
    let (hits_sender, results) = unbounded();
    let (device_sender, device) = bounded::<()>(0);
    thread::scope(|scope| {
        scope.spawn(move || {
            for task in 0..TASKS {
                if task == answers && device.recv().is_err() {
                    return; // `main` has given up.
                }
                thread::sleep(Duration::from_millis(1)); // Waits, as for a device.
                let points = task * POINTS / TASKS..(task + 1) * POINTS / TASKS;
                let hits = MonteCarloPi::new(POINTS).fold(points);
                hits_sender.send(hits).expect("it is open");
            }
        });
        let ticks = tick(TICK);
        let (mut done, mut hits, mut progress) = (0, 0, Vec::new());
        loop {
            select! {
                recv(results) -> result => match result {
                    Ok(more) => (done, hits) = (done + 1, hits + more),
                    Err(_) => break, // The worker has ended.
                },
                recv(ticks) -> _ => progress.push(done),
                recv(deadline) -> _ => break,
            }
        }
        drop(device_sender);
        (done, hits, progress)
    })
}
