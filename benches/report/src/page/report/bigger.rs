//! On a bigger machine, and on many: the model of [`crate::bigger`], drawn and labelled as one.

use maud::{Markup, html};

use super::Findings;
use crate::bigger::{self, Cores, Nodes};
use crate::catalogue;
use crate::chart::{Axis, Lines, Look, Reference, Scale, Series, Unit};
use crate::criterion_results::BenchmarkResult;
use crate::page::Section;
use crate::tables::Table;
use crate::words;

/// Cores and machines that the model is computed for.
const CORES: [f64; 10] = [
    2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1_024.0,
];
const NODES: [f64; 10] = [
    1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0,
];

/// Seconds that serial code takes for the work of the model.
const MODEL_SECONDS: f64 = 1.0;

pub(super) fn sections(findings: &Findings) -> Vec<Section> {
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
