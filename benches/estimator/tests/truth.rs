//! A part of what `cargo run --release -p estimator --example estimator_truth` counts, with seeds of its own.
//! All kinds of noise count together.

use estimator::clocks::Noise;
use estimator::truth::{BUDGETS, Outcome, Shape, half_width, run, share};
use rayon::prelude::*;

const FIRST_SEED: u64 = 131_000_000;

/// So many runs of each kind of noise, at the budget of that name.
fn outcomes(shape: Shape, budget: &str, runs: u64) -> Vec<Outcome> {
    let budget = BUDGETS.iter().find(|known| known.name == budget);
    let budget = budget.expect("it is in the list");
    let cases: Vec<(Noise, u64)> = Noise::ALL
        .into_iter()
        .flat_map(|noise| (0..runs).map(move |run| (noise, FIRST_SEED + run)))
        .collect();
    let outcomes = cases.into_par_iter();
    outcomes
        .map(|(noise, seed)| run(shape, budget, noise, seed))
        .collect()
}

#[test]
fn intervals_hold_the_truth_and_are_narrow() {
    for (budget, runs, width) in [
        ("default", 24, 1.08),
        ("--explain", 20, 1.10),
        ("--quick", 30, 1.20),
        ("Python", 20, 1.15),
        ("Py. --quick", 20, 1.20),
    ] {
        for shape in Shape::CROSSING {
            let found = outcomes(shape, budget, runs);
            let (right, open) = (share(&found, |it| it.right), share(&found, |it| it.open));
            let half_width = half_width(&found);
            println!("{budget} {shape:?}: right {right:.3}, open {open:.3}, ×/÷ {half_width:.3}");
            assert!(right >= 0.93, "{budget} {shape:?}: right in {right:.3}");
            assert!(open <= 0.05, "{budget} {shape:?}: open in {open:.3}");
            assert!(
                half_width <= width,
                "{budget} {shape:?}: ×/÷ {half_width:.3}"
            );
        }
    }
}

#[test]
fn what_never_wins_is_not_said_to_win() {
    for budget in &BUDGETS {
        let wins = share(&outcomes(Shape::Never, budget.name, 20), |it| it.wins);
        assert!(wins <= 0.05, "{}: {wins:.3}", budget.name);
    }
}

#[test]
fn a_base_against_itself_is_no_difference() {
    for budget in &BUDGETS {
        let found = outcomes(Shape::Same, budget.name, 15);
        let same = share(&found, |it| it.no_difference);
        assert!(same >= 0.95, "{}: {same:.3}", budget.name);
    }
}

#[test]
fn a_slowdown_of_three_percent_is_found() {
    let found = share(&outcomes(Shape::Slower, "default", 40), |it| it.slower);
    assert!(found >= 0.9, "{found:.3}");
}
