//! The results as tables of text, for the terminal and for the pages.

use estimator::laws::karp_flatt;
use estimator::{AtPlace, Crossing, Measured, Range, Verdict};
use laboratory::floors::{Floor, Floors, Group};
use laboratory::survey::{CellResult, WorkloadResult, measured};
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
    pub(crate) fn new(head: &str, mut rows: Vec<Vec<String>>) -> Self {
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
        let crossing = estimate.answer.crossing();
        vec![
            cell.paradigm.clone(),
            sentences::answer(estimate),
            sentences::interval(estimate),
            sentences::speedup(largest),
            words::time(largest.rival.median),
            serial_time_there(measured),
            words::percent(largest.speedup().median / workers as f64),
            or_dash(model.map(words::count)),
            or_dash(crossing.map(bracket)),
        ]
    });
    Table::new(&head, serial.into_iter().chain(cells).collect())
}

/// What decides the order of rows: the kind of answer, then the size.
fn rank(cell: &CellResult) -> (usize, f64) {
    let measured = cell.outcome.as_ref().ok();
    let crossing = measured.and_then(|measured| measured.estimate.answer.crossing());
    (sentences::kind(cell), crossing.map_or(0.0, |at| at.at))
}

/// The sizes next to a crossing where the paradigm is slower and where it is faster.
fn bracket(crossing: &Crossing) -> String {
    let place = |place: Option<usize>| or_dash(place.map(|n| words::count(n as f64)));
    let (below, above) = (place(crossing.below), place(crossing.above));
    match crossing.to {
        Verdict::Slower => format!("{above} | {below}"),
        _ => format!("{below} | {above}"),
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
    let rows = result.serial_curve().into_iter().map(|(n, _)| {
        let mut row = vec![words::thousands(n as u64)];
        row.extend(result.measured().map(|(_, measured)| {
            let place = place_at(measured, n);
            place.as_ref().map_or(String::new(), sentences::speedup)
        }));
        row
    });
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
    let mut rows = Vec::new();
    for floor in floors.floors.iter().filter(|floor| floor.group == group) {
        let Some(seconds) = floor.seconds().map(|range| range.median) else {
            continue;
        };
        let mut first = vec![floor.name.clone()];
        if let Some(bytes) = floor.bytes {
            let bytes = bytes as f64;
            first.extend([words::bytes(bytes), words::rate(bytes / seconds)]);
        } else {
            let cores = floor.placement.map_or("", sentences::floors::cores);
            first.extend([cores.to_owned(), words::time(seconds)]);
        }
        if built_on(floor).next().is_none() {
            rows.push(first.clone());
        }
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
    }
    if group == Group::Copying {
        return Table::new("buffer; size; copied in a second", rows);
    }
    let head = "floor; cores; time; built on it; its time; × floor; 95% interval";
    let mut table = Table::new(head, rows);
    if table.rows.iter().all(|row| row[1].is_empty()) {
        // No floor of this group has a placement: the room is needed for the interval.
        table.head.remove(1);
        table.rows.iter_mut().for_each(|row| drop(row.remove(1)));
    }
    table
}

/// What is built on a floor, with its times. (A floor that is compared with itself has nothing on it.)
pub(crate) fn built_on(floor: &Floor) -> impl Iterator<Item = (&str, &AtPlace)> {
    let built = floor.rivals.iter().filter(|rival| rival.name != floor.name);
    built.filter_map(|rival| {
        let estimate = &rival.outcome.as_ref().ok()?.estimate;
        Some((rival.name.as_str(), estimate.largest()))
    })
}

fn interval(range: &Range) -> String {
    let interval = range.interval;
    or_dash(interval.map(|(low, high)| format!("{low:.2} – {high:.2}")))
}

/// Python's ways and ours, each compared with the best serial code of its own language; their times at the largest size
/// that all were measured at, and how many times as long Python's pool takes.
pub fn versus(comparison: &Comparison) -> Table {
    let languages = [&comparison.theirs, &comparison.ours];
    let ways = languages.into_iter().flat_map(|it| measured(&it.ways));
    let largest = ways.map(|(_, way)| way.estimate.largest().at).min();
    let at_largest = |way: &Measured| place_at(way, largest?);
    let pool = comparison.theirs.way(POOL).and_then(at_largest);
    let times_and_pool = |seconds: f64| {
        let pool = pool.map(|pool| format!("{} ×", words::ratio(pool.rival.median / seconds)));
        [words::time(seconds), or_dash(pool)]
    };
    let mut rows = Vec::new();
    for language in languages {
        let name = &language.name;
        if let Some(place) = measured(&language.ways).find_map(|(_, way)| at_largest(way)) {
            let label = format!("{name}: {} (best serial)", language.serial);
            let mut row = [&label, "", "", "1.00"].map(str::to_owned).to_vec();
            row.extend(times_and_pool(place.base.median));
            rows.push(row);
        }
        for way in &language.ways {
            let mut row = vec![format!("{name}: {}", way.paradigm)];
            match &way.outcome {
                Err(_) => row.push("failed".to_owned()),
                Ok(way) => {
                    row.push(sentences::answer(&way.estimate));
                    row.push(sentences::interval(&way.estimate));
                    if let Some(place) = at_largest(way) {
                        row.push(sentences::speedup(&place));
                        row.extend(times_and_pool(place.rival.median));
                    }
                    row.push(serial_time_there(way));
                }
            }
            rows.push(row);
        }
    }
    let head = format!(
        "way; beats its serial from; 95% interval; speedup; {}; Python's pool takes; serial takes there",
        time_at(largest)
    );
    Table::new(&head, rows)
}

fn place_at(measured: &Measured, at: usize) -> Option<AtPlace> {
    let mut places = measured.estimate.places.iter();
    places.find(|place| place.at == at).copied()
}

/// Speedups of one workload, one row for each paradigm and number of workers.
pub fn scaling(result: &WorkloadResult) -> Table {
    let head = "paradigm; workers; speedup; 95% interval; efficiency; serial fraction (Karp–Flatt)";
    let rows = result.measured().flat_map(|(name, measured)| {
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
