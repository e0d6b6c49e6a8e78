//! Figures and the page's frame, from data that is made up: what every rendering must keep to.
//!
//! The page is left in cargo's `target/tmp/figures.html`, to be looked at.

use std::fs;
use std::path::Path;

use benches::chart::{
    Axis, Bars, Figure, Lines, Look, Mark, Reference, Row, Scale, Series, Shaded, Unit,
};
use benches::machine::Machine;
use benches::page::{Page, Section, Side, Table};
use benches::words;
use maud::html;

const PARADIGMS: [(&str, f64, f64); 11] = [
    // Name; seconds to start; share of the serial time for each item.
    ("threads/scoped", 38e-6, 0.51),
    ("threads/rayon", 9e-6, 0.52),
    ("threads/join", 11e-6, 0.54),
    ("shared-memory/mutex", 42e-6, 0.57),
    ("shared-memory/atomic", 40e-6, 0.515),
    ("shared-memory/mapped", 310e-6, 0.53),
    ("message-passing/channel", 55e-6, 0.60),
    ("message-passing/pipe", 420e-6, 0.75),
    ("processes/fork", 380e-6, 0.66),
    ("processes/spawn", 2.4e-3, 0.72),
    ("processes/pool", 60e-6, 1.3),
];

/// Seconds that serial code takes for an item.
const PER_ITEM: f64 = 21e-9;

fn sizes() -> impl Iterator<Item = f64> {
    let powers = (0..8).map(|power| 10_f64.powi(power));
    let round = powers.flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * power));
    round.take_while(|&n| n <= 1e7)
}

/// Between 0.94 and 1.06, and always the same for the same `k`.
fn noise(k: usize) -> f64 {
    1.0 + 0.06 * (k as f64 * 12.9898).sin()
}

fn serial_time(n: f64) -> f64 {
    60e-9 + PER_ITEM * n
}

/// Time against n: twelve lines, bands, and crossings, one of them open.
fn crossover() -> Lines {
    let mut series = vec![Series {
        name: "serial".to_owned(),
        look: Look::Baseline,
        points: sizes().map(|n| (n, serial_time(n))).collect(),
        band: Vec::new(),
        marks: Vec::new(),
    }];
    for (k, (name, start, share)) in PARADIGMS.into_iter().enumerate() {
        let time = |(i, n): (usize, f64)| (n, (start + PER_ITEM * share * n) * noise(i + 31 * k));
        let points: Vec<_> = sizes().enumerate().map(time).collect();
        let band = points.iter().map(|&(n, t)| (n, t / 1.12, t * 1.18));
        let n = start / (PER_ITEM * (1.0 - share));
        let mark = (share < 1.0).then(|| Mark {
            at: (n, serial_time(n)),
            x_interval: Some((n / 1.15, n * 1.2)),
            open_left: false,
            open_right: name == "processes/spawn",
        });
        series.push(Series {
            name: name.to_owned(),
            look: Look::Nth(k),
            band: band.collect(),
            points,
            marks: mark.into_iter().collect(),
        });
    }
    Lines {
        title: "random-squares: time of one run against the number of items, 2 workers".to_owned(),
        x: Axis::new("number of items n", Scale::Log, Unit::Count),
        y: Axis::new("time of one run", Scale::Log, Unit::Seconds),
        series,
        references: Vec::new(),
        marks_mean: "begins to pay, 95% interval".to_owned(),
        shaded: None,
    }
}

/// Speedup over workers with two laws, the ideal and the noise floor.
fn speedup() -> Lines {
    let workers = || (1..=16).map(f64::from);
    let amdahl = |serial: f64| move |p: f64| 1.0 / (serial + (1.0 - serial) / p);
    let series = PARADIGMS
        .into_iter()
        .enumerate()
        .take(4)
        .map(|(k, (name, _, share))| Series {
            name: name.to_owned(),
            look: Look::Nth(k),
            points: workers()
                .enumerate()
                .map(|(i, p)| (p, amdahl((share - 0.5).max(0.01))(p) * noise(i + k)))
                .collect(),
            band: Vec::new(),
            marks: Vec::new(),
        });
    let reference = |name: &str, law: &dyn Fn(f64) -> f64| Reference {
        name: name.to_owned(),
        points: workers().map(|p| (p, law(p))).collect(),
    };
    Lines {
        title: "Speedup over workers".to_owned(),
        x: Axis::new("workers", Scale::Linear, Unit::Count),
        y: Axis::new("speedup against serial (times)", Scale::Linear, Unit::Times),
        series: series.collect(),
        references: vec![
            reference("ideal", &|p| p),
            reference("Amdahl, 5% serial", &amdahl(0.05)),
            reference("Gustafson, 5% serial", &|p| p - 0.05 * (p - 1.0)),
            reference("no difference", &|_| 1.0),
        ],
        marks_mean: String::new(),
        shaded: Some(Shaded {
            name: "noise floor".to_owned(),
            low: 0.9,
            high: 1.1,
        }),
    }
}

