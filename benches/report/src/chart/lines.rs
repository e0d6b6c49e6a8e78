//! Curves over two axes.
//!
//! Marks are rings on their curve. Rings of many curves that meet cannot show how sure they are, so their intervals
//! stand in a strip under the plot: a lane for each curve, the first crossing on top.

use maud::Markup;

use super::axis::{Axis, Ruler};
use super::canvas::{Canvas, LINE, Point, SAMPLE, WIDTH, sample, text_width};

pub(crate) struct Lines {
    pub(crate) title: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) series: Vec<Series>,
    /// Values of `y` between which differences mean nothing.
    pub(crate) noise: Option<(f64, f64)>,
}

/// One curve.
pub(crate) struct Series {
    /// For the legend.
    pub(crate) name: String,
    /// The same in every figure in which this series is.
    pub(crate) look: Look,
    /// In rising order of `x`.
    pub(crate) points: Vec<(f64, f64)>,
    /// Intervals: `x`, lower and upper end in `y`. May be empty.
    pub(crate) band: Vec<(f64, f64, f64)>,
    /// Where it crosses the baseline.
    pub(crate) marks: Vec<Mark>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// One of three thin lines without markers, for what was not measured: the ideal, a law.
    Reference(usize),
    /// One of twelve looks; from 12 on they repeat.
    Nth(usize),
    /// Thick and in the text's colour: what all others are compared with.
    Baseline,
}

/// A crossing.
pub(crate) struct Mark {
    pub(crate) at: (f64, f64),
    /// The ends of its interval in `x`; an end that is not known goes on beyond the figure.
    pub(crate) interval: (Option<f64>, Option<f64>),
    /// Whether the series starts to win there; else it stops winning.
    pub(crate) wins: bool,
}

const PLOT_HEIGHT: f64 = 290.0;
/// Markers are at least so far apart; those between are left out.
const BETWEEN_MARKERS: f64 = 20.0;
/// The height of an interval's lane, and half the height of an interval's ends.
const LANE: f64 = 16.0;
const CAP: f64 = 4.0;

impl Series {
    /// A curve without intervals and marks.
    pub(crate) fn new(name: impl Into<String>, look: Look, points: Vec<(f64, f64)>) -> Self {
        Self {
            name: name.into(),
            look,
            points,
            band: Vec::new(),
            marks: Vec::new(),
        }
    }
}

impl Mark {
    fn word(&self) -> &'static str {
        if self.wins {
            "starts to win"
        } else {
            "stops winning"
        }
    }
}

impl Look {
    fn class(self) -> String {
        match self {
            Self::Reference(k) => format!("reference r{}", k % 3),
            Self::Nth(k) => format!("s{}", k % 12),
            Self::Baseline => "baseline".to_owned(),
        }
    }

    fn marker(self, canvas: &mut Canvas, at: Point) {
        match self {
            Self::Reference(_) => {}
            Self::Nth(k) => canvas.marker(k, at),
            Self::Baseline => canvas.marker(0, at),
        }
    }
}

impl Lines {
    pub(crate) fn new(title: String, x: Axis, y: Axis, series: Vec<Series>) -> Self {
        Self {
            title,
            x,
            y,
            series,
            noise: None,
        }
    }

    pub(crate) fn figure(&self) -> Markup {
        let lanes = self.lanes();
        let (x, y) = self.rulers();
        let ((left, right), (bottom, top)) = (x.ends, y.ends);
        let strip = if lanes.is_empty() { 0.0 } else { 12.0 };
        let end = bottom + strip + lanes.len() as f64 * LANE;
        let mut canvas = Canvas::default();
        canvas.text(self.y.title, (0.0, LINE / 2.0), "start", "quiet");
        x.draw_across(&mut canvas, top, end);
        for (value, label) in y.upright() {
            let y = y.at(value);
            canvas.line(&[(left, y), (right, y)], "grid");
            canvas.text(&label, (left - 6.0, y), "end", "label");
        }
        canvas.line(&[(left, bottom), (right, bottom)], "grid");
        self.draw(&mut canvas, &x, &y);
        for (k, series) in lanes.iter().enumerate() {
            let y = bottom + 6.0 + (k as f64 + 0.5) * LANE;
            let draw = |canvas: &mut Canvas| lane(canvas, &x, series, y);
            canvas.group(&series.look.class(), draw);
        }
        canvas.into_figure(&self.title, end, &self.legend())
    }

    fn rulers(&self) -> (Ruler, Ruler) {
        let mut points: Vec<(f64, f64)> = Vec::new();
        for series in &self.series {
            points.extend(&series.points);
            points.extend(series.marks.iter().map(|mark| mark.at));
            points.extend(outline(&series.band));
        }
        points.retain(|&point| self.shows(point));
        let (x, mut y): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
        y.extend(self.noise.iter().flat_map(|noise| [noise.0, noise.1]));
        let top = LINE + 8.0;
        let y = Ruler::new(self.y, y, (top + PLOT_HEIGHT, top));
        let labels = y.upright().into_iter();
        let left = labels.map(|(_, label)| text_width(&label) + 10.0);
        let left = left.fold(10.0, f64::max);
        (Ruler::new(self.x, x, (left, WIDTH - 20.0)), y)
    }

