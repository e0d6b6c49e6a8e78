//! The results as text: a table and the log-log figure for each workload.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::{Color, Style};
use ratatui_core::symbols::Marker;
use ratatui_core::widgets::Widget;
use ratatui_widgets::chart::{Axis, Chart, Dataset, GraphType};

use crate::survey::WorkloadResult;
use crate::waterfall::Waterfall;
use crate::{tables, words};

/// The figure's height in lines; its width is the caller's, from 60 to 120 columns.
const HEIGHT: u16 = 24;
/// The width of a waterfall's bars in columns.
const BAR_WIDTH: f64 = 50.0;
const LEGEND_COLUMNS: usize = 4;

/// What each paradigm is drawn with: a letter, so that it can be told apart without colour.
const LETTERS: &str = "abcdefghijklmnopqrtuvwxyz";
const SERIAL: char = 's';

/// The colours of the paradigms in turn, and how a terminal is told them.
const COLORS: [Color; 6] = [
    Color::Cyan,
    Color::Yellow,
    Color::Green,
    Color::Magenta,
    Color::Blue,
    Color::Red,
];
const SGR: [&str; 6] = ["36", "33", "32", "35", "34", "31"];

/// A table with lines, its numbers to the right.
pub fn text(tables::Table { head, rows }: tables::Table) -> String {
    let columns = head.len();
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header(head.iter().map(|head| in_two_lines(head)));
    table.add_rows(rows);
    for column in 1..columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

/// A long head in two lines, as even as its words allow.
fn in_two_lines(head: &str) -> String {
    const ONE_LINE: usize = 14;
    let spaces = head.match_indices(' ').map(|(at, _)| at);
    let middle = spaces.min_by_key(|at| at.abs_diff(head.len() / 2));
    match middle {
        Some(at) if head.chars().count() > ONE_LINE => {
            format!("{}\n{}", &head[..at], &head[at + 1..])
        }
        _ => head.to_owned(),
    }
}

/// The parts of one run, each with a bar.
pub fn waterfall(waterfall: &Waterfall) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header(["part", "time", "share", ""]);
    let mut before = 0.0;
    let whole = waterfall
        .whole
        .max(waterfall.parts.iter().map(|(_, seconds)| seconds).sum());
    for &(part, seconds) in &waterfall.parts {
        table.add_row([
            part.name().to_owned(),
            if seconds == 0.0 {
                "0".to_owned()
            } else {
                words::time(seconds)
            },
            format!("{:.0}%", 100.0 * seconds / waterfall.whole),
            bar(before / whole, seconds / whole),
        ]);
        before += seconds;
    }
    table.add_row(["the whole", &words::time(waterfall.whole), "100%", ""]);
    table.add_row(["serial code", &words::time(waterfall.serial), "", ""]);
    for column in 1..3 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

/// A bar that begins after the share `before` of [`BAR_WIDTH`], and is as long as the share `length`.
fn bar(before: f64, length: f64) -> String {
    let columns = |share: f64| (share * BAR_WIDTH).round() as usize;
    let end = columns(before + length).max(columns(before) + usize::from(length > 0.0));
    format!(
        "{}{}",
        " ".repeat(columns(before)),
        "█".repeat(end - columns(before))
    )
}

/// Time against n on logarithmic axes, serial and every paradigm. `color` adds terminal colours.
pub fn figure(result: &WorkloadResult, width: u16, color: bool) -> String {
    let log = |(n, time): (usize, f64)| ((n as f64).log10(), time.log10());
    let serial = result
        .serial_curve()
        .into_iter()
        .map(log)
        .collect::<Vec<_>>();
    let mut curves = vec![(SERIAL, "serial", serial)];
    for ((name, measured), letter) in result.measured().zip(LETTERS.chars()) {
        let points = measured
            .estimate
            .sizes
            .iter()
            .map(|size| log((size.n, size.parallel.median)));
        curves.push((letter, name, points.collect()));
    }
    let all = || curves.iter().flat_map(|(_, _, points)| points);
    let (x_low, x_high) = decades(all().map(|&(x, _)| x));
    let (y_low, y_high) = decades(all().map(|&(_, y)| y));

    // Serial last, so that it is in front.
    let datasets = curves
        .iter()
        .enumerate()
        .rev()
        .map(|(k, (letter, _, points))| {
            let style = match k {
                0 => Style::new(),
                k => Style::new().fg(COLORS[(k - 1) % COLORS.len()]),
            };
            Dataset::default()
                .marker(Marker::Custom(*letter))
                .graph_type(GraphType::Scatter)
                .style(style)
                .data(points)
        });
    let chart =
        Chart::new(datasets.collect())
            .x_axis(Axis::default().bounds([x_low, x_high]).labels(labels(
                x_low,
                x_high,
                |power| words::thousands(10_f64.powf(power) as u64),
            )))
            .y_axis(Axis::default().bounds([y_low, y_high]).labels(labels(
                y_low,
                y_high,
                |power| words::time(10_f64.powf(power)),
            )));
    let area = Rect::new(0, 0, width.clamp(60, 120), HEIGHT);
    let mut buffer = Buffer::empty(area);
    chart.render(area, &mut buffer);

    let legend: Vec<_> = curves
        .iter()
        .map(|(letter, name, _)| format!("{letter} {name:24}"))
        .collect();
    let legend: Vec<_> = legend
        .chunks(LEGEND_COLUMNS)
        .map(|row| row.concat().trim_end().to_owned())
        .collect();
    format!(
        "time against n, both logarithmic:\n{}\n{}",
        to_text(&buffer, color),
        legend.join("\n")
    )
}

/// The whole powers of ten round `values`.
fn decades(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value.floor()), high.max(value.ceil()))
    });
    if low < high {
        (low, high)
    } else {
        (low, low + 1.0)
    }
}

/// A label for each power of ten.
fn labels(low: f64, high: f64, text: impl Fn(f64) -> String) -> Vec<String> {
    (low as i32..=high as i32)
        .map(|power| text(f64::from(power)))
        .collect()
}

/// The buffer's lines, without white space at their ends.
fn to_text(buffer: &Buffer, color: bool) -> String {
    let mut text = String::new();
    for row in buffer.content().chunks(usize::from(buffer.area.width)) {
        let mut line = String::new();
        for cell in row {
            match COLORS.iter().position(|&known| known == cell.fg) {
                Some(k) if color => line.extend(["\x1b[", SGR[k], "m", cell.symbol(), "\x1b[0m"]),
                _ => line.push_str(cell.symbol()),
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
