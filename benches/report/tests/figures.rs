//! Figures and pages from times that are made up: what cannot be seen by looking at them. The report is left in cargo's
//! `target/tmp/figures.html`, to be looked at.

use std::fs;
use std::path::Path;

use estimator::engine::judge;
use estimator::{Pair, Purpose, Round, Verdict};
use laboratory::machine::{Busy, Machine};
use laboratory::survey::{CellResult, Survey, WorkloadResult};
use report::chart::{Axis, Lines, Look, Mark, Scale, Series, Unit};
use report::page::{self, CriterionPage, Findings};

/// Name; seconds to start; share of the serial time for each item; the size beyond which an item costs thrice as much.
const PARADIGMS: [(&str, f64, f64, f64); 7] = [
    ("threads/scoped", 38e-6, 0.51, 1e9),
    ("threads/join", 11e-6, 0.54, 1e6),
    ("shared-memory/mapped", 310e-6, 0.53, 1e9),
    ("message-passing/channel", 55e-6, 1.2, 1e9),
    ("processes/fork", 380e-6, 0.66, 1e9),
    ("processes/spawn", 60e-3, 0.72, 1e9),
    ("<other> & \"pool\"", 0.0, 0.8, 1e6),
];

fn serial(n: usize) -> f64 {
    60e-9 + 21e-9 * n as f64
}

/// Rounds over `places` with noise of some percent, always the same for the same `seed`.
fn rounds(seed: f64, places: &[usize], rival: impl Fn(usize) -> f64) -> Vec<Round> {
    let noise = |k: usize| 1.0 + 0.1 * (k as f64 * 12.9898 + seed).sin();
    let pair = |k: usize, at: usize| Pair {
        at,
        base: serial(at) * noise(k),
        rival: rival(at) * noise(3 * k + 1),
    };
    let round = |round: usize| (100 * round..).zip(places).map(|(k, &at)| pair(k, at));
    (0..12).map(|number| round(number).collect()).collect()
}

/// The cells of these rounds, the last two of which are checks.
fn cells(names: &[&str], rounds: Vec<Vec<Round>>) -> (f64, Vec<CellResult>) {
    let mut purposes = vec![Purpose::Compare; rounds.len() - 2];
    purposes.extend([Purpose::Check; 2]);
    let found = judge(&purposes, rounds.into_iter().map(Ok).collect());
    let cells = names.iter().zip(found.cells).map(|(name, outcome)| {
        let paradigm = (*name).to_owned();
        CellResult { paradigm, outcome }
    });
    (found.noise_floor, cells.collect())
}

fn survey() -> Survey {
    let powers = (0..7).map(|power| 10_usize.pow(power));
    let sizes = powers.flat_map(|power| [1, 2, 3, 5, 7].map(|digit| digit * power));
    let sizes: Vec<usize> = sizes.chain([10_000_000]).collect();
    let time = |(_, start, share, knee): (&str, f64, f64, f64), n| {
        start + share * (serial(n) + 42e-9 * (n as f64 - knee).max(0.0))
    };
    let paradigms = PARADIGMS.map(|it| rounds(it.1, &sizes, |n| time(it, n)));
    let checks = [1.0, 2.0].map(|seed| rounds(seed, &sizes, serial));
    let names = PARADIGMS.map(|it| it.0);
    let rounds = paradigms.into_iter().chain(checks).collect();
    let (noise_floor, mut cells) = cells(&names, rounds);
    cells[4].outcome = Err("the process was killed by `signal 9`".to_owned());
    let result = |name: &str| WorkloadResult {
        name: name.to_owned(),
        details: String::new(),
        base: "serial code".to_owned(),
        better: None,
        checks: Vec::new(),
        cells: cells.clone(),
    };
    Survey {
        machine: Machine::this(),
        busy: IDLE,
        workers: 2,
        noise_floor,
        workloads: vec![result("random-squares"), result("squares")],
    }
}

const IDLE: Busy = Busy {
    stolen: None,
    others: None,
    spread: 0.02,
};

