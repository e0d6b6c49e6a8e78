//! Granularity, contention, channels, messages between processes, and the building blocks: what criterion found.

use maud::html;

use crate::chart::{Axis, Bars, Lines, Look, Row, Scale, Series, Unit};
use crate::criterion_results::BenchmarkResult;
use crate::page::Section;
use crate::tables::Table;
use crate::words;

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
                      rise, handing out a task costs as much as doing it. (Serial code gets faster at the right end: the tasks are \
                      chains of so few multiplications that the core overlaps them.)",
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
pub(super) fn sections(benchmarks: &[BenchmarkResult]) -> Vec<Section> {
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

/// One result on a line, with its interval.
struct Point {
    x: f64,
    y: f64,
    low: f64,
    high: f64,
}

/// A section with one line for each method of a group; `None` if it was not measured.
fn lines_of(shown: &Shown, benchmarks: &[BenchmarkResult]) -> Option<Section> {
    let mut methods: Vec<(&str, Vec<Point>)> = Vec::new();
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
        let point = Point {
            x: value,
            y: of(result.seconds),
            low: low.min(high),
            high: low.max(high),
        };
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
            points: points.iter().map(|point| (point.x, point.y)).collect(),
            band: points
                .iter()
                .map(|point| (point.x, point.low, point.high))
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
            .map(|point| point.x)
            .collect();
        all.sort_by(f64::total_cmp);
        all.dedup();
        all
    };
    let row = |(method, points): &(&str, Vec<Point>)| {
        let cell = |value: f64| {
            let point = points
                .iter()
                .find(|point| point.x.total_cmp(&value).is_eq());
            point.map_or("–".to_owned(), |point| unit.label(point.y))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::report::tests::result;

    #[test]
    fn a_group_becomes_lines_and_a_table() {
        let benchmarks = [
            result("contention-none", "mutex", 1.0, 10e-9),
            result("contention-none", "mutex", 2.0, 50e-9),
            result("contention-none", "sharded", 1.0, 5e-9),
            result("another", "mutex", 1.0, 1.0),
        ];
        let [section] = &sections(&benchmarks)[..] else {
            panic!("one group is shown")
        };
        let figure = section.figure.as_ref().expect("it is drawn");
        assert!(figure.wide.contains("mutex") && figure.wide.contains("sharded"));
        let table = section.table.as_ref().expect("it has its numbers");
        assert_eq!(table.rows[0], ["mutex", "10 ns", "50 ns"]);
        assert_eq!(table.rows[1], ["sharded", "5 ns", "–"]);
    }
}
