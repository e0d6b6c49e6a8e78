//! What a survey found, as sections of a page: two for each workload.

use maud::{Markup, html};

use super::{Page, Section};
use crate::chart::{Axis, Figure, Lines, Look, Mark, Reference, Scale, Series, Shaded, Unit};
use crate::crossing::{AtSize, Pays};
use crate::survey::{Measured, Survey, WorkloadResult};
use crate::{tables, words};

/// All that a survey found, as HTML.
pub fn page(survey: &Survey) -> String {
    let page = Page {
        title: "Crossover: where parallel begins to pay".to_owned(),
        lead: lead(survey),
        sections: sections(survey),
        machine: survey.machine.clone(),
    };
    page.html()
}

/// How to read the figures.
pub(super) fn lead(survey: &Survey) -> Markup {
    html! {
        p {
            "The first figure of each workload shows how long one run takes against its number of items, serial and "
            "in every parallel way with " (words::number_of(survey.workers, "worker")) ". A way pays where its curve "
            "is below the thick one. Far left it shows its overhead: what it costs to do nothing. A ring marks the "
            "crossover, the size from which it is faster, and the strip below shows how sure that is."
        }
        @if let Some(sentence) = tables::stolen(survey) { p { (sentence) } }
    }
}

/// The sections of each workload, and one on the method.
pub(super) fn sections(survey: &Survey) -> Vec<Section> {
    let mut sections: Vec<_> = survey
        .workloads
        .iter()
        .flat_map(|result| [times(result, survey), speedups(result, survey)])
        .collect();
    sections.push(method());
    sections
}

fn times(result: &WorkloadResult, survey: &Survey) -> Section {
    Section {
        id: result.name.clone(),
        title: format!("Crossovers: {}", result.name),
        text: html! {
            p { "Compared with " (result.base) ". " (what_to_see(result)) }
        },
        figure: result
            .measured()
            .next()
            .is_some()
            .then(|| figure_of_times(result)),
        table: Some(tables::crossovers(result, survey.workers).into()),
        after: html! {
            @for remark in tables::remarks(result, survey.noise_floor) { p.remark { (remark) } }
        },
    }
}

fn speedups(result: &WorkloadResult, survey: &Survey) -> Section {
    Section {
        id: format!("{}-speedup", result.name),
        title: format!("Speedup against size: {}", result.name),
        text: html! {
            p {
                "The same measurements as ratios: serial time over parallel time, pair by pair. A way pays where its "
                "curve is above 1, and the bands show 95% intervals. Between the dotted lines is the noise floor, "
                (words::noise_floor(survey.noise_floor)) ": what serial code shows against itself."
            }
        },
        figure: result
            .measured()
            .next()
            .is_some()
            .then(|| figure_of_speedups(result, survey)),
        table: Some(tables::speedups(result).into()),
        ..Section::default()
    }
}

/// Time against n: serial, every paradigm, and each crossing with its interval on the serial curve.
fn figure_of_times(result: &WorkloadResult) -> Figure {
    let serial = Series {
        name: "serial".to_owned(),
        look: Look::Baseline,
        points: result
            .serial_curve()
            .iter()
            .map(|&(n, time)| (n as f64, time))
            .collect(),
        band: result
            .serial_again
            .outcome
            .as_ref()
            .map_or(Vec::new(), |again| {
                band(again, |size| (size.serial.low, size.serial.high))
            }),
        marks: Vec::new(),
    };
    let paradigms = result.cells.iter().enumerate().filter_map(|(k, cell)| {
        let measured = cell.outcome.as_ref().ok()?;
        let sizes = measured.estimate.sizes.iter();
        Some(Series {
            name: cell.paradigm.clone(),
            look: Look::Nth(k),
            points: sizes
                .map(|size| (size.n as f64, size.parallel.median))
                .collect(),
            band: band(measured, |size| (size.parallel.low, size.parallel.high)),
            marks: marks(measured),
        })
    });
    let lines = Lines {
        title: format!("{}: time against number of items", result.name),
        x: Axis::new("number of items n", Scale::Log, Unit::Count),
        y: Axis::new("time of one run", Scale::Log, Unit::Seconds),
        series: std::iter::once(serial).chain(paradigms).collect(),
        references: Vec::new(),
        marks_mean: "begins to pay".to_owned(),
        shaded: None,
    };
    lines.figure()
}

