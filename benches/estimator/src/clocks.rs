//! Made-up stopwatches whose truth is known, to test the estimator.
//!
//! A clock has a curve of time against n for each side, and disturbs its times in one of the ways in which machines
//! disturb real ones. Rounds are planned and judged by the code that plans and judges real ones.

use std::f64::consts::TAU;
use std::io;
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use statrs::distribution::{ContinuousCDF, Normal};

use crate::axis::{Axis, longest_run, sizes_up_to};
use crate::engine::passes;
use crate::line::Line;
use crate::pair::{Round, Run, Side, Stopwatch};
use crate::sampling::Sampler;

/// How a machine disturbs times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noise {
    /// A factor with a Gaussian logarithm: ten percent.
    Gaussian,
    /// Student's t with three degrees of freedom: one run in twenty is off by more than three standard deviations.
    HeavyTailed,
    /// The rival's start takes longer, by a time of exponential distribution: half as long again on average.
    Skewed,
    /// A wake-up is sometimes slow: in three runs of ten the rival's start takes twice as long.
    TwoModes,
    /// The machine's speed wanders by tens of percent within a run, for both sides alike.
    Drifting,
    /// The machine's speed rises and falls by ten percent, every few runs.
    Periodic,
    /// One run in fifty waits some milliseconds for another process.
    Stalling,
}

impl Noise {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Gaussian,
        Self::HeavyTailed,
        Self::Skewed,
        Self::TwoModes,
        Self::Drifting,
        Self::Periodic,
        Self::Stalling,
    ];

    /// The standard deviation of a run's logarithm.
    fn deviation(self) -> f64 {
        if self == Self::Gaussian { 0.1 } else { 0.06 }
    }
}

/// Time against n for one side.
#[derive(Clone, Copy, Debug)]
pub struct Curve {
    /// A straight line, ...
    pub line: Line,
    /// ... which is steeper beyond some n, by a factor: the caches end.
    pub bend: Option<(f64, f64)>,
    /// ... and has teeth: each started block of this many items costs as much as a whole one.
    pub block: Option<f64>,
}

impl Curve {
    /// A straight line.
    pub fn straight(line: Line) -> Self {
        Self {
            line,
            bend: None,
            block: None,
        }
    }

    /// Seconds for `n` items.
    pub fn at(&self, n: f64) -> f64 {
        let n = self.block.map_or(n, |block| (n / block).ceil() * block);
        let beyond = self.bend.map_or(0.0, |(bend, factor)| {
            (factor - 1.0) * self.line.per_item * (n - bend).max(0.0)
        });
        self.line.at(n) + beyond
    }
}

/// What one command gives a cell.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Which command.
    pub name: &'static str,
    /// Seconds of one cell.
    pub cell: f64,
    /// Seconds to start the process of a round.
    pub start: f64,
}

impl Budget {
    /// The sizes that a cell is measured at, if `base` is what it is compared with.
    pub fn sizes(&self, base: &Curve) -> Vec<(usize, f64)> {
        let cell = Duration::from_secs_f64(self.cell);
        let sizes = sizes_up_to(10_000_000, cell).map(|n| (n, base.at(n as f64)));
        let longest = longest_run(cell).as_secs_f64();
        sizes.take_while(|(_, time)| *time < longest).collect()
    }
}

/// A made-up stopwatch.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Time against n: the base, the rival.
    pub curves: [Curve; 2],
    /// How it disturbs them.
    pub noise: Noise,
    /// Luck: where the memory and the threads of a process come to lie changes all its runs of one side by
    /// about this much: the base, the rival.
    pub luck: [f64; 2],
    random: Xoshiro256PlusPlus,
    /// Seconds since the beginning.
    now: f64,
    drift: f64,
}

/// Time from one round of a cell to the next, in seconds: the other cells' rounds.
const BETWEEN_ROUNDS: f64 = 1.0;

impl Clock {
    /// A clock with these curves, noise and luck; `seed` decides what it draws.
    pub fn new(curves: [Curve; 2], noise: Noise, luck: [f64; 2], seed: u64) -> Self {
        Self {
            curves,
            noise,
            luck,
            random: Xoshiro256PlusPlus::seed_from_u64(seed),
            now: 0.0,
            drift: 0.0,
        }
    }

    /// Where the rival starts to win half of all pairs, and where it stops, up to `largest`: the truth.
    pub fn crossings(&self, largest: f64) -> [Vec<f64>; 2] {
        let mut found = [Vec::new(), Vec::new()];
        let steps = (largest.ln() * 60.0) as usize;
        let place = |step: usize| largest.powf(step as f64 / steps as f64);
        for step in 0..steps {
            let (mut low, mut high) = (place(step), place(step + 1));
            let wins = self.wins(high);
            if self.wins(low) == wins {
                continue;
            }
            while high / low > 1.000_1 {
                let middle = (low * high).sqrt();
                if self.wins(middle) == wins {
                    high = middle;
                } else {
                    low = middle;
                }
            }
            found[usize::from(!wins)].push(high);
        }
        found
    }

