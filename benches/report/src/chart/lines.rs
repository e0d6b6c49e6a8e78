//! Curves over two axes.

use std::ops::RangeInclusive;

use super::axis::{Axis, Ruler};
use super::canvas::{self, Align, Canvas, Format, LINE, Point, SAMPLE};
use super::colour::{Colour, FINE_GRID, GRID, Ink, Look, QUIET, TEXT};
use super::{Figure, lines, longest};

/// Curves over two axes, named at their right ends where there is room, else below.
///
/// Marks are rings on their curve. Rings of many curves that meet cannot show how sure they are, so
/// their intervals stand in a strip under the plot: a lane for each curve, the first crossing on top.
///
/// Points that have no place on an axis (not finite; not positive on a logarithmic one) are left out.
#[derive(Clone, Debug)]
pub struct Lines {
    /// What it shows.
    pub title: String,
    /// From left to right.
    pub x: Axis,
    /// From bottom to top.
    pub y: Axis,
    /// What was measured.
    pub series: Vec<Series>,
    /// What it is to be compared with.
    pub references: Vec<Reference>,
    /// What the marks mean: the heading of their strip.
    pub marks_mean: String,
    /// A range of `y` in which differences mean nothing.
    pub shaded: Option<Shaded>,
}

/// One curve.
#[derive(Clone, Debug)]
pub struct Series {
    /// For the legend.
    pub name: String,
    /// The same in every figure in which this series is.
    pub look: Look,
    /// In rising order of `x`.
    pub points: Vec<(f64, f64)>,
    /// Intervals: `x`, lower and upper end in `y`. May be empty.
    pub band: Vec<(f64, f64, f64)>,
    /// Where something happens.
    pub marks: Vec<Mark>,
}

/// A place on a curve, with its interval in `x`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// The place.
    pub at: (f64, f64),
    /// The ends of its interval; `None`: the interval is not known.
    pub x_interval: Option<(f64, f64)>,
    /// The interval has no lower end: it goes on beyond the figure.
    pub open_left: bool,
    /// The interval has no upper end.
    pub open_right: bool,
}

/// A line that was not measured: the ideal, a law, "no difference".
#[derive(Clone, Debug)]
pub struct Reference {
    /// For the legend.
    pub name: String,
    /// In rising order of `x`.
    pub points: Vec<(f64, f64)>,
}

