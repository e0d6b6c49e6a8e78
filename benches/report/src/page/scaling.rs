//! More workers: what was measured, and two laws drawn through it.

use estimator::laws::{amdahl, amdahl_share, gustafson, share_of_parallel_time};
use estimator::{AtPlace, Range};
use laboratory::survey::{Survey, WorkloadResult};
use maud::html;

use super::crossovers::{SPEEDUP, curve};
use super::{Chapter, Section, look};
use crate::chart::{Axis, Lines, Look, Scale, Series};
use crate::{tables, words};

const WORKERS: Axis = Axis::new("workers", Scale::Whole, words::count);
/// The laws are drawn for this paradigm: it starts its workers anew for each run and they share memory, as the laws
/// assume. The best of many paradigms would often be the best by chance.
const FITTED: &str = "threads/scoped";

/// A section for each workload that was measured.
pub(super) fn chapter(scaling: &Survey) -> Chapter {
    let sections = scaling.workloads.iter();
    let sections = sections.map(|result| section(result, scaling.machine.cores));
    Chapter {
        id: "workers",
        title: "More workers",
        lead: html! {
            p {
                "The same work with 1, 2, ... workers, each measured in turns with serial code in the same rounds; bands are "
                "95% intervals. The lines bend at the number of cores: more workers than cores compute no faster. With one "
                "worker, a line shows the overhead alone."
            }
        },
        command: "--example report -- --measure",
        sections: sections.collect(),
    }
}

fn section(result: &WorkloadResult, cores: usize) -> Section {
    let cells = || result.measured();
    let most = cells().map(|(_, measured)| measured.estimate.largest().at);
    let most = most.max().unwrap_or(cores);
    let fitted = cells().find(|(name, _)| *name == FITTED);
    let share = fitted.and_then(|(_, measured)| amdahl_share(measured, cores));
    // Where more workers do not help, no law says how much they do.
    let share = share.filter(|share| share.median < 1.0);
    let ideal = Series::new("ideal", Look::Reference(0), along(most, |workers| workers));
    let laws = share.into_iter().flat_map(|share| laws(share, cores, most));
    let series =
        cells().map(|(name, measured)| curve(name, look(name), measured, AtPlace::speedup));
    let title = format!("{}: speedup against workers", result.name);
    let mut speedup = SPEEDUP;
    speedup.scale = Scale::Linear;
    let series = series.chain([ideal]).chain(laws).collect();
    Section {
        id: format!("workers-{}", result.name),
        title: format!("{}, {}", result.name, words::number_of(result.n, "item")),
        text: html! { p { (what_the_fit_says(share, cores)) } },
        figures: vec![
            Lines::new(title, WORKERS, speedup, series)
                .figure()
                .on_page(),
        ],
        table: tables::scaling(result),
        ..Section::default()
    }
}

/// Amdahl's law with the band of its 95% interval, and Gustafson's. Both go through the same point: the fitted
/// speedup with a worker on each core. Amdahl's share is one of the serial time, Gustafson's is one of the parallel
/// time.
pub(crate) fn laws(share: Range, cores: usize, most: usize) -> [Series; 2] {
    let of_serial = possible(share.median);
    let of_parallel = share_of_parallel_time(of_serial, cores as f64);
    let of_amdahl = |share: f64| along(most, |workers| amdahl(possible(share), workers));
    let name = format!("Amdahl, fitted to {FITTED}");
    let mut first = Series::new(name, Look::Reference(1), of_amdahl(of_serial));
    if let Some((low, high)) = share.interval {
        let ends = of_amdahl(high).into_iter().zip(of_amdahl(low));
        first.band = ends.map(|(low, high)| (low.0, low.1, high.1)).collect();
    }
    let name = "Gustafson, through the same point";
    let points = along(most, |workers| gustafson(of_parallel, workers));
    [first, Series::new(name, Look::Reference(2), points)]
}

/// A share as it can be; one that was measured may be off.
fn possible(share: f64) -> f64 {
    share.clamp(0.0, 1.0)
}

fn along(most: usize, law: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    let workers = (1..=most).map(|workers| workers as f64);
    workers.map(|workers| (workers, law(workers))).collect()
}

fn what_the_fit_says(share: Option<Range>, cores: usize) -> String {
    let Some(share) = share else {
        return format!("More workers do not make {FITTED} faster here, so no law is drawn.");
    };
    let many = 8 * cores;
    let with_interval = |of: &dyn Fn(f64) -> String| match share.interval {
        Some((low, high)) => format!("{} ({} to {})", of(share.median), of(low), of(high)),
        None => format!("{} (too few rounds for an interval)", of(share.median)),
    };
    format!(
        "With up to {}, {FITTED} behaves as if {} of the serial time could not be shared. If nothing else got in the way, \
         Amdahl's law would allow a speedup of {} on {many} cores, for the same work. Gustafson's line is for work that grows \
         with the workers.",
        words::number_of(cores, "worker"),
        with_interval(&words::percent),
        with_interval(&|share| words::times(amdahl(possible(share), many as f64))),
    )
}
