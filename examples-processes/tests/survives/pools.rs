//! Pools whose workers die, hang, or are asked for too much.

use std::num::NonZero;
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use examples_processes::process_pool::Chunking;
use examples_processes::{Failure, ProcessPool};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getpid};
use workloads::Cause;

use crate::own_process::Test;

pub(crate) const TESTS: &[Test] = &[
    ("worker_killed_in_a_task", worker_killed_in_a_task),
    (
        "worker_killed_while_sending_a_large_result",
        worker_killed_while_sending_a_large_result,
    ),
    ("worker_killed_while_idle", worker_killed_while_idle),
    ("all_workers_killed_at_once", all_workers_killed_at_once),
    ("panic_in_a_task", panic_in_a_task),
    ("exit_0_in_a_task", exit_0_in_a_task),
    (
        "poison_is_reported_and_the_rest_completes",
        poison_is_reported_and_the_rest_completes,
    ),
    ("one_attempt_fails_at_once", one_attempt_fails_at_once),
    (
        "stuck_worker_and_a_time_limit",
        stuck_worker_and_a_time_limit,
    ),
    ("worker_stopped_by_sigstop", worker_stopped_by_sigstop),
    ("slow_reader_and_a_time_limit", slow_reader_and_a_time_limit),
    (
        "no_task_waits_behind_one_that_never_ends",
        no_task_waits_behind_one_that_never_ends,
    ),
];

pub(crate) const TWO: NonZero<usize> = NonZero::new(2).unwrap();

pub(crate) fn pool() -> ProcessPool {
    ProcessPool::start(TWO).expect("there is one thread")
}

/// What a worker computes. It takes a little time, so that there is something to interrupt.
pub(crate) fn work(n: u64) -> u64 {
    (0..2_000).fold(n, |hash, k| (hash ^ k).wrapping_mul(0x0100_0000_01b3))
}

pub(crate) fn expected(n: u64) -> Vec<u64> {
    (0..n).map(work).collect()
}

pub(crate) fn kill_worker(id: u32) {
    // It fails if the worker has ended by itself.
    let _ = kill(Pid::from_raw(id.cast_signed()), Signal::SIGKILL);
}

fn die_by(signal: Signal) -> ! {
    let _ = kill(getpid(), signal);
    loop {
        thread::sleep(Duration::from_secs(1));
    }
}

/// A file that only the first one creates: so a task can fail the first time, and not the second.
pub(crate) fn is_first(name: &str) -> bool {
    let name = format!("{}/{name}", std::env::temp_dir().display());
    std::fs::File::create_new(name).is_ok()
}

pub(crate) fn mark(name: &str) -> String {
    format!("survives-{}-{name}", process::id())
}

pub(crate) fn unmark(name: &str) {
    let _ = std::fs::remove_file(std::env::temp_dir().join(name));
}

fn worker_killed_in_a_task() {
    let name = mark("task");
    let results = pool().with(&name).map(
        |name, n: u64| {
            if n == 37 && is_first(name) {
                die_by(Signal::SIGKILL);
            }
            work(n)
        },
        0..100,
    );
    unmark(&name);
    assert_eq!(results.expect("the task is done again"), expected(100));
}

fn worker_killed_while_sending_a_large_result() {
    let pool = pool();
    let workers = pool.workers();
    // The result does not fit into a socket. So the worker waits until it is read, which this thread has not begun.
    let large = pool.map_async(|n: u64| vec![n; 4 << 20], 0..2);
    thread::sleep(Duration::from_millis(30));
    workers.into_iter().for_each(kill_worker);
    let results = large.wait().expect("the tasks are done again");
    assert!(
        results
            .iter()
            .zip(0..)
            .all(|(it, n)| it.len() == 4 << 20 && it.iter().all(|it| *it == n))
    );
}

fn worker_killed_while_idle() {
    let pool = pool();
    for _ in 0..20 {
        kill_worker(pool.workers()[0]);
        assert_eq!(
            pool.map(work, 0..20).expect("another worker does it"),
            expected(20)
        );
    }
}

fn all_workers_killed_at_once() {
    let pool = pool();
    for _ in 0..20 {
        let pending = pool.map_async(work, 0..2_000);
        pool.workers().into_iter().for_each(kill_worker);
        assert_eq!(pending.wait().expect("new workers do it"), expected(2_000));
    }
}

fn panic_in_a_task() {
    let pool = pool();
    let workers = pool.workers();
    let even = |n: u64| {
        if n.is_multiple_of(2) {
            n
        } else {
            panic!("{n} is odd")
        }
    };
    for (n, outcome) in pool.imap(even, 0..50).enumerate() {
        match outcome {
            Ok(same) => assert_eq!(same, n as u64),
            Err(error) => {
                assert_eq!((error.index, error.deaths), (n, 0));
                let Failure::Panicked { message, place } = error.failure else {
                    panic!("{error}");
                };
                assert_eq!(message, format!("{n} is odd"));
                assert!(place.contains("pools.rs:"), "{place}");
            }
        }
    }
    assert_eq!(pool.workers(), workers, "a panic ends no worker");
    let error = pool.map(even, 0..50).expect_err("half of them are odd");
    assert!(error.index % 2 == 1, "{error}");
}

