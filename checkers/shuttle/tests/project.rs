//! The project's own locks under shuttle: many schedules pass, and a fault in what they are built on is found.

mod support;

use shuttle::scheduler::RandomScheduler;
use support::say;
use under_shuttle::check::{Outcome, check};
use under_shuttle::platform::Fault::{self, NoCompare, NoWake, WakeOne};
use under_shuttle::platform::set_fault;
use under_shuttle::project;

/// In how many schedules a program has to pass, and how many the search for a fault may take.
const MANY: usize = 100_000;

/// The program passes, and with each of these faults it fails. (Orderings are for loom: shuttle does not know them.)
fn program(name: &str, program: fn(), faults: &[Fault]) {
    let outcome = check(program, RandomScheduler::new_from_seed(0, MANY));
    assert_eq!(
        outcome,
        Outcome::Passed { executions: MANY },
        "{name}: {outcome}"
    );
    let lines = faults.iter().map(|&fault| {
        set_fault(fault);
        let outcome = check(program, RandomScheduler::new_from_seed(0, MANY));
        set_fault(Fault::None);
        let Outcome::Failed {
            executions,
            message,
            ..
        } = outcome
        else {
            panic!("{name}, {fault:?}: {outcome}");
        };
        format!("  with {fault:?}: fails in execution {executions}: {message}\n")
    });
    let lines: String = lines.collect();
    say(&format!("{name}: {outcome}\n{lines}"));
}

#[test]
fn barrier() {
    program(
        "barrier, 3 parties, 2 rounds",
        project::barrier::<3, 2>,
        &[NoCompare, NoWake, WakeOne],
    );
    program(
        "split barrier, 3 parties, 3 calls",
        project::split_barrier::<3, 3>,
        &[NoCompare, NoWake, WakeOne],
    );
}

#[test]
fn mutex() {
    program(
        "mutex, 3 threads, 2 rounds",
        project::mutex::<3, 2>,
        &[NoCompare, NoWake],
    );
}

#[test]
fn semaphore() {
    program(
        "semaphore of 1, 3 threads, 2 rounds",
        project::semaphore_of_one::<3, 2>,
        &[NoCompare, NoWake],
    );
    program(
        "semaphore of 2, 4 threads",
        project::semaphore_of_two::<4>,
        &[NoCompare, NoWake],
    );
}

#[test]
fn condvar() {
    program(
        "condition variable, 4 threads",
        project::condvar::<4>,
        &[NoCompare, NoWake],
    );
}

#[test]
fn event() {
    program(
        "event, 4 threads",
        project::event::<4>,
        &[NoCompare, NoWake, WakeOne],
    );
}

#[test]
fn ring() {
    program(
        "ring of 2 slots, 5 messages",
        project::ring::<5>,
        &[NoCompare, NoWake],
    );
}

#[test]
fn queue() {
    program(
        "queue of 2 slots, 2 producers, 2 consumers",
        project::queue::<2, 4, 2>,
        &[NoCompare, NoWake],
    );
    // Here the last two messages may become visible in the other order, and no further message hides what is wrong then.
    program(
        "the same with 1 message each",
        project::queue::<2, 4, 1>,
        &[NoCompare, NoWake],
    );
}