/// Latency against the size of a message: powers of two.
fn latency() -> Lines {
    let ways = [
        ("pipe", 3.1e-6, 2.1e9),
        ("Unix socket", 4.4e-6, 1.7e9),
        ("TCP", 11.0e-6, 1.2e9),
        ("shared mapping", 0.18e-6, 7.5e9),
    ];
    let series = ways
        .into_iter()
        .enumerate()
        .map(|(k, (name, start, bandwidth))| Series {
            name: name.to_owned(),
            look: Look::Nth(k),
            points: (0..=20)
                .step_by(2)
                .map(|power| f64::from(1 << power))
                .map(|bytes| (bytes, start + bytes / bandwidth))
                .collect(),
            band: Vec::new(),
            marks: Vec::new(),
        });
    Lines {
        title: "Time of one round trip against the size of the message".to_owned(),
        x: Axis::new("size of the message", Scale::Log2, Unit::Bytes),
        y: Axis::new("time of one round trip", Scale::Log, Unit::Seconds),
        series: series.collect(),
        references: Vec::new(),
        marks_mean: String::new(),
        shaded: None,
    }
}

/// Where the time goes: stacked parts, one of them below zero.
fn waterfall() -> Bars {
    let parts = [
        "start workers",
        "hand out",
        "transfer",
        "compute",
        "collect",
        "join",
    ];
    let rows = PARADIGMS
        .into_iter()
        .take(10)
        .enumerate()
        .map(|(k, (label, start, share))| {
            let parts: Vec<_> = [0.7, 0.1, 0.3, 0.0, if k == 2 { -0.4 } else { 0.15 }, 0.2]
                .into_iter()
                .map(|part| start * part + 20e-6 * noise(k))
                .enumerate()
                .map(|(part, time)| (part, if part == 3 { 900e-6 * share } else { time }))
                .collect();
            let whole: f64 = parts.iter().map(|part| part.1).sum();
            Row {
                label: label.to_owned(),
                parts,
                note: words::time(whole),
            }
        });
    Bars {
        title: "random-squares, 43,000 items: where the time of one run goes".to_owned(),
        x: Axis::new("time of one run", Scale::Linear, Unit::Seconds),
        rows: rows.collect(),
        parts: parts.map(str::to_owned).to_vec(),
    }
}

/// The same with a part below zero.
fn below_zero() -> Bars {
    let mut bars = waterfall();
    bars.rows.truncate(2);
    bars.rows[1].parts[0].1 = -120e-6;
    bars
}

/// The least that the machine allows, over six decades.
fn floors() -> Bars {
    let floors = [
        ("compare-and-swap, uncontended", 5.3e-9),
        ("compare-and-swap, two cores", 61e-9),
        ("shared memory, round trip", 190e-9),
        ("futex wake", 3.4e-6),
        ("pipe, round trip", 7.1e-6),
        ("pthread create and join", 21e-6),
        ("posix_spawn and wait", 410e-6),
        ("fork, exit and wait: small parent", 160e-6),
        ("fork, exit and wait: 256 MiB dirty", 3.9e-3),
    ];
    let row = |(label, time): (&str, f64)| Row {
        label: label.to_owned(),
        parts: vec![(0, time)],
        note: words::time(time),
    };
    Bars {
        title: "The least that this machine allows".to_owned(),
        x: Axis::new("time of one operation", Scale::Log, Unit::Seconds),
        rows: floors.map(row).to_vec(),
        parts: Vec::new(),
    }
}