fn exit_0_in_a_task() {
    let pool = pool();
    let error = pool.apply(|()| -> () { process::exit(0) }, ());
    let error = error.expect_err("it has no result");
    assert_eq!(
        (error.deaths, &error.failure),
        (3, &Failure::Died(Cause::Exited(0)))
    );
    assert_eq!(
        pool.map(work, 0..20).expect("workers were replaced"),
        expected(20)
    );
}

fn poison_is_reported_and_the_rest_completes() {
    let pool = pool();
    let abort_at_7 = |n: u64| if n == 7 { process::abort() } else { work(n) };
    for chunk in [1, 10, 100] {
        let chunking = Chunking::Size(NonZero::new(chunk).expect("not zero"));
        let outcomes: Vec<_> = pool
            .chunks(chunking)
            .imap(move |(), n| abort_at_7(n), 0..100)
            .collect();
        for (n, outcome) in (0..).zip(outcomes) {
            if n == 7 {
                let error = outcome.expect_err("it aborts");
                assert_eq!((error.index, error.deaths), (7, 3));
                assert_eq!(
                    error.failure,
                    Failure::Died(Cause::Killed("SIGABRT".to_owned()))
                );
            } else {
                assert_eq!(outcome.expect("it does not abort"), work(n));
            }
        }
    }
}

fn one_attempt_fails_at_once() {
    let once = ProcessPool::builder(TWO).attempts(NonZero::<u32>::MIN);
    let pool = once.start().expect("there is one thread");
    let error = pool.map(|n: u64| if n == 7 { process::abort() } else { n }, 0..100);
    assert_eq!(error.map(drop).expect_err("it aborts").deaths, 1);
}

fn stuck_worker_and_a_time_limit() {
    let limit = Duration::from_millis(200);
    let pool = ProcessPool::builder(TWO)
        .time_limit(limit)
        .start()
        .expect("there is one thread");
    let begin = Instant::now();
    let stuck = |n: u64| {
        if n == 5 {
            thread::sleep(Duration::from_mins(1));
        }
        work(n)
    };
    let outcomes: Vec<_> = pool.imap(stuck, 0..100).collect();
    assert!(
        begin.elapsed() < Duration::from_secs(5),
        "{:?}",
        begin.elapsed()
    );
    for (n, outcome) in (0..).zip(outcomes) {
        match outcome {
            Ok(result) => assert_eq!(result, work(n)),
            Err(error) => assert_eq!((error.index, error.failure), (5, Failure::OverTime(limit))),
        }
    }
}

fn worker_stopped_by_sigstop() {
    let pool = pool();
    let begin = Instant::now();
    let stopped = Pid::from_raw(pool.workers()[0].cast_signed());
    kill(stopped, Signal::SIGSTOP).expect("it lives");
    assert_eq!(
        pool.map(work, 0..200).expect("another worker does it"),
        expected(200)
    );
    assert!(
        begin.elapsed() < Duration::from_secs(5),
        "{:?}",
        begin.elapsed()
    );
    // One that continues in time is not replaced.
    let workers = pool.workers();
    let stopped = Pid::from_raw(workers[0].cast_signed());
    kill(stopped, Signal::SIGSTOP).expect("it lives");
    let pending = pool.map_async(work, 0..200);
    assert!(
        !pending.wait_for(Duration::from_millis(200)),
        "half of the tasks are stopped"
    );
    kill(stopped, Signal::SIGCONT).expect("it lives");
    assert_eq!(pending.wait().expect("it continues"), expected(200));
    assert_eq!(pool.workers(), workers);
}

fn no_task_waits_behind_one_that_never_ends() {
    let pool = pool();
    let stuck = pool.apply_async(|()| thread::sleep(Duration::from_hours(1)), ());
    // Until it is clear that the task takes long.
    assert!(!stuck.wait_for(Duration::from_millis(20)));
    for tasks in [1, 2, 4, 1000] {
        let squares = pool.map_async(|n: u64| n * n, 0..tasks);
        assert!(squares.wait_for(Duration::from_secs(10)), "{tasks} tasks");
    }
    stuck.cancel();
}

fn slow_reader_and_a_time_limit() {
    let pool = ProcessPool::builder(TWO).time_limit(Duration::from_millis(300));
    let pool = pool.start().expect("there is one thread");
    for outcome in pool.imap(|n: u64| vec![n; 1 << 18], 0..6) {
        thread::sleep(Duration::from_millis(200));
        outcome.expect("the worker waits for its reader, and not the other way round");
    }
}
