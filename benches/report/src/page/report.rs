//! The whole report: everything that was measured, as one page.

mod bigger;
mod floors;
mod matrix;
mod scaling;

use std::collections::BTreeMap;

use maud::html;

use super::{Page, Section, crossovers, versus};
use crate::chart::{Axis, Bars, Row, Scale, Unit};
use crate::criterion_results::BenchmarkResult;
use crate::floors::Floors;
use crate::survey::Survey;
use crate::versus::Comparison;
use crate::waterfall::{Part, Waterfall};
use crate::{tables, words};

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
    sections.extend(scaling::sections(&findings.benchmarks));
    sections.extend(floors::sections(findings.floors.as_ref()));
    sections.extend(matrix::sections(&findings.benchmarks));
    sections.extend(bigger::sections(findings));
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
                @if let Some(remark) = tables::waterfall_remark(&waterfalls) { p.remark { (remark) } }
            },
        }
    };
    groups.into_iter().map(section).collect()
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

    /// What criterion might have found.
    pub(super) fn result(group: &str, method: &str, value: f64, seconds: f64) -> BenchmarkResult {
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
    fn without_benchmarks_the_page_says_how_to_get_them() {
        let text = criterion_pages(&[]).text.into_string();
        assert!(text.contains("cargo bench"));
        assert!(matrix::sections(&[]).is_empty() && scaling::sections(&[]).is_empty());
    }
}
