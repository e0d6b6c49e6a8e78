//! What is said and shown of made-up results.

mod made_up;
mod pictures;

use std::time::Duration;

use estimator::line::{Bend, Line, Miss};
use estimator::{Model, Range};
use laboratory::machine::{Busy, Machine};
use laboratory::survey::Survey;
use laboratory::waterfall::{Part, Waterfall};

use self::made_up::{CALM, all_kinds, answers, cell, measured, result};
use crate::chart::{Axis, Lines, Look, Mark, Scale, Series};
use crate::page::{self, Results};
use crate::{sentences, tables, terminal, words};

/// What is said of each kind of answer, the best first: in a table, and as a clause.
const SAID: &str = "\
n = 1 on | A beats B at every size that was measured, from n = 1 on
n ≈ 7,600 | A beats B from n ≈ 7,600 on (95% interval open – 8,360)
n ≈ 500 to 9,000 | A beats B from n ≈ 500 up to n ≈ 9,000, and not beyond
up to n ≈ 9,000 | A beats B up to n ≈ 9,000, and not beyond
no difference up to n = 5M | there is no difference between A and B up to n = 5M, at least none of more than 2.1%
undecided up to n = 5M | A is slower than B at n = 2M; whether A beats B up to n = 5M is undecided
undecided up to n = 5M | whether A beats B up to n = 5M is undecided
too few rounds | there were too few rounds to decide whether A beats B: measure for longer
never up to n = 5M | A never beats B, up to n = 5M";

#[test]
fn numbers_have_three_digits_and_a_unit() {
    let times = [0.0, 1.234e-9, 99.96e-6, 12.34e-3, 123.4].map(words::time);
    assert_eq!(times, ["0", "1.23 ns", "100 µs", "12.3 ms", "123 s"]);
    let counts = [1.4, 7_600.4, 1e4, 11_040.0, 2_094_000.0, 2e9].map(words::count);
    assert_eq!(counts, ["1", "7,600", "10k", "11k", "2.09M", "2G"]);
    let memory = [1.0, 1_000.0, 1_536.0, 1_048_575.0].map(words::bytes);
    assert_eq!(memory, ["1 B", "1000 B", "1.5 KiB", "1 MiB"]);
    let rates = [1.0, 999_600.0, 12.34e9].map(words::rate);
    assert_eq!(rates, ["1.00 B/s", "1.00 MB/s", "12.3 GB/s"]);
    let short = ["1.00 ms", "100 ms", "20%"].map(words::without_zeros);
    assert_eq!(short, ["1 ms", "100 ms", "20%"]);
    let ratios = [0.534, 3.12, 23.6].map(words::ratio);
    assert_eq!(ratios, ["0.53", "3.1", "24"]);
    let floors = [0.0004, 0.006].map(sentences::noise_floor);
    assert_eq!(floors, ["below ±0.1%", "±0.6%"]);
}

#[test]
fn no_answer_turns_into_another_one() {
    let said = answers().map(|answer| {
        let estimate = measured(answer).estimate;
        let clause = sentences::clause("A", "B", &estimate);
        format!("{} | {clause}", sentences::answer(&estimate))
    });
    assert_eq!(said.join("\n"), SAID);
}

#[test]
fn every_failure_is_said_and_the_same_only_once() {
    let mut failed = result(vec![
        cell("a", Err("all failed")),
        cell("b", Err("all failed")),
        cell("c", Ok(measured(answers()[0]))),
    ]);
    failed.checks = vec![cell("serial", Err("it was killed"))];
    failed.changed = Some("its input has changed".to_owned());
    let reasons = ["it was killed", "all failed", "its input has changed"];
    assert_eq!(failed.failures().collect::<Vec<_>>(), reasons);
    let remarks = sentences::remarks(&failed, 0.0, &CALM);
    for reason in reasons {
        let said = format!("Failed: {reason}.");
        assert!(remarks.contains(&said), "{said} in {remarks:#?}");
    }
}

/// The waterfall's own times say 1.2, but the estimator, which has more runs, does not call it a difference.
#[test]
fn the_verdict_is_that_of_the_estimator() {
    let [.., never] = answers();
    let waterfall = Waterfall {
        paradigm: "A".to_owned(),
        workload: "squares".to_owned(),
        n: 10_000,
        workers: 2,
        parts: Part::ALL.map(|part| (part, 0.2)).to_vec(),
        whole: 1.0,
        serial: 1.2,
    };
    let said = sentences::verdict(&waterfall, &measured(never).estimate);
    assert_has(&said, &["too small to call", "A never beats serial code"]);
}

