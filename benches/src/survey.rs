//! Which sizes are measured, how often, and within which budget.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZero;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use workloads::{Paradigm, Serial};

use crate::crossing::{Crossing, Pair, Round, crossing, median};
use crate::machine::Machine;
use crate::measuring::{MeasuringProcess, Problem, Run, Subject, Who};

/// What is to be measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The workloads, each at the largest size that may be measured.
    pub problems: Vec<Problem>,
    /// The names of the paradigms.
    pub paradigms: Vec<String>,
    /// Workers of each paradigm.
    pub workers: NonZero<usize>,
    /// How long all of it may take.
    pub budget: Duration,
    /// Whether the largest size is measured even if it does not fit the budget.
    pub insist_on_largest: bool,
}

/// All that was found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Survey {
    /// What the times were taken on.
    pub machine: Machine,
    /// Workers of each paradigm.
    pub workers: usize,
    /// One for each workload.
    pub workloads: Vec<WorkloadResult>,
}

/// What was found for one workload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WorkloadResult {
    /// Its name.
    pub name: String,
    /// What else there is to say of it: the kernel, the input; may be empty.
    pub details: String,
    /// The sizes that were measured first, in rising order.
    pub sizes: Vec<usize>,
    /// One for each paradigm.
    pub cells: Vec<Cell>,
}

/// What was found for one paradigm on one workload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cell {
    /// The paradigm's name.
    pub paradigm: String,
    /// The result, or why there is none.
    pub outcome: Result<Measured, String>,
}

/// The times of one paradigm on one workload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measured {
    /// From which size on it is faster than serial code.
    pub crossing: Crossing,
    /// Median times by size.
    pub curve: Vec<CurvePoint>,
    /// Median of the paired ratios serial / parallel at the largest size.
    pub speedup: f64,
    /// Every pair that was taken: for each phase, for each round.
    pub phases: Vec<Vec<Round>>,
}

/// Median times at one size, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// The number of items.
    pub n: usize,
    /// The serial runs' median.
    pub serial: f64,
    /// The parallel runs' median.
    pub parallel: f64,
}

/// Rounds over all sizes that are taken at least.
const FEWEST_ROUNDS: usize = 3;

/// The share of a cell's time after which rounds concentrate on the sizes round the crossover.
const COARSE_SHARE: f64 = 0.5;

/// A cell's time, as a multiple of the serial time at its largest size at most. A round over all sizes
/// takes about three times that, so there are about five rounds, and as long again round the crossover.
const CELL_PER_LARGEST: f64 = 30.0;

/// Measures every paradigm on every workload.
///
/// A cell that fails holds the reason, and the others go on. `progress` is told what is being measured
/// (workload, paradigm) and which share of the whole is done, 0 to 1.
///
/// # Errors
///
/// If serial code cannot be measured.
pub fn survey(plan: &Plan, mut progress: impl FnMut(&str, &str, f64)) -> io::Result<Survey> {
    let start = Instant::now();
    let cells = plan.problems.len() * plan.paradigms.len();
    let mut cells_done = 0;
    let mut workloads = Vec::new();
    for problem in &plan.problems {
        progress(&problem.name, Serial::ID, cells_done as f64 / cells as f64);
        let cell_budget = share(
            plan.budget.saturating_sub(start.elapsed()),
            cells - cells_done,
        );
        let sizes = choose_sizes(problem, cell_budget, plan.insist_on_largest)?;
        let mut result = WorkloadResult {
            name: problem.name.clone(),
            details: problem.details.clone(),
            sizes: sizes.clone(),
            cells: Vec::new(),
        };
        for paradigm in &plan.paradigms {
            let cell_budget = share(
                plan.budget.saturating_sub(start.elapsed()),
                cells - cells_done,
            );
            let subject = Subject {
                paradigm: paradigm.clone(),
                workers: plan.workers,
                problem: problem.clone(),
            };
            let outcome = measure(&subject, &sizes, cell_budget, |share| {
                let done = (cells_done as f64 + share) / cells as f64;
                progress(&problem.name, paradigm, done);
            });
            let outcome = outcome.map_err(|error| error.to_string());
            result.cells.push(Cell {
                paradigm: paradigm.clone(),
                outcome,
            });
            cells_done += 1;
        }
        workloads.push(result);
    }
    Ok(Survey {
        machine: Machine::this(),
        workers: plan.workers.get(),
        workloads,
    })
}

