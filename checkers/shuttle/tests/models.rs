//! Shuttle finds what is broken in each model, except in the order of memory, and passes what is mended.

mod support;

use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use support::say;
use under_shuttle::check::{Outcome, check, replay};
use under_shuttle::models;

/// How often the broken version of each model is looked for, each time with another seed.
const RUNS: u64 = 100;
/// How many schedules one of these runs may try.
const ENOUGH: usize = 10_000;
/// In how many schedules a mended version has to pass.
const MANY: usize = 100_000;

/// A way to choose the schedules of one run.
type Method = fn(u64) -> Box<dyn Scheduler + Send>;

/// The thread that goes on is chosen at random.
fn at_random(seed: u64) -> Box<dyn Scheduler + Send> {
    Box::new(RandomScheduler::new_from_seed(seed, ENOUGH))
}

/// The thread with the highest priority goes on. Priorities are random, and change two times.
fn by_priorities(seed: u64) -> Box<dyn Scheduler + Send> {
    Box::new(PctScheduler::new_from_seed(seed, 3, ENOUGH))
}

/// The methods take turns.
fn model(name: &str, broken: fn(), mended: fn(), methods: &[Method]) {
    let methods = (0..RUNS).zip(methods.iter().cycle());
    let found = methods.map(|(seed, method)| find(name, broken, seed, *method));
    let mut found: Vec<Outcome> = found.collect();
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
fn find(name: &str, broken: fn(), seed: u64, method: Method) -> Outcome {
    let found = check(broken, method(seed));
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
            let methods: [Method; 2] = [at_random, by_priorities];
            model(stringify!($name), models::$name::broken, models::$name::mended, &methods);
        })*
    };
}

models! {
    aba check_then_act deadlock lock_in_pool lost_update lost_wakeup nested_pool philosophers readers_writers
    stolen_wakeup torn_read try_lock
}

/// It needs more switches of threads than two changes of priorities make.
#[test]
fn livelock() {
    let (broken, mended) = (models::livelock::broken, models::livelock::mended);
    model("livelock", broken, mended, &[at_random]);
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