fn all_figures() -> Vec<(&'static str, Figure, Vec<String>)> {
    let names = |lines: &Lines| -> Vec<String> {
        let series = lines.series.iter().map(|series| series.name.clone());
        let references = lines.references.iter().map(|line| line.name.clone());
        let shaded = lines.shaded.iter().map(|band| band.name.clone());
        series.chain(references).chain(shaded).collect()
    };
    let labels = |bars: &Bars| -> Vec<String> {
        let rows = bars.rows.iter().map(|row| row.label.clone());
        rows.chain(bars.parts.clone()).collect()
    };
    let of_lines = |id, lines: Lines| (id, lines.figure(), names(&lines));
    let of_bars = |id, bars: Bars| (id, bars.figure(), labels(&bars));
    vec![
        of_lines("crossover", crossover()),
        of_lines("speedup", speedup()),
        of_bars("waterfall", waterfall()),
        of_bars("below-zero", below_zero()),
        of_bars("floors", floors()),
        of_lines("latency", latency()),
    ]
}

/// What stands in an SVG: the text of each `<text>`, with its box in pixels.
struct Label {
    text: String,
    left: f64,
    right: f64,
    middle: f64,
}

/// The value of `name` in an opening tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

/// Every text of an SVG. A letter is taken to be half as wide as the font is high: narrower than in
/// most fonts, so that what touches here touches there.
fn labels(svg: &str) -> Vec<Label> {
    let texts = svg.split("<text").skip(1);
    texts
        .map(|text| {
            let (tag, rest) = text.split_once('>').expect("a tag ends");
            let text = rest.split('<').next().expect("a first piece").trim();
            let number = |name| attribute(tag, name).and_then(|value| value.parse::<f64>().ok());
            let at = number("x").expect("a text has a place");
            let width =
                0.5 * number("font-size").expect("a text has a size") * text.chars().count() as f64;
            let left = match attribute(tag, "text-anchor") {
                Some("end") => at - width,
                Some("middle") => at - width / 2.0,
                _ => at,
            };
            Label {
                text: text.to_owned(),
                left,
                right: left + width,
                middle: number("y").expect("a text has a place"),
            }
        })
        .collect()
}

/// Panics unless every tag is closed in order, and every attribute is quoted.
fn assert_well_formed(svg: &str) {
    let mut open = Vec::new();
    let mut rest = svg;
    while let Some((before, after)) = rest.split_once('<') {
        assert!(!before.contains('>'), "a bare > in {before:?}");
        let (tag, after) = after.split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if let Some(tag) = tag.strip_suffix('/') {
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        } else {
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
            open.push(tag.split_whitespace().next().expect("a name"));
        }
    }
    assert!(open.is_empty(), "never closed: {open:?}");
    for (at, _) in svg.match_indices('&') {
        let entities = ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;"];
        assert!(entities.iter().any(|entity| svg[at..].starts_with(entity)));
    }
}

#[test]
fn figures_are_well_formed_and_name_everything() {
    for (id, figure, names) in all_figures() {
        for svg in [&figure.wide, &figure.narrow] {
            assert_well_formed(svg);
            assert!(
                svg.contains("role=\"img\"") && svg.contains("<title>"),
                "{id}"
            );
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{id}");
            // A colour that stands for an ink was not replaced.
            assert!(!svg.contains("=\"#"), "{id}");
            let written: Vec<_> = labels(svg).into_iter().map(|label| label.text).collect();
            for name in &names {
                assert!(written.contains(name), "{id}: {name} is not written");
            }
        }
    }
}

#[test]
fn no_text_touches_another_or_leaves_the_figure() {
    for (id, figure, _) in all_figures() {
        for (svg, width) in [(&figure.wide, 960.0), (&figure.narrow, 360.0)] {
            let height: f64 = attribute(svg, "viewBox")
                .and_then(|sides| sides.split(' ').next_back())
                .and_then(|height| height.parse().ok())
                .expect("a figure has a size");
            let labels = labels(svg);
            assert!(labels.len() > 10, "{id}: {} texts", labels.len());
            for (k, a) in labels.iter().enumerate() {
                assert!(
                    a.left >= -1.0 && a.right <= width,
                    "{id}: {} is cut off",
                    a.text
                );
                assert!(
                    a.middle >= 8.0 && a.middle <= height - 4.0,
                    "{id}: {}",
                    a.text
                );
                for b in &labels[k + 1..] {
                    let apart = a.right <= b.left || b.right <= a.left;
                    let over = (a.middle - b.middle).abs() >= 12.0;
                    assert!(apart || over, "{id}: {:?} touches {:?}", a.text, b.text);
                }
            }
        }
    }
}

