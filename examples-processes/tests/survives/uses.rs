//! What else is asked of pools.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use examples_processes::process_pool::{Builder, Chunking};
use examples_processes::{Audit, ProcessPool, StartMethod};

use crate::ends::assert_children_end;
use crate::own_process::Test;
use crate::pools::{TWO, expected, is_first, kill_worker, mark, pool, unmark, work};

pub(crate) const TESTS: &[Test] = &[
    ("recycling_under_load", recycling_under_load),
    (
        "initializer_that_panics_or_exits",
        initializer_that_panics_or_exits,
    ),
    ("input_iterator_that_panics", input_iterator_that_panics),
    ("endless_input", endless_input),
    ("result_of_200_mb", result_of_200_mb),
    ("result_dropped_unread", result_dropped_unread),
    (
        "pool_dropped_with_tasks_in_flight",
        pool_dropped_with_tasks_in_flight,
    ),
    ("pools_within_pools", pools_within_pools),
    (
        "workers_are_replaced_in_a_program_with_threads",
        workers_are_replaced_in_a_program_with_threads,
    ),
    ("fork_server_that_is_killed", fork_server_that_is_killed),
    ("threads_share_a_pool", threads_share_a_pool),
    ("handles", handles),
    (
        "initializer_while_workers_are_killed",
        initializer_while_workers_are_killed,
    ),
];

fn recycling_under_load() {
    for tasks in [1, 3] {
        let tasks = NonZero::new(tasks).expect("not zero");
        let pool = ProcessPool::builder(TWO).recycle_after(tasks).start();
        let pool = pool.expect("there is one thread");
        let one = Chunking::Size(NonZero::<usize>::MIN);
        let ids = pool.chunks(one).map(|(), _: u64| process::id(), 0..60);
        let mut ids = ids.expect("nothing fails");
        ids.sort_unstable();
        let most = ids.chunk_by(|a, b| a == b).map(<[u32]>::len).max();
        assert!(most <= Some(tasks.get() as usize), "{most:?}");
        assert_eq!(
            pool.map(work, 0..100).expect("nothing fails"),
            expected(100)
        );
    }
}

fn initializer_that_panics_or_exits() {
    let begin = Instant::now();
    let panics: fn(Builder) -> _ = |it| it.initializer(|| panic!("no licence"));
    let exits: fn(Builder) -> _ = |it| it.initializer(|| process::exit(9));
    for (initialized, said) in [(panics, "no licence"), (exits, "with status 9")] {
        let pool = initialized(ProcessPool::builder(TWO))
            .start()
            .expect("it can be started");
        let error = pool.map(work, 0..10).expect_err("no worker is ready");
        assert!(error.to_string().contains(said), "{error}");
    }
    assert!(
        begin.elapsed() < Duration::from_secs(5),
        "{:?}",
        begin.elapsed()
    );
    let pool = ProcessPool::builder(TWO).initializer(|| println!("a worker begins"));
    assert_eq!(
        pool.start().expect("one thread").map(work, 0..10),
        Ok(expected(10))
    );
}

fn input_iterator_that_panics() {
    let pool = pool();
    let inputs = || (0..100).inspect(|n| assert!(*n < 70, "no more inputs"));
    for _ in 0..3 {
        assert!(catch_unwind(AssertUnwindSafe(|| pool.map(work, inputs()))).is_err());
        let results = AssertUnwindSafe(|| pool.imap(work, inputs()).for_each(drop));
        assert!(catch_unwind(results).is_err());
        assert_eq!(
            pool.map(work, 0..100).expect("it can be used again"),
            expected(100)
        );
    }
}

fn endless_input() {
    let pool = pool();
    let mut taken = 0_u64;
    let inputs = (0..).inspect(|_| taken += 1);
    let sum = pool
        .imap(work, inputs)
        .take(100)
        .map(|it| it.expect("nothing fails"));
    assert_eq!(sum.collect::<Vec<_>>(), expected(100));
    assert!(taken < 10_000, "{taken} inputs were taken for 100 results");
    let mut unordered: Vec<_> = pool.imap_unordered(work, 0..).take(100).collect();
    unordered.sort_by_key(|(n, _)| *n);
    assert!(
        unordered
            .into_iter()
            .all(|(n, result)| result == Ok(work(n as u64)))
    );
}

fn result_of_200_mb() {
    let large = pool().apply(|n: usize| vec![7_u8; n], 200_000_000);
    let large = large.expect("there is memory");
    assert!(large.len() == 200_000_000 && large.iter().all(|&byte| byte == 7));
}

fn result_dropped_unread() {
    let pool = pool();
    let name = mark("unread");
    drop(pool.with(&name).apply_async(|name, ()| is_first(name), ()));
    drop(pool.map_async(|n: u64| vec![n; 1 << 20], 0..4));
    assert_eq!(
        pool.map(work, 0..100).expect("it can be used again"),
        expected(100)
    );
    pool.join();
    assert!(
        !is_first(&name),
        "the task was done although its result was dropped"
    );
    unmark(&name);
    // A call whose results are not taken to the end is cancelled.
    let pool = self::pool();
    drop(pool.imap(|n: u64| thread::sleep(Duration::from_millis(n)), 100_000..));
    assert_eq!(
        pool.map(work, 0..100).expect("it can be used again"),
        expected(100)
    );
}

