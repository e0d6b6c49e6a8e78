//! The results as tables of text, for the terminal and for the pages.

use estimator::laws::karp_flatt;
use estimator::{Crossing, Range, Verdict};
use laboratory::floors::{self, ContestResult};
use laboratory::survey::WorkloadResult;
use laboratory::versus::Comparison;
use laboratory::versus::tasks::TaskResult;
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
    let time = match result.largest() {
        Some(n) => format!("time at n = {}", words::count(n as f64)),
        None => "time".to_owned(),
    };
    let head = format!(
        "paradigm; beats serial from; 95% interval; speedup; {time}; serial time at that n; efficiency; \
         model a + b·n says; slower at | faster at"
    );
    let serial = result.serial_curve().last().map(|&(_, time)| {
        let cells = ["serial", "", "", "1.00", &words::time(time)];
        cells.map(str::to_owned).to_vec()
    });
    let cells = sentences::best_first(result).into_iter().map(|cell| {
        let Ok(measured) = &cell.outcome else {
            return vec![cell.paradigm.clone(), "failed".to_owned()];
        };
        let estimate = &measured.estimate;
        let largest = estimate.largest();
        let model = measured.model.and_then(|model| model.crossing);
        let crossing = estimate.answer.crossing();
        let serial_there = crossing.map(|crossing| estimate.base_time_at(crossing.at));
        vec![
            cell.paradigm.clone(),
            sentences::answer(estimate),
            sentences::interval(estimate),
            sentences::speedup(largest),
            words::time(largest.rival.median),
            or_dash(serial_there.map(words::time)),
            words::percent(largest.speedup().median / workers as f64),
            or_dash(model.map(words::count)),
            or_dash(crossing.map(bracket)),
        ]
    });
    Table::new(&head, serial.into_iter().chain(cells).collect())
}

/// The sizes next to a crossing where the paradigm is slower and where it is faster.
fn bracket(crossing: &Crossing) -> String {
    let place = |place: Option<usize>| or_dash(place.map(|n| words::count(n as f64)));
    let (below, above) = (place(crossing.below), place(Some(crossing.above)));
    match crossing.to {
        Verdict::Slower => format!("{above} | {below}"),
        _ => format!("{below} | {above}"),
    }
}

fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "–".to_owned())
}

/// The speedup of each paradigm at each size that most were measured at.
pub(crate) fn speedups(result: &WorkloadResult) -> Table {
    let rows = result.serial_curve().into_iter().map(|(n, _)| {
        let mut row = vec![words::thousands(n as u64)];
        row.extend(result.measured().map(|(_, measured)| {
            let mut places = measured.estimate.places.iter();
            let place = places.find(|place| place.at == n);
            place.map_or(String::new(), sentences::speedup)
        }));
        row
    });
    let names = result.measured().map(|(name, _)| format!("; {name}"));
    let head = "n".to_owned() + &names.collect::<String>();
    Table::new(&head, rows.collect())
}

/// The parts of runs, one row for each paradigm.
pub(crate) fn waterfalls(waterfalls: &[Waterfall]) -> Table {
    let row = |waterfall: &Waterfall| {
        let mut row = vec![waterfall.paradigm.clone()];
        row.extend(Part::ALL.map(|part| words::time(waterfall.seconds(part))));
        row.push(words::percent(waterfall.covered()));
        row.extend([waterfall.whole, waterfall.serial].map(words::time));
        row
    };
    let parts = Part::ALL.map(sentences::part).join("; ");
    let head = format!("paradigm; {parts}; sum of parts; whole run; serial code");
    Table::new(&head, waterfalls.iter().map(row).collect())
}

/// The floors of one group: one row for each, and one more for each second thing that is built on it.
pub fn floors(of_group: &[ContestResult]) -> Table {
    let is_of_bytes = of_group[0].contest.group.is_of_bytes();
    let mut rows = Vec::new();
    for floor in of_group.chunk_by(|a, b| a.contest.has_floor_of(&b.contest)) {
        for (k, (contest, place)) in floors::measured(floor).enumerate() {
            let (bytes, seconds) = (contest.bytes as f64, place.base.median);
            let mut row = if k > 0 {
                vec![String::new(); 3]
            } else if is_of_bytes {
                let rate = words::rate(bytes / seconds);
                vec![contest.floor.clone(), words::bytes(bytes), rate]
            } else {
                let cores = contest.cores;
                // 0: the system chooses them, or there is one side only.
                let cores = if cores > 0 {
                    cores.to_string()
                } else {
                    String::new()
                };
                vec![contest.floor.clone(), cores, words::time(seconds)]
            };
            if let Some(rival) = &contest.rival {
                row.extend([
                    rival.clone(),
                    words::time(place.rival.median),
                    format!("{:.2}", place.ratio.median),
                    interval(&place.ratio),
                ]);
            }
            rows.push(row);
        }
    }
    let head = if is_of_bytes {
        "floor; size; bytes per second"
    } else {
        "floor; cores; time; built on it; its time; multiple of the floor; 95% interval"
    };
    let mut table = Table::new(head, rows);
    // Without a number of cores, or anything that is built on the floors, the room is needed for the other columns.
    for column in (0..table.head.len()).rev() {
        if table.rows.iter().all(|row| row[column].is_empty()) {
            table.head.remove(column);
            for row in &mut table.rows {
                row.remove(column);
            }
        }
    }
    table
}

fn interval(range: &Range) -> String {
    let interval = range.interval;
    or_dash(interval.map(|(low, high)| format!("{low:.2} – {high:.2}")))
}

/// The crossovers of both languages in one table. Each way is compared with the best serial code of its own language.
pub fn versus(comparison: &Comparison) -> Table {
    let mut both = Table::default();
    for language in &comparison.languages {
        let Table { head, rows } = crossovers(language, comparison.workers);
        both.head = head;
        both.rows.extend(rows.into_iter().map(|mut row| {
            row[0] = format!("{}: {}", language.name, row[0]);
            row
        }));
    }
    "way".clone_into(&mut both.head[0]);
    both
}

/// The times of each kind of task: ours, and those of the rival, which has this name.
pub fn tasks(tasks: &[TaskResult], rival: &str) -> Table {
    let rows = tasks.iter().filter_map(|task| {
        let place = task.cell.outcome.as_ref().ok()?.estimate.largest();
        let time = |range: &Range| words::time(range.median / task.of as f64);
        Some(vec![
            task.cell.paradigm.clone(),
            time(&place.base),
            time(&place.rival),
            format!("{:.2} times", place.ratio.median),
            interval(&place.ratio),
        ])
    });
    let head = format!("task; ours; {rival}; {rival} takes; 95% interval");
    Table::new(&head, rows.collect())
}

/// Speedups of one workload, one row for each paradigm and number of workers.
pub(crate) fn scaling(result: &WorkloadResult) -> Table {
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
