//! The whole report: everything that was measured, as one page.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{Page, Section, crossovers, versus};
use crate::bigger::{self, Cores, Nodes};
use crate::chart::{Axis, Bars, Lines, Look, Reference, Row, Scale, Series, Unit};
use crate::criterion_results::BenchmarkResult;
use crate::floors::{Floors, Group};
use crate::laws::{amdahl, gustafson, karp_flatt};
use crate::survey::Survey;
use crate::tables::{self, Table};
use crate::versus::Comparison;
use crate::waterfall::{Part, Waterfall};
use crate::{catalogue, words};

/// Everything that a report may show. What is not there is left out, and named.
#[derive(Clone, Debug)]
pub struct Findings {
    /// The crossovers, and the machine.
    pub survey: Survey,
    /// Where the time goes: all waterfalls of any workload and size.
    pub waterfalls: Vec<Waterfall>,
    /// What the machine allows at least.
    pub floors: Option<Floors>,
    /// What `cargo bench` has found; may be empty.
    pub benchmarks: Vec<BenchmarkResult>,
    /// Side by side with Python; may be empty.
    pub comparisons: Vec<Comparison>,
    /// Where each of these comes from, in sentences.
    pub sources: Vec<String>,
}

/// The report as HTML.
pub fn report(findings: &Findings) -> String {
    let mut sections = crossovers::sections(&findings.survey);
    let method = sections.pop().expect("the method comes last");
    sections.extend(waterfalls(&findings.waterfalls));
    sections.extend(scaling(&findings.benchmarks));
    sections.extend(floors(findings.floors.as_ref()));
    sections.extend(matrix(&findings.benchmarks));
    sections.extend(bigger_machine(findings));
    sections.extend(findings.comparisons.iter().map(versus::section));
    sections.push(criterion_pages(&findings.benchmarks));
    sections.push(method);
    let page = Page {
        title: "When does parallel pay, and why not sooner?".to_owned(),
        lead: html! {
            (crossovers::lead(&findings.survey))
            ul { @for source in &findings.sources { li { (source) } } }
        },
        sections,
        machine: findings.survey.machine.clone(),
    };
    page.html()
}

/// A section for each workload and size.
fn waterfalls(all: &[Waterfall]) -> Vec<Section> {
    let mut groups: BTreeMap<(&str, usize), Vec<Waterfall>> = BTreeMap::new();
    for waterfall in all {
        let group = groups
            .entry((&waterfall.workload, waterfall.n))
            .or_default();
        group.push(waterfall.clone());
    }
    let section = |((workload, n), waterfalls): ((&str, usize), Vec<Waterfall>)| {
        let items = words::number_of(n, "item");
        let serial = waterfalls.first().map_or(0.0, |waterfall| waterfall.serial);
        let row = |waterfall: &Waterfall| Row {
            label: waterfall.paradigm.clone(),
            parts: Part::ALL
                .into_iter()
                .enumerate()
                .map(|(k, part)| (k, waterfall.seconds(part)))
                .collect(),
            note: format!("whole: {}", words::time(waterfall.whole)),
        };
        let bars = Bars {
            title: format!("{workload}, {items}: where the time of one run goes"),
            x: Axis::new("time", Scale::Linear, Unit::Seconds),
            rows: waterfalls.iter().map(row).collect(),
            parts: Part::ALL.map(|part| part.name().to_owned()).to_vec(),
        };
        Section {
            id: format!("waterfall-{workload}-{n}"),
            title: format!("Where the time goes: {workload}, {items}"),
            text: html! {
                p {
                    "Serial code takes " (words::time(serial)) ". What is not " q { "compute" } " is the price of "
                    "running in parallel: to win, it must be less than the computing that is saved. Each part was "
                    "obtained by running the same paradigm on workloads that leave something out."
                }
            },
            figure: Some(bars.figure()),
            table: Some(tables::waterfalls(&waterfalls).into()),
            after: html! {
                @for remark in waterfalls.iter().filter_map(Waterfall::remark) { p.remark { (remark) "." } }
            },
        }
    };
    groups.into_iter().map(section).collect()
}