/// A horizontal band.
#[derive(Clone, Debug)]
pub struct Shaded {
    /// For the legend.
    pub name: String,
    /// Its lower end in `y`.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// Markers are at least so far apart, in pixels; those between are left out.
const BETWEEN_MARKERS: i32 = 20;

/// What the legend names.
enum Entry<'a> {
    Series(&'a Series),
    Reference(usize, &'a Reference),
    Shaded(&'a Shaded),
}

impl Lines {
    /// Draws it.
    pub fn figure(&self) -> Figure {
        Figure {
            wide: self.draw(Format::Wide),
            narrow: self.draw(Format::Narrow),
        }
    }

    /// For those who cannot see it.
    fn description(&self) -> String {
        let series = self.series.iter().map(|series| series.name.as_str());
        let references = self.references.iter().map(|line| line.name.as_str());
        let names: Vec<_> = series.chain(references).collect();
        format!(
            "Horizontal axis: {}. Vertical axis: {}. Lines: {}. The table below has the numbers.",
            self.x.title,
            self.y.title,
            names.join(", ")
        )
    }

    /// Every `x` and every `y` that must have room.
    fn extent(&self) -> (Vec<f64>, Vec<f64>) {
        let mut points: Vec<(f64, f64)> = Vec::new();
        for series in &self.series {
            points.extend(&series.points);
            points.extend(series.marks.iter().map(|mark| mark.at));
            points.extend(series.band.iter().map(|&(x, low, _)| (x, low)));
            points.extend(series.band.iter().map(|&(x, _, high)| (x, high)));
        }
        points.extend(self.references.iter().flat_map(|line| &line.points));
        let (x, mut y): (Vec<_>, Vec<_>) = points
            .into_iter()
            .filter(|&(x, y)| self.x.shows(x) && self.y.shows(y))
            .unzip();
        y.extend(self.shaded.iter().flat_map(|band| [band.low, band.high]));
        (x, y)
    }

    fn draw(&self, format: Format) -> String {
        let (x_values, y_values) = self.extent();
        let title = format.wrap(&self.title, format.width());
        let entries = self.entries();
        let names = longest(entries.iter().map(|entry| format.text_width(entry.name())));
        let beside = format == Format::Wide;

        // The labels of the y axis do not depend on how wide they are.
        let plot_height = if beside { 400 } else { 280 };
        let top = lines(title.len()) * LINE + LINE + 14;
        let bottom = top + plot_height;
        let y = Ruler::new(&self.y, y_values.into_iter(), (bottom, top));
        let y_ticks = y.ticks(|_| 2 * LINE - 4);
        let labels = y_ticks.labelled.iter().map(|(_, label)| label);
        let left = longest(labels.map(|label| format.text_width(label))) + 10;
        let margin = if beside { names + SAMPLE + 44 } else { 18 };
        let right = format.width() - margin;
        let x = Ruler::new(&self.x, x_values.into_iter(), (left, right));
        let x_ticks = x.ticks(|label| format.text_width(label) + 12);

        let lanes = self.lanes();
        let strip = if lanes.is_empty() {
            [bottom, bottom]
        } else {
            let top = bottom + LINE + 6;
            [top, top + lines(lanes.len()) * lane_height(format)]
        };

        let legend_top = strip[1] + 2 * LINE + 16;
        let columns = ((format.width() + 12) / (names + SAMPLE + 18)).max(1);
        let rows = (lines(entries.len()) + columns - 1) / columns;
        let height = if beside {
            legend_top
        } else {
            legend_top + rows * LINE + 4
        };

        canvas::svg(format, height, &self.title, &self.description(), |canvas| {
            let plot = Plot {
                canvas,
                x: &x,
                y: &y,
                edges: [(left, top), (right, bottom)],
                strip,
            };
            let y_title = (0, canvas.title(&title) + LINE / 2);
            let x_title = (i32::midpoint(left, right), strip[1] + LINE + 16);
            let quiet = Ink::solid(&QUIET);
            canvas.text(&self.y.title, y_title, Align::Left, quiet);
            canvas.text(&self.x.title, x_title, Align::Center, quiet);
            if let Some(band) = &self.shaded {
                plot.shade(band);
            }
            plot.grid(&x_ticks.fine, &y_ticks.fine, &FINE_GRID);
            let at = |ticks: &[(f64, String)]| ticks.iter().map(|tick| tick.0).collect::<Vec<_>>();
            plot.grid(&at(&x_ticks.labelled), &at(&y_ticks.labelled), &GRID);
            plot.labels(&x_ticks.labelled, &y_ticks.labelled);
            self.draw_data(&plot);
            self.draw_strip(&plot, &lanes, format);
            if beside {
                plot.label_line_ends(&entries);
            } else {
                let column = format.width() / columns;
                for (k, entry) in (0..).zip(&entries) {
                    let (row, in_row) = (k / columns, k % columns);
                    entry.draw(canvas, (in_row * column, legend_top + row * LINE));
                }
            }
        })
    }

    /// Bands first, so that no line is under one; the baseline above the others; marks last.
    fn draw_data(&self, plot: &Plot<'_, '_>) {
        let shown = |&(x, y): &(f64, f64)| self.x.shows(x) && self.y.shows(y);
        for series in &self.series {
            let band = series.band.iter();
            let band = band.filter(|&&(x, low, high)| shown(&(x, low)) && shown(&(x, high)));
            plot.band(&band.copied().collect::<Vec<_>>(), series.look);
        }
        for (k, line) in self.references.iter().enumerate() {
            let points = line.points.iter().copied().filter(shown);
            plot.line(&points.collect::<Vec<_>>(), Ink::reference(k), 2);
        }
        let mut in_order: Vec<_> = self.series.iter().collect();
        in_order.sort_by_key(|series| series.look == Look::Baseline);
        for series in &in_order {
            let points: Vec<_> = series.points.iter().copied().filter(shown).collect();
            plot.line(&points, series.look.line(), series.look.width());
            plot.markers(&points, series.look);
        }
        for series in in_order {
            for mark in series.marks.iter().filter(|mark| shown(&mark.at)) {
                plot.canvas.ring(plot.at(mark.at), series.look.solid());
            }
        }
    }

    /// The series that have marks, that with the leftmost on top.
    fn lanes(&self) -> Vec<&Series> {
        let first = |series: &Series| {
            let marks = series.marks.iter().map(|mark| mark.at.0);
            marks.filter(|&x| self.x.shows(x)).min_by(f64::total_cmp)
        };
        let mut lanes: Vec<_> = self
            .series
            .iter()
            .filter_map(|series| Some((first(series)?, series)))
            .collect();
        lanes.sort_by(|a, b| a.0.total_cmp(&b.0));
        lanes.into_iter().map(|(_, series)| series).collect()
    }

    /// The intervals, with a heading, and beside each lane its name where there is room.
    fn draw_strip(&self, plot: &Plot<'_, '_>, lanes: &[&Series], format: Format) {
        if lanes.is_empty() {
            return;
        }
        let quiet = Ink::solid(&QUIET);
        let [(left, _), (right, bottom)] = plot.edges;
        let heading = (left, bottom + LINE / 2 + 4);
        plot.canvas.interval_sample(heading);
        let after_sample = (left + SAMPLE + 6, heading.1);
        plot.canvas
            .text(&self.marks_mean, after_sample, Align::Left, quiet);
        let height = lane_height(format);
        let middles = (plot.strip[0] + height / 2..).step_by(height as usize);
        for (series, y) in lanes.iter().zip(middles) {
            let guide = [(left, y), (right, y)];
            plot.canvas.line(guide, Ink::solid(&FINE_GRID), 1);
            let marks = series.marks.iter();
            for mark in marks.filter(|mark| self.x.shows(mark.at.0)) {
                plot.interval(mark, y, series.look);
            }
            if format == Format::Wide {
                let beside = (right + LABELS, y);
                plot.canvas.text(&series.name, beside, Align::Left, quiet);
            }
        }
    }

    fn entries(&self) -> Vec<Entry<'_>> {
        let series = self.series.iter().map(Entry::Series);
        let references = self.references.iter().enumerate();
        let references = references.map(|(k, line)| Entry::Reference(k, line));
        let shaded = self.shaded.iter().map(Entry::Shaded);
        series.chain(references).chain(shaded).collect()
    }
}

impl Entry<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Series(series) => &series.name,
            Self::Reference(_, line) => &line.name,
            Self::Shaded(band) => &band.name,
        }
    }

    /// The right end of what it names; `None` if there is nothing.
    fn end(&self) -> Option<(f64, f64)> {
        match self {
            Self::Series(series) => series.points.last().copied(),
            Self::Reference(_, line) => line.points.last().copied(),
            Self::Shaded(band) => Some((f64::MAX, band.high)),
        }
    }

    fn draw(&self, canvas: &Canvas<'_>, (left, y): Point) {
        let right = left + SAMPLE;
        match self {
            Self::Series(series) => canvas.sample(series.look, (left, y)),
            Self::Reference(k, _) => canvas.line([(left, y), (right, y)], Ink::reference(*k), 2),
            Self::Shaded(_) => {
                let corners = [(left, y - 6), (right, y - 6), (right, y + 6), (left, y + 6)];
                canvas.area(corners, Ink::solid(&QUIET), SHADE);
            }
        }
        let ink = Ink::solid(&TEXT);
        canvas.text(self.name(), (right + 6, y), Align::Left, ink);
    }
}

