//! The page of one survey: a section for each workload.

use maud::html;

use super::{Page, Section, Side, Table};
use crate::chart::{Axis, Figure, Lines, Look, Mark, Scale, Series, Unit};
use crate::crossing::Crossing;
use crate::survey::{Cell, Measured, Survey, WorkloadResult};
use crate::words;

/// All that a survey found, as HTML.
pub fn page(survey: &Survey) -> String {
    let mut sections: Vec<_> = survey
        .workloads
        .iter()
        .map(|result| section(result, survey.workers))
        .collect();
    sections.push(Section {
        id: "method".to_owned(),
        title: "How it was measured".to_owned(),
        text: html! {
            p {
                "Each way ran in a process of its own. Serial and parallel runs took turns; what counts is "
                "their ratio, pair by pair. Times are medians. The crossover is where the median ratio "
                "changes sides, interpolated between sizes; its interval comes from a bootstrap over rounds. "
                "Every answer was compared with the serial one."
            }
        },
        ..Section::default()
    });
    let page = Page {
        title: "Crossover: where parallel begins to pay".to_owned(),
        lead: html! {
            p {
                "Each figure shows how long one run takes against its number of items, serial and in every "
                "parallel way with " (survey.workers) " workers. A way pays where its curve is below the "
                "thick one. Far left it shows its overhead: what it costs to do nothing. A ring marks the "
                "crossover, the size from which it is faster; the strip under the figure shows how sure that is."
            }
        },
        sections,
        machine: survey.machine.clone(),
    };
    page.html()
}

fn section(result: &WorkloadResult, workers: usize) -> Section {
    Section {
        id: result.name.clone(),
        title: result.name.clone(),
        text: html! {
            @if !result.details.is_empty() { p { (result.details) "." } }
            p { (what_to_see(result)) }
        },
        figure: result.measured().next().is_some().then(|| figure(result)),
        table: Some(table(result, workers)),
        ..Section::default()
    }
}

/// Time against n: serial, every paradigm, and each crossover with its interval on the serial curve.
fn figure(result: &WorkloadResult) -> Figure {
    let serial = result.serial_curve().into_iter();
    let serial = Series {
        name: "serial".to_owned(),
        look: Look::Baseline,
        points: serial.map(|(n, time)| (n as f64, time)).collect(),
        band: Vec::new(),
        marks: Vec::new(),
    };
    let cells = result.cells.iter().enumerate();
    let paradigms = cells.filter_map(|(k, cell)| {
        let measured = cell.outcome.as_ref().ok()?;
        let points = measured.curve.iter();
        Some(Series {
            name: cell.paradigm.clone(),
            look: Look::Nth(k),
            points: points
                .map(|point| (point.n as f64, point.parallel))
                .collect(),
            band: Vec::new(),
            marks: mark(measured).into_iter().collect(),
        })
    });
    let lines = Lines {
        title: format!("{}: time against number of items", result.name),
        x: Axis::new("number of items n", Scale::Log, Unit::Count),
        y: Axis::new("time of one run", Scale::Log, Unit::Seconds),
        series: std::iter::once(serial).chain(paradigms).collect(),
        references: Vec::new(),
        marks_mean: "begins to pay, with its 95% interval".to_owned(),
        shaded: None,
    };
    lines.figure()
}

fn mark(measured: &Measured) -> Option<Mark> {
    let Crossing::From { n, low, high } = measured.crossing else {
        return None;
    };
    Some(Mark {
        at: (n, measured.serial_time_at(n)),
        x_interval: Some((low.unwrap_or(n), high.unwrap_or(n))),
        open_left: low.is_none(),
        open_right: high.is_none(),
    })
}

fn table(result: &WorkloadResult, workers: usize) -> Table {
    let largest = result.sizes.last().copied().unwrap_or(0) as f64;
    let number = |name: &str| (name.to_owned(), Side::Right);
    let row = |cell: &Cell| match &cell.outcome {
        Ok(measured) => vec![
            cell.paradigm.clone(),
            words::crossing(&measured.crossing),
            words::interval(&measured.crossing),
            words::serial_time_there(measured),
            words::time(measured.at_largest().parallel),
            format!("{:.2}", measured.speedup),
            format!("{:.0}%", 100.0 * measured.speedup / workers as f64),
        ],
        Err(reason) => vec![cell.paradigm.clone(), format!("failed: {reason}")],
    };
    Table {
        head: vec![
            ("paradigm".to_owned(), Side::Left),
            number("beats serial from"),
            number("95% interval"),
            number("serial takes there"),
            number(&format!("time at n = {}", words::count(largest))),
            number("speedup"),
            number("efficiency"),
        ],
        rows: result.cells.iter().map(row).collect(),
    }
}

/// A sentence on who pays first, and who never does.
fn what_to_see(result: &WorkloadResult) -> String {
    let from = |measured: &Measured| match measured.crossing {
        Crossing::From { n, .. } => Some(n),
        Crossing::Always { n } => Some(n as f64),
        Crossing::Never { .. } => None,
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
