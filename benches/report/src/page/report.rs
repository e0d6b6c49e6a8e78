//! The whole report: everything that was measured, as one page of five chapters.

use laboratory::floors::Floors;
use laboratory::survey::Survey;
use laboratory::versus::Comparison;
use laboratory::waterfall::{Part, Waterfall};
use maud::{Markup, html};

use super::{Chapter, Prose, Section, crossovers, primitives, scaling, summary, versus};
use crate::chart::{Axis, Bar, Bars, Scale};
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
    /// The groups of benchmarks of which `cargo bench` has written pages.
    pub criterion: Vec<String>,
    /// Where these pages are, seen from this one.
    pub criterion_directory: String,
    /// Whether something was measured only now, in a few seconds, and so only in part.
    pub in_seconds: bool,
}

/// The report as HTML.
pub fn report(results: &Results) -> String {
    let survey = &results.survey;
    let mut chapters = [
        crossovers::chapter(survey),
        where_the_time_goes(&results.waterfalls),
        scaling::chapter(&results.scaling),
        primitives::chapter(results.floors.as_ref()),
        versus::chapter(&results.comparisons),
    ];
    for chapter in &mut chapters {
        chapter.after = criterion_pages(results, chapter.id);
    }
    let lead = html! {
        (summary::lead(survey))
        @if results.in_seconds { p.remark { (Prose(IN_SECONDS)) } }
    };
    let title = "When does parallel pay, and why not sooner?";
    super::html(title, &lead, &chapters, &survey.machine)
}

/// What is said if not everything was measured with time enough.
pub const IN_SECONDS: &str = "What had not been measured before was measured now, in a few seconds and only in part. \
    `cargo run --release --example report -- --measure` takes two minutes and measures all of it.";

/// A section for each workload and size.
fn where_the_time_goes(all: &[Waterfall]) -> Chapter {
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
            x: Axis::new("time", Scale::Linear, words::time),
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
        ..Chapter::default()
    }
}

/// Links to criterion's own pages, in the chapter in which they belong.
fn criterion_pages(results: &Results, chapter: &str) -> Markup {
    let chapter_of = |group: &str| match group.split('-').next() {
        Some("how") => "time",
        Some("lock") => "workers",
        Some("cost" | "echo" | "bandwidth" | "channel") => "primitives",
        _ => "crossovers",
    };
    let mut groups = results.criterion.clone();
    groups.retain(|group| chapter_of(group) == chapter);
    html! {
        @if !groups.is_empty() {
            h3 { "Criterion's own pages" }
            p { "Of each group of benchmarks: every benchmark's distribution, and what changed since the run before." }
            ul.columns {
                @for group in &groups {
                    li { a href={ (results.criterion_directory) "/" (group) "/report/index.html" } { (group) } }
                }
            }
        }
    }
}
