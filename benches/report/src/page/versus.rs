//! Both languages side by side.

use estimator::Measured;
use laboratory::machine::Machine;
use laboratory::survey;
use laboratory::versus::{Comparison, Language};
use maud::{Markup, html};

use super::crossovers::{ITEMS, TIME, marks, points};
use super::{Chapter, Prose, Section};
use crate::chart::{Lines, Look, Series};
use crate::{sentences, tables};

/// All comparisons, as HTML.
pub fn page(comparisons: &[Comparison]) -> String {
    let machine = comparisons
        .first()
        .map(|comparison| comparison.machine.clone());
    let machine = machine.unwrap_or_else(Machine::this);
    super::html(
        "Beside Python",
        &html! {},
        &[chapter(comparisons)],
        &machine,
    )
}

/// A section for each workload.
pub(super) fn chapter(comparisons: &[Comparison]) -> Chapter {
    Chapter {
        id: "python",
        title: "Beside Python",
        lead: html! {
            p {
                "The same work in Python and in Rust, measured in turns, with the same answers. Each way is compared with the "
                "best serial code of its own language; rings mark where it crosses that."
            }
            @if comparisons.is_empty() {
                p.remark { "Not measured yet: run " code { "cargo run --release --example versus_python" } "." }
            }
        },
        sections: comparisons.iter().map(section).collect(),
        after: html! {},
    }
}

fn section(comparison: &Comparison) -> Section {
    Section {
        id: format!("python-{}", comparison.workload),
        title: comparison.workload.clone(),
        text: html! {
            p { (Prose(&sentences::versus::heading(comparison))) "." }
            @for sentence in sentences::versus::what_to_see(comparison) { p { (Prose(&sentence)) } }
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
    let lines = Lines {
        title: format!("{}: time of one run", comparison.workload),
        x: ITEMS,
        y: TIME,
        series: numbered.collect(),
        references: Vec::new(),
        shaded: None,
    };
    lines.figure()
}

/// Serial code first, then each way.
fn curves(language: &Language) -> Vec<Series> {
    let series = |name: &str, points| Series {
        name: format!("{}: {name}", language.name),
        look: Look::Baseline,
        points,
        band: Vec::new(),
        marks: Vec::new(),
    };
    let serial = survey::serial_curve(&language.ways);
    let serial = serial
        .into_iter()
        .map(|(n, time)| (n as f64, time))
        .collect();
    let way = |(name, measured): (&str, &Measured)| Series {
        marks: marks(measured),
        ..series(name, points(measured, |place| place.rival))
    };
    let ways = survey::measured(&language.ways).map(way);
    std::iter::once(series(&language.serial, serial))
        .chain(ways)
        .collect()
}
