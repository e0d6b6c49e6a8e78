//! Curves over two axes.

use maud::Markup;

use super::axis::{Axis, Ruler};
use super::canvas::{Canvas, LINE, Point, SAMPLE, WIDTH, figure, sample, text_width};
use super::plot::{LANE, Plot};

/// Curves over two axes.
///
/// Marks are rings on their curve. Rings of many curves that meet cannot show how sure they are, so their intervals
/// stand in a strip under the plot: a lane for each curve, the first crossing on top.
#[derive(Clone, Debug)]
pub struct Lines {
    /// What it shows.
    pub title: String,
    /// From left to right.
    pub x: Axis,
    /// From bottom to top.
    pub y: Axis,
    /// What was measured, and what it is to be compared with.
    pub series: Vec<Series>,
    /// Values of `y` between which differences mean nothing.
    pub noise: Option<(f64, f64)>,
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
    /// Where it crosses the baseline.
    pub marks: Vec<Mark>,
}

/// How a series looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// One of three thin lines without markers, for what was not measured: the ideal, a law.
    Reference(usize),
    /// One of twelve looks; from 12 on they repeat.
    Nth(usize),
    /// Thick and in the text's colour: what all others are compared with.
    Baseline,
}

/// A crossing, with its interval in `x`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// The place.
    pub at: (f64, f64),
    /// The ends of its interval; an end that is not known goes on beyond the figure.
    pub interval: (Option<f64>, Option<f64>),
    /// Whether the series starts to win there; else it stops winning.
    pub wins: bool,
}

const PLOT_HEIGHT: f64 = 290.0;
/// Markers are at least so far apart; those between are left out.
const BETWEEN_MARKERS: f64 = 20.0;

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

    pub(super) fn marker(self, canvas: &mut Canvas, at: Point) {
        match self {
            Self::Reference(_) => {}
            Self::Nth(k) => canvas.marker(k, at),
            Self::Baseline => canvas.marker(0, at),
        }
    }
}

impl Lines {
    /// A figure of these curves.
    pub fn new(title: String, x: Axis, y: Axis, series: Vec<Series>) -> Self {
        Self {
            title,
            x,
            y,
            series,
            noise: None,
        }
    }

    /// Draws it.
    pub fn figure(&self) -> Markup {
        let lanes = self.lanes();
        let plot = self.plot(lanes.len());
        let mut canvas = Canvas::default();
        plot.grid(&mut canvas);
        canvas.text(self.y.title, (0.0, LINE / 2.0), "start", "quiet");
        let middle = f64::midpoint(plot.left, plot.right);
        let x_title = (middle, plot.end + 1.9 * LINE);
        canvas.text(self.x.title, x_title, "middle", "quiet");
        self.draw(&mut canvas, &plot);
        for (k, series) in lanes.iter().enumerate() {
            let y = plot.bottom + 6.0 + (k as f64 + 0.5) * LANE;
            canvas.group(&series.look.class(), |canvas| plot.lane(canvas, series, y));
        }
        let svg = canvas.into_svg(WIDTH, plot.end + 2.6 * LINE, &self.title);
        figure(&self.title, &svg, &self.legend())
    }

    fn plot(&self, lanes: usize) -> Plot {
        let mut points: Vec<(f64, f64)> = Vec::new();
        for series in &self.series {
            points.extend(&series.points);
            points.extend(series.marks.iter().map(|mark| mark.at));
            points.extend(outline(&series.band));
        }
        points.retain(|&point| self.shows(point));
        let (x, mut y): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
        y.extend(self.noise.iter().flat_map(|noise| [noise.0, noise.1]));
        let (top, right) = (LINE + 8.0, WIDTH - 20.0);
        let bottom = top + PLOT_HEIGHT;
        let y = Ruler::new(self.y, y, (bottom, top));
        let labels = y.upright().into_iter();
        let left = labels.map(|(_, label)| text_width(&label) + 10.0);
        let left = left.fold(10.0, f64::max);
        let strip = if lanes == 0 { 0.0 } else { 12.0 };
        Plot {
            x: Ruler::new(self.x, x, (left, right)),
            y,
            left,
            right,
            top,
            bottom,
            end: bottom + strip + lanes as f64 * LANE,
        }
    }

    /// Bands first, so that no line is under one; the baseline above the others; marks last.
    fn draw(&self, canvas: &mut Canvas, plot: &Plot) {
        if let Some((low, high)) = self.noise {
            let corners = [(plot.left, plot.y.at(high)), (plot.right, plot.y.at(low))];
            canvas.rectangle(corners, "noise");
        }
        let mut series: Vec<_> = self.series.iter().collect();
        series.sort_by_key(|series| matches!(series.look, Look::Baseline));
        for series in &series {
            let outline = self.placed(plot, &outline(&series.band));
            if !outline.is_empty() {
                canvas.group(&series.look.class(), |canvas| canvas.area(&outline, "band"));
            }
        }
        for Series { look, points, .. } in &series {
            let points = self.placed(plot, points);
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
        for Series {
            name, look, marks, ..
        } in series
        {
            for mark in marks.iter().filter(|mark| self.shows(mark.at)) {
                let label = format!("{name} {} at {}", mark.word(), self.x.unit.label(mark.at.0));
                let at = (plot.x.at(mark.at.0), plot.y.at(mark.at.1));
                canvas.group(&look.class(), |canvas| canvas.ring(at, !mark.wins, &label));
            }
        }
    }

    fn shows(&self, (x, y): (f64, f64)) -> bool {
        self.x.shows(x) && self.y.shows(y)
    }

    /// The pixels of those points that have a place on both axes.
    fn placed(&self, plot: &Plot, points: &[(f64, f64)]) -> Vec<Point> {
        let shown = points.iter().filter(|&&point| self.shows(point));
        shown.map(|&(x, y)| (plot.x.at(x), plot.y.at(y))).collect()
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
        let mut legend = Vec::new();
        for series in &self.series {
            let sample = sample(&series.look.class(), |canvas| {
                canvas.line(&[left, right], "line");
                series.look.marker(canvas, middle);
            });
            legend.push((sample, series.name.as_str()));
        }
        if self.noise.is_some() {
            let corners = [(0.0, 2.0), (30.0, 14.0)];
            let sample = sample("", |canvas| canvas.rectangle(corners, "noise"));
            legend.push((sample, "noise floor"));
        }
        for wins in [true, false] {
            let mut marks = self.series.iter().flat_map(|series| &series.marks);
            if let Some(mark) = marks.find(|mark| mark.wins == wins) {
                let sample = sample("", |canvas| canvas.ring(middle, !wins, mark.word()));
                legend.push((sample, mark.word()));
            }
        }
        legend
    }
}

/// The upper ends of a band from left to right, then the lower ones back.
fn outline(band: &[(f64, f64, f64)]) -> Vec<(f64, f64)> {
    let upper = band.iter().map(|&(x, _, high)| (x, high));
    let lower = band.iter().rev().map(|&(x, low, _)| (x, low));
    upper.chain(lower).collect()
}
