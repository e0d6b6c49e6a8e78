//! Both languages side by side.

use laboratory::machine::Machine;
use laboratory::versus::Comparison;
use maud::{Markup, html};

use super::crossovers::{ITEMS, TIME, curve, marks, points};
use super::{Chapter, Section, prose};
use crate::chart::{Lines, Look, Series};
use crate::{sentences, tables};

/// All comparisons, as HTML.
pub fn page(comparisons: &[Comparison]) -> String {
    let chapters = [chapter(comparisons)];
    let machine = Machine::this(); // it has just measured
    super::html("Side by side with Python", &html! {}, &chapters, &machine)
}

/// A section for each workload.
pub(super) fn chapter(comparisons: &[Comparison]) -> Chapter {
    Chapter {
        id: "python",
        title: "Side by side with Python",
        lead: html! {
            p {
                "The same work in Python and in Rust, measured in turns, with the same answers. Each way is compared with "
                "the best serial code of its own language. A ring marks a size at which a way starts or stops being faster."
            }
        },
        command: "--example versus_python",
        sections: comparisons.iter().map(section).collect(),
    }
}

fn section(comparison: &Comparison) -> Section {
    let sentences = sentences::versus::what_to_see(comparison);
    Section {
        id: format!("python-{}", comparison.workload),
        title: comparison.workload.clone(),
        text: html! {
            p { (prose(&sentences::versus::heading(comparison))) "." }
            @for sentence in sentences { p { (prose(&sentence)) } }
        },
        figures: vec![figure(comparison)],
        table: tables::versus(comparison),
        ..Section::default()
    }
}

/// Time against n, both languages in one figure. Our serial code is the baseline; the others are numbered.
fn figure(comparison: &Comparison) -> Markup {
    let mut series = Vec::new();
    for language in comparison.languages.iter().rev() {
        let name = |name: &str| format!("{}: {name}", language.name);
        let look = |k: usize| k.checked_sub(1).map_or(Look::Baseline, Look::Nth);
        let serial = points(&language.serial_curve());
        series.push(Series::new(name("serial"), look(series.len()), serial));
        for (way, measured) in language.measured() {
            series.push(Series {
                marks: marks(measured),
                band: Vec::new(),
                ..curve(&name(way), look(series.len()), measured, |place| {
                    place.rival
                })
            });
        }
    }
    let title = format!("{}: time of one run", comparison.workload);
    Lines::new(title, ITEMS, TIME, series).figure().on_page()
}