fn pool_dropped_with_tasks_in_flight() {
    for _ in 0..10 {
        let pool = pool();
        let begin = Instant::now();
        let pending = pool.map_async(|n: u64| thread::sleep(Duration::from_secs(n)), 100..110);
        thread::sleep(Duration::from_millis(5));
        drop(pending);
        drop(pool);
        assert!(
            begin.elapsed() < Duration::from_secs(1),
            "{:?}",
            begin.elapsed()
        );
    }
}

fn pools_within_pools() {
    let inner = |n: u64| pool().map(work, 0..n).map_err(|error| error.to_string());
    let results = pool().map(inner, [10, 20, 30]).expect("nothing fails");
    assert_eq!(results, [10, 20, 30].map(|n| Ok(expected(n))));
}

fn workers_are_replaced_in_a_program_with_threads() {
    let pool = pool();
    thread::scope(|scope| {
        let (_until_it_is_dropped, end) = mpsc::channel::<()>();
        scope.spawn(move || end.recv());
        let refused = ProcessPool::start(TWO)
            .map(drop)
            .expect_err("there are two threads");
        assert!(refused.to_string().contains("has 2 threads"), "{refused}");
        for _ in 0..10 {
            pool.workers().into_iter().for_each(kill_worker);
            assert_eq!(
                pool.map(work, 0..100).expect("new workers do it"),
                expected(100)
            );
        }
        for method in [StartMethod::Spawn, StartMethod::ForkServer] {
            let other = ProcessPool::builder(TWO).method(method).start();
            let other = other.expect("this method may be used with threads");
            kill_worker(other.workers()[0]);
            assert_eq!(
                other.map(work, 0..100).expect("a new worker does it"),
                expected(100)
            );
        }
    });
}

fn fork_server_that_is_killed() {
    let before = Audit::now();
    let pool = pool();
    for _ in 0..5 {
        // A worker that was killed with its server belongs to this process, until it is replaced.
        let servers = std::iter::repeat_with(|| parent_of(pool.workers()[0])).flatten();
        let server = servers.into_iter().find(|&id| id != process::id());
        kill_worker(server.expect("it is asked until there is one"));
        assert_eq!(
            pool.map(work, 0..100)
                .expect("a new server starts new workers"),
            expected(100)
        );
    }
    drop(pool);
    // The old workers have lost their parent. They belong to this process, because it is a subreaper.
    assert_children_end(&before, "a server was killed");
}

/// The parent of a process; `None` if there is no such process.
fn parent_of(id: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name of the program, in brackets, comes before its state.
    let (_, fields) = stat.rsplit_once(") ")?;
    fields.split(' ').nth(1)?.parse().ok()
}

fn threads_share_a_pool() {
    let pool = pool();
    thread::scope(|scope| {
        for thread in 0..4 {
            let pool = &pool;
            scope.spawn(move || {
                for n in 0..20 {
                    let n = 50 * thread + n;
                    assert_eq!(pool.map(work, 0..n), Ok(expected(n)));
                    assert_eq!(pool.apply(work, n), Ok(work(n)));
                }
            });
        }
    });
}

fn handles() {
    let pool = pool();
    let slow = pool.apply_async(|n: u64| thread::sleep(Duration::from_millis(n)), 100_000);
    assert!(!slow.is_ready() && !slow.wait_for(Duration::from_millis(20)));
    assert_eq!(slow.progress(), (0, 1));
    slow.cancel();
    let pending: Vec<_> = [1_000, 1, 30]
        .map(|n| {
            pool.apply_async(
                |n: u64| {
                    thread::sleep(Duration::from_millis(n));
                    n
                },
                n,
            )
        })
        .into();
    let mut places: Vec<_> = pool
        .as_completed(pending)
        .map(|(place, it)| (place, it.expect("nothing fails")))
        .collect();
    assert_ne!(places[0].0, 0, "the slowest comes later");
    places.sort_unstable();
    assert_eq!(places, [(0, 1_000), (1, 1), (2, 30)]);
    // They go on while this thread does something else.
    let pending = pool.map_async(work, 0..10_000);
    let begin = Instant::now();
    while pending.progress().0 < 10_000 {
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "{:?}",
            pending.progress()
        );
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(pending.wait(), Ok(expected(10_000)));
}

fn initializer_while_workers_are_killed() {
    let initializer = || thread::sleep(Duration::from_millis(20));
    let builder = ProcessPool::builder(TWO).initializer(initializer);
    let builder = builder.time_limit(Duration::from_millis(10));
    let before = Audit::now();
    let pool = builder.clone().start().expect("there is one thread");
    for _ in 0..5 {
        let server = parent_of(pool.workers()[0]).filter(|&id| id != process::id());
        server.into_iter().for_each(kill_worker);
    }
    assert_eq!(pool.map(work, 0..10), Ok(expected(10)));
    drop(pool);
    assert_children_end(&before, "a server was killed");
    let pool = builder.start().expect("there is one thread");
    for _ in 0..5 {
        pool.map_async(work, 0..10).cancel();
    }
    assert_eq!(pool.map(work, 0..10), Ok(expected(10)));
}