/// How dark a shaded band is, and how dark an interval's band.
const SHADE: f64 = 0.22;
const BAND: f64 = 0.18;

/// Half the height of an interval's ends, in pixels.
const CAP: i32 = 4;

/// How far right of the plot labels begin, in pixels.
const LABELS: i32 = 26;

/// The height of an interval's lane, in pixels.
fn lane_height(format: Format) -> i32 {
    match format {
        Format::Wide => 18,
        Format::Narrow => 15,
    }
}

/// The part of the canvas between the axes.
struct Plot<'a, 'c> {
    canvas: &'a Canvas<'c>,
    x: &'a Ruler,
    y: &'a Ruler,
    /// Top left and bottom right, in pixels.
    edges: [Point; 2],
    /// Top and bottom of the strip of intervals; the same if there is none.
    strip: [i32; 2],
}

impl Plot<'_, '_> {
    fn at(&self, (x, y): (f64, f64)) -> Point {
        (self.x.at(x), self.y.at(y))
    }

    fn grid(&self, x: &[f64], y: &[f64], colour: &'static Colour) {
        let [(left, top), (right, bottom)] = self.edges;
        let ink = Ink::solid(colour);
        for at in x.iter().map(|&x| self.x.at(x)) {
            self.canvas.line([(at, top), (at, bottom)], ink, 1);
            if self.strip[0] < self.strip[1] {
                self.canvas.line(self.strip.map(|y| (at, y)), ink, 1);
            }
        }
        for at in y.iter().map(|&y| self.y.at(y)) {
            self.canvas.line([(left, at), (right, at)], ink, 1);
        }
    }

