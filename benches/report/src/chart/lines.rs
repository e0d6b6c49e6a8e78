//! Curves over two axes.

use maud::Markup;

use super::axis::{Axis, Ruler};
use super::canvas::{Anchor, Canvas, LINE, Point, SAMPLE_POINTS, WIDTH, figure};
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
    /// What was measured.
    pub series: Vec<Series>,
    /// What it is to be compared with.
    pub references: Vec<Reference>,
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
    /// Where it crosses the baseline.
    pub marks: Vec<Mark>,
}

/// How a series looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Thick and in the text's colour: what all others are compared with.
    Baseline,
    /// One of twelve looks; from 12 on they repeat.
    Nth(usize),
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

/// A line that was not measured: the ideal, a law, "as fast as serial code".
#[derive(Clone, Debug)]
pub struct Reference {
    /// For the legend.
    pub name: String,
    /// In rising order of `x`.
    pub points: Vec<(f64, f64)>,
    /// Intervals, as for a series.
    pub band: Vec<(f64, f64, f64)>,
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
            Self::Baseline => "baseline".to_owned(),
            Self::Nth(k) => format!("s{}", k % 12),
        }
    }

    pub(super) fn number(self) -> usize {
        match self {
            Self::Baseline => 0,
            Self::Nth(k) => k,
        }
    }
}

/// The class of the `k`th reference: finer dashes than any series has.
fn reference_class(k: usize) -> String {
    format!("reference r{}", k % 3)
}

impl Lines {
    /// Draws it.
    pub fn figure(&self) -> Markup {
        let lanes = self.lanes();
        let plot = self.plot(lanes.len());
        let mut canvas = Canvas::default();
        plot.grid(&mut canvas);
        canvas.text(self.y.title, (0.0, LINE / 2.0), Anchor::Start, "quiet");
        let x_title = (
            f64::midpoint(plot.left, plot.right),
            plot.strip_end + 1.9 * LINE,
        );
        canvas.text(self.x.title, x_title, Anchor::Middle, "quiet");
        self.draw_data(&mut canvas, &plot);
        for (k, series) in lanes.iter().enumerate() {
            let y = plot.bottom + 6.0 + (k as f64 + 0.5) * LANE;
            canvas.group(&series.look.class(), |canvas| plot.lane(canvas, series, y));
        }
        let height = plot.strip_end + 2.6 * LINE;
        let svg = canvas.into_svg(height, &self.title, &self.description());
        figure(&self.title, &svg, &self.legend())
    }

    fn plot(&self, lanes: usize) -> Plot {
        let (x_values, y_values) = self.extent();
        let (top, right) = (LINE + 8.0, WIDTH - 20.0);
        let bottom = top + PLOT_HEIGHT;
        let y = Ruler::new(self.y, y_values, (bottom, top));
        let left = y.upright().1 + 10.0;
        let strip = if lanes == 0 {
            0.0
        } else {
            12.0 + lanes as f64 * LANE
        };
        Plot {
            x: Ruler::new(self.x, x_values, (left, right)),
            y,
            left,
            right,
            top,
            bottom,
            strip_end: bottom + strip,
        }
    }

    /// Every `x` and every `y` that must have room.
    fn extent(&self) -> (Vec<f64>, Vec<f64>) {
        let mut points: Vec<(f64, f64)> = Vec::new();
        for series in &self.series {
            points.extend(&series.points);
            points.extend(series.marks.iter().map(|mark| mark.at));
            points.extend(ends(&series.band));
        }
        for line in &self.references {
            points.extend(&line.points);
            points.extend(ends(&line.band));
        }
        points.retain(|&(x, y)| self.x.shows(x) && self.y.shows(y));
        let (x, mut y): (Vec<_>, Vec<_>) = points.into_iter().unzip();
        y.extend(self.shaded.iter().flat_map(|band| [band.low, band.high]));
        (x, y)
    }

