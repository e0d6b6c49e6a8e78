//! A pipeline is as fast as its slowest stage, and replicas of this stage make it faster.
//!
//! The first stage takes 1 ms for a task, and the second one 4 ms. So 250 tasks a second go
//! through. Replicas of the second stage receive from one channel and send into one channel. Four
//! replicas together are as fast as the first stage. From then on, the first stage is the slowest,
//! and more replicas of the second one are of no use. (`sleep` takes longer than its argument says,
//! and the first task has to go through all stages: so what is measured is below the prediction.)
//!
//! Run: `cargo run --example channel_stages`
//!
//! Expected output:
//!
//! ```text
//! 1 in stage 2: predicted  250 tasks/s, measured [..]
//! 2 in stage 2: predicted  500 tasks/s, measured [..]
//! 4 in stage 2: predicted 1000 tasks/s, measured [..]
//! 8 in stage 2: predicted 1000 tasks/s, measured [..]
//! 785213 hits each time, as in serial
//! ```
//!
//! Try: exchange the two times, so that the first stage takes 4 ms and the second one 1 ms. Then
//! all lines predict 250 tasks/s: the slowest stage is the one without replicas.

use std::thread;
use std::time::{Duration, Instant};

use crossbeam::channel::bounded;
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Reduce, println};

const POINTS: usize = 1_000_000;
const TASKS: usize = 48;

/// How long the stages wait for each task, as for a device.
const FIRST: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_millis(4);

fn main() {
    let workload = MonteCarloPi::new(POINTS);
    let serial = workload.fold(0..POINTS);
    for replicas in [1, 2, 4, 8] {
        let start = Instant::now();
        assert_eq!(run(&workload, replicas), serial);
        let measured = TASKS as f64 / start.elapsed().as_secs_f64();
        let (first, second) = (1.0 / FIRST.as_secs_f64(), 1.0 / SECOND.as_secs_f64());
        let predicted = first.min(replicas as f64 * second);
        println!(
            "{replicas} in stage 2: predicted {predicted:4.0} tasks/s, measured {measured:4.0}"
        );
    }
    println!("{serial} hits each time, as in serial");
}

/// The hits of all tasks.
fn run(workload: &MonteCarloPi, replicas: usize) -> u64 {
    let (task_sender, tasks) = bounded(2);
    let (hits_sender, hits) = bounded(2);
    thread::scope(|scope| {
        scope.spawn(move || {
            for task in 0..TASKS {
                thread::sleep(FIRST);
                let points = task * POINTS / TASKS..(task + 1) * POINTS / TASKS;
                task_sender.send(points).expect("stage 2 receives all");
            }
        });
        for _ in 0..replicas {
            let (tasks, hits_sender) = (tasks.clone(), hits_sender.clone());
            scope.spawn(move || {
                for points in tasks {
                    thread::sleep(SECOND);
                    let hits = workload.fold(points);
                    hits_sender.send(hits).expect("stage 3 receives all");
                }
            });
        }
        drop((tasks, hits_sender)); // Only the replicas have clones now.
        let mut sum = 0;
        for more in hits {
            sum += more; // Stage 3.
        }
        sum
    })
}
