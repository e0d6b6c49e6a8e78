//! The results as text for a terminal: tables, the log-log figure, the waterfall.

use std::fmt::Write;

use laboratory::survey::WorkloadResult;
use laboratory::waterfall::Waterfall;

use crate::tables::Table;
use crate::{sentences, words};

/// The width where there is no terminal, and of prose and figures also where there is a wider one.
const WIDTH: usize = 100;
/// The figure's lines, its least width, and the width of what stands left of it.
const HEIGHT: usize = 22;
const LEAST_WIDTH: usize = 60;
const MARGIN: usize = 7;
/// The width of a waterfall's bars, and of a column of the figure's legend.
const BAR_WIDTH: f64 = 50.0;
const LEGEND_WIDTH: usize = 24;
/// Between the columns of a table.
const GAP: &str = "  ";
/// A head is broken into lines of about this width, if its column has nothing wider.
const HEAD_WIDTH: usize = 8;

/// What each curve is drawn with: serial code first, then the paradigms.
const LETTERS: &str = "sabcdefghijklmnopqrtuvwxyz";

/// The columns of this terminal; 100 if standard output is none.
pub fn width() -> usize {
    terminal_size::terminal_size_of(std::io::stdout())
        .map_or(WIDTH, |(width, _)| usize::from(width.0))
}

/// Prose in lines that fit `width`, and not too long ones on a wide terminal; lines after the first begin with
/// `indent`.
pub fn prose(text: &str, indent: &str, width: usize) -> String {
    let width = width.min(WIDTH).saturating_sub(indent.len());
    wrapped(text, width).join(&format!("\n{indent}"))
}

/// A text in lines of at most `width` columns, broken between words.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A table of at most `width` columns, its numbers to the right. A narrow terminal drops the table's columns from the
/// right, which is in the order of their importance, and a line below says which.
pub fn table(table: &Table, width: usize) -> String {
    let cells = |k: usize| table.rows.iter().map(move |row| row[k].as_str());
    let wide = |text: &str| text.chars().count();
    let head = |(k, head): (usize, &String)| {
        let widest = cells(k).map(wide).max().unwrap_or(0);
        wrapped(head, widest.max(HEAD_WIDTH))
    };
    let heads: Vec<_> = table.head.iter().enumerate().map(head).collect();
    let height = heads.iter().map(Vec::len).max().unwrap_or(0);
    let mut lines = vec![String::new(); height + table.rows.len()];
    let mut shown = 0;
    for (k, head) in heads.iter().enumerate() {
        let above = std::iter::repeat_n("", height - head.len());
        let head = above.chain(head.iter().map(String::as_str));
        let column: Vec<&str> = head.chain(cells(k)).collect();
        let widest = column.iter().map(|cell| wide(cell)).max().unwrap_or(0);
        if k > 0 && wide(&lines[0]) + GAP.len() + widest > width {
            break;
        }
        for (line, cell) in lines.iter_mut().zip(column) {
            let _ = match k {
                0 => write!(line, "{cell:widest$}"),
                _ => write!(line, "{GAP}{cell:>widest$}"),
            };
        }
        shown += 1;
    }
    lines.insert(height, "─".repeat(wide(&lines[0])));
    if let dropped @ [_, ..] = &table.head[shown..] {
        let dropped = dropped.join(", ");
        lines.push(format!("(a wider terminal also shows: {dropped})"));
    }
    let lines = lines.iter().map(|line| line.trim_end());
    lines.collect::<Vec<_>>().join("\n")
}

