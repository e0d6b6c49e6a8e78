//! Curves over two axes.
//!
//! Marks are rings on their curve. Where the rings of many curves meet, there is no room for their 95% intervals, so
//! the intervals stand in a strip under the plot, the first crossing on top.

use maud::Markup;
use plotters::coord::ranged1d::ValueFormatter;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::axis::{Axis, BELOW, NO_AXIS, chart};
use super::{Area, Drawn, Figure, LINE, Point, QUIET, SAMPLE, TEXT, WIDTH, svg, text};

pub(crate) struct Lines {
    title: String,
    x: Axis,
    y: Axis,
    series: Vec<Series>,
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
    /// One of three lines without markers, for what was not measured: the ideal, a law.
    Reference(u8),
    /// One of twelve looks; from 12 on they repeat.
    Nth(usize),
    /// Thick and in the text's colour: what all others are compared with.
    Baseline,
}

/// A crossing.
pub(crate) struct Mark {
    pub(crate) at: (f64, f64),
    /// The ends of its interval in `x`; a lower end that is not known lies beyond the figure.
    pub(crate) interval: (Option<f64>, f64),
    /// Whether the series starts to win there; else it stops winning.
    pub(crate) wins: bool,
}

/// Okabe and Ito (2008), which the colour-blind can tell apart, without the yellow, which does not show on white.
const INKS: [[u8; 3]; 6] = [
    [0x00, 0x72, 0xb2],
    [0xd5, 0x5e, 0x00],
    [0x00, 0x9e, 0x73],
    [0xcc, 0x79, 0xa7],
    [0xe6, 0x9f, 0x00],
    [0x56, 0xb4, 0xe9],
];

/// The height of the plot, and of that the title of `y`.
const PLOT: u32 = 632;
const ABOVE: i32 = LINE + 16;
/// From the plot to the middle of the first interval, and on to the next one.
const GAP: u32 = 26;
const LANE: usize = 32;
/// The width of the labels of `y`.
const LEFT: u32 = 116;

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

    /// The upper ends of its band from left to right, then the lower ones back.
    fn outline(&self) -> Vec<(f64, f64)> {
        let upper = self.band.iter().map(|&(x, _, high)| (x, high));
        let lower = self.band.iter().rev().map(|&(x, low, _)| (x, low));
        upper.chain(lower).collect()
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
    /// The style sheet dashes each ink in its own way, so inks of the same colour differ in their last digit.
    fn ink(self) -> RGBColor {
        match self {
            Self::Reference(k) => RGBColor(0x55, 0x5b, 0x64 + k),
            Self::Nth(k) => {
                let [red, green, blue] = INKS[k % 6];
                RGBColor(red, green, blue + u8::from(k % 12 >= 6))
            }
            Self::Baseline => TEXT,
        }
    }

    fn curve(self, area: &Area, points: Vec<Point>) -> Drawn {
        let width = if self == Self::Baseline { 8 } else { 4 };
        area.draw(&PathElement::new(points, self.ink().stroke_width(width)))
    }

    /// A disc, a triangle, a circle, a cross.
    fn marker(self, area: &Area, at: Point) -> Drawn {
        let ink = self.ink();
        let number = match self {
            Self::Reference(_) => return Ok(()),
            Self::Nth(k) => k % 4,
            Self::Baseline => 0,
        };
        match number {
            0 => area.draw(&Circle::new(at, 8, ink.filled())),
            1 => area.draw(&TriangleMarker::new(at, 11, ink.filled())),
            2 => {
                area.draw(&Circle::new(at, 8, WHITE.filled()))?;
                area.draw(&Circle::new(at, 8, ink.stroke_width(3)))
            }
            _ => area.draw(&Cross::new(at, 7, ink.stroke_width(3))),
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
        }
    }

    pub(crate) fn figure(&self) -> Figure<'_> {
        let crossings = self.crossings();
        let strip = GAP + (crossings.len() * LANE) as u32;
        let height = PLOT + strip + BELOW;
        let drawing = svg((WIDTH, height), |area| self.draw(area, &crossings));
        let in_words = crossings.iter().map(|(series, mark)| {
            let n = self.x.format_ext(&mark.at.0);
            format!("{} {} at {n}", series.name, mark.word())
        });
        Figure {
            title: &self.title,
            drawing,
            height,
            note: if crossings.is_empty() {
                ""
            } else {
                "Under the curves: each crossover with its 95% interval"
            },
            hint: in_words.collect::<Vec<_>>().join("\n"),
            legend: self.legend(),
        }
    }

    /// Every mark that has a place on both axes, with its series, from left to right.
    fn crossings(&self) -> Vec<(&Series, &Mark)> {
        let mut crossings = Vec::new();
        for series in &self.series {
            let marks = series.marks.iter().filter(|mark| self.shows(mark.at));
            crossings.extend(marks.map(|mark| (series, mark)));
        }
        crossings.sort_by(|a, b| a.1.at.0.total_cmp(&b.1.at.0));
        crossings
    }

    fn shows(&self, (x, y): (f64, f64)) -> bool {
        self.x.shows(x) && self.y.shows(y)
    }

    fn draw(&self, area: &Area, crossings: &[(&Series, &Mark)]) -> Drawn {
        let mut points: Vec<_> = crossings.iter().map(|(_, mark)| mark.at).collect();
        for series in &self.series {
            points.extend(&series.points);
            points.extend(series.outline());
        }
        points.retain(|&point| self.shows(point));
        let (x, y): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
        let (x, y) = (self.x.with_room_for(x), self.y.with_room_for(y));

        area.draw_text(y.title, &text(&QUIET, HPos::Left), (0, LINE / 2))?;
        let (plot, strip) = area.margin(0, 0, 0, 40).split_vertically(PLOT);
        chart(&strip, (x, NO_AXIS), (LEFT, BELOW))?;
        let plot = chart(&plot.margin(ABOVE, 0, 0, 0), (x, y), (LEFT, 0))?;
        let placed = |points: Vec<(f64, f64)>| -> Vec<Point> {
            let shown = points.into_iter().filter(|&point| self.shows(point));
            shown.map(|point| plot.backend_coord(&point)).collect()
        };
        // Bands first, so that no line is under one; of lines, the first is above the others.
        for series in &self.series {
            let band = series.look.ink().mix(0.16);
            area.draw(&Polygon::new(placed(series.outline()), band))?;
        }
        for Series { look, points, .. } in self.series.iter().rev() {
            let points = placed(points.clone());
            look.curve(area, points.clone())?;
            for point in points {
                look.marker(area, point)?;
            }
        }
        for ((series, mark), middle) in crossings.iter().zip((PLOT + GAP..).step_by(LANE)) {
            let at = plot.backend_coord(&mark.at);
            draw_ring(area, series.look.ink(), at, mark.wins)?;
            let place = |x| (plot.backend_coord(&(x, 1.0)).0, middle.cast_signed());
            draw_interval(area, series, mark, place)?;
        }
        Ok(())
    }

    fn legend(&self) -> Vec<(Markup, &str)> {
        let series = self.series.iter().map(|series| {
            let sample = svg(SAMPLE, |area| {
                series.look.curve(area, vec![(0, 16), (60, 16)])?;
                series.look.marker(area, (30, 16))
            });
            (sample, series.name.as_str())
        });
        let marks = [true, false].into_iter().filter_map(|wins| {
            let mut marks = self.series.iter().flat_map(|series| &series.marks);
            let word = marks.find(|mark| mark.wins == wins)?.word();
            let sample = svg(SAMPLE, |area| draw_ring(area, QUIET, (30, 16), wins));
            Some((sample, word))
        });
        series.chain(marks).collect()
    }
}

