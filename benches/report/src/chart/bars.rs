//! Horizontal bars, plain or in parts.

use super::axis::{Axis, Ruler, Scale};
use super::canvas::{self, Align, Canvas, Format, LINE, Point};
use super::colour::{DARK_HATCH, GRID, Ink, LIGHT_HATCH, Look, PAPER, QUIET, TEXT};
use super::{Figure, lines, longest};

/// Horizontal bars, plain or in parts.
///
/// Parts that are below zero are drawn to the left of it. On a logarithmic axis bars begin at its
/// lower end, so their lengths are not to be compared, only their ends; they must be plain there.
#[derive(Clone, Debug)]
pub struct Bars {
    /// What it shows.
    pub title: String,
    /// From left to right.
    pub x: Axis,
    /// From top to bottom.
    pub rows: Vec<Row>,
    /// The names of the parts, for the legend; empty if bars are plain.
    pub parts: Vec<String>,
}

/// One bar.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it is of.
    pub label: String,
    /// The number of each part and its length; one part if bars are plain.
    pub parts: Vec<(usize, f64)>,
    /// Written at the bar's end, such as its length in words.
    pub note: String,
}

const BAR: i32 = 18;
const GAP: i32 = 9;

/// The size of a legend's samples, in pixels.
const SWATCH: i32 = 22;

impl Bars {
    /// Draws it.
    pub fn figure(&self) -> Figure {
        Figure {
            wide: self.draw(Format::Wide),
            narrow: self.draw(Format::Narrow),
        }
    }

    /// For those who cannot see it.
    fn description(&self) -> String {
        let bars = self.rows.iter().map(|row| row.label.as_str());
        let bars: Vec<_> = bars.collect();
        let parts = if self.parts.is_empty() {
            String::new()
        } else {
            format!(" Parts of each: {}.", self.parts.join(", "))
        };
        format!(
            "Horizontal axis: {}. Bars: {}.{parts} The table below has the numbers.",
            self.x.title,
            bars.join(", ")
        )
    }

    /// The ends of all bars, and on a logarithmic axis a value below the shortest one's, so that it
    /// can be seen.
    fn extent(&self) -> Vec<f64> {
        let shown = |row: &Row| -> Vec<f64> {
            let lengths = row.parts.iter().map(|part| part.1);
            lengths.filter(|&length| self.x.shows(length)).collect()
        };
        let mut ends: Vec<f64> = Vec::new();
        for lengths in self.rows.iter().map(shown) {
            ends.push(lengths.iter().filter(|&&length| length > 0.0).sum());
            ends.push(lengths.iter().filter(|&&length| length < 0.0).sum());
        }
        if self.x.scale != Scale::Linear {
            let ends_shown = ends.iter().copied().filter(|&end| self.x.shows(end));
            ends.extend(ends_shown.min_by(f64::total_cmp).map(|least| least / 2.0));
        }
        ends
    }

    fn draw(&self, format: Format) -> String {
        let title = format.wrap(&self.title, format.width());
        let beside = format == Format::Wide;
        let width = |text: &String| format.text_width(text);
        let labels = longest(self.rows.iter().map(|row| width(&row.label)));
        let notes = longest(self.rows.iter().map(|row| width(&row.note)));
        let entries = self.place_legend(format, lines(title.len()) * LINE + LINE);
        let legend_bottom = entries
            .last()
            .map_or(lines(title.len()) * LINE, |last| last.1 + LINE / 2);
        let left = if beside { labels + 10 } else { 8 };
        let right = format.width() - (notes + 8).max(24);
        let top = legend_bottom + 12;
        // On a phone a label has a line of its own.
        let bar_top = if beside { 0 } else { LINE };
        let row_height = bar_top + BAR + GAP;
        let bottom = top + lines(self.rows.len()) * row_height;
        let x = Ruler::new(&self.x, self.extent().into_iter(), (left, right));
        let ticks = x.ticks(|label| format.text_width(label) + 12);

        canvas::svg(
            format,
            bottom + 2 * LINE + 12,
            &self.title,
            &self.description(),
            |canvas| {
                canvas.title(&title);
                let text = Ink::solid(&TEXT);
                for (k, &(at, y)) in entries.iter().enumerate() {
                    draw_part(canvas, k, [(at, y - 7), (at + SWATCH, y + 7)]);
                    canvas.text(&self.parts[k], (at + SWATCH + 6, y), Align::Left, text);
                }
                for (value, label) in &ticks.labelled {
                    let at = x.at(*value);
                    canvas.line([(at, top), (at, bottom)], Ink::solid(&GRID), 1);
                    canvas.text(label, (at, bottom + 12), Align::Center, text);
                }
                if x.range().contains(&0.0) {
                    let zero = x.at(0.0);
                    canvas.line([(zero, top), (zero, bottom)], text, 1);
                }
                canvas.text(
                    &self.x.title,
                    (i32::midpoint(left, right), bottom + LINE + 16),
                    Align::Center,
                    Ink::solid(&QUIET),
                );
                for (row, y) in self.rows.iter().zip((top..).step_by(row_height as usize)) {
                    if beside {
                        let at = (left - 8, y + GAP / 2 + BAR / 2);
                        canvas.text(&row.label, at, Align::Right, text);
                    } else {
                        paper_under(canvas, format, &row.label, (left, y + LINE / 2 + 2));
                        canvas.text(&row.label, (left, y + LINE / 2 + 2), Align::Left, text);
                    }
                    let bar_top = y + bar_top + GAP / 2;
                    let end = self.draw_bar(canvas, row, &x, bar_top);
                    let at = (end + 6, bar_top + BAR / 2);
                    paper_under(canvas, format, &row.note, at);
                    canvas.text(&row.note, at, Align::Left, text);
                }
            },
        )
    }