#[test]
fn a_busy_machine_a_failed_check_and_a_model_that_misses_are_named() {
    let said = |busy: &Busy| sentences::remarks(&result(Vec::new()), 0.001, busy).join(" ");
    assert_has(&said(&CALM), &["noise floor is ±0.1%. "]);
    let (mut stolen, mut others, mut rounds) = (CALM, CALM, CALM);
    stolen.stolen = Some(0.031);
    others.others = Some(0.4);
    rounds.spread = 0.25;
    for (busy, why) in [
        (stolen, "3.1% of the cores' time was stolen"),
        (others, "40% of the cores' time was used by other"),
        (rounds, "25% was the usual difference between a round"),
    ] {
        assert_has(&said(&busy), &["±0.1%, on a machine that was busy"]);
        assert_has(&sentences::busy(&busy).unwrap(), &[why]);
    }

    let [always, from, ..] = answers();
    let (start, per_item) = (0.0, 1e-9);
    let (below, above) = (5e-9, 8e-9);
    let mut misses = measured(from);
    misses.model = Some(Model {
        base: Line { start, per_item },
        rival: Line { start, per_item },
        crossing: None,
        miss: Some(Miss {
            base: Some(Bend { below, above }),
            rival: None,
        }),
    });
    let mut result = result(vec![cell("A", Ok(misses))]);
    result.checks = vec![cell("serial", Ok(measured(always)))];
    let parts = [
        "Serial against serial shows a difference",
        "misses the measured crossover of A (model: none)",
        "one more item costs serial code 5.00 ns below the crossover and 8.00 ns above it",
    ];
    assert_has(&sentences::remarks(&result, 0.01, &CALM).join(" "), &parts);
}

#[test]
fn the_best_comes_first_and_what_may_be_luck_is_marked() {
    let table = tables::crossovers(&all_kinds(), 2);
    let first = table.rows.iter().map(|row| row[0].as_str());
    let first: Vec<_> = first.collect();
    // Cells of one kind and size keep their order, which is reversed here.
    let names = "serial b c d e <f> & \"g\" j i h k failed";
    assert_eq!(first.join(" "), names);
    assert_eq!(table.head[4], "time at n = 10k");
    assert_eq!(table.rows[1][3], "= 1.01");
    let nothing = result(vec![cell("failed", Err("it was killed"))]);
    let head = tables::crossovers(&nothing, 2).head;
    assert_eq!(head[4], "time", "there is no size to speak of");
}

/// What is dropped from a table is dropped from the right, and said.
#[test]
fn tables_and_figures_fit_the_terminal() {
    let mut result = all_kinds();
    result.cells[0].paradigm = "message-passing/channel".to_owned();
    let all = tables::crossovers(&result, 2);
    for (width, last, dropped) in [
        (160, "slower | faster at", None),
        (60, "beats serial from", Some("95% interval, speedup")),
    ] {
        let text = terminal::table(&all, width);
        let (shown, line) = text.split_once("(a wider").unwrap_or((&text, ""));
        assert!(widest(shown) <= width, "{text}");
        assert_has(shown, &last.split(' ').collect::<Vec<_>>());
        assert_has(line, dropped.as_slice());
        assert_eq!(line.is_empty(), dropped.is_none(), "{text}");
    }
    let text = terminal::figure(&result, 80);
    assert!(widest(&text) <= 80, "{text}");
    let parts = ["1.00 ms│", "10.0 s │", "10,000", "s serial", "a k", "i b"];
    assert_has(&text, &parts);
}

fn widest(text: &str) -> usize {
    let widths = text.lines().map(|line| line.chars().count());
    widths.max().unwrap_or(0)
}

fn assert_has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
}