fn share(budget: Duration, cells: usize) -> Duration {
    budget / cells.max(1) as u32
}

/// The sizes 1, 2, 5, 10 ... that serial code manages in a fitting time, and the problem's own.
fn choose_sizes(
    problem: &Problem,
    cell_budget: Duration,
    insist_on_largest: bool,
) -> io::Result<Vec<usize>> {
    let mut process = MeasuringProcess::start(&Subject {
        paradigm: Serial::ID.to_owned(),
        workers: NonZero::<usize>::MIN,
        problem: problem.clone(),
    })?;
    let limit = cell_budget.div_f64(CELL_PER_LARGEST);
    let mut sizes = Vec::new();
    for n in round_sizes_up_to(problem.len) {
        sizes.push(n);
        let times = process.time(&[Run {
            who: Who::Serial,
            n,
            repeat: 2,
        }])?;
        // The next size has twice as many items or more, or is the last.
        if !insist_on_largest && times[0] * 2 > limit {
            break;
        }
    }
    Ok(sizes)
}

/// 1, 2, 5, 10, 20, 50 ... below `largest`, and `largest`.
fn round_sizes_up_to(largest: usize) -> impl Iterator<Item = usize> {
    let powers = std::iter::successors(Some(1_usize), |power| power.checked_mul(10));
    let round = powers.flat_map(|power| [1, 2, 5].map(|digit| power.saturating_mul(digit)));
    round.take_while(move |&n| n < largest).chain([largest])
}

/// Measures one cell: rounds over all sizes, then rounds over the sizes round the crossover.
fn measure(
    subject: &Subject,
    sizes: &[usize],
    budget: Duration,
    mut progress: impl FnMut(f64),
) -> io::Result<Measured> {
    let mut process = MeasuringProcess::start(subject)?;
    // Not counted: what is done once, such as waking a pool's threads for the first time.
    process.time(&[Run {
        who: Who::Paradigm,
        n: sizes[0],
        repeat: 1,
    }])?;

    let start = Instant::now();
    let mut rounds_until = |share: f64, fewest: usize, sizes: &[usize]| -> io::Result<Vec<Round>> {
        let mut rounds = Vec::new();
        loop {
            let done = start.elapsed().as_secs_f64() / budget.as_secs_f64();
            progress(done.min(1.0));
            if rounds.len() >= fewest && done >= share {
                return Ok(rounds);
            }
            rounds.push(take_round(&mut process, sizes, rounds.len() % 2 == 0)?);
        }
    };
    let mut phases = vec![rounds_until(COARSE_SHARE, FEWEST_ROUNDS, sizes)?];
    let near = sizes_near(&crossing(&phases), sizes);
    phases.push(rounds_until(1.0, 0, &near)?);

    let largest = sizes[sizes.len() - 1];
    let at_largest = phases
        .iter()
        .flatten()
        .flatten()
        .filter(|pair| pair.n == largest);
    let speedup = median(at_largest.map(|pair| pair.serial / pair.parallel).collect());
    Ok(Measured {
        crossing: crossing(&phases),
        curve: curve(&phases),
        speedup,
        phases,
    })
}

/// Takes a pair of each size; whose turn is first changes from round to round.
fn take_round(
    process: &mut MeasuringProcess,
    sizes: &[usize],
    serial_first: bool,
) -> io::Result<Round> {
    let run = |who, n| Run { who, n, repeat: 1 };
    sizes
        .iter()
        .map(|&n| {
            let mut runs = [run(Who::Serial, n), run(Who::Paradigm, n)];
            if !serial_first {
                runs.reverse();
            }
            let mut times = process.time(&runs)?;
            if !serial_first {
                times.reverse();
            }
            Ok(Pair {
                n,
                serial: times[0].as_secs_f64(),
                parallel: times[1].as_secs_f64(),
            })
        })
        .collect()
}

/// The sizes between which the crossover lies, and two more between them; all, if there is none.
fn sizes_near(crossing: &Crossing, sizes: &[usize]) -> Vec<usize> {
    let Crossing::From { n, .. } = *crossing else {
        return sizes.to_vec();
    };
    let above = sizes
        .partition_point(|&size| (size as f64) < n)
        .clamp(1, sizes.len() - 1);
    let (low, high) = (sizes[above - 1], sizes[above]);
    let between =
        |share: f64| (low as f64 * (high as f64 / low as f64).powf(share)).round() as usize;
    let mut near = vec![low, between(1.0 / 3.0), between(2.0 / 3.0), high];
    near.dedup();
    near
}

