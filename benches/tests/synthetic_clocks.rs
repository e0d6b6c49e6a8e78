//! The estimator on made-up clocks, whose truth is known.
//!
//! A clock gives times T(n) = a + b·n, disturbed in one of the ways in which machines disturb: noise like a bell,
//! noise with a heavy tail, a speed that drifts, stalls. The rounds are planned by the code that plans real ones, with
//! the time that one cell has in a default run. Thousands of runs, the same ones at every test.

use std::f64::consts::TAU;
use std::io;
use std::time::Duration;

use benches::crossing::{Estimate, Pays, estimate, noise_floor};
use benches::measuring::{Run, Who};
use benches::model::Line;
use benches::sampling::{Sampler, Stopwatch, passes};
use benches::survey::{longest_run, round_sizes_up_to};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

/// What one of the 36 cells of a default run may take.
const BUDGET: Duration = Duration::from_secs(2);

/// What starting a process costs each round, in seconds.
const VISIT: f64 = 5e-3;

/// Time from one round of a cell to the next, in seconds: the other cells' rounds.
const BETWEEN_ROUNDS: f64 = 3.0;

#[derive(Clone, Copy, Debug)]
enum Noise {
    Gaussian,
    /// Student's t with three degrees of freedom: one run in twenty is off by more than three standard deviations.
    HeavyTailed,
    /// The machine's speed wanders by tens of percent within a run, for all alike.
    Drifting,
    /// One run in fifty waits some milliseconds for somebody else.
    Stalling,
}

const NOISES: [Noise; 4] = [
    Noise::Gaussian,
    Noise::HeavyTailed,
    Noise::Drifting,
    Noise::Stalling,
];

/// The luck of a process, in where its memory and its threads come to lie, changes a parallel run by about this.
const LUCK: f64 = 0.03;

struct Clock {
    serial: Line,
    parallel: Line,
    noise: Noise,
    random: Xoshiro256PlusPlus,
    /// Seconds since the beginning.
    now: f64,
    /// Logarithms of factors on all times, and on parallel times.
    drift: f64,
    luck: f64,
}

impl Clock {
    fn new(serial: Line, parallel: Line, noise: Noise, seed: u64) -> Self {
        Self {
            serial,
            parallel,
            noise,
            random: Xoshiro256PlusPlus::seed_from_u64(seed),
            now: 0.0,
            drift: 0.0,
            luck: 0.0,
        }
    }

    /// A standard normal value, by the method of Box and Muller.
    fn gauss(&mut self) -> f64 {
        let radius = (-2.0 * self.random.random_range(1e-12_f64..1.0).ln()).sqrt();
        radius * self.random.random_range(0.0..TAU).cos()
    }

    /// Time goes by, and with it the machine's mood.
    fn pass(&mut self, seconds: f64) {
        self.now += seconds;
        if matches!(self.noise, Noise::Drifting) {
            // A random walk that is drawn back to 0 within about ten seconds.
            let step = self.gauss() * 0.2 * (seconds / 10.0).min(1.0).sqrt();
            self.drift = self.drift * (-seconds / 10.0).exp() + step;
        }
    }

    fn disturbed(&mut self, time: f64) -> f64 {
        let factor = match self.noise {
            Noise::Gaussian => 0.1 * self.gauss(),
            Noise::HeavyTailed => {
                let squares: f64 = (0..3).map(|_| self.gauss().powi(2)).sum();
                0.06 * self.gauss() / (squares / 3.0).sqrt()
            }
            Noise::Drifting | Noise::Stalling => 0.06 * self.gauss(),
        };
        let stall = match self.noise {
            Noise::Stalling if self.random.random_bool(0.02) => {
                -4e-3 * self.random.random::<f64>().ln()
            }
            _ => 0.0,
        };
        time * factor.exp() + stall
    }
}

impl Stopwatch for Clock {
    fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>> {
        self.luck = LUCK * self.gauss();
        let mut times = Vec::new();
        for run in runs {
            let (line, luck) = match run.who {
                Who::Serial => (self.serial, 0.0),
                Who::Paradigm => (self.parallel, self.luck),
            };
            let undisturbed = line.at(run.n as f64) * (self.drift + luck).exp();
            let time = self.disturbed(undisturbed);
            self.pass(time);
            times.push(time);
        }
        Ok(times)
    }
}