#[test]
fn labels_escape_and_nothing_is_outside_the_axes() {
    let infinite = (1e7, f64::INFINITY);
    let points = vec![
        (f64::NAN, 1.0),
        (0.0, 1.0),
        (1.0, 0.0),
        infinite,
        (3.0, 1.0),
    ];
    let mut series = Series::new("a < b & \"c\"", Look::Nth(0), points);
    series.band = vec![(2.0, 0.5, 700.0)];
    series.marks = vec![Mark {
        at: (20.0, 2.0),
        interval: (Some(1e-9), 1e30),
        wins: false,
    }];
    let x = Axis::new("n", Scale::Log, words::count);
    let y = Axis::new("time", Scale::Log, words::time);
    let figure = Lines::new("<title>".to_owned(), x, y, vec![series]);
    let figure = figure.figure().on_page().into_string();
    assert!(figure.contains("a &lt; b &amp; &quot;c&quot;") && !figure.contains("<title>\""));
    assert!(figure.contains("stops winning") && !figure.contains("starts to win"));
    let drawing = figure.split("<ul").next().unwrap();
    // The markers of one point of five and of the crossing, and a ring.
    assert_eq!(drawing.matches("<circle ").count(), 3);
    // The coordinates of the grid; of a curve, its band, its interval.
    let [grid, shapes] = [" x1=", " points="].map(|begin| {
        let shapes = drawing.lines().filter_map(|it| it.split_once(begin));
        let texts = shapes.flat_map(|(_, rest)| rest.split(['"', ' ', ',']));
        texts
            .filter_map(|it| it.parse::<i32>().ok())
            .collect::<Vec<_>>()
    });
    assert!(shapes.len() > 20);
    for k in 0..2 {
        let along = |all: &[i32]| all.iter().skip(k).step_by(2).copied().collect::<Vec<_>>();
        let (grid, shapes) = (along(&grid), along(&shapes));
        assert!(grid.iter().min() <= shapes.iter().min(), "{shapes:?}");
        assert!(grid.iter().max() >= shapes.iter().max(), "{shapes:?}");
    }
}

#[test]
fn the_report_has_five_chapters_and_loads_nothing() {
    // As in a kept file of another version: not the same paradigms.
    let [always, ..] = answers();
    let other = vec![cell("new", Ok(measured(always))), cell("b", Err("none"))];
    let other = result(other);
    let survey = Survey {
        machine: Machine::this(),
        busy: CALM,
        workers: 2,
        pause: Duration::ZERO,
        noise_floor: 0.01,
        workloads: vec![all_kinds(), other],
    };
    let html = page::report(&Results {
        scaling: Survey {
            workloads: Vec::new(),
            ..survey.clone()
        },
        survey,
        waterfalls: Vec::new(),
        floors: None,
        comparisons: Vec::new(),
        criterion: Some("../criterion/report/index.html".to_owned()),
        in_seconds: true,
    });
    let chapters = ["crossovers", "time", "workers", "primitives", "python"];
    let at = chapters.map(|id| html.find(&format!("<section class=\"chapter\" id=\"{id}\">")));
    assert!(at.is_sorted() && at[0].is_some(), "{at:?}");
    let summary = html.split("class=\"summary\"").nth(1).unwrap();
    let summary = summary.split("</table>").next().unwrap();
    let answers = ["up to 9.00 s", "never<", "undecided<", "failed"];
    assert_has(summary, &answers);
    let none = "<td>–</td>";
    for (paradigm, cells) in [
        ("b", ["n = 1 on", "<td>failed</td>"]),
        ("k", ["never", none]),
        ("new", [none, "n = 1 on"]),
    ] {
        let row = summary.split(&format!(">{paradigm}</th>")).nth(1).unwrap();
        let row = row.split("</tr>").next().unwrap();
        let found = cells.map(|cell| row.find(cell));
        assert!(found.is_sorted() && found[0].is_some(), "{row}");
    }
    // Every crossing has a ring with the right word.
    for word in [" starts to win at ", " stops winning at "] {
        assert_eq!(html.matches(word).count(), 2, "{word}");
    }
    assert!(!html.contains('`'), "code stands in <code>");
    let loads = ["<script", "<link", "src=", "url(h", "@import", "NaN"];
    assert!(!loads.iter().any(|load| html.contains(load)));
}

/// Three tenths cannot be shared: with 4 workers 1 / (0.3 + 0.7 / 4) = 2.105 times as fast.
#[test]
fn both_laws_go_through_the_measured_point() {
    let share = Range {
        median: 0.3,
        interval: Some((0.25, 0.35)),
    };
    let laws = page::scaling::laws(share, 4, 8);
    for law in &laws {
        assert!((law.points[3].1 - 2.105).abs() < 0.01);
    }
    let (_, low, high) = laws[0].band[3];
    assert!(low < 2.0 && high > 2.2);
}