fn figure(points: Vec<(f64, f64)>, mark: Mark) -> String {
    let series = Series {
        name: "a < b & \"c\"".to_owned(),
        look: Look::Nth(0),
        points,
        band: vec![(2.0, 0.5, 700.0)],
        marks: vec![mark],
    };
    let x = Axis::new("n", Scale::Log, Unit::Count);
    let y = Axis::new("time", Scale::Log, Unit::Seconds);
    let figure = Lines::new("<title>".to_owned(), x, y, vec![series]).figure();
    figure.into_string()
}

fn mark(interval: (Option<f64>, Option<f64>), wins: bool) -> Mark {
    let at = (20.0, 2.0);
    Mark { at, interval, wins }
}

#[test]
fn every_crossing_has_a_ring_with_the_right_word() {
    let survey = survey();
    let html = page::crossover(&survey);
    let cells = survey.workloads.iter().flat_map(WorkloadResult::measured);
    let crossings: Vec<_> = cells
        .flat_map(|(_, cell)| &cell.estimate.crossings)
        .collect();
    for (to, word) in [
        (Verdict::Faster, "starts to win"),
        (Verdict::Slower, "stops winning"),
    ] {
        let expected = crossings
            .iter()
            .filter(|crossing| crossing.to == to)
            .count();
        let rings = html.matches(&format!(" {word} at ")).count();
        assert!(
            expected >= 4 && rings == expected,
            "{word}: {rings}, not {expected}"
        );
    }
    // A figure in which something only stops does not speak of a start.
    let stops = figure(vec![(1.0, 1.0)], mark((None, None), false));
    assert!(stops.contains("stops winning") && !stops.contains("starts to win"));
}

#[test]
fn labels_escape_and_nothing_is_outside_the_axes() {
    let points = vec![
        (f64::NAN, 1.0),
        (0.0, 1.0),
        (1.0, 0.0),
        (1e7, f64::INFINITY),
        (3.0, 1.0),
    ];
    let figure = figure(points, mark((Some(1e-9), Some(1e30)), true));
    assert!(figure.contains("a &lt; b &amp; &quot;c&quot;") && !figure.contains("<title>\""));
    assert!(
        !figure.contains("NaN") && !figure.contains("inf"),
        "{figure}"
    );
    let drawing = figure.split("<ul").next().unwrap();
    let corners = |class: &str| -> Vec<(f64, f64)> {
        let opening = format!(" class=\"{class}\" points=\"");
        let shapes = drawing.split(&opening).skip(1);
        let points = shapes.flat_map(|shape| shape.split('"').next().unwrap().split(' '));
        let numbers = points.map(|point| point.split_once(',').unwrap());
        let numbers = numbers.map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()));
        numbers.collect()
    };
    let grid = corners("grid");
    for (x, y) in ["line", "band", "interval"].into_iter().flat_map(corners) {
        assert!(
            grid.iter().any(|at| at.0 <= x) && grid.iter().any(|at| at.0 >= x),
            "{x}"
        );
        assert!(
            grid.iter().any(|at| at.1 <= y) && grid.iter().any(|at| at.1 >= y),
            "{y}"
        );
    }
}

#[test]
fn the_report_has_five_chapters_and_loads_nothing() {
    let page = CriterionPage {
        group: "squares-threads".to_owned(),
        address: "../criterion/squares-threads/report/index.html".to_owned(),
    };
    let html = page::report(&Findings {
        survey: survey(),
        waterfalls: Vec::new(),
        scalings: Vec::new(),
        floors: None,
        comparisons: Vec::new(),
        criterion: vec![page],
        in_seconds: true,
    });
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("figures.html");
    fs::write(file, &html).unwrap();
    let chapters = ["crossovers", "time", "workers", "primitives", "python"];
    let at = chapters.map(|id| html.find(&format!("<section class=\"chapter\" id=\"{id}\">")));
    assert!(at.is_sorted() && at[0].is_some(), "{at:?}");
    let summary = html.split("class=\"summary\"").nth(1).unwrap();
    let summary = summary.split("</table>").next().unwrap();
    for answer in ["from ", "up to ", "to ", "never", "undecided", "failed"] {
        assert!(summary.contains(answer), "{answer}: {summary}");
    }
    assert!(!html.contains('`'), "code stands in <code>");
    let loads = ["<script", "<link", "src=", "url(h", "@import"];
    assert!(!loads.iter().any(|load| html.contains(load)));
}
