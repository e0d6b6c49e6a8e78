//! A task that waits for another task of its pool keeps a thread of the pool from working. If all
//! threads wait, no thread is left to do the work. And a pool in each task starts too many threads.
//!
//! In the first broken version, a task adds a second task to its pool, and waits for a message from
//! the second task. The pool cannot know what a thread waits for. In the mended version,
//! `rayon::scope` waits: its thread runs tasks of the pool until the second task has ended. The
//! last two lines count the threads that exist at the same time.
//!
//! Run: `cargo run --example shared_nested_pools`
//!
//! Expected output:
//!
//! ```text
//! a pool of 2 threads has 2 tasks, and each task waits for a task that it adds:
//!   broken, waits for a message:   no task has an answer after 200ms
//!   mended, works while it waits:  both tasks have an answer
//! a pool of 4 threads has 4 tasks, and each task uses a pool of 4 threads:
//!   broken, each task starts one:  20 threads
//!   mended, all use the first one: 4 threads
//! ```
//!
//! Try: write `rayon::yield_now();` above the line with `recv_timeout`. The program panics, because
//! both tasks now have an answer: each thread runs one task of the pool before it waits.

use std::{collections::HashSet, sync::Barrier, sync::mpsc::channel, thread, time::Duration};

use parking_lot::Mutex;
use rayon::{ThreadPool, ThreadPoolBuilder};
use workloads::println;

static BOTH: Barrier = Barrier::new(2);
static ALL: Barrier = Barrier::new(4);

const LIMIT: Duration = Duration::from_millis(200); // Without a limit, it would wait forever.

fn main() {
    println!("a pool of 2 threads has 2 tasks, and each task waits for a task that it adds:");
    assert_eq!(count_answers(wait_for_message), 0);
    println!("  broken, waits for a message:   no task has an answer after {LIMIT:?}");
    assert_eq!(count_answers(work_while_waiting), 2);
    println!("  mended, works while it waits:  both tasks have an answer");

    println!("a pool of 4 threads has 4 tasks, and each task uses a pool of 4 threads:");
    assert_eq!(count_threads(true), 4 + 4 * 4);
    println!("  broken, each task starts one:  20 threads");
    assert_eq!(count_threads(false), 4);
    println!("  mended, all use the first one: 4 threads");
}

fn count_answers(square: fn(usize) -> Option<usize>) -> usize {
    // `broadcast` runs a task on each thread of the pool.
    let answers = start_pool(2).broadcast(|task| {
        BOTH.wait(); // So both threads are busy.
        square(task.index())
    });
    answers.iter().flatten().count()
}

fn wait_for_message(number: usize) -> Option<usize> {
    let (sender, answer) = channel();
    rayon::spawn(move || _ = sender.send(number * number)); // Adds a task to this pool.
    let answer = answer.recv_timeout(LIMIT).ok();
    BOTH.wait(); // So neither thread is free before both tasks have given up.
    answer
}

fn work_while_waiting(number: usize) -> Option<usize> {
    let mut answer = None;
    rayon::scope(|scope| scope.spawn(|_| answer = Some(number * number)));
    answer
}

fn count_threads(pool_in_task: bool) -> usize {
    let seen = Mutex::new(HashSet::new());
    let note = || seen.lock().insert(thread::current().id());
    let outer = start_pool(4);
    outer.broadcast(|_| {
        note();
        if pool_in_task {
            let inner = start_pool(4);
            inner.broadcast(|_| note());
            ALL.wait(); // So all pools exist at the same time.
        } else {
            outer.broadcast(|_| note());
        }
    });
    seen.into_inner().len()
}

fn start_pool(threads: usize) -> ThreadPool {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    pool.expect("the system can start these threads")
}
