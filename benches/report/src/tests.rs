//! What is said and shown of made-up results.

mod made_up;

use estimator::line::{Bend, Line, Miss};
use estimator::{Answer, Model, Range};
use laboratory::machine::Machine;
use laboratory::survey::Survey;
use laboratory::waterfall::{Part, Waterfall};

use self::made_up::{CALM, all_kinds, answers, cell, measured, result};
use crate::chart::{Axis, Lines, Look, Mark, Scale, Series, Unit};
use crate::page::{self, CriterionPage, Results};
use crate::{sentences, tables, terminal, words};

/// What is said of each kind of answer, the best first: in a table, as a clause, and in the list of winners.
const SAID: &str = "\
n = 1 on | A beats B at every size that was measured, from n = 1 on | A is the first to beat serial code, from n ≈ 1 on.
n ≈ 7,600 | A beats B from n ≈ 7,600 on (95% interval 6,840 – open) | A is the first to beat serial code, from n ≈ 7,600 on.
n ≈ 500 to 9,000 | A beats B from n ≈ 500 up to n ≈ 9,000, and not beyond | Faster only up to some size: A.
up to n ≈ 9,000 | A beats B up to n ≈ 9,000, and not beyond | Faster only up to some size: A.
no difference up to n = 5M | there is no difference between A and B up to n = 5M, at least none of more than 2.1% | No difference: A.
undecided up to n = 5M | A is slower than B at n = 2M; whether A beats B up to n = 5M is undecided | Undecided: A.
undecided up to n = 5M | whether A beats B up to n = 5M is undecided | Undecided: A.
too few rounds | there were too few rounds to tell whether A beats B; a longer measurement has more | Undecided: A.
never up to n = 5M | A never beats B, up to n = 5M | Never faster, at these sizes: A.";

#[test]
fn numbers_have_three_digits_and_a_unit() {
    let times = [0.0, 1.234e-9, 99.96e-6, 12.34e-3, 123.4].map(words::time);
    assert_eq!(times, ["0.00 ns", "1.23 ns", "100 µs", "12.3 ms", "123 s"]);
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
    assert_eq!(SAID.lines().count(), answers().len());
    for (answer, said) in answers().into_iter().zip(SAID.lines()) {
        let said: Vec<_> = said.split(" | ").collect();
        let measured = measured(answer);
        assert_eq!(sentences::answer(&measured.estimate), said[0]);
        assert_eq!(sentences::clause("A", "B", &measured.estimate), said[1]);
        let list = sentences::who_wins(&result(vec![cell("A", Ok(measured.clone()))]));
        assert!(list.contains(said[2]), "{list}");
        let is_never = matches!(answer, Answer::Never { .. });
        assert_eq!(list.contains("Never"), is_never, "{list}");
        let waterfall = Waterfall {
            paradigm: "A".to_owned(),
            workload: "squares".to_owned(),
            n: 10_000,
            workers: 2,
            parts: Part::ALL.map(|part| (part, 0.2)).to_vec(),
            whole: 1.0,
            serial: 1.2,
        };
        let explained = sentences::verdict(&waterfall, &measured.estimate);
        assert_eq!(explained.contains("never"), is_never, "{explained}");
        // The waterfall's own times say 1.2, but the estimator, which has more runs, does not call it a difference.
        assert!(explained.contains("too small to call"), "{explained}");
    }
}