    /// Bands first, so that no line is under one; the baseline above the others; marks last.
    fn draw(&self, canvas: &mut Canvas, x: &Ruler, y: &Ruler) {
        let pixel = |at: (f64, f64)| (x.at(at.0), y.at(at.1));
        let placed = |points: &[(f64, f64)]| -> Vec<Point> {
            let shown = points.iter().filter(|&&point| self.shows(point));
            shown.map(|&point| pixel(point)).collect()
        };
        if let Some((low, high)) = self.noise {
            let corners = [(x.ends.0, y.at(high)), (x.ends.1, y.at(low))];
            canvas.rectangle(corners, "noise");
        }
        let mut series: Vec<_> = self.series.iter().collect();
        series.sort_by_key(|series| series.look == Look::Baseline);
        for series in &series {
            let outline = placed(&outline(&series.band));
            if !outline.is_empty() {
                canvas.group(&series.look.class(), |canvas| canvas.area(&outline, "band"));
            }
        }
        for Series { look, points, .. } in &series {
            let points = placed(points);
            canvas.group(&look.class(), |canvas| {
                canvas.line(&points, "line");
                let mut last = None;
                for &point in &points {
                    let near = |(x, y): Point| (x - point.0).hypot(y - point.1) < BETWEEN_MARKERS;
                    if !last.is_some_and(near) {
                        look.marker(canvas, point);
                        last = Some(point);
                    }
                }
            });
        }
        for series in series {
            for mark in series.marks.iter().filter(|mark| self.shows(mark.at)) {
                let n = self.x.unit.label(mark.at.0);
                let label = format!("{} {} at {n}", series.name, mark.word());
                let draw = |canvas: &mut Canvas| canvas.ring(pixel(mark.at), !mark.wins, &label);
                canvas.group(&series.look.class(), draw);
            }
        }
    }

    /// Whether a point has a place on both axes.
    fn shows(&self, (x, y): (f64, f64)) -> bool {
        self.x.shows(x) && self.y.shows(y)
    }

    /// The series that have marks, the one with the leftmost first.
    fn lanes(&self) -> Vec<&Series> {
        let first = |series: &Series| {
            let marks = series.marks.iter().filter(|mark| self.shows(mark.at));
            marks.map(|mark| mark.at.0).min_by(f64::total_cmp)
        };
        let lanes = self.series.iter();
        let mut lanes: Vec<_> = lanes.filter_map(|it| Some((first(it)?, it))).collect();
        lanes.sort_by(|a, b| a.0.total_cmp(&b.0));
        lanes.into_iter().map(|(_, series)| series).collect()
    }

    fn legend(&self) -> Vec<(Markup, &str)> {
        let [left, middle, right] = SAMPLE;
        let series = self.series.iter().map(|series| {
            let sample = sample(&series.look.class(), |canvas| {
                canvas.line(&[left, right], "line");
                series.look.marker(canvas, middle);
            });
            (sample, series.name.as_str())
        });
        let noise = self.noise.map(|_| {
            let corners = [(0.0, 2.0), (30.0, 14.0)];
            let sample = sample("", |canvas| canvas.rectangle(corners, "noise"));
            (sample, "noise floor")
        });
        let marks = [true, false].into_iter().filter_map(|wins| {
            let mut marks = self.series.iter().flat_map(|series| &series.marks);
            let word = marks.find(|mark| mark.wins == wins)?.word();
            Some((sample("", |canvas| canvas.ring(middle, !wins, word)), word))
        });
        series.chain(noise).chain(marks).collect()
    }
}

/// The intervals of a series, with its name where there is room for it.
fn lane(canvas: &mut Canvas, ruler: &Ruler, series: &Series, y: f64) {
    let (left, right) = ruler.ends;
    let (mut first, mut last) = (right, left);
    for mark in &series.marks {
        let x = ruler.at(mark.at.0);
        for (value, edge) in [(mark.interval.0, left), (mark.interval.1, right)] {
            let end = value.map_or(edge, |value| ruler.at(value));
            // An arrow's barbs stand back from its point; an end has none.
            let back = end + value.map_or(6.0 * (x - edge).signum(), |_| 0.0);
            let barbs = [(back, y - CAP), (end, y), (back, y + CAP)];
            canvas.line(&[(x, y), (end, y)], "interval");
            canvas.line(&barbs, "interval");
            (first, last) = (first.min(end), last.max(end));
        }
        series.look.marker(canvas, (x, y));
    }
    let room = text_width(&series.name) + 12.0;
    if last + room < right {
        canvas.text(&series.name, (last + 12.0, y), "start", "label");
    } else if first - room > left {
        canvas.text(&series.name, (first - 12.0, y), "end", "label");
    }
}

/// The upper ends of a band from left to right, then the lower ones back.
fn outline(band: &[(f64, f64, f64)]) -> Vec<(f64, f64)> {
    let upper = band.iter().map(|&(x, _, high)| (x, high));
    let lower = band.iter().rev().map(|&(x, low, _)| (x, low));
    upper.chain(lower).collect()
}
