//! How often is the estimator right, where the truth is known?
//!
//! Run: `cargo run --release -p estimator --example estimator_truth` (a quarter of an hour; `-- 40` runs a tenth)
//!
//! Expected output: a line for each budget, shape and noise. *right*: the 95% interval is closed and holds a true
//! crossing; *open*: the interval has no end, or there is none; *×/÷*: its median half-width. Then how often a rival
//! that never wins is said to win, how often a base against itself is no difference, and how often a rival that takes
//! 3% longer is found to be slower.
//!
//! Try: in `benches/estimator/src/crossing.rs`, let `LOOKS` be 1, and run it with `-- 40`. Where does *right* fall,
//! and why there?

use std::env;
use std::process::ExitCode;

use estimator::clocks::Noise;
use estimator::truth::{BUDGETS, Outcome, Shape, half_width, run, share};
use rayon::prelude::*;

/// Where the seeds of development begin; the tests have others.
const FIRST_SEED: u64 = 0;

fn main() -> ExitCode {
    let runs = env::args().nth(1).map_or(Ok(400), |runs| runs.parse());
    let Some(runs) = runs.ok().filter(|runs| *runs > 0) else {
        eprintln!("estimator_truth: the number of runs of each case must be 1 or more");
        return ExitCode::from(2);
    };
    println!("{runs} runs of each case; shares in percent\n");
    println!(
        "{:10} {:9} {:12} {:>6} {:>6} {:>6}",
        "budget", "shape", "noise", "right", "open", "×/÷"
    );
    for budget in &BUDGETS {
        for shape in Shape::CROSSING {
            for noise in Noise::ALL {
                let outcomes = outcomes(runs, |seed| run(shape, budget, noise, seed));
                println!(
                    "{:10} {:9} {:12} {:6.1} {:6.1} {:6.3}",
                    budget.name,
                    format!("{shape:?}"),
                    format!("{noise:?}"),
                    100.0 * share(&outcomes, |outcome| outcome.right),
                    100.0 * share(&outcomes, |outcome| outcome.open),
                    half_width(&outcomes)
                );
            }
        }
    }
    println!(
        "\n{:10} {:12} {:>13} {:>15} {:>15}",
        "budget", "noise", "never: wins", "same: no diff.", "3%: slower"
    );
    for budget in &BUDGETS {
        for noise in Noise::ALL {
            let of = |shape| outcomes(runs, |seed| run(shape, budget, noise, seed));
            println!(
                "{:10} {:12} {:13.1} {:15.1} {:15.1}",
                budget.name,
                format!("{noise:?}"),
                100.0 * share(&of(Shape::Never), |outcome| outcome.wins),
                100.0 * share(&of(Shape::Same), |outcome| outcome.no_difference),
                100.0 * share(&of(Shape::Slower), |outcome| outcome.slower)
            );
        }
    }
    ExitCode::SUCCESS
}

/// The same made-up runs each time, on all cores.
fn outcomes(runs: u64, one: impl Fn(u64) -> Outcome + Sync + Send) -> Vec<Outcome> {
    let seeds = FIRST_SEED..FIRST_SEED + runs;
    seeds.into_par_iter().map(one).collect()
}