#[test]
fn a_busy_machine_a_failed_check_and_a_model_that_misses_are_named() {
    let (mut stolen, mut others, mut rounds) = (CALM, CALM, CALM);
    stolen.stolen = Some(0.031);
    others.others = Some(0.4);
    rounds.spread = 0.25;
    let calm = sentences::remarks(&result(Vec::new()), 0.001, &CALM).join(" ");
    assert!(calm.contains("noise floor is ±0.1%. "), "{calm}");
    for (busy, why) in [
        (stolen, "3.1% of the cores' time was stolen"),
        (others, "40% of the cores' time was used by other"),
        (rounds, "25% was the usual distance of a round"),
    ] {
        let said = sentences::remarks(&result(Vec::new()), 0.001, &busy).join(" ");
        assert!(said.contains("±0.1%, on a machine that was busy"), "{said}");
        let said = sentences::busy(&busy).unwrap();
        assert!(said.contains(why), "{said}");
    }

    let [always, from, ..] = answers();
    let line = Line {
        start: 0.0,
        per_item: 1e-9,
    };
    let (below, above) = (5e-9, 8e-9);
    let miss = Miss {
        base: Some(Bend { below, above }),
        rival: None,
    };
    let mut misses = measured(from);
    misses.model = Some(Model {
        base: line,
        rival: line,
        crossing: None,
        miss: Some(miss),
    });
    let mut result = result(vec![cell("A", Ok(misses))]);
    result.checks = vec![cell("serial", Ok(measured(always)))];
    let said = sentences::remarks(&result, 0.01, &CALM).join(" ");
    for part in [
        "Serial against serial shows a difference",
        "misses the measured crossover of A (model: none)",
        "one more item costs serial code 5.00 ns below the crossover and 8.00 ns above it",
    ] {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
}

#[test]
fn the_best_comes_first_and_what_may_be_luck_is_marked() {
    let table = tables::crossovers(&all_kinds(), 2);
    let first = table.rows.iter().map(|row| row[0].as_str());
    let first: Vec<_> = first.collect();
    // Cells of one kind and size keep their order, which is reversed here.
    let names = "serial b c d e <f> & \"g\" j i h k failed";
    assert_eq!(first.join(" "), names);
    assert_eq!(
        (&*table.head[4], &*table.rows[1][3]),
        ("time at n = 10k", "= 1.01")
    );
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
        (160, "slower | faster at", ""),
        (60, "beats serial from", "95% interval, speedup"),
    ] {
        let text = terminal::table(&all, width);
        let (shown, line) = text.split_once("(a wider").unwrap_or((&text, ""));
        let widest = shown.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(width), "{widest:?}: {text}");
        assert!(last.split(' ').all(|word| shown.contains(word)), "{text}");
        assert!(line.contains(dropped), "{text}");
        assert_eq!(line.is_empty(), dropped.is_empty(), "{text}");
    }
    let text = terminal::figure(&result, 80, false);
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    for part in ["1.00 ms│", "10.0 s │", "10,000", "s serial", "a k", "i b"] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
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
        interval: (Some(1e-9), Some(1e30)),
        wins: false,
    }];
    let x = Axis::new("n", Scale::Log, Unit::Count);
    let y = Axis::new("time", Scale::Log, Unit::Seconds);
    let figure = Lines::new("<title>".to_owned(), x, y, vec![series]).figure();
    let figure = figure.into_string();
    assert!(figure.contains("a &lt; b &amp; &quot;c&quot;") && !figure.contains("<title>\""));
    assert!(figure.contains("stops winning") && !figure.contains("starts to win"));
    let drawing = figure.split("<ul").next().unwrap();
    let corners = |class: &str| -> Vec<[f64; 2]> {
        let opening = format!(" class=\"{class}\" points=\"");
        let shapes = drawing.split(&opening).skip(1);
        let points = shapes.flat_map(|shape| shape.split('"').next().unwrap().split(' '));
        let numbers = points.map(|point| point.split_once(',').unwrap());
        let numbers = numbers.map(|(x, y)| [x.parse().unwrap(), y.parse().unwrap()]);
        numbers.collect()
    };
    let grid = corners("grid");
    for at in ["line", "band", "interval"].into_iter().flat_map(corners) {
        for k in 0..2 {
            let below = grid.iter().any(|corner| corner[k] <= at[k]);
            let above = grid.iter().any(|corner| corner[k] >= at[k]);
            assert!(below && above, "{at:?}");
        }
    }
}

#[test]
fn the_report_has_five_chapters_and_loads_nothing() {
    let page = CriterionPage {
        group: "squares-threads".to_owned(),
        address: "../criterion/squares-threads/report/index.html".to_owned(),
    };
    let survey = Survey {
        machine: Machine::this(),
        busy: CALM,
        workers: 2,
        noise_floor: 0.01,
        workloads: vec![all_kinds()],
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
        criterion: vec![page],
        in_seconds: true,
    });
    let chapters = ["crossovers", "time", "workers", "primitives", "python"];
    let at = chapters.map(|id| html.find(&format!("<section class=\"chapter\" id=\"{id}\">")));
    assert!(at.is_sorted() && at[0].is_some(), "{at:?}");
    let summary = html.split("class=\"summary\"").nth(1).unwrap();
    let summary = summary.split("</table>").next().unwrap();
    for answer in ["from ", "up to ", "to ", "never", "undecided", "failed"] {
        assert!(summary.contains(answer), "{answer}: {summary}");
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
