//! The same work in Python and here: who is faster, and from which size on does parallel pay in each?
//!
//! Our own Python programs (`benches/python`) run the chapter's two examples in every way that Python
//! offers. Our paradigms run the same, with the plain kernel, in the same rounds, and every answer is
//! checked to be the same. It needs `python3` with NumPy; joblib is measured where it is installed.
//!
//! Run: `cargo run --release --example versus_python` (about a minute; `-- --quick` is 15 s)
//!
//! Expected output: for each workload a table of Python's ways and ours, and below it three comparisons in
//! words. At the end, where the same was written as HTML, with the figure of time against size.
//!
//! Try: `--workers 1`. Which of Python's ways still cost something, and what do they cost it for?

use std::error::Error;
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, exit};
use std::thread::available_parallelism;
use std::time::Duration;

use benches::measuring::take_role_if_asked;
use benches::output::{check_writable, write_whole};
use benches::versus::{Comparison, FORK, POOL, Plan, Side, WORKLOADS, Way, compare};
use benches::{in_target_directory, words};
use clap::Parser;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use indicatif::{ProgressBar, ProgressStyle};
use maud::{DOCTYPE, PreEscaped, html};
use plotters::prelude::*;

/// Measures Python's ways to run something in parallel, and ours, side by side.
#[derive(Parser)]
#[command(name = "versus_python", max_term_width = 100)]
struct Options {
    /// Workload to measure, random-squares or squares; may be repeated [default: both]
    #[arg(long, value_name = "NAME")]
    workload: Vec<String>,

    /// Workers of each parallel way [default: the cores that this process may use]
    #[arg(long, value_name = "N")]
    workers: Option<usize>,

    /// A tenth of the largest sizes, and fewer rounds: done within 15 seconds
    #[arg(long)]
    quick: bool,

    /// Writes every sample, the machine and the results to FILE
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Where the HTML page goes [default: `versus_python.html` in the target directory]
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// In columns.
const LINE: usize = 98;

const MOST_WORKERS: usize = 512;

/// What one workload may take; its first round is done in any case.
const BUDGET: Duration = Duration::from_secs(30);
const QUICK_BUDGET: Duration = Duration::from_secs(6);

fn main() -> ExitCode {
    take_role_if_asked();
    let options = Options::parse();
    let html = options
        .html
        .clone()
        .unwrap_or_else(|| in_target_directory("versus_python.html"));
    let plans = match plans(&options, &html) {
        Ok(plans) => plans,
        Err(sentence) => {
            eprintln!("versus_python: {sentence}");
            return ExitCode::from(2);
        }
    };
    match run(&plans, &html, options.json.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("versus_python: {error}");
            let missing = error
                .downcast_ref::<io::Error>()
                .is_some_and(|error| error.kind() == io::ErrorKind::NotFound);
            ExitCode::from(if missing { 2 } else { 1 })
        }
    }
}

/// What the options ask for, or one sentence that says what is wrong with them.
fn plans(options: &Options, html: &Path) -> Result<Vec<Plan>, String> {
    if options.json.as_deref() == Some(html) {
        return Err("--json and --html name the same file".to_owned());
    }
    check_writable(html)?;
    if let Some(json) = &options.json {
        check_writable(json)?;
    }
    let workers = match options.workers {
        None => available_parallelism().map_or(1, NonZero::get),
        Some(workers) => workers,
    };
    let workers = NonZero::new(workers)
        .filter(|workers| workers.get() <= MOST_WORKERS)
        .ok_or_else(|| format!("--workers must be 1 to {MOST_WORKERS}, not {workers}"))?;
    for name in &options.workload {
        if !WORKLOADS.contains(&name.as_str()) {
            let known = WORKLOADS.join(", ");
            return Err(format!(
                "there is no Python program for {name:?}; there are {known}"
            ));
        }
    }
    let is_asked =
        |name: &str| options.workload.is_empty() || options.workload.iter().any(|w| w == name);
    let plan = |name: &str| {
        let largest = match name {
            "random-squares" => 1_000_000,
            _ => 10_000_000,
        };
        Plan {
            workload: name.to_owned(),
            largest: if options.quick { largest / 10 } else { largest },
            workers,
            budget: if options.quick { QUICK_BUDGET } else { BUDGET },
        }
    };
    let asked = WORKLOADS.into_iter().filter(|name| is_asked(name));
    Ok(asked.map(plan).collect())
}

