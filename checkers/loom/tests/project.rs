//! The project's own locks under loom: every schedule passes, and a fault in what they are built on is found.

mod support;

use support::say;
use under_loom::check::{Outcome, check, search};
use under_loom::platform::{Fault, set_fault};
use under_loom::project;

fn passes(name: &str, program: fn()) {
    let outcome = check(program);
    assert!(
        matches!(outcome, Outcome::Passed { .. }),
        "{name}: {outcome}"
    );
    say(&format!("{name}: {outcome}\n"));
}

/// The program fails with each of these faults, and passes with each of the others.
fn finds(name: &str, program: fn(), faults: &[Fault]) {
    for fault in Fault::ALL {
        set_fault(fault);
        let outcome = search(program);
        set_fault(Fault::None);
        let is_found = matches!(outcome, Outcome::Failed { .. });
        assert_eq!(
            is_found,
            faults.contains(&fault),
            "{name}, {fault:?}: {outcome}"
        );
        if is_found {
            say(&format!("{name} with {fault:?} {outcome}\n"));
        }
    }
}

#[test]
fn barrier() {
    passes("barrier, 2 parties", project::barrier::<2, 1>);
    let faults = [
        Fault::NoRelease,
        Fault::NoAcquire,
        Fault::NoSeqCst,
        Fault::NoCompare,
        Fault::NoWake,
    ];
    finds("barrier", project::barrier::<2, 1>, &faults);
}
