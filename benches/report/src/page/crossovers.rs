//! Where parallel starts to win: two figures for each workload.

use estimator::{AtPlace, Crossing, Measured, Range, Verdict};
use laboratory::survey::{Survey, WorkloadResult};
use maud::html;

use super::{Chapter, Section, look, prose, summary};
use crate::chart::{Axis, Lines, Look, Mark, Scale, Series};
use crate::{sentences, tables, words};

/// The axes of every figure of times.
pub(super) const ITEMS: Axis = Axis::new("number of items n", Scale::Log, words::count);
pub(super) const TIME: Axis = Axis::new("time of one run", Scale::Log, words::time);
pub(super) const SPEEDUP: Axis = Axis::new(
    "speedup: serial time over parallel time",
    Scale::Log,
    words::times,
);

/// Smaller speedups are left out of figures: what loses by more than this is far from winning.
const LEAST_SPEEDUP: f64 = 0.1;

/// All that a survey found, as HTML.
pub fn page(survey: &Survey) -> String {
    let chapters = [chapter(survey)];
    let title = "Crossover: where parallel starts to win";
    super::html(title, &summary::lead(survey), &chapters, &survey.machine)
}

/// The name of each workload of which something was measured, and its times against n as an SVG file.
pub fn pictures(survey: &Survey) -> impl Iterator<Item = (&str, String)> {
    let all = survey.workloads.iter();
    let measured = all.filter(|result| result.measured().next().is_some());
    measured.map(|result| (result.name.as_str(), times(result).figure().picture()))
}

/// A section for each workload.
pub(super) fn chapter(survey: &Survey) -> Chapter {
    let sections = survey
        .workloads
        .iter()
        .map(|result| section(result, survey));
    Chapter {
        id: "crossovers",
        title: "Where parallel starts to win",
        lead: html! {
            p {
                "The first figure of each workload shows the time of one run against the number of items, serial and in "
                "every parallel way with " (words::number_of(survey.workers, "worker")) ". A paradigm wins where its curve "
                "is below the thick one. At the far left it shows its overhead: the time that it takes to do almost nothing. "
                "A ring marks a crossover. The strip below the curves shows the 95% interval of each crossover; an arrow marks "
                "an end of an interval that was not found."
            }
            p {
                "The second figure shows the same runs as speedups: above 1 the paradigm wins. Differences within the grey "
                "band, the noise floor, are too small to call."
            }
        },
        command: "--example crossover",
        sections: sections.collect(),
    }
}

fn section(result: &WorkloadResult, survey: &Survey) -> Section {
    let mut section = Section {
        id: result.name.clone(),
        title: result.name.clone(),
        text: html! {
            p { "Compared with " (prose(&result.base)) ". " @if let Some(best) = sentences::best(result) { (prose(&best)) } }
        },
        table: tables::crossovers(result, survey.workers),
        remarks: sentences::remarks(result, survey.noise_floor, &survey.busy),
        ..Section::default()
    };
    if result.measured().next().is_some() {
        let figures = [times(result), speedups(result, survey.noise_floor)];
        section.figures = figures.map(|figure| figure.figure().on_page()).into();
        section.more = Some(("Speedup at each size", tables::speedups(result)));
    }
    section
}

/// Time against n: serial, every paradigm, and each crossing with its interval on the serial curve.
fn times(result: &WorkloadResult) -> Lines {
    let serial = points(&result.serial_curve());
    let mut series = vec![Series::new("serial", Look::Baseline, serial)];
    series.extend(result.measured().map(|(name, measured)| Series {
        marks: marks(measured),
        ..curve(name, look(name), measured, |place| place.rival)
    }));
    let title = format!("{}: time of one run", result.name);
    Lines::new(title, ITEMS, TIME, series)
}

/// Speedup against n.
fn speedups(result: &WorkloadResult, noise_floor: f64) -> Lines {
    let mut series = Vec::new();
    for (name, measured) in result.measured() {
        let mut speedup = curve(name, look(name), measured, AtPlace::speedup);
        speedup.points.retain(|point| point.1 >= LEAST_SPEEDUP);
        speedup.band.retain(|end| end.1 >= LEAST_SPEEDUP);
        series.push(speedup);
    }
    let name = "as fast as serial, and the noise floor";
    let mut even = Series::new(name, Look::Reference(0), Vec::new());
    for (n, _) in points(&result.serial_curve()) {
        even.points.push((n, 1.0));
        even.band.push((n, (-noise_floor).exp(), noise_floor.exp()));
    }
    series.push(even);
    let title = format!("{}: speedup", result.name);
    Lines::new(title, ITEMS, SPEEDUP, series)
}

/// What was measured, with its 95% intervals where there are any.
pub(super) fn curve(
    name: &str,
    look: Look,
    measured: &Measured,
    of: fn(&AtPlace) -> Range,
) -> Series {
    let mut series = Series::new(name, look, Vec::new());
    for place in measured.estimate.places.iter().filter(|it| it.of_all) {
        let (at, range) = (place.at as f64, of(place));
        series.points.push((at, range.median));
        series
            .band
            .extend(range.interval.map(|(low, high)| (at, low, high)));
    }
    series
}

/// The times of serial code.
pub(super) fn points(curve: &[(usize, f64)]) -> Vec<(f64, f64)> {
    curve.iter().map(|&(n, time)| (n as f64, time)).collect()
}

/// Every crossing, on the base's curve.
pub(super) fn marks(measured: &Measured) -> Vec<Mark> {
    let mark = |crossing: &Crossing| Mark {
        at: (crossing.at, measured.estimate.base_time_at(crossing.at)),
        interval: (crossing.low, crossing.high),
        wins: crossing.to == Verdict::Faster,
    };
    measured.estimate.crossings.iter().map(mark).collect()
}
