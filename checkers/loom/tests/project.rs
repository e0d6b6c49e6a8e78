//! The project's own locks under loom: every schedule passes, and a fault in what they are built on is found.

mod support;

use support::say;
use under_loom::check::{Outcome, PREEMPTIONS, check, search};
use under_loom::platform::Fault::{
    self, AllRelaxed, NoAcquire, NoCompare, NoRelease, NoSeqCst, NoWake, WakeOne,
};
use under_loom::platform::set_fault;
use under_loom::project;

/// The program passes in every schedule. With each of these faults it fails.
fn all(name: &str, program: fn(), faults: &[Fault]) {
    let passed = check(program);
    say(&format!(
        "{name}: {passed}\n{}",
        with_faults(name, program, faults)
    ));
    assert!(matches!(passed, Outcome::Passed { .. }), "{name}");
}

/// The same in the schedules with few preemptions: the program is too long for all schedules.
fn few(name: &str, program: fn(), faults: &[Fault]) {
    let passed = search(program);
    let bound = format!("with at most {PREEMPTIONS} preemptions");
    say(&format!(
        "{name}: {passed} {bound}\n{}",
        with_faults(name, program, faults)
    ));
    assert!(matches!(passed, Outcome::Passed { .. }), "{name}");
}

fn with_faults(name: &str, program: fn(), faults: &[Fault]) -> String {
    let lines = faults.iter().map(|fault| {
        set_fault(*fault);
        let outcome = search(program);
        set_fault(Fault::None);
        let Outcome::Failed {
            executions,
            message,
            ..
        } = &outcome
        else {
            panic!("{name}, {fault:?}: {outcome}");
        };
        let message = message.lines().next().unwrap_or_default();
        format!("  with {fault:?}: fails in execution {executions}: {message}\n")
    });
    lines.collect()
}

#[test]
fn barrier() {
    let faults = [NoSeqCst, AllRelaxed, NoCompare, NoWake];
    all("barrier, 2 parties", project::barrier::<2, 1>, &faults);
    few(
        "barrier, 2 parties, 2 rounds",
        project::barrier::<2, 2>,
        &faults,
    );
    few(
        "split barrier, 2 parties, 2 calls",
        project::split_barrier::<2, 2>,
        &[NoAcquire, NoSeqCst, AllRelaxed, NoCompare, NoWake],
    );
}

#[test]
fn mutex() {
    let faults = [NoRelease, NoAcquire, AllRelaxed, NoCompare, NoWake];
    all("mutex, 2 threads", project::mutex::<2, 1>, &faults);
    few(
        "mutex, 2 threads, 2 rounds",
        project::mutex::<2, 2>,
        &faults,
    );
    few("mutex, 3 threads", project::mutex::<3, 1>, &faults);
}

#[test]
fn semaphore() {
    let faults = [NoSeqCst, AllRelaxed, NoCompare, NoWake];
    all(
        "semaphore of 1, 2 threads",
        project::semaphore_of_one::<2, 1>,
        &faults,
    );
    let faults = [NoSeqCst, NoCompare, NoWake];
    few(
        "semaphore of 2, 3 threads",
        project::semaphore_of_two::<3>,
        &faults,
    );
}

#[test]
fn condvar() {
    all(
        "condition variable, 2 threads",
        project::condvar::<2>,
        &[NoCompare, NoWake],
    );
}

#[test]
fn event() {
    let faults = [NoAcquire, NoSeqCst, AllRelaxed, NoCompare, NoWake];
    all("event, 2 threads", project::event::<2>, &faults);
    few("event, 3 threads", project::event::<3>, &[WakeOne]);
}

#[test]
fn ring() {
    let faults = [
        NoRelease, NoAcquire, NoSeqCst, AllRelaxed, NoCompare, NoWake,
    ];
    few("ring of 2 slots, 2 messages", project::ring::<2>, &faults);
}

#[test]
fn queue() {
    let faults = [
        NoRelease, NoAcquire, NoSeqCst, AllRelaxed, NoCompare, NoWake,
    ];
    few(
        "queue of 2 slots, 1 producer, 1 consumer",
        project::queue::<1, 2, 2>,
        &faults,
    );
}