/// What was measured of one paradigm in the groups `scaling-…`.
struct Scaling<'a> {
    paradigm: &'a str,
    /// Workers, and the speedup over serial code.
    points: Vec<(f64, f64)>,
}

/// Speedup and efficiency over workers: two sections for each workload that was measured.
fn scaling(benchmarks: &[BenchmarkResult]) -> Vec<Section> {
    let mut sections = Vec::new();
    for workload in catalogue::workloads() {
        let prefix = format!("scaling-{}-", workload.name);
        let of_workload = |result: &&BenchmarkResult| result.group.starts_with(&prefix);
        let results: Vec<_> = benchmarks.iter().filter(of_workload).collect();
        let Some(serial) = results.iter().find(|result| result.method == "serial") else {
            continue;
        };
        let mut lines: Vec<Scaling> = Vec::new();
        for result in results.iter().filter(|result| result.method != "serial") {
            let Some(workers) = result.value else {
                continue;
            };
            let point = (workers, serial.seconds / result.seconds);
            match lines.iter_mut().find(|line| line.paradigm == result.method) {
                Some(line) => line.points.push(point),
                None => lines.push(Scaling {
                    paradigm: &result.method,
                    points: vec![point],
                }),
            }
        }
        sections.extend(scaling_sections(workload.name, serial.seconds, &lines));
    }
    sections
}

