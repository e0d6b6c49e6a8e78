//! Workers are killed at random moments, again and again.
//!
//! `STORM_RUNS` says how many runs there are: 100 without it.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use examples_processes::{Audit, ProcessPool, process_pool::Chunking};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use crate::harness::assert_nothing_is_left;
use crate::own_process::Test;
use crate::pools::{expected, kill_worker, work};

pub(crate) const TESTS: &[Test] = &[
    (
        "random_workers_killed_at_random_moments",
        random_workers_killed_at_random_moments,
    ),
    ("a_worker_killed_every_50_ms", a_worker_killed_every_50_ms),
];

/// No run may take longer.
const LIMIT: Duration = Duration::from_secs(5);

fn runs() -> u64 {
    let runs = std::env::var("STORM_RUNS")
        .ok()
        .and_then(|runs| runs.parse().ok());
    runs.unwrap_or(100)
}

fn random_workers_killed_at_random_moments() {
    for seed in 0..runs() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let before = Audit::now();
        let begin = Instant::now();
        let workers = NonZero::new(1 + below(&mut random, 3)).expect("one or more");
        let pool = ProcessPool::start(workers).expect("there is one thread");
        let items = 1 + below(&mut random, 4_000) as u64;
        let chunk = NonZero::new(1 + below(&mut random, 300)).expect("one or more");
        let victims = pool.workers();
        let victim = victims[below(&mut random, victims.len())];
        let moment = Duration::from_micros(below(&mut random, 8_000) as u64);
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(moment);
                kill_worker(victim);
            });
            let results = pool
                .chunks(Chunking::Size(chunk))
                .map(|(), n| work(n), 0..items);
            assert_eq!(results, Ok(expected(items)), "seed {seed}");
        });
        drop(pool);
        assert!(
            begin.elapsed() < LIMIT,
            "seed {seed} took {:?}",
            begin.elapsed()
        );
        assert_nothing_is_left(&before);
    }
}

fn a_worker_killed_every_50_ms() {
    const TASK: Duration = Duration::from_millis(4);
    for seed in 0..runs().div_ceil(10) {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let before = Audit::now();
        let begin = Instant::now();
        let pool = ProcessPool::start(NonZero::new(2).expect("not zero")).expect("one thread");
        let is_over = AtomicBool::new(false);
        let slow = |n| {
            thread::sleep(TASK);
            work(n)
        };
        let mut kills = 0;
        thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    thread::sleep(Duration::from_millis(50));
                    let workers = pool.workers();
                    kill_worker(workers[below(&mut random, workers.len())]);
                    kills += 1;
                }
            });
            let outcomes: Vec<_> = pool.imap(slow, 0..200).collect();
            is_over.store(true, Ordering::Relaxed);
            let results: Result<Vec<_>, _> = outcomes.into_iter().collect();
            assert_eq!(results, Ok(expected(200)), "seed {seed}");
        });
        assert!(kills >= 5, "{kills} kills");
        drop(pool);
        assert!(
            begin.elapsed() < LIMIT,
            "seed {seed} took {:?}",
            begin.elapsed()
        );
        assert_nothing_is_left(&before);
    }
}

fn below(random: &mut Xoshiro256PlusPlus, end: usize) -> usize {
    (random.next_u64() % end as u64) as usize
}
