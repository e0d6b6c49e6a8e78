//! What rounds without noise, or with very little, lead to.

use estimator::engine::judge;
use estimator::{Answer, Estimate, Measured, Model, Pair, Purpose, Round, Verdict};

const SIZES: [usize; 7] = [10, 20, 50, 100, 200, 500, 1_000];

/// Rounds in which the base takes 1 µs an item and the rival `rival(n)` µs, in round k times `noise[k]`.
fn rounds(noise: &[f64], rival: impl Fn(f64) -> f64) -> Vec<Round> {
    let pair = |n: usize, noise: f64| Pair {
        at: n,
        base: 1e-6 * n as f64,
        rival: 1e-6 * noise * rival(n as f64),
    };
    let round = |&noise: &f64| SIZES.iter().map(|&n| pair(n, noise)).collect();
    noise.iter().map(round).collect()
}

const QUIET: [f64; 8] = [1.0, 1.001, 0.999, 1.0, 1.002, 0.998, 1.0, 1.0];

fn estimate(rival: impl Fn(f64) -> f64) -> Estimate {
    Estimate::new(&rounds(&QUIET, rival), 0.005)
}

#[test]
fn a_rival_that_wins_from_some_size_on() {
    let found = estimate(|n| 75.0 + 0.5 * n);
    let Answer::From { begin } = found.answer else {
        panic!("{found:?}")
    };
    assert_eq!((begin.below, begin.above), (Some(100), 200));
    assert!((145.0..155.0).contains(&begin.at), "{begin:?}");
    assert!(begin.low.is_some_and(|low| low < begin.at) && begin.at < begin.high);
    let model = Model::new(&found, &begin).expect("there are sizes");
    assert!(model.crossing.is_some_and(|n| (n - 150.0).abs() < 1.0) && model.miss.is_none());
}

#[test]
fn a_rival_that_wins_and_loses_again() {
    // Beyond 300 the memory is the limit.
    let found = estimate(|n| 30.0 + 0.5 * n + 0.002 * (n - 100.0).max(0.0).powi(2));
    let Answer::Between {
        begin: Some(begin),
        end,
    } = found.answer
    else {
        panic!("{found:?}")
    };
    assert_eq!((begin.to, end.to), (Verdict::Faster, Verdict::Slower));
    assert!(begin.at < end.at);
}

#[test]
fn a_bend_is_named_where_the_model_misses() {
    // From 100 items on each one costs the rival more than four times as much.
    let found = estimate(|n| 60.0 + 0.2 * n + 0.7 * (n - 100.0).max(0.0));
    let begin = found.answer.crossing().expect("it wins");
    let model = Model::new(&found, begin).expect("there are sizes");
    let miss = model.miss.expect("the lines cross elsewhere");
    assert!(miss.base.is_none() && miss.rival.is_some_and(|bend| bend.above > 2.0 * bend.below));
}

#[test]
fn always_never_and_no_difference() {
    assert_eq!(estimate(|n| 0.5 * n).answer, Answer::Always { from: 10 });
    assert_eq!(
        estimate(|n| n + 1_000.0).answer,
        Answer::Never { up_to: 1_000 }
    );
    let same = estimate(|n| 1.002 * n).answer;
    assert!(
        matches!(same, Answer::NoDifference { up_to: 1_000, within } if within < 0.01),
        "{same:?}"
    );
}

#[test]
fn what_is_not_decided_is_not_never() {
    // Slower up to 500; at 1,000 the rounds disagree.
    let mut some = rounds(&QUIET, |n| 100.0 + n);
    for (round, ratio) in some
        .iter_mut()
        .zip([0.87, 0.9, 0.92, 1.02, 1.2, 1.1, 0.95, 1.0])
    {
        round[6].rival = ratio * round[6].base;
    }
    let undecided = Answer::Undecided {
        up_to: 1_000,
        slower_up_to: Some(500),
        too_few_rounds: false,
    };
    assert_eq!(Estimate::new(&some, 0.0).answer, undecided);
}

#[test]
fn four_rounds_are_too_few_for_an_interval() {
    let found = Estimate::new(&rounds(&QUIET[..4], |n| 75.0 + 0.5 * n), 0.0);
    assert!(
        found
            .places
            .iter()
            .all(|place| place.ratio.interval.is_none())
    );
    assert!(matches!(
        found.answer,
        Answer::Undecided {
            too_few_rounds: true,
            ..
        }
    ));
}

#[test]
fn a_large_difference_that_could_be_missed_is_no_answer() {
    let wild = [0.3, 3.0, 0.5, 2.0, 1.0, 1.5, 0.7, 1.0];
    let found = Estimate::new(&rounds(&wild, |n| n), 0.0);
    assert!(
        matches!(found.answer, Answer::Undecided { .. }),
        "{found:?}"
    );
}

#[test]
fn a_check_that_shows_a_difference_is_judged_by_the_others() {
    // Alone it would be judged by its own spread, and could not fail.
    let cells = [1.0, 1.0, 1.05].map(|factor| Ok(rounds(&QUIET, |n| factor * n)));
    let found = judge(&[Purpose::Check; 3], cells.into());
    let answers = found
        .cells
        .iter()
        .flatten()
        .map(|cell: &Measured| cell.estimate.answer);
    let differs: Vec<bool> = answers
        .map(|answer| answer == Answer::Never { up_to: 1_000 })
        .collect();
    assert_eq!(differs, [false, false, true]);
}

#[test]
fn the_noise_floor_follows_the_noise() {
    let loud: Vec<f64> = QUIET.iter().map(|noise| noise.powi(50)).collect();
    let [quiet, loud] = [&QUIET[..], &loud].map(|noise| {
        let cells = [0, 1].map(|_| Ok(rounds(noise, |n| n)));
        judge(&[Purpose::Check; 2], cells.into())
    });
    assert!(loud.noise_floor > 10.0 * quiet.noise_floor && loud.spread > 10.0 * quiet.spread);
}

#[test]
fn an_answer_keeps_its_name_as_json() {
    let json = serde_json::to_string(&Answer::Never { up_to: 7 }).expect("plain data");
    assert_eq!(json, r#"{"answer":"never","up_to":7}"#);
}

#[test]
fn times_of_the_base_between_places() {
    let found = estimate(|n| n);
    for (n, time) in [(30.0, 30e-6), (5_000.0, 1e-3), (1.0, 1e-5)] {
        assert!((found.base_time_at(n) / time - 1.0).abs() < 1e-9, "at {n}");
    }
}
