//! Every paradigm on every workload, against the number of items.
//!
//! Run: `cargo bench --bench crossover`, then open
//! `target/criterion/crossover-squares/report/index.html` (and the other groups beside it): the line
//! chart shows time against n, both logarithmic, one line a paradigm. Where a line crosses that of
//! `serial`, parallel begins to pay.
//!
//! Criterion measures one line after the other. The `crossover` example measures serial and parallel
//! in turns, and gives the crossing with its interval. Both use the same measuring processes.

mod settings;

use std::num::NonZero;
use std::thread::available_parallelism;

use benches::catalogue;
use benches::measuring::{MeasuringProcess, Problem, Run, Subject, Who, take_role_if_asked};
use criterion::{AxisScale, BenchmarkId, Criterion, PlotConfiguration};
use workloads::{Paradigm, Serial};

fn main() {
    take_role_if_asked();
    let mut criterion = settings::criterion();
    for workload in catalogue::workloads() {
        crossover(&mut criterion, workload.name);
    }
    criterion.final_summary();
}

/// The numbers of items: from where serial code needs no time to where it needs tens of milliseconds,
/// for the workloads whose crossing is to be seen; three for each of the others.
fn sizes(workload: &str) -> Vec<usize> {
    let powers = match workload {
        "squares" | "monte-carlo-pi" => 1..=7,
        "random-squares" => 0..=6,
        _ => 1..=3,
    };
    powers.map(|power| 10_usize.pow(power)).collect()
}

fn crossover(criterion: &mut Criterion, workload: &str) {
    let mut group = criterion.benchmark_group(format!("crossover-{workload}"));
    group.plot_config(PlotConfiguration::default().summary_scale(AxisScale::Logarithmic));
    let workers = available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let sizes = sizes(workload);
    let largest = sizes[sizes.len() - 1];
    let problem = Problem::new(workload, largest, &[]).expect("it is in the catalogue");
    let paradigms = catalogue::paradigms();
    for paradigm in [Serial::ID]
        .into_iter()
        .chain(paradigms.iter().map(|entry| entry.name))
    {
        let subject = Subject {
            paradigm: paradigm.to_owned(),
            workers,
            problem: problem.clone(),
        };
        for &n in &sizes {
            let mut process = None; // started when it is first needed: not for `--list`
            group.bench_with_input(BenchmarkId::new(paradigm, n), &n, |bencher, &n| {
                bencher.iter_custom(|iterations| {
                    let process = process.get_or_insert_with(|| {
                        MeasuringProcess::start(&subject).expect("processes can be started")
                    });
                    let run = Run {
                        who: Who::Paradigm,
                        n,
                        repeat: iterations,
                    };
                    let times = process
                        .time(&[run])
                        .unwrap_or_else(|error| panic!("{error}"));
                    times[0] * iterations as u32
                });
            });
        }
    }
    group.finish();
}