/// Measures, writes and prints.
fn run(plans: &[Plan], html: &Path, json: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let bar = ProgressBar::new(1_000).with_style(ProgressStyle::with_template(
        "{bar:30} {percent:>3}%  {elapsed}  {msg}",
    )?);
    let interrupted = bar.clone();
    ctrlc::set_handler(move || {
        interrupted.finish_and_clear();
        eprintln!("versus_python: interrupted, nothing was written");
        // Measuring processes end with this one; Python's when their input closes, which it now does.
        exit(130);
    })?;
    let mut comparisons = Vec::new();
    for (k, plan) in plans.iter().enumerate() {
        bar.set_message(plan.workload.clone());
        let comparison = compare(plan, |share| {
            bar.set_position((1_000.0 * (k as f64 + share) / plans.len() as f64) as u64);
        });
        comparisons.push(comparison.inspect_err(|_| bar.finish_and_clear())?);
    }
    bar.finish_and_clear();

    write_whole(html, page(&comparisons)?.as_bytes())?;
    if let Some(json) = json {
        write_whole(json, &serde_json::to_vec_pretty(&comparisons)?)?;
    }
    for comparison in &comparisons {
        println!("{}\n", heading(comparison));
        println!("{}\n", table(comparison));
        for sentence in what_to_see(comparison) {
            println!("- {}", wrapped(&sentence, LINE).join("\n  "));
        }
        println!();
    }
    println!("The same as a page with figures: {}", html.display());
    if let Some(json) = json {
        println!("Every sample: {}", json.display());
    }
    Ok(())
}

/// Which workload, and on what.
fn heading(comparison: &Comparison) -> String {
    let python = &comparison.python;
    let kernel = match &*comparison.details {
        "" => String::new(),
        details => format!(" ({details})"),
    };
    let joblib = match &python.joblib {
        Some(version) => format!("joblib {version}"),
        None => "no joblib".to_owned(),
    };
    format!(
        "{}{kernel}, {} workers; Python {}, NumPy {}, {joblib}",
        comparison.workload, comparison.workers, python.python, python.numpy
    )
}

/// The column of the intervals.
const INTERVAL: usize = 2;

/// The table's first row. The interval is only on the page: a terminal has no room for it.
fn columns(comparison: &Comparison) -> [String; 7] {
    let largest = words::count(comparison.largest as f64);
    [
        "way".to_owned(),
        "beats its\nserial from".to_owned(),
        "95% interval".to_owned(),
        "serial takes\nthere".to_owned(),
        format!("time at\nn = {largest}"),
        "speedup".to_owned(),
        "Python's\npool takes".to_owned(),
    ]
}

/// The table's other rows: first Python's, then ours.
fn rows(comparison: &Comparison) -> Vec<[String; 7]> {
    let pool = comparison.theirs.way(POOL).map(Way::time_at_largest);
    let against_pool =
        |time: f64| pool.map_or_else(String::new, |pool| format!("{} ×", ratio(pool / time)));
    let mut rows = Vec::new();
    for side in [&comparison.theirs, &comparison.ours] {
        let language = language(side);
        if let Some(&(_, serial)) = side.serial_curve().last() {
            rows.push([
                format!("{language}: {} (best serial)", side.serial),
                String::new(),
                String::new(),
                String::new(),
                words::time(serial),
                "1.00".to_owned(),
                against_pool(serial),
            ]);
        }
        for way in &side.ways {
            rows.push([
                format!("{language}: {}", way.name),
                words::crossing(&way.crossing),
                if way.has_interval() {
                    words::interval(&way.crossing)
                } else {
                    "–".to_owned()
                },
                way.serial_time_there()
                    .map_or_else(|| "–".to_owned(), words::time),
                words::time(way.time_at_largest()),
                format!("{:.2}", way.speedup),
                against_pool(way.time_at_largest()),
            ]);
        }
    }
    rows
}

/// `Python`, without its version.
fn language(side: &Side) -> &str {
    side.language.split(' ').next().unwrap_or_default()
}

/// A ratio with two significant digits: `0.53`, `3.1`, `24`.
fn ratio(ratio: f64) -> String {
    let decimals = match ratio {
        ratio if ratio < 0.0995 => 3,
        ratio if ratio < 0.995 => 2,
        ratio if ratio < 9.95 => 1,
        _ => 0,
    };
    format!("{ratio:.decimals$}")
}

/// `3.1 times`.
fn times(value: f64) -> String {
    format!("{} times", ratio(value))
}

