//! Shuttle finds what is broken in each model, except in the order of memory, and passes what is mended.

mod support;

use shuttle::scheduler::{PctScheduler, RandomScheduler};
use support::say;
use under_shuttle::check::{Outcome, check, replay};
use under_shuttle::models;

/// How often the broken version of each model is looked for, each time with another seed.
const RUNS: u64 = 100;
/// How many schedules one of these runs may try.
const ENOUGH: usize = 10_000;
/// In how many schedules a mended version has to pass.
const MANY: usize = 100_000;

fn model(name: &str, broken: fn(), mended: fn()) {
    let mut found: Vec<Outcome> = (0..RUNS).map(|seed| find(name, broken, seed)).collect();
    found.sort_by_key(Outcome::executions);
    let median = found[found.len() / 2].executions();
    let most = found[found.len() - 1].executions();
    let passed = check(mended, RandomScheduler::new_from_seed(0, MANY));
    assert_eq!(passed, Outcome::Passed { executions: MANY }, "{name}");
    say(&format!(
        "{name}\n  broken: {}\n    found, and replayed, in {RUNS} of {RUNS} runs, in execution {median} (the median), at \
         the latest in {most}\n  mended: {passed}\n",
        found[0]
    ));
}

/// Finds what is broken, with this seed, and replays it.
fn find(name: &str, broken: fn(), seed: u64) -> Outcome {
    // Even seeds choose the next thread at random, odd seeds change the priorities of threads two times.
    let found = if seed.is_multiple_of(2) {
        check(broken, RandomScheduler::new_from_seed(seed, ENOUGH))
    } else {
        check(broken, PctScheduler::new_from_seed(seed, 3, ENOUGH))
    };
    let Outcome::Failed { schedule, .. } = &found else {
        panic!("{name}, broken, seed {seed}: {found}");
    };
    assert_eq!(
        replay(broken, schedule),
        found.clone().in_first_execution(),
        "{name}, seed {seed}"
    );
    found
}

macro_rules! models {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            model(stringify!($name), models::$name::broken, models::$name::mended);
        })*
    };
}

models! {
    aba check_then_act deadlock livelock lock_in_pool lost_update lost_wakeup nested_pool philosophers readers_writers
    stolen_wakeup torn_read
}

#[test]
fn the_order_of_memory_is_for_loom() {
    for (name, broken) in [
        ("double_check", models::double_check::broken as fn()),
        ("message_passing", models::message_passing::broken),
        ("store_buffering", models::store_buffering::broken),
    ] {
        let passed = check(broken, RandomScheduler::new_from_seed(0, ENOUGH));
        assert_eq!(passed, Outcome::Passed { executions: ENOUGH }, "{name}");
        say(&format!(
            "{name}\n  broken: {passed}, because shuttle has one order of memory\n"
        ));
    }
}