    /// Bands first, so that no line is under one; the baseline above the others; marks last.
    fn draw_data(&self, canvas: &mut Canvas, plot: &Plot) {
        if let Some(Shaded { low, high, .. }) = self.shaded {
            let corners = [(plot.left, plot.y.at(high)), (plot.right, plot.y.at(low))];
            canvas.rectangle(corners, "shaded");
        }
        let mut series: Vec<_> = self.series.iter().collect();
        series.sort_by_key(|series| series.look == Look::Baseline);
        let of_series = series.iter().map(|it| (it.look.class(), &it.band));
        let of_references = self.references.iter().enumerate();
        let of_references = of_references.map(|(k, line)| (reference_class(k), &line.band));
        for (class, band) in of_series.chain(of_references) {
            let upper = band.iter().map(|&(x, _, high)| (x, high));
            let lower = band.iter().rev().map(|&(x, low, _)| (x, low));
            let outline = self.placed(plot, upper.chain(lower));
            if !outline.is_empty() {
                canvas.group(&class, |canvas| canvas.area(&outline, "band"));
            }
        }
        for (k, line) in self.references.iter().enumerate() {
            let points = self.placed(plot, line.points.iter().copied());
            canvas.group(&reference_class(k), |canvas| canvas.line(&points, "line"));
        }
        for series in &series {
            let points = self.placed(plot, series.points.iter().copied());
            canvas.group(&series.look.class(), |canvas| {
                canvas.line(&points, "line");
                let mut last: Option<Point> = None;
                for &point in &points {
                    let near = |(x, y): Point| (x - point.0).hypot(y - point.1) < BETWEEN_MARKERS;
                    if !last.is_some_and(near) {
                        canvas.marker(series.look.number(), point);
                        last = Some(point);
                    }
                }
            });
        }
        for series in &series {
            for mark in series.marks.iter().filter(|mark| self.shows(mark.at)) {
                let place = self.x.unit.label(mark.at.0);
                let label = format!("{} {} at {place}", series.name, mark.word());
                let at = (plot.x.at(mark.at.0), plot.y.at(mark.at.1));
                canvas.group(&series.look.class(), |canvas| {
                    canvas.ring(at, !mark.wins, &label)
                });
            }
        }
    }

    fn shows(&self, (x, y): (f64, f64)) -> bool {
        self.x.shows(x) && self.y.shows(y)
    }

    /// The pixels of those points that have a place on both axes.
    fn placed(&self, plot: &Plot, points: impl Iterator<Item = (f64, f64)>) -> Vec<Point> {
        let shown = points.filter(|&point| self.shows(point));
        shown.map(|(x, y)| (plot.x.at(x), plot.y.at(y))).collect()
    }

    /// The series that have marks, the one with the leftmost first.
    fn lanes(&self) -> Vec<&Series> {
        let first = |series: &Series| {
            let marks = series.marks.iter().filter(|mark| self.shows(mark.at));
            marks.map(|mark| mark.at.0).min_by(f64::total_cmp)
        };
        let with_marks = self
            .series
            .iter()
            .filter_map(|series| Some((first(series)?, series)));
        let mut lanes: Vec<_> = with_marks.collect();
        lanes.sort_by(|a, b| a.0.total_cmp(&b.0));
        lanes.into_iter().map(|(_, series)| series).collect()
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

    fn legend(&self) -> Vec<(Markup, &str)> {
        let [left, middle, right] = SAMPLE_POINTS;
        let sample = |class: &str, draw: &dyn Fn(&mut Canvas)| {
            let mut canvas = Canvas::default();
            canvas.group(class, draw);
            canvas.into_sample()
        };
        let line = |canvas: &mut Canvas| canvas.line(&[left, right], "line");
        let mut legend = Vec::new();
        for series in &self.series {
            let draw = |canvas: &mut Canvas| {
                line(canvas);
                canvas.marker(series.look.number(), middle);
            };
            legend.push((sample(&series.look.class(), &draw), series.name.as_str()));
        }
        for (k, reference) in self.references.iter().enumerate() {
            legend.push((sample(&reference_class(k), &line), reference.name.as_str()));
        }
        if let Some(band) = &self.shaded {
            let draw =
                |canvas: &mut Canvas| canvas.rectangle([(0.0, 2.0), (right.0, 14.0)], "shaded");
            legend.push((sample("", &draw), band.name.as_str()));
        }
        let marks = || self.series.iter().flat_map(|series| &series.marks);
        for wins in [true, false] {
            if let Some(mark) = marks().find(|mark| mark.wins == wins) {
                let draw = |canvas: &mut Canvas| canvas.ring(middle, !wins, mark.word());
                legend.push((sample("quiet", &draw), mark.word()));
            }
        }
        legend
    }
}

fn ends(band: &[(f64, f64, f64)]) -> impl Iterator<Item = (f64, f64)> {
    band.iter()
        .flat_map(|&(x, low, high)| [(x, low), (x, high)])
}
