//! Loom finds what is broken in each model, and passes what is mended.

mod support;

use support::say;
use under_loom::check::{Outcome, check, replay, search, write_schedule};
use under_loom::models;

/// How often the broken version of each model is looked for.
const RUNS: usize = 100;

fn model(name: &str, broken: fn(), mended: fn()) {
    let found = search(broken);
    assert!(
        matches!(found, Outcome::Failed { .. }),
        "{name}, broken: {found}"
    );
    let replayed = found.clone().in_first_execution();
    let directory = tempfile::tempdir().expect("a directory for the schedule");
    for run in 0..RUNS {
        let file = directory.path().join(format!("{run}.json"));
        assert_eq!(
            write_schedule(broken, found.executions(), &file),
            found,
            "{name}"
        );
        assert_eq!(replay(broken, &file), replayed, "{name}, {run}");
    }
    let passed = check(mended);
    assert!(
        matches!(passed, Outcome::Passed { .. }),
        "{name}, mended: {passed}"
    );
    say(&format!(
        "{name}\n  broken: {found}\n    found, and replayed, in {RUNS} of {RUNS} runs\n  mended: {passed}\n"
    ));
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
    aba check_then_act deadlock double_check livelock lock_in_pool lost_update lost_wakeup message_passing
    nested_pool philosophers readers_writers stolen_wakeup store_buffering torn_read
}

#[test]
fn a_failed_try_lock_is_for_shuttle() {
    let passed = check(models::try_lock::broken);
    say(&format!(
        "try_lock\n  broken: {passed}, because loom tries no schedule in which the lock is not free\n"
    ));
    assert!(
        matches!(passed, Outcome::Passed { .. }),
        "{passed}: loom has become better"
    );
}
