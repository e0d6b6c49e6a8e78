//! Where parallel pays: two figures for each workload.

use estimator::{AtPlace, Measured, Range, Verdict};
use laboratory::survey::{Survey, WorkloadResult};
use maud::{Markup, html};

use super::{Chapter, Prose, Section, look, summary};
use crate::chart::{Axis, Lines, Look, Mark, Reference, Scale, Series, Shaded, Unit};
use crate::{sentences, tables, words};

/// The number of items, as every figure has it.
pub(super) const ITEMS: Axis = Axis {
    title: "number of items n",
    scale: Scale::Log,
    unit: Unit::Count,
};

/// The time of a run, as every figure has it.
pub(super) const TIME: Axis = Axis {
    title: "time of one run",
    scale: Scale::Log,
    unit: Unit::Seconds,
};

/// Smaller speedups are left out of figures: what loses by more than this is far from winning.
const LEAST_SPEEDUP: f64 = 0.1;

/// All that a survey found, as HTML.
pub fn page(survey: &Survey) -> String {
    let title = "Crossover: where parallel starts to win";
    super::html(
        title,
        &summary::lead(survey),
        &[chapter(survey, html! {})],
        &survey.machine,
    )
}

/// A section for each workload.
pub(super) fn chapter(survey: &Survey, after: Markup) -> Chapter {
    let sections = survey
        .workloads
        .iter()
        .map(|result| section(result, survey));
    Chapter {
        id: "crossovers",
        title: "Where parallel pays",
        lead: html! {
            p {
                "The left figure of each workload shows the time of one run against the number of items, serial and in "
                "every parallel way with " (words::number_of(survey.workers, "worker")) ". A paradigm wins where its curve is "
                "below the thick one. At the far left it shows its overhead: the time that it takes to do almost nothing. A "
                "ring marks a crossover, and the strip below the figure has its 95% interval; an arrow is an end that was "
                "not found. The right figure shows the same runs as speedups: above 1 the paradigm wins, and between the "
                "edges of the grey band, the noise floor (" (sentences::noise_floor(survey.noise_floor)) "), there is no "
                "telling."
            }
        },
        sections: sections.collect(),
        after,
    }
}

fn section(result: &WorkloadResult, survey: &Survey) -> Section {
    let measured = result.measured().next().is_some();
    Section {
        id: result.name.clone(),
        title: result.name.clone(),
        text: html! {
            p { "Compared with " (Prose(&result.base)) ". " (Prose(&sentences::who_wins(result))) }
        },
        figures: if measured {
            vec![times(result), speedups(result, survey.noise_floor)]
        } else {
            Vec::new()
        },
        table: tables::crossovers(result, survey.workers),
        remarks: sentences::remarks(result, survey.noise_floor, &survey.busy),
        more: measured.then(|| ("Speedup at each size".to_owned(), tables::speedups(result))),
    }
}

/// Time against n: serial, every paradigm, and each crossing with its interval on the serial curve.
fn times(result: &WorkloadResult) -> Markup {
    let curve = result.serial_curve();
    let serial = Series {
        name: "serial".to_owned(),
        look: Look::Baseline,
        points: curve.iter().map(|&(n, time)| (n as f64, time)).collect(),
        band: Vec::new(),
        marks: Vec::new(),
    };
    let paradigms = result.measured().map(|(name, measured)| Series {
        name: name.to_owned(),
        look: look(name),
        points: points(measured, |place| place.rival),
        band: band(measured, |place| place.rival),
        marks: marks(measured),
    });
    let lines = Lines {
        title: format!("{}: time of one run", result.name),
        x: ITEMS,
        y: TIME,
        series: std::iter::once(serial).chain(paradigms).collect(),
        references: Vec::new(),
        shaded: None,
    };
    lines.figure()
}

/// Speedup against n.
fn speedups(result: &WorkloadResult, noise_floor: f64) -> Markup {
    let visible = |&(_, speedup): &(f64, f64)| speedup >= LEAST_SPEEDUP;
    let series = result.measured().map(|(name, measured)| Series {
        name: name.to_owned(),
        look: look(name),
        points: points(measured, AtPlace::speedup)
            .into_iter()
            .filter(visible)
            .collect(),
        band: band(measured, AtPlace::speedup)
            .into_iter()
            .filter(|&(_, low, _)| low >= LEAST_SPEEDUP)
            .collect(),
        marks: Vec::new(),
    });
    let sizes = result.serial_curve();
    let ends = [sizes.first(), sizes.last()].into_iter().flatten();
    let lines = Lines {
        title: format!("{}: speedup", result.name),
        x: ITEMS,
        y: Axis {
            title: "speedup: serial time over parallel time",
            scale: Scale::Log,
            unit: Unit::Times,
        },
        series: series.collect(),
        references: vec![Reference {
            name: "as fast as serial".to_owned(),
            points: ends.map(|&(n, _)| (n as f64, 1.0)).collect(),
            band: Vec::new(),
        }],
        shaded: Some(Shaded {
            name: "noise floor".to_owned(),
            low: (-noise_floor).exp(),
            high: noise_floor.exp(),
        }),
    };
    lines.figure()
}

/// A value at each place.
pub(super) fn points(measured: &Measured, of: fn(&AtPlace) -> Range) -> Vec<(f64, f64)> {
    let places = measured.estimate.places.iter();
    places
        .map(|place| (place.at as f64, of(place).median))
        .collect()
}

/// Its 95% intervals, where there are any.
pub(super) fn band(measured: &Measured, of: fn(&AtPlace) -> Range) -> Vec<(f64, f64, f64)> {
    let interval = |place: &AtPlace| {
        let (low, high) = of(place).interval?;
        Some((place.at as f64, low, high))
    };
    measured
        .estimate
        .places
        .iter()
        .filter_map(interval)
        .collect()
}

/// Every crossing, on the base's curve.
pub(super) fn marks(measured: &Measured) -> Vec<Mark> {
    let estimate = &measured.estimate;
    let mark = |crossing: &estimator::Crossing| Mark {
        at: (crossing.at, estimate.base_time_at(crossing.at)),
        interval: (crossing.low, crossing.high),
        wins: crossing.to == Verdict::Faster,
    };
    estimate.crossings.iter().map(mark).collect()
}
