//! Times a floor and what is built on it, turn by turn.

use std::io;
use std::time::{Duration, Instant};

use estimator::{Run, Side, Stopwatch};

/// A turn lasts at least about so long. The clock itself takes some 20 ns to read.
const TURN: Duration = Duration::from_micros(200);

/// Something that is timed.
pub(super) struct Operation {
    /// How many operations one call is: two threads that are started together are two.
    at_once: u32,
    /// How many calls a turn is.
    calls: u64,
    /// Makes so many calls, and says how long that took.
    call: Box<Call>,
}

type Call = dyn FnMut(u64) -> io::Result<Duration>;

impl Operation {
    pub(super) fn new(
        at_once: u32,
        call: impl FnMut(u64) -> io::Result<Duration> + 'static,
    ) -> Self {
        Self {
            at_once,
            calls: 1,
            call: Box::new(call),
        }
    }

    /// `once` is called in a loop, and is `at_once` operations each time.
    pub(super) fn each(at_once: u32, mut once: impl FnMut() -> io::Result<()> + 'static) -> Self {
        Self::new(at_once, move |calls| {
            let start = Instant::now();
            for _ in 0..calls {
                once()?;
            }
            Ok(start.elapsed())
        })
    }

    /// Finds out how many calls a turn needs; one at least. That warms it up, too: caches, branch predictors, the
    /// partner's first page faults.
    pub(super) fn warmed_up(mut self) -> io::Result<Self> {
        loop {
            let time = (self.call)(self.calls)?;
            let missing = TURN.as_secs_f64() / time.as_secs_f64().max(1e-9);
            let calls = self.calls as f64 * missing.clamp(1.0, 10.0);
            self.calls = calls.ceil() as u64;
            if missing < 2.0 {
                return Ok(self);
            }
        }
    }

    /// Seconds an operation, by one turn.
    fn turn(&mut self) -> io::Result<f64> {
        let time = (self.call)(self.calls)?;
        Ok(time.as_secs_f64() / (self.calls * u64::from(self.at_once)) as f64)
    }
}

/// Prepares an [operation](Operation::each) that needs nothing else.
pub(super) fn each(
    at_once: u32,
    once: impl FnMut() -> io::Result<()> + 'static,
) -> impl FnOnce([usize; 2]) -> io::Result<Operation> {
    move |_| Ok(Operation::each(at_once, once))
}

/// A floor, and what is built on it.
pub(super) struct Turns {
    pub(super) base: Operation,
    /// `None`: the floor is compared with itself.
    pub(super) rival: Option<Operation>,
}

impl Stopwatch for Turns {
    /// Seconds an operation, by one turn for each run.
    fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>> {
        let turn = |run: &Run| match (run.side, &mut self.rival) {
            (Side::Rival, Some(rival)) => rival.turn(),
            _ => self.base.turn(),
        };
        runs.iter().map(turn).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A call takes exactly so long, by its own clock.
    fn of_length(call: Duration, at_once: u32) -> Operation {
        Operation::new(at_once, move |calls| Ok(call * calls as u32))
            .warmed_up()
            .expect("it does not fail")
    }

    #[test]
    fn a_turn_is_long_enough_and_gives_the_time_of_one_operation() {
        let mut turns = Turns {
            base: of_length(Duration::from_nanos(10), 1),
            rival: Some(of_length(Duration::from_millis(3), 2)),
        };
        assert!(turns.base.calls >= 20_000, "{} of 10 ns", turns.base.calls);
        let runs = [Side::Rival, Side::Base].map(|side| Run { side, at: 1 });
        let times = turns.time(&runs).expect("they do not fail");
        assert!((times[0] - 1.5e-3).abs() < 1e-12, "{times:?}");
        assert!((times[1] - 10e-9).abs() < 1e-12, "{times:?}");
    }
}
