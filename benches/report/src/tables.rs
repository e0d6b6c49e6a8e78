//! The results as tables of text, for the terminal and for the page.

use crate::floors::{Copying, Floors, Group, Placement};
use crate::survey::{Cell, Measured, Survey, WorkloadResult};
use crate::versus::{self, Comparison, Way};
use crate::waterfall::{Part, Waterfall};
use crate::words;

/// A table: its head, and rows of as many cells. The first column is text, the others are numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What the columns are.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// One row for each paradigm: where it begins to pay, and what it gains at the largest size.
pub fn crossovers(result: &WorkloadResult, workers: usize) -> Table {
    let largest = words::count(result.largest() as f64);
    let head = [
        "paradigm",
        "beats serial from",
        "95% interval",
        "slower | faster at",
        "a + b·n",
        "serial takes there",
        &format!("time at n = {largest}"),
        "speedup",
        "efficiency",
    ];
    let serial = result.serial_curve().last().map(|&(_, time)| {
        let mut row = vec![String::new(); head.len()];
        "serial".clone_into(&mut row[0]);
        row[6] = words::time(time);
        "1.00".clone_into(&mut row[7]);
        row
    });
    let cells = result
        .cells
        .iter()
        .map(|cell| row(cell, workers, head.len()));
    Table {
        head: head.map(str::to_owned).to_vec(),
        rows: serial.into_iter().chain(cells).collect(),
    }
}

fn row(cell: &Cell, workers: usize, columns: usize) -> Vec<String> {
    let mut row = vec![cell.paradigm.clone()];
    match &cell.outcome {
        Ok(measured) => {
            let nothing = || "–".to_owned();
            let crossing = words::crossing(&measured.estimate);
            let largest = measured.at_largest();
            let model = measured.model.and_then(|model| model.crossing);
            let serial = crossing.map(|crossing| measured.estimate.serial_time_at(crossing.n));
            row.extend([
                words::pays(&measured.estimate),
                crossing
                    .map(|crossing| words::interval(&crossing))
                    .or_else(|| words::undecided_from(&measured.estimate))
                    .unwrap_or_else(nothing),
                crossing.map_or_else(nothing, |crossing| words::bracket(&crossing)),
                model.map_or_else(nothing, words::count),
                serial.map_or_else(nothing, words::time),
                words::time(largest.parallel.median),
                words::speedup(largest),
                format!("{:.0}%", 100.0 * measured.speedup() / workers as f64),
            ]);
        }
        Err(_) => row.push("failed".to_owned()),
    }
    row.resize(columns, String::new());
    row
}

/// A sentence on those whose parts miss the whole by more than 10%.
pub fn waterfall_remark(waterfalls: &[Waterfall]) -> Option<String> {
    let off = waterfalls
        .iter()
        .filter(|waterfall| waterfall.remark().is_some());
    let off: Vec<_> = off
        .map(|waterfall| {
            format!(
                "{} {}",
                waterfall.paradigm,
                words::percent(waterfall.covered())
            )
        })
        .collect();
    (!off.is_empty()).then(|| {
        format!(
            "The parts do not add up to the whole, but to: {}. Above it, parts overlap: one worker writes while another \
             computes, or an answer is still in a cache. Below it, something happens only when all of it \
             happens at once, or the machine changed its speed between the runs.",
            off.join(", ")
        )
    })
}

/// The speedup of each paradigm at each size that all were measured at.
pub fn speedups(result: &WorkloadResult) -> Table {
    let names = result.measured().map(|(name, _)| name.to_owned());
    let row = |(n, _): (usize, f64)| {
        let speedup = |measured: &Measured| {
            let size = measured.estimate.sizes.iter().find(|size| size.n == n);
            size.map_or(String::new(), |size| {
                format!("{:.2}", 1.0 / size.ratio.median)
            })
        };
        let speedups = result.measured().map(|(_, measured)| speedup(measured));
        std::iter::once(words::thousands(n as u64))
            .chain(speedups)
            .collect()
    };
    Table {
        head: std::iter::once("n".to_owned()).chain(names).collect(),
        rows: result.serial_curve().into_iter().map(row).collect(),
    }
}

/// Python's ways and ours, each compared with the best serial code of its own language, and with Python's pool.
pub fn versus(comparison: &Comparison) -> Table {
    let largest = words::count(comparison.largest as f64);
    let head = [
        "way",
        "beats its serial from",
        "95% interval",
        "serial takes there",
        &format!("time at n = {largest}"),
        "speedup",
        "Python's pool takes",
    ];
    let pool = comparison
        .theirs
        .way(versus::POOL)
        .map(Way::time_at_largest);
    let against_pool = |time: f64| {
        pool.map_or_else(String::new, |pool| {
            format!("{} ×", versus::ratio(pool / time))
        })
    };
    let nothing = || "–".to_owned();
    let mut rows = Vec::new();
    for side in [&comparison.theirs, &comparison.ours] {
        let language = versus::language(side);
        if let Some(&(_, serial)) = side.serial_curve().last() {
            let mut row = vec![String::new(); head.len()];
            row[0] = format!("{language}: {} (best serial)", side.serial);
            row[4] = words::time(serial);
            "1.00".clone_into(&mut row[5]);
            row[6] = against_pool(serial);
            rows.push(row);
        }
        rows.extend(side.ways.iter().map(|way| {
            let estimate = &way.measured.estimate;
            let crossing = words::crossing(estimate);
            vec![
                format!("{language}: {}", way.name),
                words::pays(estimate),
                crossing.map_or_else(nothing, |crossing| words::interval(&crossing)),
                way.serial_time_there().map_or_else(nothing, words::time),
                words::time(way.time_at_largest()),
                format!("{:.2}", way.measured.speedup()),
                against_pool(way.time_at_largest()),
            ]
        }));
    }
    Table {
        head: head.map(str::to_owned).to_vec(),
        rows,
    }
}

