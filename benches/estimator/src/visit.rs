//! What one round does: visits to places, pairs in turns.

use std::io;
use std::time::Duration;

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::pair::{Pair, Round, Run, Side, Stopwatch};

/// What a round does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visits {
    pub(crate) list: Vec<Visit>,
    /// Whether it goes over all sizes.
    pub(crate) over_all: bool,
    /// How long its runs are expected to take together.
    pub(crate) expected: Duration,
}

/// What a round does at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Visit {
    pub(crate) at: usize,
    /// Pairs that count.
    pub(crate) pairs: usize,
    /// Whether one more comes before them.
    pub(crate) warm_up: bool,
}

impl Visits {
    /// A round of this list; `seconds` is how long a pair takes at a place.
    pub(crate) fn new(list: Vec<Visit>, over_all: bool, seconds: impl Fn(usize) -> f64) -> Self {
        let seconds = list.iter().map(|it| it.taken() as f64 * seconds(it.at));
        Self {
            expected: Duration::from_secs_f64(seconds.sum()),
            list,
            over_all,
        }
    }

    /// Takes the round: visits in shuffled order.
    ///
    /// # Errors
    ///
    /// What the stopwatch says.
    pub(crate) fn take(
        &self,
        stopwatch: &mut dyn Stopwatch,
        random: &mut Xoshiro256PlusPlus,
    ) -> io::Result<Round> {
        let mut visits = self.list.clone();
        visits.shuffle(random);
        let mut runs = Vec::new();
        for visit in &visits {
            visit.add_runs(&mut runs, random);
        }
        let times = stopwatch.time(&runs, self.expected)?;
        let mut pairs = runs.chunks(2).zip(times.chunks(2)).map(|(runs, times)| {
            let (base, rival) = match runs[0].side {
                Side::Base => (times[0], times[1]),
                Side::Rival => (times[1], times[0]),
            };
            Pair {
                at: runs[0].at,
                base,
                rival,
            }
        });
        let mut round = Round::new();
        for visit in &visits {
            let warm_up = usize::from(visit.warm_up);
            round.extend(pairs.by_ref().take(visit.taken()).skip(warm_up));
        }
        Ok(round)
    }
}

impl Visit {
    /// All its pairs.
    pub(crate) fn taken(&self) -> usize {
        self.pairs + usize::from(self.warm_up)
    }

    /// Its runs in turns; the first pair warms up, if one is to.
    fn add_runs(&self, runs: &mut Vec<Run>, random: &mut Xoshiro256PlusPlus) {
        let mut first = Side::Base;
        for pair in 0..self.taken() {
            first = if pair.is_multiple_of(2) && random.random_bool(0.5) {
                Side::Rival
            } else if pair.is_multiple_of(2) {
                Side::Base
            } else {
                first.other()
            };
            runs.extend([first, first.other()].map(|side| Run { side, at: self.at }));
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn pairs_are_odd_in_number_and_take_turns() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
        for pairs in [1, 3, 7] {
            let visit = Visit {
                at: 10,
                pairs,
                warm_up: true,
            };
            let mut runs = Vec::new();
            visit.add_runs(&mut runs, &mut random);
            assert_eq!(runs.len(), 2 * (pairs + 1));
            for two in runs.chunks(4) {
                let sides: Vec<Side> = two.iter().map(|run| run.side).collect();
                assert_eq!((sides[0], sides[1]), (sides[3], sides[2]), "ABBA");
            }
        }
    }
}