fn table(comparison: &Comparison) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    let without_interval = |row: [String; 7]| {
        let mut row = Vec::from(row);
        row.remove(INTERVAL);
        row
    };
    table.set_header(without_interval(columns(comparison)));
    for row in rows(comparison) {
        table.add_row(without_interval(row));
    }
    for column in 1..6 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

/// What the figures say: equal cores, where parallel begins to pay, and what serial code alone does.
fn what_to_see(comparison: &Comparison) -> Vec<String> {
    let Comparison { theirs, ours, .. } = comparison;
    let (Some(pool), Some(fork), Some(fastest)) =
        (theirs.way(POOL), ours.way(FORK), ours.fastest())
    else {
        return Vec::new();
    };
    let n = words::thousands(comparison.largest as u64);
    let workers = match comparison.workers {
        1 => "one worker".to_owned(),
        workers => format!("{workers} workers each"),
    };
    let takes = |way: &Way| {
        let (pool, time) = (pool.time_at_largest(), way.time_at_largest());
        let (time, ratio) = (words::time(time), times(pool / time));
        format!("{time}: the pool takes {ratio} as long")
    };
    let mut equal_cores = vec![
        format!(
            "With {workers} and n = {n}, Python's pool takes {}.",
            words::time(pool.time_at_largest())
        ),
        format!("{} takes {}.", fastest.name, takes(fastest)),
    ];
    if fastest.name != fork.name {
        equal_cores.push(format!(
            "{FORK} forks children as the pool does, and takes {}.",
            takes(fork)
        ));
    }
    let begins = |name: &str, side: &Side, way: &Way| match way.serial_time_there() {
        Some(there) => format!(
            "{name} begins to beat {} serial code ({}) where that takes {} ({})",
            language(side),
            side.serial,
            words::time(there),
            words::crossing(&way.crossing),
        ),
        None => format!(
            "{name} never beats {} serial code ({}) up to n = {n}",
            language(side),
            side.serial
        ),
    };
    let compared = match (pool.serial_time_there(), fork.serial_time_there()) {
        (Some(theirs), Some(ours)) => {
            let (ratio, how) = if ours <= theirs {
                (theirs / ours, "earlier")
            } else {
                (ours / theirs, "later")
            };
            format!(": counted in serial time, {} {how}", times(ratio))
        }
        _ => String::new(),
    };
    let crossovers = format!(
        "{}. {}{compared}.",
        begins("Python's pool", theirs, pool),
        begins(FORK, ours, fork)
    );
    let mut sentences = vec![equal_cores.join(" "), crossovers];
    let last = |side: &Side| side.serial_curve().last().map(|&(_, seconds)| seconds);
    if let (Some(python), Some(rust)) = (last(theirs), last(ours)) {
        sentences.push(format!(
            "On one core, with n = {n}: Python's best serial code ({}) takes {}, serial Rust code {}. \
             Python's pool takes {} as long as its own serial code, and {} as long as ours.",
            theirs.serial,
            words::time(python),
            words::time(rust),
            times(pool.time_at_largest() / python),
            times(pool.time_at_largest() / rust),
        ));
    }
    sentences
}

/// A text in lines of at most `width` columns, broken between words.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

const STYLE: &str = "
:root { color-scheme: light dark; --line: #8886; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1rem; }
figure { margin: 1rem 0; background: white; border: 1px solid var(--line); border-radius: 6px; overflow-x: auto; }
svg { display: block; width: 100%; min-width: 40rem; height: auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; }
";

/// All of it as one page that needs nothing else.
fn page(comparisons: &[Comparison]) -> Result<String, Box<dyn Error>> {
    let mut figures = Vec::new();
    for comparison in comparisons {
        figures.push(figure(comparison)?);
    }
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Crossover: side by side with Python" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Side by side with Python" }
                p {
                    "The same work in Python and in Rust, measured in turns, with the same answers. Python is drawn "
                    "dashed with triangles, Rust in whole lines with dots; serial code is black. A ring marks from "
                    "where on a parallel way is faster than the serial code of its own language."
                }
                @for (comparison, figure) in comparisons.iter().zip(figures) {
                    h2 { (comparison.workload) }
                    p { (heading(comparison)) "." }
                    @for sentence in what_to_see(comparison) { p { (sentence) } }
                    figure { (PreEscaped(figure)) }
                    div.wide { table {
                        tr { @for name in columns(comparison) { th { (name) } } }
                        @for row in rows(comparison) { tr { @for cell in row { td { (cell) } } } }
                    } }
                }
                @if let Some(Comparison { machine, .. }) = comparisons.first() {
                    h2 { "Machine" }
                    p {
                        (machine.cpu) ", " (machine.cores) " cores; " (machine.kernel) "; " (machine.rustc)
                        "; commit " (machine.commit)
                    }
                }
            }
        }
    };
    Ok(page.into_string())
}