fn scaling_sections(workload: &str, serial: f64, lines: &[Scaling]) -> [Section; 2] {
    let workers: Vec<f64> = {
        let mut all: Vec<f64> = lines
            .iter()
            .flat_map(|line| &line.points)
            .map(|point| point.0)
            .collect();
        all.sort_by(f64::total_cmp);
        all.dedup();
        all
    };
    // The laws are drawn for the paradigm that did best with two workers or more.
    let best = lines
        .iter()
        .flat_map(|line| {
            line.points
                .iter()
                .map(move |&(workers, speedup)| (line.paradigm, workers, speedup))
        })
        .filter(|(_, workers, _)| *workers > 1.0)
        .max_by(|a, b| (a.2 / a.1).total_cmp(&(b.2 / b.1)));
    let fraction = best.and_then(|(_, workers, speedup)| karp_flatt(speedup, workers));
    let fraction = fraction.unwrap_or(0.0).clamp(0.0, 1.0);
    let curve = |law: &dyn Fn(f64) -> f64| workers.iter().map(|&w| (w, law(w))).collect();
    let series = |of: fn((f64, f64)) -> f64| -> Vec<Series> {
        let line = |(k, line): (usize, &Scaling)| Series {
            name: line.paradigm.to_owned(),
            look: Look::Nth(k),
            points: line
                .points
                .iter()
                .map(|&point| (point.0, of(point)))
                .collect(),
            band: Vec::new(),
            marks: Vec::new(),
        };
        lines.iter().enumerate().map(line).collect()
    };
    let speedups = Lines {
        title: format!("{workload}: speedup against workers"),
        x: Axis::new("workers", Scale::Log2, Unit::Count),
        y: Axis::new(
            "speedup: serial time over parallel time",
            Scale::Linear,
            Unit::Times,
        ),
        series: series(|(_, speedup)| speedup),
        references: vec![
            Reference {
                name: "ideal".to_owned(),
                points: curve(&|w| w),
            },
            Reference {
                name: "Amdahl".to_owned(),
                points: curve(&|w| amdahl(fraction, w)),
            },
            Reference {
                name: "Gustafson".to_owned(),
                points: curve(&|w| gustafson(fraction, w)),
            },
        ],
        marks_mean: String::new(),
        shaded: None,
    };
    let efficiencies = Lines {
        title: format!("{workload}: efficiency against workers"),
        x: Axis::new("workers", Scale::Log2, Unit::Count),
        y: Axis::new(
            "efficiency: speedup over workers",
            Scale::Linear,
            Unit::Percent,
        ),
        series: series(|(workers, speedup)| speedup / workers),
        references: vec![Reference {
            name: "ideal".to_owned(),
            points: curve(&|_| 1.0),
        }],
        marks_mean: String::new(),
        shaded: None,
    };
    let each = || {
        lines
            .iter()
            .flat_map(|line| line.points.iter().map(move |&point| (line.paradigm, point)))
    };
    let table = |head: [&str; 4], last: &dyn Fn(f64, f64) -> String| Table {
        head: head.map(str::to_owned).to_vec(),
        rows: each()
            .map(|(paradigm, (workers, speedup))| {
                vec![
                    paradigm.to_owned(),
                    words::count(workers),
                    format!("{speedup:.2}"),
                    last(speedup, workers),
                ]
            })
            .collect(),
    };
    let laws = match best {
        Some((paradigm, workers, _)) => html! {
            "The laws are drawn for a serial fraction of " (words::percent(fraction)) ", that of " (paradigm)
            " with " (words::number_of(workers as usize, "worker")) ". Amdahl's is for the same work by more workers, "
            "Gustafson's for more work."
        },
        None => html! {},
    };
    [
        Section {
            id: format!("scaling-{workload}"),
            title: format!("Speedup over workers: {workload}"),
            text: html! {
                p {
                    "Serial code takes " (words::time(serial)) ". The lines bend where the cores end: more workers "
                    "than cores compute no faster. " (laws)
                }
            },
            figure: Some(speedups.figure()),
            table: Some(
                table(
                    [
                        "paradigm",
                        "workers",
                        "speedup",
                        "serial fraction (Karp–Flatt)",
                    ],
                    &|speedup, workers| {
                        karp_flatt(speedup, workers).map_or("–".to_owned(), words::percent)
                    },
                )
                .into(),
            ),
            after: html! {
                p {
                    "A serial fraction that grows with the workers is no serial code: it is what having them costs. One "
                    "below zero says that the workers together were more than that many times as fast, as with more "
                    "cache."
                }
            },
        },
        Section {
            id: format!("efficiency-{workload}"),
            title: format!("Efficiency over workers: {workload}"),
            text: html! { p { "What each worker contributes: speedup over workers. With one worker it shows the overhead alone." } },
            figure: Some(efficiencies.figure()),
            table: Some(
                table(
                    ["paradigm", "workers", "speedup", "efficiency"],
                    &|speedup, workers| words::percent(speedup / workers),
                )
                .into(),
            ),
            ..Section::default()
        },
    ]
}

