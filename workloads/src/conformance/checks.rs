//! What the kit checks: that a paradigm gives the serial answer, and how it fails.

use std::fmt::Debug;
use std::io;
use std::num::NonZero;
use std::thread;
use std::time::{Duration, Instant};

use super::faulty::{self, Fault, FaultyMap, FaultyReduce};
use super::leftovers::Leftovers;
use crate::squares::Squares;
use crate::{Cause, Map, Paradigm, Reduce, Serial, WorkerError, Workload};

/// Numbers of items: none, fewer than workers, not a multiple of workers, and large.
const SIZES: [usize; 7] = [0, 1, 2, 5, 97, 1_000, 20_011];

/// How soon a parent must have noticed that a child died.
const NOTICED_WITHIN: Duration = Duration::from_secs(2);

/// 1, 2, 3, 7, and one more than this process has cores.
fn worker_counts() -> impl Iterator<Item = NonZero<usize>> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    [1, 2, 3, 7, cores + 1].into_iter().filter_map(NonZero::new)
}

/// Asserts that `P` maps `M` as [`Serial`] does, for all sizes and numbers of workers.
///
/// # Panics
///
/// If it does not, or fails, or leaves something behind.
pub fn maps<P: Paradigm, M: Map>() {
    let largest = default_of::<M>(SIZES.into_iter().max().unwrap_or(0));
    for n in SIZES {
        let workload = largest.with_len(n);
        let expected = Serial.map(&workload).expect("serial code does not fail");
        for workers in worker_counts() {
            let context = format!("{} of {n} {} by {workers} workers", P::ID, M::NAME);
            leaving_nothing::<P>(&context, workers, |paradigm| {
                let items = paradigm
                    .map(&workload)
                    .unwrap_or_else(|error| panic!("{context}: {error}"));
                if let Some(at) = (0..expected.len()).find(|&i| items.get(i) != Some(&expected[i]))
                {
                    panic!(
                        "{context}: item {at} is {:?}, not {:?}",
                        items.get(at),
                        expected[at]
                    );
                }
                assert_eq!(items.len(), expected.len(), "{context}: number of items");
            });
        }
    }
}

/// Asserts that `P` reduces `R` as [`Serial`] does, for all sizes and numbers of workers.
///
/// # Panics
///
/// If it does not, or fails, or leaves something behind.
pub fn reduces<P: Paradigm, R: Reduce>() {
    let largest = default_of::<R>(SIZES.into_iter().max().unwrap_or(0));
    for n in SIZES {
        let workload = largest.with_len(n);
        let expected = Serial.reduce(&workload).expect("serial code does not fail");
        for workers in worker_counts() {
            let context = format!("{} of {n} {} by {workers} workers", P::ID, R::NAME);
            leaving_nothing::<P>(&context, workers, |paradigm| {
                let summary = paradigm.reduce(&workload);
                assert_eq!(
                    summary.unwrap_or_else(|e| panic!("{context}: {e}")),
                    expected,
                    "{context}"
                );
            });
        }
    }
}

/// Asserts that a panic in a worker is an error of the call, which says what happened where, and
/// that the paradigm can be used again after it.
///
/// # Panics
///
/// If it is not so.
pub fn panics<P: Paradigm>() {
    let three = NonZero::new(3).expect("3 is not 0");
    leaving_nothing::<P>(P::ID, three, |paradigm| {
        let map = FaultyMap::new(Fault::Panic);
        expect_panic(&paradigm.map(&map).map(|items| items.len()));
        let reduce = FaultyReduce::new(Fault::Panic);
        expect_panic(&paradigm.reduce(&reduce));
        let healthy = default_of::<Squares>(100);
        let squares = paradigm.map(&healthy).expect("it can be used again");
        assert_eq!(*squares, healthy.items(0..100), "after a panic");
    });
}

/// How the sentence on memory that cannot be had begins.
pub(super) const NO_MEMORY: &str = "there is no memory for ";