/// The parts of one run, each with a bar that begins where the last one ended.
pub fn waterfall(waterfall: &Waterfall, width: usize) -> String {
    let whole = waterfall.whole * waterfall.covered().max(1.0);
    let columns = |seconds: f64| (seconds / whole * BAR_WIDTH).round() as usize;
    let mut begin = 0.0;
    let mut rows = Vec::new();
    for &(part, seconds) in &waterfall.parts {
        let end = begin + seconds;
        let length = (columns(end) - columns(begin)).max(usize::from(seconds > 0.0));
        let bar = " ".repeat(columns(begin)) + &"█".repeat(length);
        rows.push(vec![
            sentences::part(part).to_owned(),
            words::time(seconds),
            format!("{:.0}%", 100.0 * seconds / waterfall.whole),
            format!("{bar:width$}", width = BAR_WIDTH as usize),
        ]);
        begin = end;
    }
    let [whole, serial] = [waterfall.whole, waterfall.serial].map(words::time);
    rows.push(vec!["the whole".to_owned(), whole, "100%".to_owned()]);
    rows.push(vec!["serial code".to_owned(), serial]);
    table(&Table::new("part; time; share; ", rows), width)
}

/// Time against n on logarithmic axes, serial and every paradigm, as wide as `width` allows.
pub fn figure(result: &WorkloadResult, width: usize) -> String {
    let log = |(n, time): (usize, f64)| ((n as f64).log10(), time.log10());
    let serial: Vec<_> = result.serial_curve().into_iter().map(log).collect();
    let mut curves = vec![("serial", serial)];
    curves.extend(result.measured().map(|(name, measured)| {
        let places = measured.estimate.places.iter().filter(|place| place.of_all);
        let points = places.map(|place| log((place.at, place.rival.median)));
        (name, points.collect())
    }));
    let all = || curves.iter().flat_map(|(_, points)| points);
    let (x_low, x_high) = decades(all().map(|&(x, _)| x));
    let (y_low, y_high) = decades(all().map(|&(_, y)| y));
    let columns = width.clamp(LEAST_WIDTH, WIDTH) - MARGIN - 1;
    let place = |share: f64, places: usize| (share * (places - 1) as f64).round() as usize;
    let column = |x: f64| place((x - x_low) / (x_high - x_low), columns);
    let row = |y: f64| place((y_high - y) / (y_high - y_low), HEIGHT);

    let letter = |k: usize| LETTERS.chars().nth(k).unwrap_or('?');
    let mut cells = vec![vec![' '; columns]; HEIGHT];
    // Serial last, so that it is in front.
    for (k, (_, points)) in curves.iter().enumerate().rev() {
        for &(x, y) in points {
            cells[row(y)][column(x)] = letter(k);
        }
    }
    let powers = |low: f64, high: f64| (low as i32..=high as i32).map(f64::from);
    let mut lines = vec!["time against n, both axes logarithmic:".to_owned()];
    lines.extend(cells.iter().enumerate().map(|(k, cells)| {
        let power = powers(y_low, y_high).find(|&power| row(power) == k);
        let label = power.map_or(String::new(), |power| words::time(10_f64.powf(power)));
        let cells: String = cells.iter().collect();
        format!("{label:MARGIN$}│{}", cells.trim_end())
    }));
    lines.push(format!("{:MARGIN$}└{}", "", "─".repeat(columns)));
    let labels = powers(x_low, x_high).fold(String::new(), |labels, power| {
        let label = words::thousands(10_f64.powf(power) as u64);
        // In the middle below its place, except at the ends.
        let begin = (MARGIN + 1 + column(power)).saturating_sub(label.len() / 2);
        let begin = begin.min(MARGIN + 1 + columns - label.len());
        format!("{labels:begin$}{label}")
    });
    lines.extend([labels, String::new()]);
    let names = curves.iter().enumerate();
    let legend = names.map(|(k, (name, _))| format!("{} {name:LEGEND_WIDTH$}", letter(k)));
    let legend: Vec<_> = legend.collect();
    let legend = legend.chunks(columns / LEGEND_WIDTH);
    lines.extend(legend.map(|row| row.concat().trim_end().to_owned()));
    lines.join("\n")
}

/// The whole powers of ten round `values`.
fn decades(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value.floor()), high.max(value.ceil()))
    });
    (low, high.max(low + 1.0))
}
