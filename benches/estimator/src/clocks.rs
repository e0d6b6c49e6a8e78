//! Made-up stopwatches whose truth is known, to test the estimator.
//!
//! A clock has a curve of time against n for each side, and disturbs what it tells in one of the ways in which machines
//! disturb. Rounds are planned and judged by the code that plans and judges real ones.

use std::f64::consts::TAU;
use std::io;
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::line::Line;
use crate::pair::{Round, Run, Side, Stopwatch};
use crate::sampling::{Axis, Sampler, longest_run, passes, sizes_up_to};
use crate::statistics::median;

/// How a machine disturbs times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noise {
    /// A factor with a Gaussian logarithm: ten percent.
    Gaussian,
    /// Student's t with three degrees of freedom: one run in twenty is off by more than three standard deviations.
    HeavyTailed,
    /// Never faster than the curve, often a little slower, sometimes much: the rival's start takes an exponential
    /// time more.
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
}

/// Time against n for one side.
#[derive(Clone, Copy, Debug)]
pub struct Curve {
    /// A straight line, ...
    pub line: Line,
    /// ... which is steeper beyond some n, by a factor: the caches end.
    pub bend: Option<(f64, f64)>,
    /// ... and has teeth: each started block of so many items costs as much as a whole one.
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

/// A made-up stopwatch.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Time against n: the base, the rival.
    pub curves: [Curve; 2],
    /// How it disturbs them.
    pub noise: Noise,
    /// Whether what delays the rival's start delays the base's as well.
    pub alike: bool,
    /// The luck of a process, in where its memory and its threads come to lie, changes all its runs of one side by
    /// about so much: the base, the rival.
    pub luck: [f64; 2],
    random: Xoshiro256PlusPlus,
    /// Seconds since the beginning.
    now: f64,
    drift: f64,
    drawn: [f64; 2],
}

/// What one command gives a cell.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Which command.
    pub name: &'static str,
    /// The time of one cell.
    pub cell: Duration,
    /// What starting a process costs each round, in seconds.
    pub visit: f64,
    /// The largest number of items.
    pub largest: usize,
}

/// Time from one round of a cell to the next, in seconds: the other cells' rounds.
const BETWEEN_ROUNDS: f64 = 1.0;

impl Clock {
    /// A clock with these curves, noise and luck; `seed` decides what it draws.
    pub fn new(curves: [Curve; 2], noise: Noise, luck: [f64; 2], seed: u64) -> Self {
        Self {
            curves,
            noise,
            alike: false,
            luck,
            random: Xoshiro256PlusPlus::seed_from_u64(seed),
            now: 0.0,
            drift: 0.0,
            drawn: [0.0; 2],
        }
    }

    /// The same, with what delays the rival's start on both sides: for a base against itself.
    #[must_use]
    pub fn alike(mut self) -> Self {
        self.alike = true;
        self
    }

