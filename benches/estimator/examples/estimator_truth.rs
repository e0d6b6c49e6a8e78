//! How often is the estimator right, where the truth is known?
use estimator::clocks::*;
use estimator::engine::judge;
use estimator::{Answer, Line, Purpose};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use std::time::Duration;

fn log_uniform(random: &mut Xoshiro256PlusPlus, low: f64, high: f64) -> f64 {
    random.random_range(low.ln()..high.ln()).exp()
}
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Straight,
    Bent,
    Teeth,
}
fn main() {
    let runs: u64 = std::env::args().nth(1).map_or(100, |a| a.parse().unwrap());
    let first: u64 = std::env::args().nth(2).map_or(0, |a| a.parse().unwrap());
    let budgets = [
        Budget {
            name: "default",
            cell: Duration::from_millis(2080),
            visit: 5e-3,
            largest: 10_000_000,
        },
        Budget {
            name: "explain",
            cell: Duration::from_millis(1400),
            visit: 5e-3,
            largest: 10_000_000,
        },
        Budget {
            name: "quick",
            cell: Duration::from_millis(360),
            visit: 5e-3,
            largest: 10_000_000,
        },
        Budget {
            name: "python",
            cell: Duration::from_millis(6000),
            visit: 200e-3,
            largest: 10_000_000,
        },
    ];
    let only = std::env::var("ONLY").unwrap_or_default();
    let budgets: Vec<Budget> = budgets
        .into_iter()
        .filter(|b| only.is_empty() || only.contains(b.name))
        .collect();
    for budget in &budgets {
        for shape in [Shape::Straight, Shape::Bent, Shape::Teeth] {
            if !only.is_empty() && !only.contains(&format!("{shape:?}")) {
                continue;
            }
            for noise in Noise::ALL {
                let all: Vec<_> = (first..first + runs)
                    .into_par_iter()
                    .map(|seed| {
                        let mut r = Xoshiro256PlusPlus::seed_from_u64(seed);
                        let base = Line {
                            start: 40e-9,
                            per_item: log_uniform(&mut r, 10e-9, 2e-6),
                        };
                        let gain = r.random_range(1.6..4.0);
                        let largest = Clock::new([Curve::straight(base); 2], noise, [0.0; 2], 0)
                            .largest(budget) as f64;
                        let there = log_uniform(&mut r, 50e-6, base.at(largest) / 2.0);
                        let rival = Line {
                            start: there * (1.0 - 1.0 / gain),
                            per_item: base.per_item / gain,
                        };
                        let (mut b, mut v) = (Curve::straight(base), Curve::straight(rival));
                        let cross = base.crossing_with(&rival).unwrap();
                        match shape {
                            Shape::Straight => {}
                            Shape::Bent => {
                                b.bend = Some((
                                    cross * r.random_range(0.7..1.2),
                                    r.random_range(1.5..3.0),
                                ))
                            }
                            Shape::Teeth => {
                                v.block = Some(cross * 0.06);
                                b.block = Some(cross * 0.03)
                            }
                        }
                        let luck = r.random_range(0.02..0.06);
                        let mut clock = Clock::new([b, v], noise, [0.0, luck], seed + 1_000_000);
                        let largest = clock.largest(budget) as f64;
                        let truth = clock.truth(1.0, largest);
                        let rounds = clock.measure(budget, seed);
                        let n = rounds.len();
                        let found = judge(&[Purpose::Compare], vec![Ok(rounds)]);
                        let est = found.cells[0].as_ref().unwrap().estimate.clone();
                        (truth, est, n)
                    })
                    .collect();
                let mut covered = 0;
                let mut open = 0;
                let mut in_range = 0;
                let mut widths = vec![];
                let mut other = 0;
                let mut below = 0;
                let mut above = 0;
                let mut rounds = 0;
                for (truth, est, n) in &all {
                    rounds += n;
                    match (truth, &est.answer) {
                        (Some(t), Answer::From { begin }) => {
                            in_range += 1;
                            let (l, h) = (begin.low, begin.high);
                            if l.is_none() || h.is_none() {
                                open += 1;
                            }
                            if let (Some(l), Some(h)) = (l, h) {
                                widths.push((h / l).ln() / 2.0);
                                if l <= *t && *t <= h {
                                    covered += 1
                                } else if *t < l {
                                    below += 1
                                } else {
                                    above += 1
                                }
                            } else if l.is_none_or(|l| l <= *t) && h.is_none_or(|h| *t <= h) {
                                covered += 1
                            }
                        }
                        (Some(_), o @ Answer::Undecided { .. }) => {
                            in_range += 1;
                            open += 1;
                            other += 1;
                            if std::env::var("SHOW").is_ok() {
                                println!(
                                    "{truth:?} {o:?} {n} {:?}",
                                    est.places
                                        .iter()
                                        .map(|p| (p.at, p.rounds, p.ratio.median, p.verdict))
                                        .collect::<Vec<_>>()
                                )
                            }
                        }
                        (Some(_), o) => {
                            in_range += 1;
                            other += 1;
                            if std::env::var("SHOW").is_ok() {
                                println!("{truth:?} {o:?} {n}")
                            }
                        }
                        (None, Answer::From { begin }) => {
                            if begin.high.is_none() {
                                covered += 1;
                            }
                        }
                        (None, _) => covered += 1,
                    }
                }
                widths.sort_by(f64::total_cmp);
                let w = widths
                    .get(widths.len() / 2)
                    .copied()
                    .unwrap_or(f64::NAN)
                    .exp();
                println!(
                    "{:8} {:9} {:12} covered {:5.1}%  open {:4.1}%  other {:4.1}% low {:4.1}% high {:4.1}%  half-width x/÷ {:.3}  in range {} rounds {:.0}",
                    budget.name,
                    format!("{shape:?}"),
                    format!("{noise:?}"),
                    100.0 * covered as f64 / runs as f64,
                    100.0 * open as f64 / in_range.max(1) as f64,
                    100.0 * other as f64 / runs as f64,
                    100.0 * below as f64 / runs as f64,
                    100.0 * above as f64 / runs as f64,
                    w,
                    in_range,
                    rounds as f64 / runs as f64
                );
            }
        }
    }
    for budget in &budgets {
        for noise in Noise::ALL {
            for slower in [1.0, 1.03] {
                let all: Vec<_> = (first..first + runs)
                    .into_par_iter()
                    .map(|seed| {
                        let mut r = Xoshiro256PlusPlus::seed_from_u64(seed);
                        let base = Line {
                            start: 40e-9,
                            per_item: log_uniform(&mut r, 10e-9, 2e-6),
                        };
                        let luck = r.random_range(0.02..0.06);
                        let mut rounds: Vec<_> = (1..=3)
                            .map(|c| {
                                Ok(Clock::new(
                                    [Curve::straight(base); 2],
                                    noise,
                                    [luck, luck],
                                    10 * seed + c + 2_000_000,
                                )
                                .alike()
                                .measure(budget, seed))
                            })
                            .collect();
                        let rival = Line {
                            start: slower * base.start,
                            per_item: slower * base.per_item,
                        };
                        rounds.push(Ok(Clock::new(
                            [Curve::straight(base), Curve::straight(rival)],
                            noise,
                            [luck, luck],
                            10 * seed + 2_000_000,
                        )
                        .alike()
                        .measure(budget, seed)));
                        let found = judge(
                            &[
                                Purpose::Check,
                                Purpose::Check,
                                Purpose::Check,
                                Purpose::Compare,
                            ],
                            rounds,
                        );
                        (
                            found.cells[3].as_ref().unwrap().estimate.answer,
                            found.noise_floor,
                        )
                    })
                    .collect();
                let count = |f: fn(&Answer) -> bool| {
                    100.0 * all.iter().filter(|(a, _)| f(a)).count() as f64 / runs as f64
                };
                println!(
                    "{:8} x{slower} {:12} no difference {:5.1}% never {:5.1}% pays {:4.1}% undecided {:4.1}%",
                    budget.name,
                    format!("{noise:?}"),
                    count(|a| matches!(a, Answer::NoDifference { .. })),
                    count(|a| matches!(a, Answer::Never { .. })),
                    count(|a| a.wins_from().is_some() || matches!(a, Answer::Between { .. })),
                    count(|a| matches!(a, Answer::Undecided { .. }))
                );
            }
        }
    }
}