    fn labels(&self, x: &[(f64, String)], y: &[(f64, String)]) {
        let [(left, _), _] = self.edges;
        let ink = Ink::solid(&TEXT);
        for (value, label) in x {
            let at = (self.x.at(*value), self.strip[1] + 15);
            self.canvas.text(label, at, Align::Center, ink);
        }
        for (value, label) in y {
            let at = (left - 6, self.y.at(*value));
            self.canvas.text(label, at, Align::Right, ink);
        }
    }

    fn shade(&self, band: &Shaded) {
        let [(left, _), (right, _)] = self.edges;
        let (low, high) = (self.y.at(band.low), self.y.at(band.high));
        let corners = [(left, high), (right, high), (right, low), (left, low)];
        self.canvas.area(corners, Ink::solid(&QUIET), SHADE);
    }

    fn band(&self, band: &[(f64, f64, f64)], look: Look) {
        let upper = band.iter().map(|&(x, _, high)| self.at((x, high)));
        let lower = band.iter().rev().map(|&(x, low, _)| self.at((x, low)));
        let outline: Vec<_> = upper.chain(lower).collect();
        if !outline.is_empty() {
            self.canvas.area(outline, look.solid(), BAND);
        }
    }

    fn line(&self, points: &[(f64, f64)], ink: Ink, width: u32) {
        if !points.is_empty() {
            let points: Vec<_> = points.iter().map(|&point| self.at(point)).collect();
            self.canvas.line(points, ink, width);
        }
    }

    fn markers(&self, points: &[(f64, f64)], look: Look) {
        let mut last: Option<Point> = None;
        for point in points.iter().map(|&point| self.at(point)) {
            let far = |(x, y): Point| {
                let (dx, dy) = (x - point.0, y - point.1);
                dx * dx + dy * dy >= BETWEEN_MARKERS * BETWEEN_MARKERS
            };
            if last.is_none_or(far) {
                self.canvas.marker(look.marker(), point, look.solid());
                last = Some(point);
            }
        }
    }