/// What the machine allows at least, and what is built on it.
fn floors(floors: Option<&Floors>) -> Vec<Section> {
    let Some(floors) = floors else {
        return Vec::new();
    };
    let section = |group: Group| {
        let bars = if group == Group::Copying {
            let row = |copying: &crate::floors::Copying| Row {
                label: copying.name.clone(),
                parts: vec![(0, copying.bytes_per_second)],
                note: words::rate(copying.bytes_per_second),
            };
            Bars {
                title: group.title().to_owned(),
                x: Axis::new(
                    "bytes copied in a second",
                    Scale::Linear,
                    Unit::BytesPerSecond,
                ),
                rows: floors.copying.iter().map(row).collect(),
                parts: Vec::new(),
            }
        } else {
            let rows = floors
                .rows
                .iter()
                .filter(|row| row.group == group)
                .flat_map(|floor| {
                    let place = floor
                        .placement
                        .map_or(String::new(), |place| format!(", {} cores", place.name()));
                    let least = Row {
                        label: format!("{}{place}", floor.name),
                        parts: vec![(0, floor.median())],
                        note: words::time(floor.median()),
                    };
                    let ours = floor.ours.iter().map(|ours| Row {
                        label: format!("→ {}", ours.name),
                        parts: vec![(0, ours.median())],
                        note: format!(
                            "{} = {:.2}×",
                            words::time(ours.median()),
                            ours.multiple_of(floor).estimate
                        ),
                    });
                    std::iter::once(least).chain(ours).collect::<Vec<_>>()
                });
            Bars {
                title: group.title().to_owned(),
                x: Axis::new("time of one operation", Scale::Log, Unit::Seconds),
                rows: rows.collect(),
                parts: Vec::new(),
            }
        };
        if bars.rows.is_empty() {
            return None;
        }
        let id = group
            .title()
            .split(' ')
            .next()
            .unwrap_or_default()
            .to_lowercase();
        Some(Section {
            id: format!("floors-{id}-{}", group as usize),
            title: format!("Floors: {}", group.title()),
            text: html! {
                p {
                    (group.what_to_see()) " An arrow marks what is built on the floor above it, and how many times as "
                    "long it takes."
                }
            },
            figure: Some(bars.figure()),
            table: Some(tables::floors(floors, group).into()),
            ..Section::default()
        })
    };
    let mut sections: Vec<_> = Group::ALL.into_iter().filter_map(section).collect();
    if let Some(last) = sections.last_mut() {
        last.after = html! { @for sentence in floors.what_is_absent() { p.remark { (sentence) } } };
    }
    sections
}

/// A group of criterion's that is shown as lines.
struct Shown {
    group: &'static str,
    title: &'static str,
    what_to_see: &'static str,
    x: fn() -> Axis,
    bandwidth: bool,
}

fn threads() -> Axis {
    Axis::new("threads", Scale::Log2, Unit::Count)
}

fn bytes() -> Axis {
    Axis::new("size of a message", Scale::Log2, Unit::Bytes)
}

fn tasks() -> Axis {
    Axis::new("number of tasks", Scale::Log, Unit::Count)
}

const CONTENTION: &str = "The time of one update by one thread, while all threads make as many: flat is perfect, and a \
                          line that doubles with the threads says that they take turns.";
const LATENCY: &str = "A message that is sent to another process and back. On the left it costs the same whatever its \
                       size: the system call and the switch. On the right, copying decides.";
const BANDWIDTH: &str = "Many messages one way. The higher the better: small messages pay for the call, large ones for \
                         the copy.";

const SHOWN: [Shown; 10] = [
    Shown {
        group: "granularity",
        title: "Granularity: the same work in more and more tasks",
        what_to_see: "All the work stays the same; only the number of tasks it is cut into grows. Where a line begins to \
                      rise, handing out a task costs as much as doing it.",
        x: tasks,
        bandwidth: false,
    },
    Shown {
        group: "contention-none",
        title: "Contention: an update of a shared number",
        what_to_see: CONTENTION,
        x: threads,
        bandwidth: false,
    },
    Shown {
        group: "contention-100ns",
        title: "Contention: 100 ns of work inside the critical section",
        what_to_see: CONTENTION,
        x: threads,
        bandwidth: false,
    },
    Shown {
        group: "contention-1us",
        title: "Contention: 1 µs of work inside the critical section",
        what_to_see: CONTENTION,
        x: threads,
        bandwidth: false,
    },
    Shown {
        group: "channel-spsc",
        title: "Channels: one thread sends, one receives",
        what_to_see: "The time of one message. In a channel of capacity zero both sides have to meet each time; the more \
                      a channel holds, the more messages share one wake-up.",
        x: bytes,
        bandwidth: false,
    },
    Shown {
        group: "channel-mpsc",
        title: "Channels: two threads send, one receives",
        what_to_see: "The same with two senders, who also contend with each other.",
        x: bytes,
        bandwidth: false,
    },
    Shown {
        group: "ipc-latency-one-core",
        title: "Message latency: both processes on one core",
        what_to_see: LATENCY,
        x: bytes,
        bandwidth: false,
    },
    Shown {
        group: "ipc-latency-two-cores",
        title: "Message latency: each process on a core of its own",
        what_to_see: LATENCY,
        x: bytes,
        bandwidth: false,
    },
    Shown {
        group: "ipc-bandwidth-one-core",
        title: "Message bandwidth: both processes on one core",
        what_to_see: BANDWIDTH,
        x: bytes,
        bandwidth: true,
    },
    Shown {
        group: "ipc-bandwidth-two-cores",
        title: "Message bandwidth: each process on a core of its own",
        what_to_see: BANDWIDTH,
        x: bytes,
        bandwidth: true,
    },
];

