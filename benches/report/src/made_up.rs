//! Made-up results, for tests.

use estimator::{Answer, AtPlace, Crossing, Estimate, Measured, Range, Verdict};
use laboratory::survey::{CellResult, WorkloadResult};
use laboratory::waterfall::{Part, Waterfall};

/// From 10% below, and open above.
pub(crate) fn crossing(at: f64) -> Crossing {
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
    let no_difference = Answer::NoDifference {
        up_to: 10_000,
        within: 0.01,
    };
    WorkloadResult {
        name: "squares".to_owned(),
        details: String::new(),
        base: "serial".to_owned(),
        better: None,
        checks: vec![cell("serial", no_difference)],
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