    /// Where the rival wins half of all pairs, between `low` and `high` items; `None` if it wins more at both or less.
    pub fn truth(&self, low: f64, high: f64) -> Option<f64> {
        let mut clock = self.clone();
        clock.random = Xoshiro256PlusPlus::seed_from_u64(!0);
        let pairs: Vec<[(f64, f64); 2]> = (0..10_001)
            .map(|_| {
                clock.draw_luck();
                [Side::Base, Side::Rival].map(|side| {
                    let (factor, extra) = clock.disturbance(side);
                    (factor * clock.drawn[side as usize].exp(), extra)
                })
            })
            .collect();
        let symmetric = !matches!(self.noise, Noise::Skewed | Noise::TwoModes);
        let excess = |n: f64| {
            let [base, rival] = self.curves.map(|curve| curve.at(n));
            if symmetric {
                return (rival / base).ln();
            }
            let start = self.curves[1].line.start;
            let ratio =
                |[b, r]: &[(f64, f64); 2]| ((rival + r.1 * start) * r.0 / (base * b.0)).ln();
            median(pairs.iter().map(ratio).collect())
        };
        let (mut low, mut high) = (low, high);
        if excess(low) < 0.0 || excess(high) > 0.0 {
            return None;
        }
        while high / low > 1.000_5 {
            let middle = (low * high).sqrt();
            if excess(middle) > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        Some((low * high).sqrt())
    }

    /// The sizes and the rounds of a cell that is measured by this clock as by a real one.
    pub fn measure(&mut self, budget: &Budget, seed: u64) -> Vec<Round> {
        let base = self.curves[0];
        let longest = longest_run(budget.cell).as_secs_f64();
        let sizes = sizes_up_to(budget.largest, budget.cell).map(|n| (n, base.at(n as f64)));
        let sizes: Vec<(usize, f64)> = sizes.take_while(|(_, time)| *time < longest).collect();
        let mut sampler = Sampler::new(Axis::Items(sizes), budget.cell, seed);
        let passes = passes(budget.cell);
        for pass in 0..passes {
            if let Some(plan) = sampler.plan(pass, passes) {
                let start = self.now;
                self.pass(budget.visit);
                sampler.take_round(plan, self).expect("clocks never fail");
                sampler.spend(Duration::from_secs_f64(self.now - start));
            }
            self.pass(BETWEEN_ROUNDS);
        }
        sampler.into_rounds()
    }

    /// The largest size that [`measure`](Self::measure) looks at.
    pub fn largest(&self, budget: &Budget) -> usize {
        let longest = longest_run(budget.cell).as_secs_f64();
        let sizes = sizes_up_to(budget.largest, budget.cell);
        let fits = sizes.take_while(|&n| self.curves[0].at(n as f64) < longest);
        fits.last().unwrap_or(1)
    }

    /// A standard normal value, by the method of Box and Muller.
    fn gauss(&mut self) -> f64 {
        let radius = (-2.0 * self.random.random_range(1e-12_f64..1.0).ln()).sqrt();
        radius * self.random.random_range(0.0..TAU).cos()
    }

    fn exponential(&mut self) -> f64 {
        -self.random.random_range(1e-12_f64..1.0).ln()
    }

    fn draw_luck(&mut self) {
        self.drawn = self.luck.map(|luck| luck * self.gauss());
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

    /// A factor on the whole time, and how many times its start the run takes longer.
    fn disturbance(&mut self, side: Side) -> (f64, f64) {
        let logarithm = match self.noise {
            Noise::Gaussian => 0.1 * self.gauss(),
            Noise::HeavyTailed => {
                let squares: f64 = (0..3).map(|_| self.gauss().powi(2)).sum();
                0.06 * self.gauss() / (squares / 3.0).sqrt()
            }
            _ => 0.06 * self.gauss(),
        };
        let delayed = side == Side::Rival || self.alike;
        let extra = match self.noise {
            Noise::TwoModes if delayed && self.random.random_bool(0.3) => 1.0,
            Noise::Skewed if delayed => 0.5 * self.exponential(),
            _ => 0.0,
        };
        (logarithm.exp(), extra)
    }
}

impl Stopwatch for Clock {
    fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>> {
        self.draw_luck();
        let period = 4.0
            * runs
                .iter()
                .map(|run| self.curves[0].at(run.at as f64))
                .sum::<f64>()
            / runs.len() as f64;
        let mut times = Vec::new();
        for run in runs {
            let curve = self.curves[run.side as usize];
            let (factor, extra) = self.disturbance(run.side);
            let slow = match self.noise {
                Noise::Drifting => self.drift,
                Noise::Periodic => 0.1 * (TAU * self.now / period).sin(),
                _ => 0.0,
            };
            let stall = match self.noise {
                Noise::Stalling if self.random.random_bool(0.02) => 4e-3 * self.exponential(),
                _ => 0.0,
            };
            let luck = (slow + self.drawn[run.side as usize]).exp();
            let time = (curve.at(run.at as f64) + extra * curve.line.start) * factor * luck + stall;
            self.pass(time);
            times.push(time);
        }
        Ok(times)
    }
}
