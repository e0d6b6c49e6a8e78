//! A process is killed inside the critical section, again and again: the next one is told, and repairs.
//!
//! `BETWEEN_RUNS` says how many runs there are: 100 without it.

use std::io::{Read, Write, pipe};
use std::thread;
use std::time::{Duration, Instant};

use examples_processes::Audit;
use examples_shared_memory::Shared;
use examples_shared_memory::sync::{HalfChanged, LockError, RobustMutex};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use crate::harness::{assert_ends_well, assert_nothing_is_left, child, kill_and_wait, name};
use crate::own_process::{SOON, Test};

pub(crate) const TESTS: &[Test] = &[
    ("killed_where_it_is_inside", killed_where_it_is_inside),
    ("killed_at_random_moments", killed_at_random_moments),
];

/// Two balances. Money moves from one to the other, so their sum stays the same, except in the middle of a move.
type Accounts = RobustMutex<[i64; 2]>;

const SUM: i64 = 1_000;

fn runs() -> u64 {
    let runs = std::env::var("BETWEEN_RUNS").ok();
    let runs = runs.map(|runs| runs.parse().expect("BETWEEN_RUNS is a number"));
    runs.unwrap_or(100)
}

/// Half of the runs: the victim says that it is inside, with half a move done, and stays there.
fn killed_where_it_is_inside() {
    for run in 0..runs().div_ceil(2) {
        each(run, |accounts, name| {
            let (mut inside, mut says) = pipe().expect("there is one");
            let victim = child(|| {
                let mut balances = accounts.lock().expect("it is free");
                balances[0] -= 7;
                says.write_all(&[0]).expect("it is read");
                thread::sleep(Duration::from_mins(1));
                balances[1] += 7;
            });
            inside.read_exact(&mut [0]).expect("the victim says it");
            if run % 2 == 0 {
                // The parent is the next one.
                kill_and_wait(victim);
                repair(told(accounts), SUM - 7);
            } else {
                // Another process is. It finds the mutex by its name, and waits for it when its owner is killed.
                let next = child(|| {
                    let accounts = Shared::<Accounts>::open(name).expect("it is there");
                    repair(told(&accounts), SUM - 7);
                });
                thread::sleep(Duration::from_micros(run * 53 % 2_000));
                kill_and_wait(victim);
                assert_ends_well(next);
            }
        });
    }
}

/// The other half: the victim moves money without end, and is killed at a random moment.
fn killed_at_random_moments() {
    let (mut died_inside, runs) = (0, runs() / 2);
    for run in 0..runs {
        each(run, |accounts, _| {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(run);
            let (mut begun, mut says) = pipe().expect("there is one");
            let victim = child(|| {
                says.write_all(&[0]).expect("it is read");
                for amount in 0.. {
                    let mut balances = accounts.lock().expect("its owners have not died");
                    balances[0] -= amount % 100;
                    work(); // in the middle of the move
                    balances[1] += amount % 100;
                    drop(balances);
                    work();
                }
            });
            begun.read_exact(&mut [0]).expect("the victim says it");
            thread::sleep(Duration::from_micros(random.next_u64() % 3_000));
            kill_and_wait(victim);
            match accounts.lock_for(SOON) {
                Ok(balances) => assert_eq!(balances[0] + balances[1], SUM),
                Err(LockError::OwnerDied(half_changed)) => {
                    died_inside += 1;
                    let sum = half_changed[0] + half_changed[1];
                    repair(half_changed, sum);
                }
                Err(error) => panic!("run {run}: {error}"),
            }
        });
    }
    println!("killed at random moments: {died_inside} of {runs} died inside");
}

/// Takes a microsecond or two.
fn work() {
    std::hint::black_box((0..2_000_u64).fold(0, |sum, k| std::hint::black_box(sum ^ k)));
}

/// A run: a mutex with a name, and afterwards the data is right, the mutex can be locked, and nothing is left.
fn each(run: u64, kill_a_process: impl FnOnce(&Accounts, &str)) {
    let (before, begin) = (Audit::now(), Instant::now());
    let name = name("accounts");
    let accounts = RobustMutex::new([SUM / 2; 2]);
    let accounts = Shared::create(&name, accounts).expect("the name is free");
    kill_a_process(&accounts, &name);
    let mut balances = accounts.lock_for(SOON).expect("it was repaired");
    assert_eq!(balances[0] + balances[1], SUM, "run {run}");
    balances[0] -= 1;
    balances[1] += 1;
    drop(balances);
    drop(accounts);
    assert_nothing_is_left(&before);
    assert!(
        begin.elapsed() < 2 * SOON,
        "run {run} took {:?}",
        begin.elapsed()
    );
}

/// The lock of an owner that has died.
fn told(accounts: &Accounts) -> HalfChanged<'_, [i64; 2]> {
    match accounts.lock_for(SOON) {
        Err(LockError::OwnerDied(half_changed)) => half_changed,
        other => panic!("it is not told: {other:?}"),
    }
}

fn repair(mut half_changed: HalfChanged<'_, [i64; 2]>, sum: i64) {
    assert_eq!(half_changed[0] + half_changed[1], sum);
    half_changed[1] = SUM - half_changed[0];
    drop(half_changed.repaired());
}