/// Measures a cell as a survey does.
fn measure(clock: &mut Clock, seed: u64) -> Sampler {
    let serial = clock.serial;
    let sizes = round_sizes_up_to(10_000_000)
        .map(|n| (n, serial.at(n as f64)))
        .take_while(|(_, time)| *time < longest_run(BUDGET).as_secs_f64());
    let mut sampler = Sampler::new(sizes.collect(), BUDGET, seed);
    let passes = passes(BUDGET);
    for pass in 0..passes {
        if let Some(plan) = sampler.plan(pass, passes) {
            let start = clock.now;
            clock.pass(VISIT);
            sampler.take_round(plan, clock).expect("clocks never fail");
            sampler.spend(Duration::from_secs_f64(clock.now - start));
        }
        clock.pass(BETWEEN_ROUNDS);
    }
    sampler
}

/// The share of `runs` runs of which `holds` is true, for each kind of noise.
fn shares(runs: u64, holds: impl Fn(Noise, u64) -> bool + Sync) -> Vec<(Noise, f64)> {
    let share = |noise| {
        let held = (0..runs)
            .into_par_iter()
            .filter(|&seed| holds(noise, seed))
            .count();
        (noise, held as f64 / runs as f64)
    };
    NOISES.map(share).to_vec()
}

/// Serial code that costs 10 ns to 2 µs an item.
fn some_serial(random: &mut Xoshiro256PlusPlus) -> Line {
    Line {
        start: 40e-9,
        per_item: log_uniform(random, 10e-9, 2e-6),
    }
}

fn log_uniform(random: &mut Xoshiro256PlusPlus, low: f64, high: f64) -> f64 {
    random.random_range(low.ln()..high.ln()).exp()
}

/// What a rival that is like serial code, but `slower` times slower, looks like.
fn against_itself(noise: Noise, seed: u64, slower: f64) -> Estimate {
    let serial = some_serial(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
    let same = |factor: f64| Line {
        start: factor * serial.start,
        per_item: factor * serial.per_item,
    };
    // Three cells of serial code against itself, as in a default run, then the rival.
    let aa = (1..=3).flat_map(|cell| {
        let mut clock = Clock::new(serial, serial, noise, 10 * seed + cell);
        measure(&mut clock, seed).into_rounds()
    });
    let floor = noise_floor(&aa.collect::<Vec<_>>());
    let mut clock = Clock::new(serial, same(slower), noise, 10 * seed);
    estimate(measure(&mut clock, seed).rounds(), floor)
}

#[test]
fn the_interval_holds_the_truth() {
    let covered = shares(300, |noise, seed| {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let serial = some_serial(&mut random);
        // Two to four workers, which cost 20 µs to 2 ms to start.
        let parallel = Line {
            start: log_uniform(&mut random, 20e-6, 2e-3),
            per_item: serial.per_item / random.random_range(1.6..4.0),
        };
        let truth = serial.crossing_with(&parallel).expect("it is flatter");
        let mut clock = Clock::new(serial, parallel, noise, seed + 1_000_000);
        let found = estimate(measure(&mut clock, seed).rounds(), 0.0);
        let crossing = match found.pays() {
            Pays::From(crossing) => crossing,
            Pays::Never(up_to) => return truth > up_to as f64,
            _ => return false,
        };
        crossing.low.is_none_or(|low| low <= truth)
            && crossing.high.is_none_or(|high| truth <= high)
    });
    assert!(
        covered.iter().all(|(_, share)| *share >= 0.93),
        "{covered:?}"
    );
    println!("{covered:?}");
}

#[test]
fn serial_against_serial_is_no_difference() {
    let equal = shares(100, |noise, seed| {
        matches!(
            against_itself(noise, seed, 1.0).pays(),
            Pays::NoDifference(_)
        )
    });
    assert!(equal.iter().all(|(_, share)| *share >= 0.95), "{equal:?}");
    println!("{equal:?}");
}

#[test]
fn a_slowdown_of_five_percent_is_found() {
    let found = shares(100, |noise, seed| {
        matches!(against_itself(noise, seed, 1.05).pays(), Pays::Never(_))
    });
    assert!(found.iter().all(|(_, share)| *share >= 0.9), "{found:?}");
    println!("{found:?}");
}