/// Granularity, contention, channels, messages between processes, and the building blocks.
fn matrix(benchmarks: &[BenchmarkResult]) -> Vec<Section> {
    let shown = SHOWN.iter().filter_map(|shown| lines_of(shown, benchmarks));
    let blocks = ["overhead-processes", "overhead-threads"].into_iter().filter_map(|group| {
        let results: Vec<_> = benchmarks.iter().filter(|result| result.group == group).collect();
        let row = |result: &&BenchmarkResult| Row {
            label: result.method.clone(),
            parts: vec![(0, result.seconds)],
            note: words::time(result.seconds),
        };
        let bars = Bars {
            title: format!("{group}: what the building blocks cost"),
            x: Axis::new("time of one operation", Scale::Log, Unit::Seconds),
            rows: results.iter().map(row).collect(),
            parts: Vec::new(),
        };
        let table = Table {
            head: ["building block", "time", "95% interval"].map(str::to_owned).to_vec(),
            rows: results.iter().map(|result| interval_row(result)).collect(),
        };
        (!results.is_empty()).then(|| Section {
            id: group.to_owned(),
            title: format!("Building blocks: {}", group.trim_start_matches("overhead-")),
            text: html! { p { "What one of each costs, on a logarithmic axis: compare the ends of the bars, not their lengths." } },
            figure: Some(bars.figure()),
            table: Some(table.into()),
            ..Section::default()
        })
    });
    shown.chain(blocks).collect()
}

fn interval_row(result: &BenchmarkResult) -> Vec<String> {
    vec![
        result.method.clone(),
        words::time(result.seconds),
        format!("{} – {}", words::time(result.low), words::time(result.high)),
    ]
}

/// A section with one line for each method of a group; `None` if it was not measured.
fn lines_of(shown: &Shown, benchmarks: &[BenchmarkResult]) -> Option<Section> {
    let mut methods: Vec<(&str, Vec<(f64, f64, f64, f64)>)> = Vec::new();
    for result in benchmarks
        .iter()
        .filter(|result| result.group == shown.group)
    {
        let Some(value) = result.value else { continue };
        let of = |seconds: f64| {
            if shown.bandwidth {
                value / seconds
            } else {
                seconds
            }
        };
        let (low, high) = (of(result.low), of(result.high));
        let point = (value, of(result.seconds), low.min(high), low.max(high));
        match methods
            .iter_mut()
            .find(|(method, _)| *method == result.method)
        {
            Some((_, points)) => points.push(point),
            None => methods.push((&result.method, vec![point])),
        }
    }
    let unit = if shown.bandwidth {
        Unit::BytesPerSecond
    } else {
        Unit::Seconds
    };
    let y = if shown.bandwidth {
        "bytes a second"
    } else {
        "time"
    };
    let x = (shown.x)();
    let series = methods
        .iter()
        .enumerate()
        .map(|(k, (method, points))| Series {
            name: (*method).to_owned(),
            look: Look::Nth(k),
            points: points.iter().map(|&(value, y, _, _)| (value, y)).collect(),
            band: points
                .iter()
                .map(|&(value, _, low, high)| (value, low, high))
                .collect(),
            marks: Vec::new(),
        });
    let lines = Lines {
        title: shown.title.to_owned(),
        x: x.clone(),
        y: Axis::new(y, Scale::Log, unit),
        series: series.collect(),
        references: Vec::new(),
        marks_mean: String::new(),
        shaded: None,
    };
    let values: Vec<f64> = {
        let mut all: Vec<f64> = methods
            .iter()
            .flat_map(|(_, points)| points)
            .map(|point| point.0)
            .collect();
        all.sort_by(f64::total_cmp);
        all.dedup();
        all
    };
    let row = |(method, points): &(&str, Vec<(f64, f64, f64, f64)>)| {
        let cell = |value: f64| {
            let point = points
                .iter()
                .find(|point| point.0.total_cmp(&value).is_eq());
            point.map_or("–".to_owned(), |point| unit.label(point.1))
        };
        std::iter::once((*method).to_owned())
            .chain(values.iter().map(|&value| cell(value)))
            .collect()
    };
    let head = values.iter().map(|&value| x.unit.label(value));
    let table = Table {
        head: std::iter::once("way".to_owned()).chain(head).collect(),
        rows: methods.iter().map(row).collect(),
    };
    (!methods.is_empty()).then(|| Section {
        id: shown.group.to_owned(),
        title: shown.title.to_owned(),
        text: html! { p { (shown.what_to_see) } },
        figure: Some(lines.figure()),
        table: Some(table.into()),
        ..Section::default()
    })
}