/// The floors of one group, one row for each, and one more for each second thing that is built on it.
pub fn floors(floors: &Floors, group: Group) -> Table {
    let head = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    if group == Group::Copying {
        let row = |row: &Copying| {
            vec![
                row.name.clone(),
                words::bytes(row.buffer as f64),
                words::rate(row.bytes_per_second),
            ]
        };
        return Table {
            head: head(&["buffer", "size", "copied in a second"]),
            rows: floors.copying.iter().map(row).collect(),
        };
    }
    let mut rows = Vec::new();
    for floor in floors.rows.iter().filter(|row| row.group == group) {
        let ours = floor.ours.iter().map(|ours| {
            let multiple = ours.multiple_of(floor);
            vec![
                ours.name.clone(),
                words::time(ours.median()),
                format!("{:.2}", multiple.estimate),
                format!("{:.2} – {:.2}", multiple.low, multiple.high),
            ]
        });
        let mut ours: Vec<_> = ours.collect();
        if ours.is_empty() {
            ours.push(vec![String::new(); 4]);
        }
        for (k, ours) in ours.into_iter().enumerate() {
            let mut row = vec![String::new(); 3];
            if k == 0 {
                let place = floor.placement.map_or("", Placement::name);
                row = vec![
                    floor.name.clone(),
                    place.to_owned(),
                    words::time(floor.median()),
                ];
            }
            rows.push(row.into_iter().chain(ours).collect());
        }
    }
    Table {
        head: head(&[
            "floor",
            "cores",
            "time",
            "ours",
            "time",
            "× floor",
            "95% interval",
        ]),
        rows,
    }
}

/// The parts of runs, one row for each paradigm.
pub fn waterfalls(waterfalls: &[Waterfall]) -> Table {
    let parts = Part::ALL.map(|part| part.name().to_owned());
    let ends = ["sum of parts", "whole", "serial"].map(str::to_owned);
    let row = |waterfall: &Waterfall| {
        let parts = Part::ALL.map(|part| match waterfall.seconds(part) {
            0.0 => "0".to_owned(),
            seconds => words::time(seconds),
        });
        let ends = [
            words::percent(waterfall.covered()),
            words::time(waterfall.whole),
            words::time(waterfall.serial),
        ];
        std::iter::once(waterfall.paradigm.clone())
            .chain(parts)
            .chain(ends)
            .collect()
    };
    Table {
        head: std::iter::once("paradigm".to_owned())
            .chain(parts)
            .chain(ends)
            .collect(),
        rows: waterfalls.iter().map(row).collect(),
    }
}

/// What is to be said below the table: better serial code, what this machine shows where nothing differs, why
/// model and measurement disagree, and what failed.
pub fn remarks(result: &WorkloadResult, noise_floor: f64) -> Vec<String> {
    let mut remarks: Vec<String> = result.better_base.iter().cloned().collect();
    remarks.push(match &result.serial_again.outcome {
        Ok(measured) => against_itself(measured, noise_floor),
        Err(reason) => format!("Serial against serial could not be measured: {reason}"),
    });
    remarks.extend(where_the_model_is_off(result));
    for cell in &result.cells {
        if let Err(reason) = &cell.outcome {
            remarks.push(format!("{} failed: {reason}", cell.paradigm));
        }
    }
    remarks
}

/// A sentence if the host of this virtual machine took a share of its time that shows in the results.
pub fn stolen(survey: &Survey) -> Option<String> {
    let share = survey.stolen.filter(|share| *share >= 0.01)?;
    Some(format!(
        "While this was measured, the host of this virtual machine gave {} of its cores' time to others: \
         intervals are wider for it, and two workers suffer more than one.",
        words::percent(share)
    ))
}

/// A sentence on all paradigms for which the model is off; why, is said of the first.
fn where_the_model_is_off(result: &WorkloadResult) -> Option<String> {
    let off: Vec<_> = result
        .measured()
        .filter_map(|(paradigm, measured)| Some((paradigm, measured, measured.remark.as_ref()?)))
        .collect();
    let (first, _, why) = off.first()?;
    let says = |(paradigm, measured, _): &(&str, &Measured, &String)| {
        let model = measured.model.and_then(|model| model.crossing);
        let model = model.map_or("no crossing".to_owned(), |n| {
            format!("n ≈ {}", words::count(n))
        });
        format!("{paradigm} ({model})")
    };
    let list: Vec<_> = off.iter().map(says).collect();
    Some(format!(
        "a + b·n is off for {}. For {first}, {why}.",
        list.join(", ")
    ))
}

fn against_itself(measured: &Measured, noise_floor: f64) -> String {
    let floor = words::noise_floor(noise_floor);
    match measured.estimate.pays() {
        crate::crossing::Pays::NoDifference(_) => format!(
            "Serial against serial: no difference; this machine's noise floor is {floor} today. `=` marks a speedup whose 95% interval holds 1."
        ),
        _ => format!(
            "Serial against serial shows a difference, though there is none: something on this machine disturbs \
             the measurement. The noise floor is {floor}."
        ),
    }
}
