//! Priority: urgent tasks before normal ones, and what happens to the normal ones.
//!
//! Each kind of task has a queue of its own. `select_biased!` looks at the queues in the order in
//! which they are written, and takes a task from the first queue that has one. While urgent tasks
//! keep coming, no normal task is done: the normal tasks *starve*. The cure gives every fourth
//! task to the other queue. Now the first normal task waits for at most three urgent ones.
//!
//! Run: `cargo run --example channel_priority`
//!
//! Expected output (`U` is an urgent task, `n` is a normal one):
//!
//! ```text
//! broken, urgent tasks always first:
//!   UUUUUUUUUUUUUUUUUUUUUUUU and so on
//!   first normal task: number 101; last urgent task: number 100
//!   785213 hits in all 200 tasks, as in serial
//! mended, every 4th task is a normal one:
//!   UUUnUUUnUUUnUUUnUUUnUUUn and so on
//!   first normal task: number 4; last urgent task: number 133
//!   785213 hits in all 200 tasks, as in serial
//! ```
//!
//! Try: write `select!` for `select_biased!`. It chooses at random among the queues that have a
//! task. No queue starves, but the urgent tasks are not first any more.

use std::thread;

use crossbeam::channel::{select_biased, unbounded};
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Reduce, println};

const POINTS: usize = 1_000_000;
const TASKS: usize = 200; // The even ones are urgent.

fn main() {
    println!("broken, urgent tasks always first:");
    run(usize::MAX);
    println!("mended, every 4th task is a normal one:");
    run(4);
}

/// Does all tasks. Task number `turn`, twice `turn` and so on is taken from the normal queue first.
fn run(turn: usize) {
    let (urgent_sender, urgent) = unbounded();
    let (normal_sender, normal) = unbounded();
    // All tasks are in their queues before the worker starts.
    for task in 0..TASKS {
        let queue = if task % 2 == 0 {
            &urgent_sender
        } else {
            &normal_sender
        };
        queue.send(task).expect("it has a receiver");
    }
    drop((urgent_sender, normal_sender));

    let workload = &MonteCarloPi::new(POINTS);
    let size = POINTS / TASKS;
    let worker = move || {
        let (mut order, mut hits) = (String::new(), 0);
        loop {
            let number = order.len() + 1;
            let (first, second) = if number.is_multiple_of(turn) {
                (&normal, &urgent)
            } else {
                (&urgent, &normal)
            };
            // A queue that has ended is ready, too, with an `Err`: then only the other one is left.
            let task = select_biased! {
                recv(first) -> task => task.or_else(|_| second.recv()),
                recv(second) -> task => task.or_else(|_| first.recv()),
            };
            let Ok(task) = task else { break }; // Both have ended.
            hits += workload.fold(task * size..(task + 1) * size);
            order.push(if task % 2 == 0 { 'U' } else { 'n' });
        }
        (order, hits)
    };
    let (order, hits) = thread::scope(|scope| scope.spawn(worker).join()).expect("no panic");
    assert_eq!(hits, workload.fold(0..POINTS));
    let first_normal = order.find('n').map_or(0, |place| place + 1);
    let last_urgent = order.rfind('U').map_or(0, |place| place + 1);
    println!("  {} and so on", &order[..24]);
    println!("  first normal task: number {first_normal}; last urgent task: number {last_urgent}");
    println!("  {hits} hits in all {TASKS} tasks, as in serial");
}