/// A ring, through which the lines under it can be seen; with a bar across if something ends there.
fn draw_ring(area: &Area, ink: RGBColor, (x, y): Point, wins: bool) -> Drawn {
    if !wins {
        let bar = [(x - 10, y + 10), (x + 10, y - 10)];
        area.draw(&PathElement::new(bar, ink.stroke_width(3)))?;
    }
    area.draw(&Circle::new((x, y), 12, ink.stroke_width(4)))
}

/// An interval with a bar across each end, or an arrow where the lower end is not known. The name of its series stands
/// where there is room for it.
fn draw_interval(area: &Area, series: &Series, mark: &Mark, place: impl Fn(f64) -> Point) -> Drawn {
    let ((x, y), (low, high)) = (place(mark.at.0), mark.interval);
    let (left_end, right_end) = (place(low.unwrap_or(0.0)).0, place(high).0);
    // The barbs of an arrow stand back from its point.
    let back = left_end + if low.is_some() { 0 } else { 12 };
    let path = [
        (right_end, y - 8),
        (right_end, y + 8),
        (right_end, y),
        (left_end, y),
        (back, y - 8),
        (back, y + 8),
        (left_end, y),
    ];
    area.draw(&PathElement::new(path, series.look.ink().stroke_width(3)))?;
    series.look.marker(area, (x, y))?;
    let (left, right) = (text(&TEXT, HPos::Left), text(&TEXT, HPos::Right));
    let (width, _) = area.estimate_text_size(&series.name, &left)?;
    let room = width.cast_signed() + 20;
    if right_end + room < place(f64::INFINITY).0 {
        area.draw_text(&series.name, &left, (right_end + 20, y))?;
    } else if left_end - room > 0 {
        area.draw_text(&series.name, &right, (left_end - 20, y))?;
    }
    Ok(())
}