/// One line of the figure.
struct Curve<'a> {
    name: String,
    points: Vec<(f64, f64)>,
    /// The serial time at which the way begins to pay.
    ring: Option<(f64, f64)>,
    color: RGBColor,
    side: &'a Side,
}

/// Colours that the colour-blind can tell apart (Okabe and Ito, 2008).
const COLORS: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
];

/// In pixels.
const SIZE: (u32, u32) = (1_000, 560);
const LEGEND_WIDTH: u32 = 240;
const FONT: (&str, u32) = ("sans-serif", 15);

/// The lines of the figure: each side's serial code, then its ways.
fn curves(comparison: &Comparison) -> Vec<Curve<'_>> {
    let mut curves = Vec::new();
    for side in [&comparison.theirs, &comparison.ours] {
        let float = |(n, seconds): (usize, f64)| (n as f64, seconds);
        curves.push(Curve {
            name: format!("{}: {}", language(side), side.serial),
            points: side.serial_curve().into_iter().map(float).collect(),
            ring: None,
            color: BLACK,
            side,
        });
        for (way, color) in side.ways.iter().zip(COLORS.into_iter().cycle()) {
            let points = way.curve.iter().map(|point| (point.n, point.parallel));
            curves.push(Curve {
                name: format!("{}: {}", language(side), way.name),
                points: points.map(float).collect(),
                ring: way.pays_from().zip(way.serial_time_there()),
                color,
                side,
            });
        }
    }
    curves
}

/// Time against n on logarithmic axes. A complete `<svg>` element on white.
fn figure(comparison: &Comparison) -> Result<String, Box<dyn Error>> {
    let curves = curves(comparison);
    let is_python = |curve: &Curve| std::ptr::eq(curve.side, &raw const comparison.theirs);
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let decades = |of: fn(&(f64, f64)) -> f64| {
        let low = points().map(of).fold(f64::INFINITY, f64::min);
        let high = points().map(of).fold(0.0, f64::max);
        10_f64.powf(low.log10().floor())..10_f64.powf(high.log10().ceil())
    };
    let mut text = String::new();
    {
        let root = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
        root.fill(&WHITE)?;
        let (plot, legend) = root.split_horizontally(SIZE.0 - LEGEND_WIDTH);
        let title = format!("{}: time against number of items", comparison.workload);
        let mut chart = ChartBuilder::on(&plot)
            .caption(title, ("sans-serif", 20))
            .margin(14)
            .x_label_area_size(46)
            .y_label_area_size(76)
            .build_cartesian_2d(
                decades(|point| point.0).log_scale(),
                decades(|point| point.1).log_scale(),
            )?;
        chart
            .configure_mesh()
            .x_desc("number of items n")
            .y_desc("time of one run")
            .x_label_formatter(&|&n| words::thousands(n.round() as u64))
            .y_label_formatter(&|&seconds| words::time(seconds))
            .label_style(FONT)
            .axis_desc_style(FONT)
            .light_line_style(WHITE)
            .draw()?;
        for (curve, y) in curves.iter().zip((60..).step_by(26)) {
            let style = curve.color.stroke_width(2);
            let fill = curve.color.filled();
            let points = curve.points.iter().copied();
            legend.draw(&Text::new(curve.name.clone(), (38, y - 8), FONT))?;
            if is_python(curve) {
                chart.draw_series(DashedLineSeries::new(points.clone(), 6, 4, style))?;
                chart.draw_series(points.map(|at| TriangleMarker::new(at, 4, fill)))?;
                legend.draw(&PathElement::new([(0, y), (10, y)], style))?;
                legend.draw(&PathElement::new([(18, y), (28, y)], style))?;
                legend.draw(&TriangleMarker::new((14, y), 4, fill))?;
            } else {
                chart.draw_series(LineSeries::new(points.clone(), style))?;
                chart.draw_series(points.map(|at| Circle::new(at, 3, fill)))?;
                legend.draw(&PathElement::new([(0, y), (28, y)], style))?;
                legend.draw(&Circle::new((14, y), 3, fill))?;
            }
            chart.draw_series(curve.ring.map(|at| Circle::new(at, 8, style)))?;
        }
        root.present()?;
    }
    Ok(text)
}
