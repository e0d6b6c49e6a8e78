//! Both languages as sections of a page.

use maud::html;

use super::{Page, Section};
use crate::chart::{Axis, Figure, Lines, Look, Mark, Scale, Series, Unit};
use crate::machine::Machine;
use crate::versus::{self, Comparison, Side, Way};
use crate::{tables, words};

/// All comparisons, as HTML.
pub fn page(comparisons: &[Comparison]) -> String {
    let machine = comparisons
        .first()
        .map(|comparison| comparison.machine.clone());
    let page = Page {
        title: "Side by side with Python".to_owned(),
        lead: html! {
            p {
                "The same work in Python and in Rust, measured in turns, with the same answers. Each way is compared "
                "with the best serial code of its own language: a ring marks from where on it is faster than that."
            }
        },
        sections: comparisons.iter().map(section).collect(),
        machine: machine.unwrap_or_else(Machine::this),
    };
    page.html()
}

/// One workload.
pub(super) fn section(comparison: &Comparison) -> Section {
    Section {
        id: format!("python-{}", comparison.workload),
        title: format!("Side by side with Python: {}", comparison.workload),
        text: html! {
            p { (versus::heading(comparison)) "." }
            @for sentence in versus::what_to_see(comparison) { p { (sentence) } }
        },
        figure: Some(figure(comparison)),
        table: Some(tables::versus(comparison).into()),
        ..Section::default()
    }
}

/// Time against n, both languages in one figure.
fn figure(comparison: &Comparison) -> Figure {
    let sides = [&comparison.theirs, &comparison.ours];
    // Our serial code is the baseline; the other lines are numbered through both languages.
    let looks = std::iter::once(Look::Baseline).chain((0..).map(Look::Nth));
    let names = sides.iter().rev().flat_map(|side| {
        std::iter::once((*side, None)).chain(side.ways.iter().map(|way| (*side, Some(way))))
    });
    let series = names
        .zip(looks)
        .map(|((side, way), look)| series(side, way, look));
    let lines = Lines {
        title: format!("{}: time against number of items", comparison.workload),
        x: Axis::new("number of items n", Scale::Log, Unit::Count),
        y: Axis::new("time of one run", Scale::Log, Unit::Seconds),
        series: series.collect(),
        references: Vec::new(),
        marks_mean: "begins to pay".to_owned(),
        shaded: None,
    };
    lines.figure()
}

/// One way of a side; `None` is its serial code.
fn series(side: &Side, way: Option<&Way>, look: Look) -> Series {
    let language = versus::language(side);
    let Some(way) = way else {
        return Series {
            name: format!("{language}: {}", side.serial),
            look,
            points: side
                .serial_curve()
                .iter()
                .map(|&(n, time)| (n as f64, time))
                .collect(),
            band: Vec::new(),
            marks: Vec::new(),
        };
    };
    let estimate = &way.measured.estimate;
    let mark = words::crossing(estimate).map(|crossing| Mark {
        at: (crossing.n, estimate.serial_time_at(crossing.n)),
        x_interval: Some((
            crossing.low.unwrap_or(crossing.n),
            crossing.high.unwrap_or(crossing.n),
        )),
        open_left: crossing.low.is_none(),
        open_right: crossing.high.is_none(),
    });
    Series {
        name: format!("{language}: {}", way.name),
        look,
        points: estimate
            .sizes
            .iter()
            .map(|size| (size.n as f64, size.parallel.median))
            .collect(),
        band: Vec::new(),
        marks: mark.into_iter().collect(),
    }
}
