//! How a paradigm fails: with an error that says what happened to which worker, at once, and it can be used again.

use std::io;
use std::ops::Range;
use std::time::{Duration, Instant};

use workloads::faulty::{EXIT_STATUS, Fault, FaultyMap, FaultyReduce, LEN, MESSAGE};
use workloads::squares::Squares;
use workloads::{Cause, Map, Paradigm, Reduce, WorkerError};

use crate::attempt::{attempt, default_of, items_of, workers};
use crate::case::Verdict;
use crate::checks::{are_equal, is_equal};
use crate::ordered::Composition;

/// An item in the first chunk, and one in the last.
const FIRST: usize = 5;
const LAST: usize = 80;

/// One worker is busy for this long when another one fails.
const BUSY: Duration = Duration::from_millis(20);

/// A child is busy for this long when another one fails: much longer than [`NOTICED_WITHIN`].
const VERY_BUSY: Duration = Duration::from_mins(1);

/// How soon a parent must have noticed that a child died.
const NOTICED_WITHIN: Duration = Duration::from_secs(5);

/// Whether a panic in a worker is an error of the call, which says what happened where, and whether the paradigm can be used
/// again after it. The first worker panics while the last one is busy, then the last one while the first one is busy,
/// then all workers.
pub(crate) fn panics<P: Paradigm>() -> Verdict {
    let cause = Cause::Panicked(MESSAGE.to_owned());
    for count in [1, 2, 3] {
        attempt::<P>("a worker that panics", workers(count), 1, |paradigm| {
            for (at, busy) in [
                (FIRST..FIRST + 1, LAST),
                (LAST..LAST + 1, FIRST),
                (0..LEN, FIRST),
            ] {
                let map = FaultyMap::new(Fault::Panic).failing_at(at.clone());
                let map = map.busy_at(busy, BUSY);
                fails_by(count, &at, &cause, paradigm.map(&map).map(drop))?;
                can_be_used_again(paradigm)?;
                let reduce = FaultyReduce::new(Fault::Panic).failing_at(at.clone());
                let reduce = reduce.busy_at(busy, BUSY);
                fails_by(count, &at, &cause, paradigm.reduce(&reduce).map(drop))?;
                can_be_used_again(paradigm)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Whether more items than any memory holds are an error of the call, which says so in a sentence.
pub(crate) fn misses_memory<P: Paradigm>() -> Verdict {
    let squares = default_of::<Squares>(1 << 46);
    attempt::<P>(&items_of(&squares), workers(3), 1, |paradigm| {
        let expected = "there is no memory for ";
        let Err(error) = paradigm.map(&squares).map(drop) else {
            return Err(format!(
                "it succeeds, but the expected error is `{expected}…`"
            ));
        };
        if !error.to_string().contains(expected) {
            return Err(format!("its error is `{error}`, expected `{expected}…`"));
        }
        can_be_used_again(paradigm)
    })
}

pub(crate) fn children_that_panic<P: Paradigm>() -> Verdict {
    children_that::<P>(Fault::Panic, &Cause::Panicked(MESSAGE.to_owned()))
}

pub(crate) fn children_that_exit<P: Paradigm>() -> Verdict {
    children_that::<P>(Fault::Exit, &Cause::Exited(EXIT_STATUS))
}

pub(crate) fn children_that_are_killed<P: Paradigm>() -> Verdict {
    children_that::<P>(Fault::Kill, &Cause::Killed("SIGKILL".to_owned()))
}

/// Whether a child's end is noticed at once, although another child is busy for much longer, and whether this other child
/// is not left behind.
fn children_that<P: Paradigm>(fault: Fault, cause: &Cause) -> Verdict {
    for (faulty, busy) in [(FIRST, LAST), (LAST, FIRST)] {
        let on = format!("a child that fails ({fault:?}) while another one is busy");
        attempt::<P>(&on, workers(2), 1, |paradigm| {
            let start = Instant::now();
            let at = faulty..faulty + 1;
            let map = FaultyMap::new(fault).failing_at(at.clone());
            let map = map.busy_at(busy, VERY_BUSY);
            fails_by(2, &at, cause, paradigm.map(&map).map(drop))?;
            let reduce = FaultyReduce::new(fault).failing_at(at.clone());
            let reduce = reduce.busy_at(busy, VERY_BUSY);
            fails_by(2, &at, cause, paradigm.reduce(&reduce).map(drop))?;
            let took = start.elapsed();
            if took > 2 * NOTICED_WITHIN {
                return Err(format!(
                    "the ends of two children are noticed after {took:?} only"
                ));
            }
            can_be_used_again(paradigm)
        })?;
    }
    Ok(())
}

/// Whether the error of a call to a paradigm of this many workers is a [`WorkerError`] with this cause, and its items are a
/// chunk in which items of `at` are.
fn fails_by(workers: usize, at: &Range<usize>, cause: &Cause, outcome: io::Result<()>) -> Verdict {
    let expected = format!("expected a WorkerError with items of {at:?} and the cause `{cause:?}`");
    let Err(error) = outcome else {
        return Err(format!("it gives no error, {expected}"));
    };
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    let Some(WorkerError {
        worker,
        items,
        cause: other,
    }) = inner
    else {
        return Err(format!(
            "its error, `{error}`, is not a WorkerError, {expected}"
        ));
    };
    let is_there = items.start < at.end && at.start < items.end && items.end <= LEN;
    let is_chunk = is_there && (items.len() < LEN || workers == 1);
    if *worker < workers && is_chunk && other == cause {
        return Ok(());
    }
    Err(format!("its error is `{error}`, {expected}"))
}

/// Not as many items as the workload that failed has: results that are left of the failed call must not be taken for
/// these.
const FEWER: usize = 61;

fn can_be_used_again<P: Paradigm>(paradigm: &mut P) -> Verdict {
    let squares = default_of::<Squares>(FEWER);
    let items = paradigm.map(&squares);
    let items = items.map_err(|error| format!("used again after an error, it fails: {error}"))?;
    are_equal(&items, &squares.items(0..FEWER))
        .map_err(|why| format!("used again after an error, {why}"))?;
    drop(items);
    let functions = default_of::<Composition>(FEWER);
    let summary = paradigm.reduce(&functions);
    let summary =
        summary.map_err(|error| format!("used again after an error, it fails: {error}"))?;
    is_equal("the summary", &summary, &functions.fold(0..FEWER))
        .map_err(|why| format!("used again after an error, {why}"))
}
