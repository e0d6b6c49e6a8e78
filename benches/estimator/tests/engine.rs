//! What the engine does with rounds that fail.

use std::cell::Cell as Counter;
use std::io::{self, ErrorKind};
use std::time::Duration;

use estimator::{Axis, Cell, Event, Purpose, Run, Stopwatch, limit, measure};

/// A stopwatch of which each run takes a millisecond, if it does not fail.
struct MadeUp(Result<(), ErrorKind>);

impl Stopwatch for MadeUp {
    fn time(&mut self, runs: &[Run], _expected: Duration) -> io::Result<Vec<f64>> {
        match self.0 {
            Ok(()) => Ok(vec![1e-3; runs.len()]),
            Err(kind) => Err(io::Error::new(kind, "it failed on purpose")),
        }
    }
}

/// Measures a cell of which these starts fail, counted from 0. Returns whether it has a result, how many stopwatches were
/// started, and how often it was told that a round is taken again.
fn measured(kind: ErrorKind, fails: impl Fn(usize) -> bool) -> (bool, usize, usize) {
    let cell = Cell {
        subject: "made up",
        axis: Axis::Nothing,
        purpose: Purpose::Compare,
        weight: 1.0,
    };
    let starts = Counter::new(0);
    let mut again = 0;
    let start = |_: &&str| {
        let failed = fails(starts.replace(starts.get() + 1));
        let made_up = MadeUp(if failed { Err(kind) } else { Ok(()) });
        Ok(Box::new(made_up) as Box<dyn Stopwatch>)
    };
    let findings = measure(&[cell], Duration::from_millis(1), start, |event| {
        again += usize::from(matches!(event, Event::Again(_)));
    });
    (findings.cells[0].is_ok(), starts.get(), again)
}

#[test]
fn a_round_is_taken_again_once_if_a_process_was_killed() {
    let (is_ok, rounds, again) = measured(ErrorKind::Interrupted, |_| false);
    assert_eq!((is_ok, again), (true, 0));
    for (kind, fails, expected) in [
        // Once, in the third round.
        (ErrorKind::Interrupted, vec![2], (true, rounds + 1, 1)),
        // Once in each of two rounds.
        (ErrorKind::Interrupted, vec![0, 2], (true, rounds + 2, 2)),
        // Twice in the same round.
        (ErrorKind::Interrupted, vec![2, 3], (false, 4, 1)),
        // A process that gave a wrong answer, or none in time, would do it again.
        (ErrorKind::Other, vec![2], (false, 3, 0)),
        (ErrorKind::TimedOut, vec![2], (false, 3, 0)),
    ] {
        let found = measured(kind, |start| fails.contains(&start));
        assert_eq!(found, expected, "{kind} in {fails:?}");
    }
}

#[test]
fn limits_are_generous() {
    assert!(limit(Duration::ZERO) >= Duration::from_secs(5));
    assert!(limit(Duration::from_secs(100)) >= Duration::from_secs(1_000));
    assert_eq!(limit(Duration::MAX), Duration::MAX);
}
