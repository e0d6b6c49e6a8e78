//! The rounds of one cell, by place.

use std::collections::BTreeMap;

use crate::pair::{Pair, Round};
use crate::statistics::{ALPHA, Spread, median, spread};

/// The rounds by place.
#[derive(Clone, Debug, Default)]
pub(crate) struct ByPlace {
    pub(crate) places: Vec<Place>,
    pub(crate) rounds: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) at: usize,
    /// ln `at`.
    pub(crate) x: f64,
    /// One for each round that measured this place, in their order.
    pub(crate) rounds: Vec<InRound>,
    /// The median over rounds of ln(rival / base).
    pub(crate) center: f64,
    /// The median over rounds of the seconds of a pair.
    pub(crate) seconds: f64,
}

/// What one round took at one place.
#[derive(Clone, Debug)]
pub(crate) struct InRound {
    /// The round's number.
    pub(crate) round: usize,
    pub(crate) pairs: Vec<Pair>,
    /// The median of its pairs.
    pub(crate) log_ratio: f64,
    /// The median of its pairs' seconds.
    seconds: f64,
}

impl ByPlace {
    pub(crate) fn new(rounds: &[Round]) -> Self {
        let mut table = Self::default();
        for round in rounds {
            table.add(round);
        }
        table
    }

    /// Adds a round to those that are there.
    pub(crate) fn add(&mut self, round: &Round) {
        let mut by_place: BTreeMap<usize, Vec<Pair>> = BTreeMap::new();
        for &pair in round {
            by_place.entry(pair.at).or_default().push(pair);
        }
        for (at, pairs) in by_place {
            let in_round = InRound {
                round: self.rounds,
                log_ratio: median(pairs.iter().map(Pair::log_ratio).collect()),
                seconds: median(pairs.iter().map(|pair| pair.base + pair.rival).collect()),
                pairs,
            };
            let k = self.places.partition_point(|place| place.at < at);
            if self.places.get(k).is_none_or(|place| place.at != at) {
                let place = Place {
                    at,
                    x: (at as f64).ln(),
                    rounds: Vec::new(),
                    center: 0.0,
                    seconds: 0.0,
                };
                self.places.insert(k, place);
            }
            let place = &mut self.places[k];
            place.rounds.push(in_round);
            place.center = median(place.rounds.iter().map(|round| round.log_ratio).collect());
            place.seconds = median(place.rounds.iter().map(|round| round.seconds).collect());
        }
        self.rounds += 1;
    }
}

impl Place {
    /// Whether one of the first two rounds went here, which go over all places.
    pub(crate) fn is_first(&self) -> bool {
        self.rounds[0].round < 2
    }

    /// The median over rounds of ln(rival / base).
    pub(crate) fn ratio(&self, alpha: f64) -> Spread {
        let ratios: Vec<f64> = self.rounds.iter().map(|round| round.log_ratio).collect();
        spread(&ratios, alpha)
    }

    /// The median over rounds of the logarithm of a time, for its 95% interval.
    pub(crate) fn time(&self, of: fn(&Pair) -> f64) -> Spread {
        let of_round = |round: &InRound| median(round.pairs.iter().map(of).collect()).ln();
        spread(&self.rounds.iter().map(of_round).collect::<Vec<_>>(), ALPHA)
    }
}
