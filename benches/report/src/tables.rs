//! The results as tables of text, for the terminal and for the pages.

use estimator::laws::karp_flatt;
use estimator::{Answer, AtPlace, Measured, Range};
use laboratory::floors::{Floor, Floors, Group};
use laboratory::survey::{CellResult, Scaling, WorkloadResult, measured};
use laboratory::versus::{Comparison, POOL};
use laboratory::waterfall::{Part, Waterfall};

use crate::{sentences, words};

/// A table: its head, and rows of as many cells. The first column is text, the others are numbers; important columns
/// come first, since a narrow terminal drops the last ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What the columns are.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// The names of the columns stand in one line. Rows with fewer cells are filled up with empty ones.
    fn new(head: &str, mut rows: Vec<Vec<String>>) -> Self {
        let head: Vec<String> = head.split("; ").map(str::to_owned).collect();
        for row in &mut rows {
            row.resize(head.len(), String::new());
        }
        Self { head, rows }
    }
}

/// One row for each paradigm: where it starts to win, and what it gains at the largest size. The best comes first.
pub fn crossovers(result: &WorkloadResult, workers: usize) -> Table {
    let head = format!(
        "paradigm; beats serial from; 95% interval; speedup; {}; serial takes there; efficiency; a + b·n; \
         slower | faster at",
        time_at(result.largest())
    );
    let serial = result.serial_curve().last().map(|&(_, time)| {
        let cells = ["serial", "", "", "1.00", &words::time(time)];
        cells.map(str::to_owned).to_vec()
    });
    let mut cells: Vec<&CellResult> = result.cells.iter().collect();
    cells.sort_by(|a, b| rank(a).partial_cmp(&rank(b)).expect("sizes are numbers"));
    let cells = cells.into_iter().map(|cell| {
        let Ok(measured) = &cell.outcome else {
            return vec![cell.paradigm.clone(), "failed".to_owned()];
        };
        let estimate = &measured.estimate;
        let largest = estimate.largest();
        let model = measured.model.and_then(|model| model.crossing);
        let bracket = estimate.answer.crossing().map(|crossing| {
            let place = |place: Option<usize>| or_dash(place.map(|n| words::count(n as f64)));
            let places = [place(crossing.below), place(crossing.above)];
            let [slower, faster] = match estimate.answer {
                // It is faster below this crossing, and slower above.
                Answer::Between { begin: None, .. } => [&places[1], &places[0]],
                _ => [&places[0], &places[1]],
            };
            format!("{slower} | {faster}")
        });
        vec![
            cell.paradigm.clone(),
            sentences::answer(estimate),
            sentences::interval(estimate),
            sentences::speedup(largest),
            words::time(largest.rival.median),
            serial_time_there(measured),
            words::percent(largest.speedup().median / workers as f64),
            or_dash(model.map(words::count)),
            or_dash(bracket),
        ]
    });
    Table::new(&head, serial.into_iter().chain(cells).collect())
}

/// What decides the order of rows: the kind of answer, then the size.
fn rank(cell: &CellResult) -> (u8, f64) {
    let Ok(measured) = &cell.outcome else {
        return (6, 0.0);
    };
    match &measured.estimate.answer {
        Answer::Always { .. } => (0, 0.0),
        Answer::From { begin } => (1, begin.at),
        Answer::Between { begin, .. } => (2, begin.map_or(0.0, |begin| begin.at)),
        Answer::NoDifference { .. } => (3, 0.0),
        Answer::Undecided { .. } => (4, 0.0),
        Answer::Never { .. } => (5, 0.0),
    }
}

/// The head of the column of times at the largest size, if any size was measured.
fn time_at(largest: Option<usize>) -> String {
    largest.map_or("time".to_owned(), |n| {
        format!("time at n = {}", words::count(n as f64))
    })
}

/// How long the base takes where its rival starts or stops to win.
fn serial_time_there(measured: &Measured) -> String {
    let crossing = measured.estimate.answer.crossing();
    or_dash(crossing.map(|crossing| words::time(measured.estimate.base_time_at(crossing.at))))
}

fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "–".to_owned())
}

/// The speedup of each paradigm at each size that most were measured at.
pub fn speedups(result: &WorkloadResult) -> Table {
    let row = |(n, _): (usize, f64)| {
        let speedups = result.measured().map(|(_, measured)| {
            let place = place_at(measured, n);
            place.as_ref().map_or(String::new(), sentences::speedup)
        });
        let n = words::thousands(n as u64);
        [n].into_iter().chain(speedups).collect()
    };
    let rows = result.serial_curve().into_iter().map(row);
    let names = result.measured().map(|(name, _)| format!("; {name}"));
    let head = "n".to_owned() + &names.collect::<String>();
    Table::new(&head, rows.collect())
}

/// The parts of runs, one row for each paradigm.
pub fn waterfalls(waterfalls: &[Waterfall]) -> Table {
    let row = |waterfall: &Waterfall| {
        let mut row = vec![waterfall.paradigm.clone()];
        row.extend(Part::ALL.map(|part| time_of_part(waterfall.seconds(part))));
        row.push(words::percent(waterfall.covered()));
        row.extend([waterfall.whole, waterfall.serial].map(words::time));
        row
    };
    let parts = Part::ALL.map(sentences::part).join("; ");
    let head = format!("paradigm; {parts}; sum of parts; whole; serial");
    Table::new(&head, waterfalls.iter().map(row).collect())
}

