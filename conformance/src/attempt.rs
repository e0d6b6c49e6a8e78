//! One use of a paradigm: it starts, it is called, it is dropped, and nothing is left behind.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use examples_processes::Audit;
use workloads::{Paradigm, Workload, panic_message};

use crate::case::{self, Verdict};

/// How long to wait for threads to end. Even a thread that was joined is still there for a moment.
const SOON: Duration = Duration::from_secs(2);

/// Starts `P`, lets `check` call it this many times, and drops it. Calls after the first must leave nothing behind, and
/// dropping must leave nothing behind (checked on Linux, where `/proc` shows it). `on` describes the workload, for
/// the sentence that says what is wrong.
pub(crate) fn attempt<P: Paradigm>(
    on: &str,
    workers: NonZero<usize>,
    calls: usize,
    mut check: impl FnMut(&mut P) -> Verdict,
) -> Verdict {
    let plural = if workers.get() == 1 { "" } else { "s" };
    let call = format!("{} on {on}, {workers} worker{plural}", P::ID);
    case::begin(&call);
    let before = Audit::now();
    let this_process = process::id();
    let end_forked_child = || {
        if process::id() != this_process {
            case::judge(&Err(format!(
                "{call}: a forked child returned from the paradigm: it must end by `_exit`"
            )));
            process::exit(1);
        }
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let start = P::start(workers);
        let mut paradigm = start.map_err(|error| format!("it cannot start: {error}"))?;
        let mut check = |paradigm: &mut P| {
            let verdict = check(paradigm);
            end_forked_child();
            verdict
        };
        check(&mut paradigm)?;
        let after_first = Audit::now();
        for _ in 1..calls {
            case::begin(&format!("{call}, called again"));
            check(&mut paradigm).map_err(|why| format!("called again, {why}"))?;
            leaves_nothing(&after_first).map_err(|why| format!("called again, {why}"))?;
        }
        case::begin(&format!("{call}, dropped"));
        Ok(())
    }));
    end_forked_child(); // one that panicked
    let verdict = outcome.unwrap_or_else(|panic| {
        let message = panic_message(panic.as_ref());
        Err(format!("it panicked, but must return an error: {message}"))
    });
    verdict
        .and_then(|()| leaves_nothing(&before))
        .map_err(|why| format!("{call}: {why}"))
}

fn leaves_nothing(before: &Audit) -> Verdict {
    let deadline = Instant::now() + SOON;
    loop {
        let left = before.left_behind();
        if left.is_empty() {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(left.join("; "));
        }
        thread::sleep(Duration::from_micros(100));
    }
}

/// `workload` in words.
pub(crate) fn items_of<W: Workload>(workload: &W) -> String {
    format!("{}, n = {}", W::NAME, workload.len())
}

/// `count` as [`NonZero`].
pub(crate) fn workers(count: usize) -> NonZero<usize> {
    NonZero::new(count).expect("a number of workers is not 0")
}

/// A workload with its default input.
pub(crate) fn default_of<W: Workload>(n: usize) -> W {
    W::with_input(n, &[])
        .unwrap_or_else(|error| panic!("the workload {} has no default input: {error}", W::NAME))
}
