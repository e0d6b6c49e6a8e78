//! Speedup and efficiency over workers, from the groups `scaling-…` of criterion.

use maud::html;

use crate::catalogue;
use crate::chart::{Axis, Lines, Look, Reference, Scale, Series, Unit};
use crate::criterion_results::BenchmarkResult;
use crate::laws::{amdahl, gustafson, karp_flatt};
use crate::page::Section;
use crate::tables::Table;
use crate::words;

/// What was measured of one paradigm in the groups `scaling-…`.
struct Scaling<'a> {
    paradigm: &'a str,
    /// Workers, and the speedup over serial code.
    points: Vec<(f64, f64)>,
}

/// A paradigm looks the same in every figure.
fn look_of(paradigm: &str) -> Look {
    let all = catalogue::paradigms();
    Look::Nth(
        all.iter()
            .position(|entry| entry.name == paradigm)
            .unwrap_or(all.len()),
    )
}

/// Speedup and efficiency over workers: two sections for each workload that was measured.
pub(super) fn sections(benchmarks: &[BenchmarkResult]) -> Vec<Section> {
    let mut sections = Vec::new();
    for workload in catalogue::workloads() {
        let prefix = format!("scaling-{}-", workload.name);
        let is_of_it = |result: &&BenchmarkResult| result.group.starts_with(&prefix);
        let results: Vec<_> = benchmarks.iter().filter(is_of_it).collect();
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
        sections.extend(of_workload(workload.name, serial.seconds, &lines));
    }
    sections
}

fn of_workload(workload: &str, serial: f64, lines: &[Scaling]) -> [Section; 2] {
    [
        speedups(workload, serial, lines),
        efficiencies(workload, lines),
    ]
}

/// The numbers of workers, in rising order.
fn workers(lines: &[Scaling]) -> Vec<f64> {
    let points = lines.iter().flat_map(|line| &line.points);
    let mut all: Vec<f64> = points.map(|point| point.0).collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
}

/// What each paradigm reached, or what follows from it.
fn series(lines: &[Scaling], of: fn((f64, f64)) -> f64) -> Vec<Series> {
    let line = |line: &Scaling| Series {
        name: line.paradigm.to_owned(),
        look: look_of(line.paradigm),
        points: line
            .points
            .iter()
            .map(|&point| (point.0, of(point)))
            .collect(),
        band: Vec::new(),
        marks: Vec::new(),
    };
    lines.iter().map(line).collect()
}

/// A row for each paradigm and number of workers; its last cell is made of speedup and workers.
fn table(lines: &[Scaling], last_head: &str, last: fn(f64, f64) -> String) -> Table {
    let row = |paradigm: &str, (workers, speedup): (f64, f64)| {
        vec![
            paradigm.to_owned(),
            words::count(workers),
            format!("{speedup:.2}"),
            last(speedup, workers),
        ]
    };
    let rows = lines
        .iter()
        .flat_map(|line| line.points.iter().map(|&point| row(line.paradigm, point)));
    Table {
        head: ["paradigm", "workers", "speedup", last_head]
            .map(str::to_owned)
            .to_vec(),
        rows: rows.collect(),
    }
}

fn speedups(workload: &str, serial: f64, lines: &[Scaling]) -> Section {
    // The laws are drawn for the paradigm that did best with two workers or more.
    let points = lines
        .iter()
        .flat_map(|line| line.points.iter().map(|&point| (line.paradigm, point)));
    let best = points
        .filter(|(_, (workers, _))| *workers > 1.0)
        .max_by(|(_, a), (_, b)| (a.1 / a.0).total_cmp(&(b.1 / b.0)));
    let fraction = best.and_then(|(_, (workers, speedup))| karp_flatt(speedup, workers));
    let fraction = fraction.unwrap_or(0.0).clamp(0.0, 1.0);
    let law = |name: &str, law: &dyn Fn(f64) -> f64| Reference {
        name: name.to_owned(),
        points: workers(lines)
            .into_iter()
            .map(|workers| (workers, law(workers)))
            .collect(),
    };
    let figure = Lines {
        title: format!("{workload}: speedup against workers"),
        x: Axis::new("workers", Scale::Log2, Unit::Count),
        y: Axis::new(
            "speedup: serial time over parallel time",
            Scale::Linear,
            Unit::Times,
        ),
        series: series(lines, |(_, speedup)| speedup),
        references: vec![
            law("ideal", &|workers| workers),
            law("Amdahl", &|workers| amdahl(fraction, workers)),
            law("Gustafson", &|workers| gustafson(fraction, workers)),
        ],
        marks_mean: String::new(),
        shaded: None,
    };
    Section {
        id: format!("scaling-{workload}"),
        title: format!("Speedup over workers: {workload}"),
        text: html! {
            p {
                "Serial code takes " (words::time(serial)) ". The lines bend where the cores end: more workers than "
                "cores compute no faster. "
                @if let Some((paradigm, (workers, _))) = best {
                    "The laws are drawn for a serial fraction of " (words::percent(fraction)) ", that of " (paradigm)
                    " with " (words::number_of(workers as usize, "worker")) ". Amdahl's is for the same work by more "
                    "workers, Gustafson's for more work."
                }
            }
        },
        figure: Some(figure.figure()),
        table: Some(
            table(
                lines,
                "serial fraction (Karp–Flatt)",
                |speedup, workers| {
                    karp_flatt(speedup, workers).map_or("–".to_owned(), words::percent)
                },
            )
            .into(),
        ),
        after: html! {
            p {
                "A serial fraction that grows with the workers is no serial code: it is what having them costs. One below "
                "zero says that the workers together were more than that many times as fast. That is not possible "
                "but for more cache: criterion measures one line after the other, so mostly it says that the machine "
                "was faster meanwhile."
            }
        },
    }
}

fn efficiencies(workload: &str, lines: &[Scaling]) -> Section {
    let figure = Lines {
        title: format!("{workload}: efficiency against workers"),
        x: Axis::new("workers", Scale::Log2, Unit::Count),
        y: Axis::new(
            "efficiency: speedup over workers",
            Scale::Linear,
            Unit::Percent,
        ),
        series: series(lines, |(workers, speedup)| speedup / workers),
        references: vec![Reference {
            name: "ideal".to_owned(),
            points: workers(lines)
                .into_iter()
                .map(|workers| (workers, 1.0))
                .collect(),
        }],
        marks_mean: String::new(),
        shaded: None,
    };
    Section {
        id: format!("efficiency-{workload}"),
        title: format!("Efficiency over workers: {workload}"),
        text: html! {
            p { "What each worker contributes: speedup over workers. With one worker it shows the overhead alone." }
        },
        figure: Some(figure.figure()),
        table: Some(
            table(lines, "efficiency", |speedup, workers| {
                words::percent(speedup / workers)
            })
            .into(),
        ),
        ..Section::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::report::tests::result;

    #[test]
    fn scaling_is_counted_from_serial_code() {
        let benchmarks = [
            result("scaling-squares-threads", "serial", 1.0, 0.04),
            result("scaling-squares-threads", "threads/scoped", 1.0, 0.041),
            result("scaling-squares-threads", "threads/scoped", 2.0, 0.025),
        ];
        let found = sections(&benchmarks);
        let table = found[0].table.as_ref().expect("it has its numbers");
        assert_eq!(table.rows[1][..3], ["threads/scoped", "2", "1.60"]);
        // Karp and Flatt: (1/1.6 - 1/2) / (1 - 1/2).
        assert!(table.rows[1][3].starts_with("25"), "{:?}", table.rows[1]);
        assert_eq!(found.len(), 2);
    }
}