/// A part may take no time at all.
pub(crate) fn time_of_part(seconds: f64) -> String {
    match seconds {
        0.0 => "0".to_owned(),
        seconds => words::time(seconds),
    }
}

/// The floors of one group: one row for each, and one more for each second thing that is built on it.
pub fn floors(floors: &Floors, group: Group) -> Table {
    let floors = floors.floors.iter().filter(|floor| floor.group == group);
    let floors = floors.filter_map(|floor| Some((floor, floor.seconds()?.median)));
    if group == Group::Copying {
        let rows = floors.filter_map(|(floor, seconds)| {
            let bytes = floor.bytes? as f64;
            let rate = words::rate(bytes / seconds);
            Some(vec![floor.name.clone(), words::bytes(bytes), rate])
        });
        return Table::new("buffer; size; copied in a second", rows.collect());
    }
    let head = "floor; cores; time; built on it; its time; × floor; 95% interval";
    let rows = floors.flat_map(|(floor, seconds)| {
        let cores = floor
            .placement
            .map_or("", sentences::floors::cores)
            .to_owned();
        let mut first = vec![floor.name.clone(), cores, words::time(seconds)];
        let mut rows = Vec::new();
        for (name, place) in built_on(floor) {
            let mut row = std::mem::replace(&mut first, vec![String::new(); 3]);
            row.extend([
                name.to_owned(),
                words::time(place.rival.median),
                format!("{:.2}", place.ratio.median),
                interval(&place.ratio),
            ]);
            rows.push(row);
        }
        if rows.is_empty() {
            rows.push(first);
        }
        rows
    });
    let mut table = Table::new(head, rows.collect());
    if table.rows.iter().all(|row| row[1].is_empty()) {
        // No floor of this group has a placement: the room is needed for the interval.
        table.head.remove(1);
        table.rows.iter_mut().for_each(|row| drop(row.remove(1)));
    }
    table
}

/// What is built on a floor, with its times. (A floor that is compared with itself has nothing on it.)
fn built_on(floor: &Floor) -> impl Iterator<Item = (&str, &AtPlace)> {
    let built = floor.rivals.iter().filter(|rival| rival.name != floor.name);
    built.filter_map(|rival| {
        let estimate = &rival.outcome.as_ref().ok()?.estimate;
        Some((rival.name.as_str(), estimate.largest()))
    })
}

fn interval(range: &Range) -> String {
    or_dash(
        range
            .interval
            .map(|(low, high)| format!("{low:.2} – {high:.2}")),
    )
}

/// Python's ways and ours, each compared with the best serial code of its own language; their times at the largest size
/// that all were measured at, and how many times as long Python's pool takes.
pub fn versus(comparison: &Comparison) -> Table {
    let languages = [&comparison.theirs, &comparison.ours];
    let ways = languages.map(|language| measured(&language.ways));
    let sizes = ways
        .into_iter()
        .flatten()
        .map(|(_, way)| way.estimate.largest().at);
    let largest = sizes.min();
    let at_largest = |way: &Measured| place_at(way, largest?);
    let pool = comparison.theirs.way(POOL).and_then(at_largest);
    let times_and_pool = |seconds: f64| {
        let pool = pool.map(|pool| format!("{} ×", words::ratio(pool.rival.median / seconds)));
        [words::time(seconds), or_dash(pool)]
    };
    let mut rows = Vec::new();
    for language in languages {
        let name = &language.name;
        let serial = measured(&language.ways).find_map(|(_, way)| at_largest(way));
        rows.extend(serial.map(|place| {
            let label = format!("{name}: {} (best serial)", language.serial);
            let cells = [&label, "", "", "1.00"].map(str::to_owned);
            cells
                .into_iter()
                .chain(times_and_pool(place.base.median))
                .collect()
        }));
        rows.extend(language.ways.iter().map(|way| {
            let mut row = vec![format!("{name}: {}", way.paradigm)];
            let Ok(way) = &way.outcome else {
                row.push("failed".to_owned());
                return row;
            };
            row.extend([
                sentences::answer(&way.estimate),
                sentences::interval(&way.estimate),
            ]);
            if let Some(place) = at_largest(way) {
                row.push(sentences::speedup(&place));
                row.extend(times_and_pool(place.rival.median));
            }
            row.push(serial_time_there(way));
            row
        }));
    }
    let head = format!(
        "way; beats its serial from; 95% interval; speedup; {}; Python's pool takes; serial takes there",
        time_at(largest)
    );
    Table::new(&head, rows)
}

fn place_at(measured: &Measured, at: usize) -> Option<AtPlace> {
    measured
        .estimate
        .places
        .iter()
        .copied()
        .find(|place| place.at == at)
}

/// Speedups of one workload, one row for each paradigm and number of workers.
pub fn scaling(scaling: &Scaling) -> Table {
    let head = "paradigm; workers; speedup; 95% interval; efficiency; serial fraction (Karp–Flatt)";
    let rows = measured(&scaling.cells).flat_map(|(name, measured)| {
        measured.estimate.places.iter().map(move |place| {
            let (workers, speedup) = (place.at as f64, place.speedup());
            vec![
                name.to_owned(),
                place.at.to_string(),
                sentences::speedup(place),
                interval(&speedup),
                words::percent(speedup.median / workers),
                or_dash(karp_flatt(speedup.median, workers).map(words::percent)),
            ]
        })
    });
    Table::new(head, rows.collect())
}

#[cfg(test)]
mod tests;