    /// Whether the rival wins more than half of the pairs at `n`.
    fn wins(&self, n: f64) -> bool {
        let [base, rival] = self.curves.map(|curve| curve.at(n));
        // How many times its start the rival's run takes longer, and in which share of the runs.
        let delays: Vec<(f64, f64)> = match self.noise {
            Noise::TwoModes => vec![(0.0, 0.7), (1.0, 0.3)],
            Noise::Skewed => (0..200)
                .map(|k| (-0.5 * ((f64::from(k) + 0.5) / 200.0).ln(), 0.005))
                .collect(),
            _ => return rival < base,
        };
        let variance = 2.0 * self.noise.deviation().powi(2)
            + self.luck.map(|luck| luck * luck).iter().sum::<f64>();
        let wins = delays.iter().map(|(delay, share)| {
            let ratio = (rival + delay * self.curves[1].line.start) / base;
            share * Normal::standard().cdf(-ratio.ln() / variance.sqrt())
        });
        wins.sum::<f64>() > 0.5
    }

    /// The rounds of a cell that is measured by this clock as by a real stopwatch.
    pub fn measure(&mut self, budget: &Budget, seed: u64) -> Vec<Round> {
        let cell = Duration::from_secs_f64(budget.cell);
        let mut sampler = Sampler::new(Axis::Items(budget.sizes(&self.curves[0])), cell, seed);
        let passes = passes(cell);
        for pass in 0..passes {
            if let Some(plan) = sampler.plan(pass, passes) {
                let start = self.now;
                self.pass(budget.start);
                sampler.take_round(&plan, self).expect("clocks never fail");
                sampler.spend(Duration::from_secs_f64(self.now - start));
            }
            self.pass(BETWEEN_ROUNDS);
        }
        sampler.into_rounds()
    }

    /// A standard normal value, by the method of Box and Muller.
    fn gauss(&mut self) -> f64 {
        let radius = (2.0 * self.exponential()).sqrt();
        radius * self.random.random_range(0.0..TAU).cos()
    }

    fn exponential(&mut self) -> f64 {
        -self.random.random_range(1e-12_f64..1.0).ln()
    }

    /// Time goes by, and the machine changes its speed.
    fn pass(&mut self, seconds: f64) {
        self.now += seconds;
        if self.noise == Noise::Drifting {
            // A random walk that is drawn back to 0 within about ten seconds.
            let step = self.gauss() * 0.2 * (seconds / 10.0).min(1.0).sqrt();
            self.drift = self.drift * (-seconds / 10.0).exp() + step;
        }
    }

    /// The time of one run of `side` with `n` items. The machine's speed changes with this period in seconds, if it
    /// does.
    fn run(&mut self, side: Side, n: f64, luck: f64, period: f64) -> f64 {
        let curve = self.curves[side as usize];
        // Where both sides are the same code, both are delayed.
        let is_delayed = side == Side::Rival || self.luck[0] > 0.0;
        let delay = match self.noise {
            Noise::TwoModes if is_delayed => f64::from(u8::from(self.random.random_bool(0.3))),
            Noise::Skewed if is_delayed => 0.5 * self.exponential(),
            _ => 0.0,
        };
        let noise = self.noise.deviation()
            * match self.noise {
                Noise::HeavyTailed => {
                    let squares: f64 = (0..3).map(|_| self.gauss().powi(2)).sum();
                    self.gauss() / (squares / 3.0).sqrt()
                }
                _ => self.gauss(),
            };
        let speed = match self.noise {
            Noise::Drifting => self.drift,
            Noise::Periodic => 0.1 * (TAU * self.now / period).sin(),
            _ => 0.0,
        };
        let stall = match self.noise {
            Noise::Stalling if self.random.random_bool(0.02) => 4e-3 * self.exponential(),
            _ => 0.0,
        };
        (curve.at(n) + delay * curve.line.start) * (noise + speed + luck).exp() + stall
    }
}

impl Stopwatch for Clock {
    fn time(&mut self, runs: &[Run], _expected: Duration) -> io::Result<Vec<f64>> {
        let luck = self.luck.map(|luck| luck * self.gauss());
        let base = |run: &Run| self.curves[0].at(run.at as f64);
        let period = 4.0 * runs.iter().map(base).sum::<f64>() / runs.len() as f64;
        let mut times = Vec::new();
        for run in runs {
            let time = self.run(run.side, run.at as f64, luck[run.side as usize], period);
            self.pass(time);
            times.push(time);
        }
        Ok(times)
    }
}