/// Speedup against n.
fn figure_of_speedups(result: &WorkloadResult, survey: &Survey) -> Figure {
    let series = result.cells.iter().enumerate().filter_map(|(k, cell)| {
        let measured = cell.outcome.as_ref().ok()?;
        let sizes = measured.estimate.sizes.iter();
        Some(Series {
            name: cell.paradigm.clone(),
            look: Look::Nth(k),
            points: sizes
                .map(|size| (size.n as f64, 1.0 / size.ratio.median))
                .collect(),
            band: band(measured, |size| {
                (1.0 / size.ratio.high, 1.0 / size.ratio.low)
            }),
            marks: Vec::new(),
        })
    });
    let sizes = result.serial_curve();
    let ends = [sizes.first(), sizes.last()];
    let one = ends.into_iter().flatten().map(|&(n, _)| (n as f64, 1.0));
    let lines = Lines {
        title: format!("{}: speedup against number of items", result.name),
        x: Axis::new("number of items n", Scale::Log, Unit::Count),
        y: Axis::new(
            "speedup: serial time over parallel time",
            Scale::Log,
            Unit::Times,
        ),
        series: series.collect(),
        references: vec![Reference {
            name: "as fast as serial".to_owned(),
            points: one.collect(),
        }],
        marks_mean: String::new(),
        shaded: Some(Shaded {
            name: "noise floor".to_owned(),
            low: (-survey.noise_floor).exp(),
            high: survey.noise_floor.exp(),
        }),
    };
    lines.figure()
}

fn band(measured: &Measured, interval: fn(&AtSize) -> (f64, f64)) -> Vec<(f64, f64, f64)> {
    let of_size = |size: &AtSize| {
        let (low, high) = interval(size);
        (size.n as f64, low, high)
    };
    measured.estimate.sizes.iter().map(of_size).collect()
}

fn marks(measured: &Measured) -> Vec<Mark> {
    let mark = |crossing: &crate::crossing::Crossing| Mark {
        at: (crossing.n, measured.estimate.serial_time_at(crossing.n)),
        x_interval: Some((
            crossing.low.unwrap_or(crossing.n),
            crossing.high.unwrap_or(crossing.n),
        )),
        open_left: crossing.low.is_none(),
        open_right: crossing.high.is_none(),
    };
    measured.estimate.crossings.iter().map(mark).collect()
}

/// A sentence on who pays first, and who never does.
fn what_to_see(result: &WorkloadResult) -> String {
    let from = |measured: &Measured| match measured.estimate.pays() {
        Pays::From(crossing) | Pays::Between(Some(crossing), _) => Some(crossing.n),
        Pays::Always(n) => Some(n as f64),
        Pays::Between(None, _) | Pays::Never(_) | Pays::NoDifference(_) => None,
    };
    let first = result
        .measured()
        .filter_map(|(name, measured)| Some((from(measured)?, name)))
        .min_by(|a, b| a.0.total_cmp(&b.0));
    let never: Vec<_> = result
        .measured()
        .filter(|(_, measured)| from(measured).is_none())
        .map(|(name, _)| name)
        .collect();
    let first = match first {
        Some((n, name)) => format!("{name} begins to pay first, at n ≈ {}.", words::count(n)),
        None => "Serial code wins at every size that was measured.".to_owned(),
    };
    match &never[..] {
        [] => first,
        names => format!("{first} Never, at these sizes: {}.", names.join(", ")),
    }
}

fn method() -> Section {
    Section {
        id: "method".to_owned(),
        title: "How it was measured".to_owned(),
        text: html! {
            p {
                "Each paradigm ran in processes of its own, in many short rounds that were spread over the whole "
                "run. Serial and parallel runs took turns; what counts is their ratio, pair by pair. The crossover is "
                "where the median ratio of the rounds changes sides, interpolated between sizes; its interval comes "
                "from a bootstrap over whole rounds. " q { "slower | faster at" } " are the nearest sizes on both "
                "sides that differ from serial code beyond doubt, and " q { "a + b·n" } " is where straight lines "
                "through the times cross. Every answer was compared with the serial one."
            }
        },
        ..Section::default()
    }
}
