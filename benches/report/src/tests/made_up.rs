//! Made-up results.

use estimator::{Answer, AtPlace, Crossing, Estimate, Measured, Range, Verdict};
use laboratory::machine::Busy;
use laboratory::survey::{CellResult, WorkloadResult};

pub(super) const CALM: Busy = Busy {
    stolen: Some(0.0),
    others: Some(0.02),
    spread: 0.03,
};

pub(super) fn answers() -> [Answer; 9] {
    let up_to = 5_000_000;
    let crossing = |to, at| Crossing {
        to,
        at,
        low: None,
        high: 1.1 * at,
        below: None,
        above: 500,
    };
    let begin = |at| crossing(Verdict::Faster, at);
    let between = |begin| Answer::Between {
        begin,
        end: crossing(Verdict::Slower, 9_000.0),
    };
    let undecided = |slower_up_to, too_few_rounds| Answer::Undecided {
        up_to,
        slower_up_to,
        too_few_rounds,
    };
    let within = 0.021;
    [
        Answer::Always { from: 1 },
        Answer::From {
            begin: begin(7_600.4),
        },
        between(Some(begin(500.0))),
        between(None),
        Answer::NoDifference { up_to, within },
        undecided(Some(2_000_000), false),
        undecided(None, false),
        undecided(None, true),
        Answer::Never { up_to },
    ]
}

/// Serial code takes 1 ms an item; the ratio is 0.99 and may be 1.
pub(super) fn measured(answer: Answer) -> Measured {
    let range = |median| Range {
        median,
        interval: Some((0.9 * median, 1.1 * median)),
    };
    let place = |at: usize| AtPlace {
        at,
        of_all: true,
        rounds: 8,
        base: range(1e-3 * at as f64),
        rival: range(0.99e-3 * at as f64),
        ratio: range(0.99),
        verdict: Verdict::Undecided,
    };
    let crossings = match answer {
        Answer::From { begin } => vec![begin],
        Answer::Between { begin, end } => begin.into_iter().chain([end]).collect(),
        _ => Vec::new(),
    };
    let estimate = Estimate {
        answer,
        places: vec![place(1), place(10_000)],
        crossings,
    };
    Measured {
        estimate,
        model: None,
        rounds: Vec::new(),
    }
}

pub(super) fn cell(paradigm: &str, outcome: Result<Measured, &str>) -> CellResult {
    CellResult {
        paradigm: paradigm.to_owned(),
        outcome: outcome.map_err(str::to_owned),
    }
}

pub(super) fn result(cells: Vec<CellResult>) -> WorkloadResult {
    WorkloadResult {
        changed: None,
        name: "squares".to_owned(),
        n: 5_000_000,
        details: String::new(),
        base: "serial code".to_owned(),
        better: None,
        checks: Vec::new(),
        cells,
    }
}

/// Every kind of answer, the worst first, after a failure. Names are from `b` for the best to `k`.
pub(super) fn all_kinds() -> WorkloadResult {
    let names = ["b", "c", "d", "e", "<f> & \"g\"", "h", "i", "j", "k"];
    let cells = names.iter().zip(answers());
    let cells = cells.map(|(name, answer)| cell(name, Ok(measured(answer))));
    let failed = cell("failed", Err("it was killed by `signal 9`"));
    result(cells.chain([failed]).rev().collect())
}
