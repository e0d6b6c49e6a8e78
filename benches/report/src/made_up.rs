//! Made-up results, for tests.

use estimator::{Answer, AtPlace, Crossing, Estimate, Measured, Range, Verdict};
use laboratory::survey::{CellResult, WorkloadResult};
use laboratory::waterfall::{Part, Waterfall};

const UP_TO: usize = 5_000_000;

pub(crate) const ALWAYS: Answer = Answer::Always { from: 1 };
pub(crate) const NEVER: Answer = Answer::Never { up_to: UP_TO };
pub(crate) const NO_DIFFERENCE: Answer = Answer::NoDifference {
    up_to: UP_TO,
    within: 0.021,
};
pub(crate) const UNDECIDED: Answer = undecided(None, false);

pub(crate) const fn undecided(slower_up_to: Option<usize>, too_few_rounds: bool) -> Answer {
    Answer::Undecided {
        up_to: UP_TO,
        slower_up_to,
        too_few_rounds,
    }
}

pub(crate) fn from(at: f64) -> Answer {
    Answer::From {
        begin: crossing(at),
    }
}

/// Up to 9,000.
pub(crate) fn between(begin: Option<f64>) -> Answer {
    Answer::Between {
        begin: begin.map(crossing),
        end: crossing(9_000.0),
    }
}

/// From 10% below, and open above.
fn crossing(at: f64) -> Crossing {
    Crossing {
        to: Verdict::Faster,
        at,
        low: Some(0.9 * at),
        high: None,
        below: Some(500),
        above: None,
    }
}

/// Serial code takes 1 ms an item; the ratio is 0.99 and may be 1.
pub(crate) fn estimate(answer: Answer) -> Estimate {
    let range = |median| Range {
        median,
        interval: Some((0.9 * median, 1.1 * median)),
    };
    let place = |at: usize| AtPlace {
        at,
        rounds: 8,
        base: range(1e-3 * at as f64),
        rival: range(0.99e-3 * at as f64),
        ratio: range(0.99),
        verdict: Verdict::Undecided,
    };
    Estimate {
        answer,
        places: vec![place(1), place(10_000)],
        crossings: Vec::new(),
    }
}

pub(crate) fn measured(answer: Answer) -> Measured {
    Measured {
        estimate: estimate(answer),
        model: None,
        rounds: Vec::new(),
    }
}

pub(crate) fn cell(paradigm: &str, answer: Answer) -> CellResult {
    CellResult {
        paradigm: paradigm.to_owned(),
        outcome: Ok(measured(answer)),
    }
}

/// Of a workload whose serial code is as fast as itself.
pub(crate) fn result(cells: Vec<CellResult>) -> WorkloadResult {
    WorkloadResult {
        name: "squares".to_owned(),
        details: String::new(),
        base: "serial".to_owned(),
        better: None,
        checks: vec![cell("serial", NO_DIFFERENCE)],
        cells,
    }
}

/// 10,000 items, 1.2 times as fast as serial code.
pub(crate) fn waterfall() -> Waterfall {
    Waterfall {
        paradigm: "A".to_owned(),
        workload: "squares".to_owned(),
        n: 10_000,
        workers: 2,
        parts: Part::ALL.map(|part| (part, 0.2)).to_vec(),
        whole: 1.0,
        serial: 1.2,
    }
}
