//! How a paradigm fails: with an error that says what happened to which worker, at once, and it can be used again.

use std::io;
use std::time::{Duration, Instant};

use workloads::faulty::{EXIT_STATUS, FAULTY_ITEM, Fault, FaultyMap, FaultyReduce, LEN, MESSAGE};
use workloads::squares::Squares;
use workloads::{Cause, Map, Paradigm, WorkerError, Workload};

use crate::attempt::{attempt, default_of, items_of, workers};
use crate::case::Verdict;
use crate::checks::are_equal;

/// How soon a parent must have noticed that a child died. It is no measurement: the other child is busy for a minute.
const NOTICED_WITHIN: Duration = Duration::from_secs(5);

/// Whether a panic in a worker is an error of the call, which says what happened where, and whether the paradigm can be used
/// again after it.
pub(crate) fn panics<P: Paradigm>() -> Verdict {
    let cause = Cause::Panicked(MESSAGE.to_owned());
    attempt::<P>("a worker that panics", workers(3), 2, |paradigm| {
        let map = FaultyMap::new(Fault::Panic);
        fails_by(3, &cause, paradigm.map(&map).map(drop))?;
        let reduce = FaultyReduce::new(Fault::Panic);
        fails_by(3, &cause, paradigm.reduce(&reduce).map(drop))?;
        can_be_used_again(paradigm)
    })
}

/// Whether more items than any memory holds are an error of the call, which says so in a sentence.
pub(crate) fn misses_memory<P: Paradigm>() -> Verdict {
    let squares = default_of::<Squares>(1 << 46);
    attempt::<P>(&items_of(&squares), workers(3), 1, |paradigm| {
        let expected = "there is no memory for ";
        let Err(error) = paradigm.map(&squares).map(drop) else {
            return Err(format!("it succeeds, expected was `{expected}…`"));
        };
        if !error.to_string().starts_with(expected) {
            return Err(format!(
                "its error is `{error}`, expected was `{expected}…`"
            ));
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
    let on = format!("a child that fails ({fault:?}) while another is busy");
    attempt::<P>(&on, workers(2), 1, |paradigm| {
        let start = Instant::now();
        let map = FaultyMap::new(fault).with_a_busy_item();
        fails_by(2, cause, paradigm.map(&map).map(drop))?;
        let reduce = FaultyReduce::new(fault).with_a_busy_item();
        fails_by(2, cause, paradigm.reduce(&reduce).map(drop))?;
        let took = start.elapsed();
        if took > 2 * NOTICED_WITHIN {
            return Err(format!(
                "the ends of two children are noticed after {took:?} only"
            ));
        }
        Ok(())
    })
}

/// Whether the error of a call to a paradigm of so many workers is a [`WorkerError`] with this cause, and its items are a
/// chunk that holds the item that failed.
fn fails_by(workers: usize, cause: &Cause, outcome: io::Result<()>) -> Verdict {
    let expected =
        format!("expected was one with item {FAULTY_ITEM} of {LEN} and the cause `{cause:?}`");
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
            "its error, `{error}`, is no WorkerError, {expected}"
        ));
    };
    let is_chunk = items.contains(&FAULTY_ITEM) && items.len() < LEN;
    if *worker < workers && is_chunk && other == cause {
        return Ok(());
    }
    Err(format!("its error is `{error}`, {expected}"))
}

fn can_be_used_again<P: Paradigm>(paradigm: &mut P) -> Verdict {
    let healthy = default_of::<Squares>(100);
    let squares = paradigm.map(&healthy);
    let squares = squares.map_err(|error| format!("it cannot be used again: {error}"))?;
    let expected = healthy.items(0..healthy.len());
    are_equal(&squares, &expected).map_err(|why| format!("used again, {why}"))
}
