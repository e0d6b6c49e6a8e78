//! The whole report: everything that was measured, as one page of five chapters.

use laboratory::floors::Floors;
use laboratory::survey::Survey;
use laboratory::versus::Comparison;
use laboratory::waterfall::{Part, Waterfall};
use maud::{Markup, html};

use super::{Chapter, Prose, Section, crossovers, primitives, scaling, summary, versus};
use crate::chart::{Axis, Bar, Bars, Scale, Unit};
use crate::{sentences, tables, words};

/// Everything that a report may show.
#[derive(Clone, Debug)]
pub struct Results {
    /// The crossovers, and the machine.
    pub survey: Survey,
    /// Where the time goes: all waterfalls of any workload and size.
    pub waterfalls: Vec<Waterfall>,
    /// Speedup by the number of workers.
    pub scaling: Survey,
    /// What the machine allows at least.
    pub floors: Option<Floors>,
    /// Side by side with Python.
    pub comparisons: Vec<Comparison>,
    /// The pages that `cargo bench` has written.
    pub criterion: Vec<CriterionPage>,
    /// Whether something was measured only now, in a few seconds, and so only in part.
    pub in_seconds: bool,
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
pub fn report(findings: &Results) -> String {
    let survey = &findings.survey;
    let pages = |chapter| criterion_pages(&findings.criterion, chapter);
    let chapters = [
        crossovers::chapter(survey, pages("crossovers")),
        where_the_time_goes(&findings.waterfalls, pages("time")),
        scaling::chapter(&findings.scaling, pages("workers")),
        primitives::chapter(findings.floors.as_ref(), pages("primitives")),
        versus::chapter(&findings.comparisons),
    ];
    let lead = html! {
        (summary::lead(survey))
        @if let Some(sentence) = in_seconds(findings) { p.remark { (Prose(sentence)) } }
    };
    let title = "When does parallel pay, and why not sooner?";
    super::html(title, &lead, &chapters, &survey.machine)
}

/// A sentence if not everything was measured with time enough.
pub fn in_seconds(findings: &Results) -> Option<&'static str> {
    findings.in_seconds.then_some(
        "What had not been measured before was measured now, in a few seconds and only in part. \
         `cargo run --release --example report -- --measure` takes two minutes and measures all of it.",
    )
}

/// A section for each workload and size.
fn where_the_time_goes(all: &[Waterfall], after: Markup) -> Chapter {
    let alike = |a: &Waterfall, b: &Waterfall| a.workload == b.workload && a.n == b.n;
    let sections = all.chunk_by(alike).map(|waterfalls| {
        let Waterfall { workload, n, .. } = &waterfalls[0];
        let bar = |waterfall: &Waterfall| Bar {
            label: waterfall.paradigm.clone(),
            parts: Part::ALL.map(|part| waterfall.seconds(part)).to_vec(),
            note: format!("whole: {}", words::time(waterfall.whole)),
        };
        let title = format!("{workload}, {}", words::number_of(*n, "item"));
        let bars = Bars {
            title: format!("{title}: where the time of one run goes"),
            x: Axis::new("time", Scale::Linear, Unit::Seconds),
            rows: waterfalls.iter().map(bar).collect(),
            parts: Part::ALL.map(sentences::part).to_vec(),
        };
        Section {
            id: format!("time-{workload}-{n}"),
            title,
            text: html! { p { "Serial code takes " (words::time(waterfalls[0].serial)) "." } },
            figures: vec![bars.figure()],
            table: tables::waterfalls(waterfalls),
            remarks: sentences::parts_remark(waterfalls).into_iter().collect(),
            ..Section::default()
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
        command: "--example report -- --measure",
        sections: sections.collect(),
        after,
    }
}

/// Links to criterion's own pages, in the chapter in which they belong.
fn criterion_pages(pages: &[CriterionPage], chapter: &str) -> Markup {
    let chapter_of = |page: &CriterionPage| match page.group.split('-').next() {
        Some("how") => "time",
        Some("lock") => "workers",
        Some("cost" | "echo" | "bandwidth" | "channel") => "primitives",
        _ => "crossovers",
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