/// Cores and machines that the model is computed for.
const CORES: [f64; 10] = [
    2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1_024.0,
];
const NODES: [f64; 10] = [
    1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0,
];

/// Seconds that serial code takes for the work of the model.
const MODEL_SECONDS: f64 = 1.0;

fn bigger_machine(findings: &Findings) -> Vec<Section> {
    let survey = &findings.survey;
    let mut sections = Vec::new();
    for result in &survey.workloads {
        let Some(item) = bigger::serial_item(result) else {
            continue;
        };
        let n = MODEL_SECONDS / item;
        let models: Vec<_> = result
            .cells
            .iter()
            .enumerate()
            .filter_map(|(k, cell)| {
                let measured = cell.outcome.as_ref().ok()?;
                Some((
                    k,
                    cell.paradigm.as_str(),
                    Cores::new(measured, survey.workers)?,
                ))
            })
            .collect();
        let series = models.iter().map(|(k, paradigm, model)| Series {
            name: (*paradigm).to_owned(),
            look: Look::Nth(*k),
            points: CORES.map(|cores| (cores, model.speedup(n, cores))).to_vec(),
            band: Vec::new(),
            marks: Vec::new(),
        });
        let lines = Lines {
            title: format!(
                "MODEL, not measured. {}: speedup against cores",
                result.name
            ),
            x: Axis::new("cores, a worker on each", Scale::Log2, Unit::Count),
            y: Axis::new("speedup over serial code", Scale::Log, Unit::Times),
            series: series.collect(),
            references: vec![Reference {
                name: "ideal".to_owned(),
                points: CORES.map(|cores| (cores, cores)).to_vec(),
            }],
            marks_mean: String::new(),
            shaded: None,
        };
        let row = |(_, paradigm, model): &(usize, &str, Cores)| {
            let best = model.best_workers(n);
            let best = if best > 1e6 {
                "–".to_owned()
            } else {
                words::count(best)
            };
            let speedups = CORES.map(|cores| format!("{:.1}", model.speedup(n, cores)));
            std::iter::once((*paradigm).to_owned())
                .chain(speedups)
                .chain([best])
                .collect()
        };
        let head = CORES.map(|cores| format!("{} cores", words::count(cores)));
        let table = Table {
            head: std::iter::once("paradigm".to_owned())
                .chain(head)
                .chain(["best number".to_owned()])
                .collect(),
            rows: models.iter().map(row).collect(),
        };
        sections.push(Section {
            id: format!("bigger-{}", result.name),
            title: format!("On a bigger machine: {}", result.name),
            text: html! {
                p {
                    "A model, no measurement: what the measured a + b·n would mean on more cores, for "
                    (words::count(n)) " items, for which serial code takes " (words::time(MODEL_SECONDS)) ". A line "
                    "that turns down has more workers than the work is worth; one that flattens moves its answer "
                    "through one place."
                }
                (assumptions(&bigger::ASSUMED_OF_CORES))
            },
            figure: Some(lines.figure()),
            table: Some(table.into()),
            ..Section::default()
        });
    }
    sections.extend(more_machines(findings));
    sections
}

