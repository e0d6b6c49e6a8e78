//! The whole report: everything that was measured, as one page of five chapters.

use std::collections::BTreeMap;

use laboratory::floors::Floors;
use laboratory::survey::{Scaling, Survey};
use laboratory::versus::Comparison;
use laboratory::waterfall::{Part, Waterfall};
use maud::{Markup, html};

use super::{Chapter, Prose, Section, crossovers, primitives, scaling, summary, versus};
use crate::chart::{Axis, Bar, Bars, Scale, Unit};
use crate::{sentences, tables, words};

/// Everything that a report may show.
#[derive(Clone, Debug)]
pub struct Findings {
    /// The crossovers, and the machine.
    pub survey: Found<Survey>,
    /// Where the time goes: all waterfalls of any workload and size.
    pub waterfalls: Found<Vec<Waterfall>>,
    /// Speedup by the number of workers.
    pub scaling: Found<Vec<Scaling>>,
    /// What the machine allows at least.
    pub floors: Found<Option<Floors>>,
    /// Side by side with Python.
    pub comparisons: Found<Vec<Comparison>>,
    /// The pages that `cargo bench` has written.
    pub criterion: Vec<CriterionPage>,
}

/// A result, and where it comes from.
#[derive(Clone, Debug)]
pub struct Found<T> {
    /// The result.
    pub result: T,
    /// Where it comes from.
    pub source: Source,
}

/// Where a result comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An earlier run of a command.
    Latest,
    /// Measured for this report, with time enough.
    Now,
    /// Measured for this report in a few seconds: only a part of it.
    InSeconds,
    /// There is none.
    Missing,
}

/// A page of criterion's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CriterionPage {
    /// The group of benchmarks that it is about.
    pub group: String,
    /// Where it is.
    pub address: String,
}

/// The report as HTML.
pub fn report(findings: &Findings) -> String {
    let survey = &findings.survey.result;
    let pages = |chapter| criterion_pages(&findings.criterion, chapter);
    let chapters = [
        crossovers::chapter(survey, pages("crossovers")),
        where_the_time_goes(&findings.waterfalls.result),
        scaling::chapter(&findings.scaling.result, pages("workers")),
        primitives::chapter(findings.floors.result.as_ref(), pages("primitives")),
        versus::chapter(&findings.comparisons.result),
    ];
    let lead = html! {
        (summary::lead(survey))
        details {
            summary { "Where these numbers come from" }
            ul { @for sentence in sources(findings) { li { (Prose(&sentence)) } } }
        }
    };
    super::html(
        "When does parallel pay, and why not sooner?",
        &lead,
        &chapters,
        &survey.machine,
    )
}

/// Where each result comes from, and how to get what is missing: a sentence for each.
pub fn sources(findings: &Findings) -> Vec<String> {
    let parts = [
        (
            "Where parallel pays",
            findings.survey.source,
            "--example crossover",
        ),
        (
            "Where the time goes",
            findings.waterfalls.source,
            "--example report -- --measure",
        ),
        (
            "More workers",
            findings.scaling.source,
            "--example report -- --measure",
        ),
        (
            "What the primitives cost",
            findings.floors.source,
            "--example floors",
        ),
        (
            "Beside Python",
            findings.comparisons.source,
            "--example versus_python",
        ),
    ];
    let sentence = |(what, source, command): (&str, Source, &str)| match source {
        Source::Latest => format!("{what}: the latest that was measured."),
        Source::Now => format!("{what}: measured now."),
        Source::InSeconds => {
            format!(
                "{what}: a part, measured now in seconds; `cargo run --release {command}` measures all of it."
            )
        }
        Source::Missing => format!("{what}: run `cargo run --release {command}` first."),
    };
    let benchmarks = match findings.criterion.len() {
        0 => "Distributions of each benchmark: run `cargo bench` first.".to_owned(),
        count => format!(
            "Distributions of each benchmark: {} of criterion's.",
            words::number_of(count, "page")
        ),
    };
    parts
        .into_iter()
        .map(sentence)
        .chain([benchmarks])
        .collect()
}

/// A section for each workload and size.
fn where_the_time_goes(all: &[Waterfall]) -> Chapter {
    let mut groups: BTreeMap<(&str, usize), Vec<Waterfall>> = BTreeMap::new();
    for waterfall in all {
        let group = groups
            .entry((&waterfall.workload, waterfall.n))
            .or_default();
        group.push(waterfall.clone());
    }
    let sections = groups.into_iter().map(|((workload, n), waterfalls)| {
        let bar = |waterfall: &Waterfall| Bar {
            label: waterfall.paradigm.clone(),
            parts: Part::ALL.map(|part| waterfall.seconds(part)).to_vec(),
            note: format!("whole: {}", words::time(waterfall.whole)),
        };
        let title = format!("{workload}, {}", words::number_of(n, "item"));
        let bars = Bars {
            title: format!("{title}: where the time of one run goes"),
            x: Axis {
                title: "time",
                scale: Scale::Linear,
                unit: Unit::Seconds,
            },
            bars: waterfalls.iter().map(bar).collect(),
            parts: Part::ALL.map(sentences::part).to_vec(),
        };
        Section {
            id: format!("time-{workload}-{n}"),
            title,
            text: html! { p { "Serial code takes " (words::time(waterfalls[0].serial)) "." } },
            figures: vec![bars.figure()],
            table: tables::waterfalls(&waterfalls),
            remarks: sentences::parts_remark(&waterfalls).into_iter().collect(),
            more: None,
        }
    });
    Chapter {
        id: "time",
        title: "Where the time goes",
        lead: html! {
            p {
                "Everything but " q { (sentences::part(Part::Compute)) } " is the price of running in parallel: to win, it must "
                "be less than the computing that is saved. Each part was obtained by running the same paradigm on "
                "workloads that leave something out."
            }
        },
        sections: sections.collect(),
        after: html! {},
    }
}

/// Links to criterion's own pages, in the chapter in which they belong.
fn criterion_pages(pages: &[CriterionPage], chapter: &str) -> Markup {
    let chapter_of = |page: &CriterionPage| match page.group.split('-').next() {
        Some("crossover") => "crossovers",
        Some("scaling") => "workers",
        _ => "primitives",
    };
    let pages: Vec<_> = pages
        .iter()
        .filter(|page| chapter_of(page) == chapter)
        .collect();
    html! {
        @if !pages.is_empty() {
            h3 { "Criterion's own pages" }
            p { "Of each group of benchmarks: every benchmark's distribution, and what changed since the run before." }
            ul.columns { @for page in pages { li { a href=(page.address) { (page.group) } } } }
        }
    }
}
