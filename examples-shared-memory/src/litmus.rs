//! Running a litmus test: two short pieces of code, many times, each time at the same moment.

use std::hint::spin_loop;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::thread;
use std::time::{Duration, Instant};

/// No more tries than this.
const TRIES: u32 = 100_000;
/// No longer than this: on a busy machine, the threads wait for each other most of the time.
const LIMIT: Duration = Duration::from_millis(150);

/// What a thread says about its next try: `2 * n` if it is ready for try `n`, `2 * n + 1` if it makes no try `n`. The
/// padding keeps other numbers out of its cache line.
#[repr(align(128))]
struct Next(AtomicU32);

/// Runs `one` and `other` on two threads, and gives them the number of the try, which counts from 1. The threads start
/// each try together, as well as they can. Returns the outcomes: what `one` and `other` have returned in each try.
///
/// A try begins when both closures have returned from the try before, and sees all that they have written there.
///
/// ```
/// use examples_shared_memory::litmus::outcomes;
///
/// let outcomes = outcomes(|n| n, |n| n + 1);
/// assert_eq!(outcomes[0], (1, 2));
/// assert!(outcomes.iter().all(|(one, other)| one + 1 == *other));
/// ```
///
/// # Panics
///
/// If `one` or `other` panics.
pub fn outcomes<A, B: Send>(
    one: impl FnMut(u32) -> A,
    other: impl FnMut(u32) -> B + Send,
) -> Vec<(A, B)> {
    let [mine, others] = [0, 0].map(|n| Next(AtomicU32::new(n)));
    let (ones, others) = thread::scope(|scope| {
        let thread = scope.spawn(|| repeat(other, &others, &mine));
        (repeat(one, &mine, &others), thread.join())
    });
    let others = others.expect("the closures do not panic");
    assert_eq!(ones.len(), others.len(), "both have made the same tries");
    ones.into_iter().zip(others).collect()
}

/// Makes tries until one of the threads has made enough of them.
fn repeat<T>(mut half: impl FnMut(u32) -> T, mine: &Next, others: &Next) -> Vec<T> {
    let start = Instant::now();
    let _last = SayNoMore(mine);
    let mut results = Vec::new();
    for n in 1..=TRIES {
        // At least one try is made.
        if n > 1 && start.elapsed() > LIMIT {
            break;
        }
        mine.0.store(2 * n, Release);
        if others.wait_for(n) == 2 * n + 1 {
            break;
        }
        results.push(half(n));
    }
    results
}

impl Next {
    /// Waits until the thread has said what it does about try `n`, and returns what it says.
    fn wait_for(&self, n: u32) -> u32 {
        let mut looks = 0;
        loop {
            let said = self.0.load(Acquire);
            if said >= 2 * n {
                return said;
            }
            looks += 1;
            if looks < 1_000 {
                spin_loop();
            } else {
                thread::yield_now(); // The other thread may need this core.
            }
        }
    }
}

/// Says, when it is dropped, that there is no next try: after a panic, too, so that the other thread does not wait.
struct SayNoMore<'a>(&'a Next);

impl Drop for SayNoMore<'_> {
    fn drop(&mut self) {
        // From `2 * n` to `2 * (n + 1) + 1`: try `n` was made, the next one is not.
        self.0.0.fetch_add(3, Release);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;
    use std::sync::atomic::Ordering::Relaxed;

    use super::*;

    #[test]
    fn a_try_begins_when_both_halves_of_the_one_before_have_ended() {
        let (ones, others) = (AtomicU32::new(0), AtomicU32::new(0));
        let outcomes = outcomes(
            |n| {
                ones.store(n, Relaxed);
                others.load(Relaxed)
            },
            |n| {
                others.store(n, Relaxed);
                ones.load(Relaxed)
            },
        );
        for (n, seen) in (1..).zip(&outcomes) {
            assert!([n - 1, n].contains(&seen.0), "{seen:?} in try {n}");
            assert!([n - 1, n].contains(&seen.1), "{seen:?} in try {n}");
        }
    }

    #[test]
    fn a_panic_ends_both_threads() {
        catch_unwind(|| outcomes(|n| assert!(n < 3), |_| ())).unwrap_err();
        catch_unwind(|| outcomes(|_| (), |n| assert!(n < 3))).unwrap_err();
    }
}