fn assumptions(sentences: &[&str]) -> Markup {
    html! {
        p { "Assumed:" }
        ul { @for sentence in sentences { li { (sentence) } } }
    }
}

/// One section for all workloads: the network decides, not the paradigm.
fn more_machines(findings: &Findings) -> Option<Section> {
    let survey = &findings.survey;
    let group = |group: &'static str| {
        let of_tcp =
            move |result: &&BenchmarkResult| result.group == group && result.method.contains("tcp");
        findings.benchmarks.iter().filter(of_tcp)
    };
    let floor = || {
        let floors = findings.floors.as_ref()?;
        let tcp = floors
            .rows
            .iter()
            .rfind(|floor| floor.name.starts_with("TCP"))?;
        Some(tcp.median())
    };
    let smallest = group("ipc-latency-two-cores").min_by(|a, b| value(a).total_cmp(&value(b)));
    let round_trip = smallest.map(|result| result.seconds).or_else(floor)?;
    let bandwidths = group("ipc-bandwidth-two-cores").map(|result| value(result) / result.seconds);
    let bandwidth = bandwidths.fold(None, |most: Option<f64>, rate| {
        Some(most.map_or(rate, |most| most.max(rate)))
    });
    // Without a measured bandwidth: that of copying memory, of which TCP is not far off here.
    let copying = || Some(findings.floors.as_ref()?.copying.last()?.bytes_per_second);
    let bandwidth = bandwidth.or_else(copying)?;
    let models: Vec<_> = survey
        .workloads
        .iter()
        .filter_map(|result| {
            let serial_item = bigger::serial_item(result)?;
            let model = Nodes {
                round_trip,
                bandwidth,
                item_bytes: catalogue::item_bytes(&result.name)? as f64,
                serial_item,
                cores: survey.machine.cores as f64,
            };
            Some((result.name.as_str(), MODEL_SECONDS / serial_item, model))
        })
        .collect();
    let series = models
        .iter()
        .enumerate()
        .map(|(k, (name, n, model))| Series {
            name: (*name).to_owned(),
            look: Look::Nth(k),
            points: NODES
                .map(|nodes| (nodes, model.speedup(*n, nodes)))
                .to_vec(),
            band: Vec::new(),
            marks: Vec::new(),
        });
    let cores = survey.machine.cores as f64;
    let lines = Lines {
        title: "MODEL, not measured. Speedup against machines".to_owned(),
        x: Axis::new("machines like this one", Scale::Log, Unit::Count),
        y: Axis::new(
            "speedup over serial code on one core",
            Scale::Log,
            Unit::Times,
        ),
        series: series.collect(),
        references: vec![Reference {
            name: "ideal".to_owned(),
            points: NODES.map(|nodes| (nodes, nodes * cores)).to_vec(),
        }],
        marks_mean: String::new(),
        shaded: None,
    };
    let row = |(name, n, model): &(&str, f64, Nodes)| {
        let speedups = NODES.map(|nodes| format!("{:.1}", model.speedup(*n, nodes)));
        let bytes = words::bytes(model.item_bytes * n);
        std::iter::once((*name).to_owned())
            .chain([bytes])
            .chain(speedups)
            .collect()
    };
    let head = NODES.map(|nodes| words::number_of(nodes as usize, "machine"));
    let table = Table {
        head: ["workload", "answer"]
            .map(str::to_owned)
            .into_iter()
            .chain(head)
            .collect(),
        rows: models.iter().map(row).collect(),
    };
    Some(Section {
        id: "bigger-nodes".to_owned(),
        title: "On many machines".to_owned(),
        text: html! {
            p {
                "A model, no measurement: work for which serial code takes " (words::time(MODEL_SECONDS)) ", spread over "
                "machines that answer within " (words::time(round_trip)) " and send " (words::rate(bandwidth)) ", as "
                "TCP on loopback does here. The larger the answer, the sooner the network is all that counts."
            }
            (assumptions(&bigger::ASSUMED_OF_NODES))
        },
        figure: Some(lines.figure()),
        table: Some(table.into()),
        ..Section::default()
    })
}

