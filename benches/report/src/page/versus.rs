//! Both languages side by side.

use estimator::Measured;
use laboratory::machine::Machine;
use laboratory::survey::{self, CellResult};
use laboratory::versus::{Comparison, Language};
use maud::{Markup, html};

use super::crossovers::{ITEMS, TIME, curve, marks, points};
use super::{Chapter, Prose, Section};
use crate::chart::{Lines, Look, Series};
use crate::{sentences, tables};

/// All comparisons, as HTML.
pub fn page(comparisons: &[Comparison]) -> String {
    let machine = comparisons.first().map(|first| first.machine.clone());
    let machine = machine.unwrap_or_else(Machine::this);
    let chapters = [chapter(comparisons)];
    super::html("Side by side with Python", &html! {}, &chapters, &machine)
}

/// A section for each workload.
pub(super) fn chapter(comparisons: &[Comparison]) -> Chapter {
    Chapter {
        id: "python",
        title: "Beside Python",
        lead: html! {
            p {
                "The same work in Python and in Rust, measured in turns, with the same answers. Each way is compared with "
                "the best serial code of its own language; rings mark where it crosses that."
            }
        },
        command: "--example versus_python",
        sections: comparisons.iter().map(section).collect(),
        ..Chapter::default()
    }
}

fn section(comparison: &Comparison) -> Section {
    let sentences = sentences::versus::what_to_see(comparison);
    Section {
        id: format!("python-{}", comparison.workload),
        title: comparison.workload.clone(),
        text: html! {
            p { (Prose(&sentences::versus::heading(comparison))) "." }
            @for sentence in sentences { p { (Prose(&sentence)) } }
        },
        figures: vec![figure(comparison)],
        table: tables::versus(comparison),
        ..Section::default()
    }
}

/// Time against n, both languages in one figure. Our serial code is the baseline; the others are numbered.
fn figure(comparison: &Comparison) -> Markup {
    let ours = curves(&comparison.ours).into_iter();
    let series = ours.chain(curves(&comparison.theirs)).enumerate();
    let numbered = series.map(|(k, series)| Series {
        look: k.checked_sub(1).map_or(Look::Baseline, Look::Nth),
        ..series
    });
    let title = format!("{}: time of one run", comparison.workload);
    Lines::new(title, ITEMS, TIME, numbered.collect()).figure()
}

/// Serial code first, then each way.
fn curves(language: &Language) -> Vec<Series> {
    let name = |name: &str| format!("{}: {name}", language.name);
    let cells: &[CellResult] = &language.ways;
    let serial = points(&survey::serial_curve(cells));
    let serial = Series::new(name(&language.serial), Look::Baseline, serial);
    let way = |(way, measured): (&str, &Measured)| Series {
        marks: marks(measured),
        band: Vec::new(),
        ..curve(&name(way), Look::Baseline, measured, |place| place.rival)
    };
    let ways = survey::measured(cells).map(way);
    std::iter::once(serial).chain(ways).collect()
}
