//! `select!` waits for several channels at once, and receives from the first one that is ready.
//!
//! A thread that waits in `recv` on one channel does not see what arrives on another one. The
//! worker in this program has a channel of tasks and a channel of orders, and answers an order
//! between two tasks. If several channels are ready, crossbeam chooses one at random, so a channel
//! that is always ready does not keep out the others. With `default`, `select!` does not wait. The
//! standard library has no `select!`: there, one channel carries an `enum` with both kinds of
//! message.
//!
//! Run: `cargo run --example channel_select`
//!
//! Expected output:
//!
//! ```text
//! no task is there, an order arrives: 0 tasks done
//! 64 tasks are sent, then an order:   [..] tasks done
//! no sender of tasks is left:         64 tasks done, 785213 hits, as in serial
//! two channels are empty: `default`, without waiting
//! two channels are closed: ready 1000 times, [..] times the first, [..] the second
//! ```
//!
//! Try: write `drop(order_sender);` above `drop(task_sender);`. A closed channel is always ready,
//! with an error. So the worker panics, although tasks are left.

use std::thread;

use crossbeam::channel::{bounded, select, unbounded};
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Reduce, println};

const POINTS: usize = 1_000_000;
const TASKS: usize = 64;

fn main() {
    let (task_sender, tasks) = unbounded();
    let (order_sender, orders) = bounded::<()>(0);
    let (report_sender, reports) = bounded(0);
    let worker = thread::spawn(move || {
        let workload = MonteCarloPi::new(POINTS);
        let (mut done, mut hits) = (0, 0);
        loop {
            select! {
                recv(tasks) -> task => match task {
                    Ok(points) => (done, hits) = (done + 1, hits + workload.fold(points)),
                    Err(_) => return (done, hits), // The channel is empty, and has no sender.
                },
                recv(orders) -> order => {
                    order.expect("`main` keeps its sender");
                    report_sender.send(done).expect("`main` receives");
                }
            }
        }
    });
    let order = || {
        order_sender.send(()).expect("the worker receives");
        reports.recv().expect("the worker reports")
    };

    assert_eq!(order(), 0);
    println!("no task is there, an order arrives: 0 tasks done");
    for task in 0..TASKS {
        let points = task * POINTS / TASKS..(task + 1) * POINTS / TASKS;
        task_sender.send(points).expect("the worker receives");
    }
    let done = order();
    println!("{TASKS} tasks are sent, then an order:   {done} tasks done");
    drop(task_sender);
    let (done, hits) = worker.join().expect("it does not panic");
    assert_eq!(hits, MonteCarloPi::new(POINTS).fold(0..POINTS));
    println!("no sender of tasks is left:         {done} tasks done, {hits} hits, as in serial");

    let (a_sender, a) = unbounded::<()>();
    let (b_sender, b) = unbounded::<()>();
    select! {
        recv(a) -> _ => unreachable!("it is empty"),
        recv(b) -> _ => unreachable!("it is empty"),
        default => println!("two channels are empty: `default`, without waiting"),
    }
    drop((a_sender, b_sender));
    let mut ready = [0, 0];
    for _ in 0..1000 {
        select! { recv(a) -> _ => ready[0] += 1, recv(b) -> _ => ready[1] += 1 }
    }
    let [a, b] = ready;
    println!("two channels are closed: ready 1000 times, {a} times the first, {b} the second");
}