#[test]
fn the_legend_is_not_on_the_data() {
    let figure = crossover().figure();
    // The grid's lines are as long as the plot is wide.
    let lines = figure.wide.split("<polyline").skip(1);
    let grid = lines.filter(|line| line.contains("--grid"));
    let right = grid
        .filter_map(|line| attribute(line, "points"))
        .flat_map(|points| points.split_whitespace())
        .filter_map(|point| point.split(',').next()?.parse::<f64>().ok())
        .fold(0.0, f64::max);
    assert!(right > 400.0, "{right}");
    for label in labels(&figure.wide) {
        let of_legend = PARADIGMS.iter().any(|(name, ..)| *name == label.text);
        assert!(
            !of_legend || label.left > right,
            "{} is on the plot",
            label.text
        );
    }
}

#[test]
fn nothing_to_show_is_no_reason_to_fail() {
    let mut lines = crossover();
    lines.series.truncate(1);
    lines.series[0].points = vec![
        (f64::NAN, 1.0),
        (1.0, 0.0),
        (0.0, 1.0),
        (1.0, f64::INFINITY),
    ];
    let mut bars = floors();
    bars.rows = vec![Row {
        label: "none".to_owned(),
        parts: vec![(0, f64::NAN), (0, 0.0)],
        note: String::new(),
    }];
    for svg in [lines.figure().wide, bars.figure().narrow] {
        assert_well_formed(&svg);
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }
}

/// The names of a figure as a table, long enough to be folded.
fn table(names: &[String]) -> Table {
    let row = |(k, name): (usize, &String)| match k {
        3 => vec![
            name.clone(),
            "failed: the process was killed by signal 9".to_owned(),
        ],
        _ => vec![name.clone(), format!("{k}"), words::time(1e-6 * noise(k))],
    };
    Table {
        head: vec![
            ("name".to_owned(), Side::Left),
            ("number".to_owned(), Side::Right),
            ("time".to_owned(), Side::Right),
        ],
        rows: names.iter().enumerate().map(row).collect(),
    }
}

#[test]
fn the_page_holds_every_section_and_loads_nothing() {
    let sections = all_figures().into_iter().map(|(id, figure, names)| Section {
        id: id.to_owned(),
        title: format!("{id}: a section of the report"),
        text: html! { p {
            "threads/rayon begins to pay first, at n ≈ 900. Never, at these sizes: processes/pool. "
            "A sentence as long as this one is usual: it says what there is to see in the figure."
        } },
        figure: Some(figure),
        table: Some(table(&names)),
        after: html! { p { "The numbers are made up." } },
    });
    let page = Page {
        title: "Every kind of figure, from data that is made up".to_owned(),
        lead: html! { p { "This page shows how figures look. Nothing on it was measured." } },
        sections: sections.collect(),
        machine: Machine {
            cpu: "A processor with a rather long model name @ 2.80GHz".to_owned(),
            cores: 2,
            kernel: "Linux 6.1 x86_64".to_owned(),
            rustc: "rustc 1.95.0".to_owned(),
            commit: "unknown".to_owned(),
        },
    };
    let html = page.html();
    for section in &page.sections {
        assert!(html.contains(&format!("<section id=\"{}\">", section.id)));
        assert!(html.contains(&format!("href=\"#{}\"", section.id)));
    }
    // Twelve rows are in sight; longer tables are folded.
    let folded = page.sections.iter().filter(|section| {
        let table = section.table.as_ref();
        table.is_some_and(|table| table.rows.len() > 12)
    });
    assert_eq!(html.matches("The numbers: ").count(), folded.count());
    assert!(html.contains("<td colspan=\"2\">failed"));
    let loads = ["<script", "<link", "src=", "url(", "@import"];
    assert!(!loads.iter().any(|load| html.contains(load)));
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("figures.html");
    fs::write(file, html).expect("target/tmp is there");
}