    /// Draws the parts of a bar one after the other; returns where it ends.
    fn draw_bar(&self, canvas: &Canvas<'_>, row: &Row, x: &Ruler, top: i32) -> i32 {
        let start = if self.x.scale == Scale::Linear {
            0.0
        } else {
            *x.range().start()
        };
        let (mut above, mut below) = (start, start);
        for &(part, length) in row.parts.iter().filter(|part| self.x.shows(part.1)) {
            let (from, to) = match self.x.scale {
                Scale::Linear if length < 0.0 => {
                    below += length;
                    (below, below - length)
                }
                Scale::Linear => {
                    above += length;
                    (above - length, above)
                }
                Scale::Log | Scale::Log2 => {
                    above = above.max(length);
                    (start, length)
                }
            };
            let corners = [(x.at(from), top), (x.at(to), top + BAR)];
            if self.parts.is_empty() {
                canvas.rectangle(corners, Look::Nth(0).solid());
            } else {
                draw_part(canvas, part, corners);
            }
        }
        x.at(above)
    }

    /// Where the legend's entries begin, from left to right and in as many lines as it takes.
    fn place_legend(&self, format: Format, first_line: i32) -> Vec<Point> {
        let (mut x, mut y) = (0, first_line);
        let mut places = Vec::new();
        for name in &self.parts {
            let width = SWATCH + 6 + format.text_width(name);
            if x > 0 && x + width > format.width() {
                x = 0;
                y += LINE + 2;
            }
            places.push((x, y));
            x += width + 20;
        }
        places
    }
}

/// Clears the grid under a text that begins at `at`.
fn paper_under(canvas: &Canvas<'_>, format: Format, text: &str, at: Point) {
    if !text.is_empty() {
        let corners = [
            (at.0 - 2, at.1 - 8),
            (at.0 + format.text_width(text), at.1 + 8),
        ];
        canvas.rectangle(corners, Ink::solid(&PAPER));
    }
}

/// A part of a bar: its colour, and on every other one lines across, so that they can be told apart
/// without colour.
fn draw_part(canvas: &Canvas<'_>, part: usize, corners: [Point; 2]) {
    let [(left, top), (right, bottom)] = corners;
    if right <= left {
        return;
    }
    canvas.rectangle(corners, Ink::part(part));
    let height = bottom - top;
    let (step, ink) = match part % 6 {
        1 => (7, Ink::solid(&DARK_HATCH)),
        4 => (6, Ink::solid(&LIGHT_HATCH)),
        5 => (4, Ink::solid(&DARK_HATCH)),
        _ => (0, Ink::solid(&PAPER)),
    };
    let falling = part % 6 == 4;
    if step > 0 {
        for start in (left - height..right).step_by(step) {
            // From the bottom up to the right, cut off at both sides.
            let from = start.max(left);
            let to = (start + height).min(right);
            if from >= to {
                continue;
            }
            let rise = |x: i32| {
                if falling {
                    top + (x - start)
                } else {
                    bottom - (x - start)
                }
            };
            canvas.line([(from, rise(from)), (to, rise(to))], ink, 1);
        }
    }
    canvas.frame(corners, Ink::solid(&QUIET));
}