    /// A mark's interval as a line with its series' marker: with an end, or an arrow where it is open.
    fn interval(&self, mark: &Mark, y: i32, look: Look) {
        let [(left, _), (right, _)] = self.edges;
        let x = self.x.at(mark.at.0);
        let ink = look.solid();
        let (low, high) = match mark.x_interval {
            Some((low, high)) => (self.x.at(low), self.x.at(high)),
            None => (x, x),
        };
        let end = |at: i32, edge: i32, open: bool| {
            let at = if open { edge } else { at };
            // An arrow's barbs stand back from its point; an end has none.
            let back = if open { (x - edge).signum() * 6 } else { 0 };
            if at != x {
                self.canvas.line([(x, y), (at, y)], ink, 2);
                let barbs = [(at + back, y - CAP), (at, y), (at + back, y + CAP)];
                self.canvas.line(barbs, ink, 2);
            }
        };
        end(low, left, mark.open_left);
        end(high, right, mark.open_right);
        self.canvas.marker(look.marker(), (x, y), ink);
    }

    /// Names each line at its right end, moved as little as it takes to keep names apart.
    fn label_line_ends(&self, entries: &[Entry<'_>]) {
        let [(_, top), (right, bottom)] = self.edges;
        let mut ends: Vec<(i32, &Entry<'_>)> = entries
            .iter()
            .map(|entry| (entry.end().map_or(bottom, |(_, y)| self.y.at(y)), entry))
            .collect();
        ends.sort_by_key(|&(y, _)| y);
        let wanted: Vec<_> = ends.iter().map(|&(y, _)| y).collect();
        let label_left = right + LABELS;
        for ((y, entry), place) in ends.iter().zip(spread(&wanted, LINE, top..=bottom)) {
            // Joined by a thread where the line reaches the edge.
            let end = entry.end().map(|(x, _)| self.x.at(x));
            if end.is_some_and(|x| x >= right - 60) {
                let thread = [(right + 3, *y), (label_left - 4, place)];
                let ink = match entry {
                    Entry::Series(series) => series.look.solid(),
                    _ => Ink::solid(&GRID),
                };
                self.canvas.line(thread, ink, 1);
            }
            entry.draw(self.canvas, (label_left, place));
        }
    }
}

/// Places at least `gap` apart and within `room` if they fit, as near to `wanted` (in rising order) as
/// can be: the least squares, by pooling neighbours that would come too near.
fn spread(wanted: &[i32], gap: i32, room: RangeInclusive<i32>) -> Vec<i32> {
    // Less a gap for each before it, a place must only not fall.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (k, &want) in (0..).zip(wanted) {
        let mut pool = (f64::from(want - k * gap), 1);
        while let Some(&(mean, count)) = pools.last()
            && mean >= pool.0
        {
            let both = count + pool.1;
            pool.0 = (mean * count as f64 + pool.0 * pool.1 as f64) / both as f64;
            pool.1 = both;
            pools.pop();
        }
        pools.push(pool);
    }
    let lowest = *room.start();
    let highest = room.end() - (lines(wanted.len()) - 1) * gap;
    let places = pools
        .iter()
        .flat_map(|&(mean, count)| std::iter::repeat_n(mean.round() as i32, count));
    (0..)
        .zip(places)
        .map(|(k, place)| place.min(highest).max(lowest) + k * gap)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_their_distance_and_stay_near() {
        assert_eq!(spread(&[10, 50, 90], 20, 0..=100), [10, 50, 90]);
        assert_eq!(spread(&[50, 50, 50], 20, 0..=100), [30, 50, 70]);
        assert_eq!(spread(&[99, 100], 20, 0..=100), [80, 100]);
        assert!(spread(&[], 20, 0..=100).is_empty());
        // More than fit: from the top on, still apart.
        assert_eq!(spread(&[5, 5, 5, 5], 20, 0..=40), [0, 20, 40, 60]);
    }
}
