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
    /// Calls it so many times, and says how long that took.
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
            call: Box::new(call),
        }
    }

    /// What `once` does is called in a loop; that is `at_once` operations each time.
    pub(super) fn each(at_once: u32, mut once: impl FnMut() -> io::Result<()> + 'static) -> Self {
        Self::new(at_once, move |times| {
            let start = Instant::now();
            for _ in 0..times {
                once()?;
            }
            Ok(start.elapsed())
        })
    }

    /// How often it must be called for one turn; once at least. Finding out warms it up, too: caches, branch
    /// predictors, the partner's first page faults.
    fn calls_of_a_turn(&mut self) -> io::Result<u64> {
        let mut calls = 1;
        loop {
            let time = (self.call)(calls)?;
            let missing = TURN.as_secs_f64() / time.as_secs_f64().max(1e-9);
            if missing < 2.0 {
                return Ok(((calls as f64 * missing) as u64).max(1));
            }
            calls = (calls as f64 * missing.min(10.0)).ceil() as u64;
        }
    }
}

/// A floor, and what is built on it.
pub(super) struct Turns {
    base: (Operation, u64),
    /// `None`: the floor is compared with itself.
    rival: Option<(Operation, u64)>,
}

impl Turns {
    /// Finds out, too, how often each is to be called for a turn.
    pub(super) fn new(base: Operation, rival: Option<Operation>) -> io::Result<Self> {
        let with_calls = |mut operation: Operation| {
            let calls = operation.calls_of_a_turn()?;
            Ok::<_, io::Error>((operation, calls))
        };
        Ok(Self {
            base: with_calls(base)?,
            rival: rival.map(with_calls).transpose()?,
        })
    }
}

impl Stopwatch for Turns {
    /// Seconds an operation, of one turn for each run.
    fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>> {
        let time = |run: &Run| {
            let (operation, calls) = match (run.side, &mut self.rival) {
                (Side::Rival, Some(rival)) => rival,
                _ => &mut self.base,
            };
            let time = (operation.call)(*calls)?;
            Ok(time.as_secs_f64() / (*calls * u64::from(operation.at_once)) as f64)
        };
        runs.iter().map(time).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes exactly so long a call, by its own clock.
    fn of_length(call: Duration, at_once: u32) -> Operation {
        Operation::new(at_once, move |times| Ok(call * times as u32))
    }

    #[test]
    fn a_turn_is_long_enough_and_gives_the_time_of_one_operation() {
        let mut short = of_length(Duration::from_nanos(10), 1);
        let calls = short.calls_of_a_turn().expect("it does not fail");
        assert!(10 * calls >= 190_000, "{calls} calls of 10 ns");
        let long = of_length(Duration::from_millis(3), 2);
        let mut turns = Turns::new(short, Some(long)).expect("they do not fail");
        let runs = [Side::Base, Side::Rival].map(|side| Run { side, at: 1 });
        let times = turns.time(&runs).expect("they do not fail");
        assert!((times[0] - 10e-9).abs() < 1e-12, "{times:?}");
        assert!((times[1] - 1.5e-3).abs() < 1e-12, "{times:?}");
    }

    #[test]
    fn what_fails_says_why() {
        let fails = Operation::each(1, || Err(io::Error::other("no more processes")));
        let error = Turns::new(fails, None).err().expect("it fails");
        assert_eq!(error.to_string(), "no more processes");
    }
}
