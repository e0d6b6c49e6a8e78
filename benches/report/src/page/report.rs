//! The whole report: everything that was measured, as one page of five chapters.

use laboratory::floors::Floors;
use laboratory::survey::Survey;
use laboratory::versus::Comparison;
use laboratory::waterfall::{Part, Waterfall};
use maud::html;

use super::{Chapter, Section, crossovers, primitives, prose, scaling, summary, versus};
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
    /// The least times that the machine allows.
    pub floors: Option<Floors>,
    /// Side by side with Python.
    pub comparisons: Vec<Comparison>,
    /// Where the index of the pages of `cargo bench` is, seen from this page, if there is one.
    pub criterion: Option<String>,
    /// Whether something was measured only now, in a few seconds, and so only in part.
    pub in_seconds: bool,
}

/// The report as HTML.
pub fn report(results: &Results) -> String {
    let survey = &results.survey;
    let chapters = [
        crossovers::chapter(survey),
        where_the_time_goes(&results.waterfalls),
        scaling::chapter(&results.scaling),
        primitives::chapter(results.floors.as_ref()),
        versus::chapter(&results.comparisons),
    ];
    let lead = html! {
        (summary::lead(survey))
        @if results.in_seconds { p.remark { (prose(IN_SECONDS)) } }
        @if let Some(index) = &results.criterion {
            p { "The distribution of every time by itself is on " a href=(index) { "the pages of criterion" } "." }
        }
    };
    let title = "When does parallel start to win, and why not sooner?";
    super::html(title, &lead, &chapters, &survey.machine)
}

/// What is said if a part of the results was measured in a few seconds only.
pub const IN_SECONDS: &str = "Results that were missing were measured now, in a few seconds and only in part. To \
    measure everything except Python anew, in two minutes, run `cargo run --release --example report -- --measure`.";

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
                "Every part except " q { (sentences::part(Part::Compute)) } " is overhead, the cost of running in parallel. "
                "Parallel wins if the overhead is less than the computing time that it saves. Each part was measured by "
                "running the same paradigm on workloads that leave something out."
            }
        },
        command: "--example report -- --measure",
        sections: sections.collect(),
    }
}