/// Median times by size.
fn curve(phases: &[Vec<Round>]) -> Vec<CurvePoint> {
    let mut by_size: BTreeMap<usize, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for pair in phases.iter().flatten().flatten() {
        let (serial, parallel) = by_size.entry(pair.n).or_default();
        serial.push(pair.serial);
        parallel.push(pair.parallel);
    }
    by_size
        .into_iter()
        .map(|(n, (serial, parallel))| CurvePoint {
            n,
            serial: median(serial),
            parallel: median(parallel),
        })
        .collect()
}

impl Measured {
    /// The largest size that was measured, and the median times there.
    pub fn at_largest(&self) -> CurvePoint {
        self.curve[self.curve.len() - 1]
    }

    /// How long serial code takes for `n` items, in seconds: interpolated in ln n and ln time.
    pub fn serial_time_at(&self, n: f64) -> f64 {
        let above = self.curve.partition_point(|point| (point.n as f64) < n);
        let (low, high) = match (
            above.checked_sub(1).map(|below| self.curve[below]),
            self.curve.get(above),
        ) {
            (Some(low), Some(high)) => (low, *high),
            (Some(only), None) => return only.serial,
            (None, _) => return self.curve[0].serial,
        };
        let share = (n / low.n as f64).ln() / (high.n as f64 / low.n as f64).ln();
        (low.serial.ln() * (1.0 - share) + high.serial.ln() * share).exp()
    }
}

impl WorkloadResult {
    /// The cells that were measured, with their paradigms.
    pub fn measured(&self) -> impl Iterator<Item = (&str, &Measured)> {
        self.cells
            .iter()
            .filter_map(|cell| Some((cell.paradigm.as_str(), cell.outcome.as_ref().ok()?)))
    }

    /// Serial times by size, in seconds: the median over the cells, each of which measured them.
    pub fn serial_curve(&self) -> Vec<(usize, f64)> {
        let mut by_size: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        for point in self.measured().flat_map(|(_, measured)| &measured.curve) {
            by_size.entry(point.n).or_default().push(point.serial);
        }
        by_size
            .into_iter()
            .map(|(n, times)| (n, median(times)))
            .collect()
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these come out exactly")]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_round_and_end_at_the_largest() {
        assert_eq!(round_sizes_up_to(1).collect::<Vec<_>>(), [1]);
        assert_eq!(round_sizes_up_to(20).collect::<Vec<_>>(), [1, 2, 5, 10, 20]);
        assert_eq!(
            round_sizes_up_to(37).collect::<Vec<_>>(),
            [1, 2, 5, 10, 20, 37]
        );
        assert_eq!(round_sizes_up_to(usize::MAX).last(), Some(usize::MAX));
    }

    #[test]
    fn refinement_looks_between_the_right_sizes() {
        let sizes = [1, 10, 100, 1_000];
        let from = |n| Crossing::From {
            n,
            low: None,
            high: None,
        };
        assert_eq!(sizes_near(&from(50.0), &sizes), [10, 22, 46, 100]);
        assert_eq!(sizes_near(&from(1_000.0), &sizes), [100, 215, 464, 1_000]);
        assert_eq!(sizes_near(&from(1.5), &[1, 2]), [1, 2]);
        assert_eq!(sizes_near(&Crossing::Never { up_to: 1_000 }, &sizes), sizes);
    }

    #[test]
    fn serial_times_between_sizes() {
        let point = |n, serial| CurvePoint {
            n,
            serial,
            parallel: 1.0,
        };
        let measured = Measured {
            crossing: Crossing::Never { up_to: 100 },
            curve: vec![point(1, 1.0), point(100, 100.0)],
            speedup: 1.0,
            phases: Vec::new(),
        };
        assert!((measured.serial_time_at(10.0) - 10.0).abs() < 1e-9);
        assert_eq!(measured.serial_time_at(1_000.0), 100.0);
        assert_eq!(measured.serial_time_at(0.5), 1.0);
    }
}
