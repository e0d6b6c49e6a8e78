//! One use of a paradigm: it starts, it is called, it is dropped, and nothing is left behind.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use workloads::{Paradigm, Workload, panic_message};

use crate::case::{self, Verdict};
use crate::leftovers::Leftovers;

/// Threads of a pool that was dropped may still be ending: for so long.
const SOON: Duration = Duration::from_secs(2);

/// Starts `P`, checks it, drops it, and sees what is left behind of it (on Linux, where `/proc` tells). `on` says on what,
/// for the sentence if it fails.
pub(crate) fn attempt<P: Paradigm>(
    on: &str,
    workers: NonZero<usize>,
    check: impl FnOnce(&mut P) -> Verdict,
) -> Verdict {
    let plural = if workers.get() == 1 { "" } else { "s" };
    let call = format!("{} on {on}, {workers} worker{plural}", P::ID);
    case::begin(&call);
    let before = Leftovers::now();
    let this_process = process::id();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let start = P::start(workers);
        let mut paradigm = start.map_err(|error| format!("it cannot start: {error}"))?;
        check(&mut paradigm)
    }));
    if process::id() != this_process {
        case::judge(&Err(format!(
            "{call}: a forked child returned from the paradigm: it must end by `_exit`"
        )));
        process::exit(1);
    }
    let verdict = outcome.unwrap_or_else(|panic| {
        let message = panic_message(panic.as_ref());
        Err(format!("it panicked, but must return an error: {message}"))
    });
    verdict
        .and_then(|()| leaves_nothing(&before))
        .map_err(|why| format!("{call}: {why}"))
}

fn leaves_nothing(before: &Leftovers) -> Verdict {
    let deadline = Instant::now() + SOON;
    while Leftovers::now() != *before && Instant::now() < deadline {
        thread::sleep(Duration::from_micros(100));
    }
    Leftovers::now().are_as(before)
}

/// `workload` in words.
pub(crate) fn items_of<W: Workload>(workload: &W) -> String {
    format!("{}, n = {}", W::NAME, workload.len())
}

/// Any number that is known not to be 0.
pub(crate) fn workers(count: usize) -> NonZero<usize> {
    NonZero::new(count).expect("a number of workers is not 0")
}

/// A workload with its default input.
pub(crate) fn default_of<W: Workload>(n: usize) -> W {
    W::with_input(n, &[])
        .unwrap_or_else(|error| panic!("the workload {} has no default input: {error}", W::NAME))
}
