//! Small programs that use the project's own locks. Each asserts what its lock promises; a thread that no other one wakes
//! up is a deadlock.

use std::num::NonZero;
use std::time::Duration;

use crate::platform::{AtomicU32, Ordering, note, together};
use crate::sync::Barrier;

/// Each of the `N` parties passes the barrier so many times, and none before all have come.
pub fn barrier<const N: usize, const ROUNDS: usize>() {
    let parties = NonZero::new(N as u32).expect("there are parties");
    let shared = (Barrier::new(parties, Duration::ZERO), AtomicU32::new(0));
    let pass = |(barrier, come): &(Barrier, AtomicU32), me| {
        for round in 1..=ROUNDS {
            come.fetch_add(1, Ordering::Relaxed);
            note(me, format!("comes to the barrier, round {round}"));
            let was_last = barrier.wait();
            let come = come.load(Ordering::Relaxed) as usize;
            note(
                me,
                format!("goes on (the last one: {was_last}), {come} have come"),
            );
            assert!(come >= round * N, "a party goes on before all have come");
        }
    };
    together(shared, [pass; N]);
}