fn value(result: &BenchmarkResult) -> f64 {
    result.value.unwrap_or(f64::INFINITY)
}

/// Links to criterion's own pages, or how to get them.
fn criterion_pages(benchmarks: &[BenchmarkResult]) -> Section {
    let mut groups: Vec<&str> = benchmarks
        .iter()
        .map(|result| result.group.as_str())
        .collect();
    groups.dedup();
    Section {
        id: "criterion".to_owned(),
        title: "Criterion's own pages".to_owned(),
        text: html! {
            @if groups.is_empty() {
                p {
                    "There are no results of " code { "cargo bench" } " yet. Run it, and then the report again: it will "
                    "show speedup over workers, granularity, contention, channels and messages, too."
                }
            } @else {
                p { "For each group: every benchmark's distribution, and what changed since the run before." }
                ul.columns {
                    @for group in groups {
                        li { a href={ "../criterion/" (group) "/report/index.html" } { (group) } }
                    }
                }
            }
        },
        ..Section::default()
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn result(group: &str, method: &str, value: f64, seconds: f64) -> BenchmarkResult {
        BenchmarkResult {
            group: group.to_owned(),
            method: method.to_owned(),
            value: Some(value),
            value_text: Some(value.to_string()),
            seconds,
            low: 0.9 * seconds,
            high: 1.1 * seconds,
            throughput_bytes: None,
            directory: PathBuf::new(),
        }
    }

    #[test]
    fn a_group_becomes_lines_and_a_table() {
        let benchmarks = [
            result("contention-none", "mutex", 1.0, 10e-9),
            result("contention-none", "mutex", 2.0, 50e-9),
            result("contention-none", "sharded", 1.0, 5e-9),
            result("another", "mutex", 1.0, 1.0),
        ];
        let [section] = &matrix(&benchmarks)[..] else {
            panic!("one group is shown")
        };
        let figure = section.figure.as_ref().expect("it is drawn");
        assert!(figure.wide.contains("mutex") && figure.wide.contains("sharded"));
        let table = section.table.as_ref().expect("it has its numbers");
        assert_eq!(table.rows[0], ["mutex", "10 ns", "50 ns"]);
        assert_eq!(table.rows[1], ["sharded", "5 ns", "–"]);
    }

    #[test]
    fn scaling_is_counted_from_serial_code() {
        let benchmarks = [
            result("scaling-squares-threads", "serial", 1.0, 0.04),
            result("scaling-squares-threads", "threads/scoped", 1.0, 0.041),
            result("scaling-squares-threads", "threads/scoped", 2.0, 0.025),
        ];
        let sections = scaling(&benchmarks);
        let table = sections[0].table.as_ref().expect("it has its numbers");
        assert_eq!(table.rows[1][..3], ["threads/scoped", "2", "1.60"]);
        // Karp and Flatt: (1/1.6 - 1/2) / (1 - 1/2).
        assert!(table.rows[1][3].starts_with("25"), "{:?}", table.rows[1]);
        assert_eq!(sections.len(), 2);
    }

    #[test]
    fn without_benchmarks_the_page_says_how_to_get_them() {
        let text = criterion_pages(&[]).text.into_string();
        assert!(text.contains("cargo bench"));
        assert!(matrix(&[]).is_empty() && scaling(&[]).is_empty());
    }
}
