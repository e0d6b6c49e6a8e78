use estimator::line::{Bend, Line, Miss};
use estimator::{Model, Verdict};
use laboratory::explain::Explanation;
use laboratory::machine::Busy;

use super::*;
use crate::made_up::{
    ALWAYS, NEVER, NO_DIFFERENCE, UNDECIDED, between, cell, estimate, from, measured, result,
    undecided, waterfall,
};

const CALM: Busy = Busy {
    stolen: Some(0.0),
    others: Some(0.02),
    spread: 0.03,
};

/// What is said of each kind of answer: in a table, as a clause, and in the list of winners.
const SAID: &str = "
n ≈ 7,600 | A beats B from n ≈ 7,600 on (95% interval 6,840 – open) | A is the first to beat serial code, from n ≈ 7,600 on.
n = 1 on | A beats B at every size that was measured, from n = 1 on | A is the first to beat serial code, from n ≈ 1 on.
n ≈ 500 to 9,000 | A beats B from n ≈ 500 up to n ≈ 9,000, and not beyond | Faster only up to some size: A.
up to n ≈ 9,000 | A beats B up to n ≈ 9,000, and not beyond | Faster only up to some size: A.
never up to n = 5M | A never beats B, up to n = 5M | Never faster, at these sizes: A.
no difference up to n = 5M | there is no difference between A and B up to n = 5M, at least none of more than 2.1% | No difference: A.
undecided up to n = 5M | A is slower than B at n = 2M; whether A beats B up to n = 5M is undecided | Undecided: A.
undecided up to n = 5M | whether A beats B up to n = 5M is undecided | Undecided: A.
too few rounds | there were too few rounds to tell whether A beats B; a larger --budget gives more | Undecided: A.
";

#[test]
fn no_answer_turns_into_another_one() {
    let answers = [
        from(7_600.4),
        ALWAYS,
        between(Some(500.0)),
        between(None),
        NEVER,
        NO_DIFFERENCE,
        undecided(Some(2_000_000), false),
        UNDECIDED,
        undecided(None, true),
    ];
    assert_eq!(SAID.trim().lines().count(), answers.len());
    for (answer, said) in answers.into_iter().zip(SAID.trim().lines()) {
        let said: Vec<_> = said.split(" | ").collect();
        let estimate = estimate(answer);
        assert_eq!(super::answer(&estimate), said[0]);
        assert_eq!(clause("A", "B", &estimate), said[1]);
        let list = who_wins(&result(vec![cell("A", answer)]));
        assert!(list.contains(said[2]), "{list}");
        let is_never = answer == NEVER;
        assert_eq!(list.contains("Never"), is_never, "{list}");
        let explained = verdict(&Explanation {
            base: "serial".to_owned(),
            waterfall: waterfall(),
            measured: measured(answer),
            noise_floor: 0.01,
            busy: CALM,
        });
        assert_eq!(explained.contains("never"), is_never, "{explained}");
        // The waterfall's own times say 1.2, but the estimator, which has more runs, does not call it a difference.
        assert!(explained.contains("not told apart from 1×"), "{explained}");
    }
}

#[test]
fn a_busy_machine_is_said_next_to_the_noise_floor() {
    let calm = result(Vec::new());
    let said = remarks(&calm, 0.001, &CALM).join(" ");
    assert!(said.contains("noise floor is ±0.1%."), "{said}");
    assert_eq!(busy(&CALM), None);
    let (mut stolen, mut others, mut rounds) = (CALM, CALM, CALM);
    stolen.stolen = Some(0.031);
    others.others = Some(0.4);
    rounds.spread = 0.25;
    for (busy, why) in [
        (stolen, "3.1% of the cores' time was stolen"),
        (others, "40% of the cores' time was used by other"),
        (rounds, "off by 25%"),
    ] {
        let said = remarks(&calm, 0.001, &busy).join(" ");
        assert!(said.contains("±0.1%, on a machine that was busy"), "{said}");
        let said = super::busy(&busy).expect("it was busy");
        assert!(
            said.contains(why) && said.contains("measure again"),
            "{said}"
        );
    }
}

#[test]
fn a_check_that_fails_and_a_model_that_misses_are_named() {
    let line = Line {
        start: 0.0,
        per_item: 1e-9,
    };
    let mut misses = cell("A", from(7_600.0));
    misses.outcome.as_mut().expect("it was measured").model = Some(Model {
        base: line,
        rival: line,
        crossing: None,
        miss: Some(Miss {
            base: Some(Bend {
                below: 5e-9,
                above: 8e-9,
            }),
            rival: None,
        }),
    });
    let mut result = result(vec![misses]);
    result.checks = vec![cell("serial", NEVER)];
    let said = remarks(&result, 0.01, &CALM).join(" ");
    for part in [
        "Serial against serial shows a difference",
        "misses the measured crossover of A (model: none)",
        "one more item costs serial code 5.00 ns below the crossover and 8.00 ns above it",
    ] {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
}

#[test]
fn a_speedup_that_may_be_none_is_marked() {
    let mut place = *estimate(ALWAYS).largest();
    assert_eq!(place.verdict, Verdict::Undecided);
    assert_eq!(speedup(&place), "= 1.01");
    place.ratio.interval = Some((0.98, 0.999));
    assert_eq!(speedup(&place), "1.01");
}
