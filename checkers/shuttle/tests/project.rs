//! The project's own locks under shuttle: many schedules pass, and a fault in what they are built on is found.

mod support;

use shuttle::scheduler::RandomScheduler;
use support::say;
use under_shuttle::check::{Outcome, check};
use under_shuttle::platform::{Fault, set_fault};
use under_shuttle::project;

const MANY: usize = 100_000;

fn passes(name: &str, program: fn()) {
    let outcome = check(program, RandomScheduler::new_from_seed(0, MANY));
    assert_eq!(
        outcome,
        Outcome::Passed { executions: MANY },
        "{name}: {outcome}"
    );
    say(&format!("{name}: {outcome}\n"));
}

/// The program fails with each of these faults. (Shuttle knows no orderings, so it finds none of the others.)
fn finds(name: &str, program: fn(), faults: &[Fault]) {
    for &fault in faults {
        set_fault(fault);
        let outcome = check(program, RandomScheduler::new_from_seed(0, MANY));
        set_fault(Fault::None);
        assert!(
            matches!(outcome, Outcome::Failed { .. }),
            "{name}, {fault:?}: {outcome}"
        );
        say(&format!("{name} with {fault:?} {outcome}\n"));
    }
}

#[test]
fn barrier() {
    passes("barrier, 3 parties", project::barrier::<3, 2>);
    finds(
        "barrier, 3 parties",
        project::barrier::<3, 2>,
        &[Fault::NoCompare, Fault::NoWake, Fault::WakeOne],
    );
}
