//! More workers: what was measured, and two laws drawn through it.

use estimator::laws::{amdahl, amdahl_share, gustafson, share_of_parallel_time};
use estimator::{AtPlace, Range};
use laboratory::survey::{Scaling, measured};
use maud::{Markup, html};

use super::crossovers::{band, points};
use super::{Chapter, Section, look};
use crate::chart::{Axis, Lines, Reference, Scale, Series, Unit};
use crate::{tables, words};

/// The laws are drawn for this paradigm: nothing of it lives longer than a run, and its workers share memory, so what it
/// does not share is plain to see. The best of many would be the luckiest of many.
const FITTED: &str = "threads/scoped";

/// Amdahl's share of [`FITTED`], clamped to what a share can be, with its interval if there were enough rounds.
struct Fit {
    share: Range,
    cores: f64,
}

/// A section for each workload that was measured.
pub(super) fn chapter(scalings: &[Scaling], after: Markup) -> Chapter {
    Chapter {
        id: "workers",
        title: "More workers",
        lead: html! {
            p {
                "The same work with 1, 2, ... workers, each measured in turns with serial code in the same rounds. The lines "
                "bend where the cores end: more workers than cores compute no faster. With one worker a line shows the "
                "overhead alone."
            }
            @if scalings.is_empty() { p.remark { "Nothing was measured yet." } }
        },
        sections: scalings.iter().map(section).collect(),
        after,
    }
}

fn section(scaling: &Scaling) -> Section {
    let fit = Fit::new(scaling);
    let workers = most_workers(scaling);
    let series = measured(&scaling.cells).map(|(name, measured)| Series {
        name: name.to_owned(),
        look: look(name),
        points: points(measured, AtPlace::speedup),
        band: band(measured, AtPlace::speedup),
        marks: Vec::new(),
    });
    let ideal = Reference {
        name: "ideal".to_owned(),
        points: vec_of(workers, |workers| workers),
        band: Vec::new(),
    };
    let laws = fit.iter().flat_map(|fit| fit.laws(workers));
    let lines = Lines {
        title: format!("{}: speedup against workers", scaling.workload),
        x: Axis {
            title: "workers",
            scale: Scale::Log2,
            unit: Unit::Count,
        },
        y: Axis {
            title: "speedup: serial time over parallel time",
            scale: Scale::Linear,
            unit: Unit::Times,
        },
        series: series.collect(),
        references: std::iter::once(ideal).chain(laws).collect(),
        shaded: None,
    };
    Section {
        id: format!("workers-{}", scaling.workload),
        title: format!(
            "{}, {}",
            scaling.workload,
            words::number_of(scaling.n, "item")
        ),
        text: html! { @if let Some(fit) = &fit { p { (fit.sentence()) } } },
        figures: vec![lines.figure()],
        table: tables::scaling(scaling),
        ..Section::default()
    }
}

impl Fit {
    fn new(scaling: &Scaling) -> Option<Self> {
        let (_, fitted) = measured(&scaling.cells).find(|(name, _)| *name == FITTED)?;
        let cores = scaling.machine.cores;
        let share = amdahl_share(fitted, cores)?;
        let clamp = |share: f64| share.clamp(0.0, 1.0);
        Some(Self {
            share: Range {
                median: clamp(share.median),
                interval: share.interval.map(|(low, high)| (clamp(low), clamp(high))),
            },
            cores: cores as f64,
        })
    }

    /// Both go through the same point: the fitted speedup with a worker on each core. Amdahl's share is one of the serial
    /// time, Gustafson's is one of the parallel time.
    fn laws(&self, workers: usize) -> [Reference; 2] {
        let share = self.share.median;
        let of_parallel_time = share_of_parallel_time(share, self.cores);
        let band = self.share.interval.map_or_else(Vec::new, |(low, high)| {
            let at = |workers: usize| workers as f64;
            let ends = |workers| (workers, amdahl(high, workers), amdahl(low, workers));
            (1..=workers).map(at).map(ends).collect()
        });
        [
            Reference {
                name: format!("Amdahl, fitted to {FITTED}"),
                points: vec_of(workers, |workers| amdahl(share, workers)),
                band,
            },
            Reference {
                name: "Gustafson, through the same point".to_owned(),
                points: vec_of(workers, |workers| gustafson(of_parallel_time, workers)),
                band: Vec::new(),
            },
        ]
    }

    fn sentence(&self) -> String {
        let Range {
            median: share,
            interval,
        } = self.share;
        let interval = |of: &dyn Fn(f64) -> String| {
            interval.map_or_else(
                || " (too few rounds for an interval)".to_owned(),
                |(low, high)| format!(" ({} – {})", of(low), of(high)),
            )
        };
        let most = 8.0 * self.cores;
        let beyond = |share| words::times(amdahl(share, most));
        format!(
            "Over all its numbers of workers up to the {}, {FITTED} behaves as if {}{} of the serial time could not be \
             shared. If nothing else got in the way, Amdahl's law would allow {}{} with {most} cores, for the same work. \
             Gustafson's line goes through the same point, for work that grows with the workers.",
            words::number_of(self.cores as usize, "core"),
            words::percent(share),
            interval(&|share| words::percent(share)),
            beyond(share),
            interval(&|share| beyond(share)),
        )
    }
}

fn most_workers(scaling: &Scaling) -> usize {
    let cells = measured(&scaling.cells);
    cells
        .map(|(_, measured)| measured.estimate.largest().at)
        .max()
        .unwrap_or(1)
}

fn vec_of(workers: usize, law: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    (1..=workers)
        .map(|workers| (workers as f64, law(workers as f64)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_laws_go_through_the_measured_point() {
        // Three tenths cannot be shared: with 4 workers 1 / (0.3 + 0.7 / 4) = 2.11 times as fast.
        let share = Range {
            median: 0.3,
            interval: Some((0.25, 0.35)),
        };
        let laws = Fit { share, cores: 4.0 }.laws(8);
        for law in &laws {
            let (_, speedup) = law.points[3];
            assert!((speedup - 2.105).abs() < 0.01, "{}: {speedup}", law.name);
        }
        // What it was before: Amdahl's share in Gustafson's law.
        assert!(gustafson(0.3, 4.0) > 3.0);
        let (workers, low, high) = laws[0].band[3];
        assert!(workers == 4.0 && low < 2.0 && high > 2.2);
    }
}
