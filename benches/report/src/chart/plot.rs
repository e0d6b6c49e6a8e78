//! The frame of curves: grid, labels, and the strip of intervals under them.

use super::axis::Ruler;
use super::canvas::{Canvas, LINE, text_width};
use super::lines::Series;

/// The height of an interval's lane.
pub(super) const LANE: f64 = 16.0;
/// Half the height of an interval's ends.
const CAP: f64 = 4.0;
/// The part of the canvas between the axes, and the strip of intervals under it.
pub(super) struct Plot {
    pub(super) x: Ruler,
    pub(super) y: Ruler,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    /// Where the strip ends.
    pub(super) end: f64,
}

impl Plot {
    pub(super) fn grid(&self, canvas: &mut Canvas) {
        for (value, label) in self.x.across() {
            let x = self.x.at(value);
            canvas.line(&[(x, self.top), (x, self.end)], "grid");
            canvas.text(&label, (x, self.end + 0.8 * LINE), "middle", "label");
        }
        for (value, label) in self.y.upright() {
            let y = self.y.at(value);
            canvas.line(&[(self.left, y), (self.right, y)], "grid");
            canvas.text(&label, (self.left - 6.0, y), "end", "label");
        }
        canvas.line(
            &[(self.left, self.bottom), (self.right, self.bottom)],
            "grid",
        );
    }

    /// The intervals of a series, with its name where there is room for it.
    pub(super) fn lane(&self, canvas: &mut Canvas, series: &Series, y: f64) {
        let (mut first, mut last) = (self.right, self.left);
        for mark in &series.marks {
            let x = self.x.at(mark.at.0);
            let (low, high) = mark.interval;
            for (value, edge) in [(low, self.left), (high, self.right)] {
                let end = value.map_or(edge, |value| self.x.at(value));
                // An arrow's barbs stand back from its point; an end has none.
                let back = if value.is_some() {
                    0.0
                } else {
                    6.0 * (x - edge).signum()
                };
                let barbs = [(end + back, y - CAP), (end, y), (end + back, y + CAP)];
                canvas.line(&[(x, y), (end, y)], "interval");
                canvas.line(&barbs, "interval");
                (first, last) = (first.min(end), last.max(end));
            }
            series.look.marker(canvas, (x, y));
        }
        let room = text_width(&series.name) + 12.0;
        if last + room < self.right {
            canvas.text(&series.name, (last + 12.0, y), "start", "label");
        } else if first - room > self.left {
            canvas.text(&series.name, (first - 12.0, y), "end", "label");
        }
    }
}