/// Asserts that more items than any memory holds are an error of the call, which says so in a sentence.
///
/// # Panics
///
/// If it is not so.
pub fn misses_memory<P: Paradigm>() {
    let three = NonZero::new(3).expect("3 is not 0");
    leaving_nothing::<P>(P::ID, three, |paradigm| {
        let squares = default_of::<Squares>(1 << 46);
        let outcome = paradigm.map(&squares).map(|items| items.len());
        let error = outcome.expect_err("no machine has so much memory");
        assert!(error.to_string().starts_with(NO_MEMORY), "{error}");
        let healthy = default_of::<Squares>(100);
        let squares = paradigm.map(&healthy).expect("it can be used again");
        assert_eq!(*squares, healthy.items(0..100), "after an error");
    });
}

fn expect_panic<T: Debug>(outcome: &io::Result<T>) {
    let failure = worker_error(outcome);
    assert_eq!(failure.cause, Cause::Panicked(faulty::MESSAGE.to_owned()));
    assert!(failure.items.contains(&faulty::FAULTY_ITEM), "{failure}");
}

pub(super) fn children_that_panic<P: Paradigm>() {
    children_that::<P>(Fault::Panic, &Cause::Panicked(faulty::MESSAGE.to_owned()));
}

pub(super) fn children_that_exit<P: Paradigm>() {
    children_that::<P>(Fault::Exit, &Cause::Exited(faulty::EXIT_STATUS));
}

pub(super) fn children_that_are_killed<P: Paradigm>() {
    children_that::<P>(Fault::Kill, &Cause::Killed("SIGKILL".to_owned()));
}

/// Asserts that a child's end is noticed at once, although another child is busy for much longer,
/// and that this other child is not left behind.
fn children_that<P: Paradigm>(fault: Fault, cause: &Cause) {
    let two = NonZero::new(2).expect("2 is not 0");
    leaving_nothing::<P>(P::ID, two, |paradigm| {
        let start = Instant::now();
        let map = FaultyMap::new(fault).with_a_busy_item();
        let outcome = paradigm.map(&map).map(|items| items.len());
        assert_eq!(&worker_error(&outcome).cause, cause);
        let reduce = FaultyReduce::new(fault).with_a_busy_item();
        let outcome = paradigm.reduce(&reduce);
        assert_eq!(&worker_error(&outcome).cause, cause);
        // Not a measurement: without a prompt notice it would be two minutes.
        assert!(
            start.elapsed() < 2 * NOTICED_WITHIN,
            "noticed after {:?}",
            start.elapsed()
        );
    });
}

/// The [`WorkerError`] in the outcome of a call.
///
/// # Panics
///
/// If there is none.
pub fn worker_error<T: Debug>(outcome: &io::Result<T>) -> WorkerError {
    let error = outcome.as_ref().expect_err("a worker failed");
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<WorkerError>());
    inner
        .unwrap_or_else(|| panic!("not a worker's error: {error}"))
        .clone()
}

/// Runs `check` with a paradigm of `workers` workers, and asserts that afterwards this process has
/// no child, descriptor or shared mapping that it had not before (on Linux, where `/proc` tells).
fn leaving_nothing<P: Paradigm>(
    context: &str,
    workers: NonZero<usize>,
    check: impl FnOnce(&mut P),
) {
    let before = Leftovers::now();
    let mut paradigm =
        P::start(workers).unwrap_or_else(|error| panic!("{context}: start: {error}"));
    check(&mut paradigm);
    drop(paradigm);
    // Threads of a pool that was dropped may still be closing what they had open.
    let deadline = Instant::now() + NOTICED_WITHIN;
    while Leftovers::now() != before && Instant::now() < deadline {
        thread::yield_now();
    }
    assert_eq!(Leftovers::now(), before, "{context}: left behind");
}

fn default_of<W: Workload>(n: usize) -> W {
    W::with_input(n, &[]).expect("every workload has a default input")
}
