//! `mandelbrot`: the escape time of every pixel of a picture of the Mandelbrot set.
//!
//! Pixels far from the set escape after a few steps, pixels inside it take all [`LIMIT`]. The picture
//! is the upper half of the set: its top rows are nearly free and its bottom rows are nearly all
//! inside, so cutting it into equal halves gives one worker nearly all of the work. Static chunks
//! lose here, dynamic ones win.

use std::io;

use serde::{Deserialize, Serialize};

use crate::{Map, Workload, refuse_input};

/// Steps after which a point counts as inside the set.
pub const LIMIT: u16 = 1_000;

/// The part of the complex plane that is shown: twice as wide as high.
const LEFT: f64 = -2.0;
const TOP: f64 = 1.25;
const WIDTH: f64 = 2.5;

/// How many of these pixels are inside the set: their steps reached [`LIMIT`].
pub fn count_inside(pixels: &[u16]) -> usize {
    pixels.iter().filter(|&&steps| steps == LIMIT).count()
}

/// Item `i` is the escape time of pixel `i`, row by row from the top left: the number of steps
/// z ← z² + c until |z| > 2, at most [`LIMIT`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandelbrot {
    len: usize,
}

impl Mandelbrot {
    /// A picture of `n` pixels.
    pub fn new(n: usize) -> Self {
        Self { len: n }
    }

    /// The picture's width in pixels; its height is half of that, the last row perhaps not full.
    pub fn width(&self) -> usize {
        (2 * self.len).isqrt().max(1)
    }

    fn escape_time(&self, pixel: usize) -> u16 {
        let width = self.width();
        let scale = WIDTH / width as f64;
        let re = LEFT + scale * (pixel % width) as f64;
        let im = TOP - scale * (pixel / width) as f64;
        let (mut x, mut y) = (0.0, 0.0);
        for step in 0..LIMIT {
            let (x2, y2) = (x * x, y * y);
            if x2 + y2 > 4.0 {
                return step;
            }
            (x, y) = (x2 - y2 + re, 2.0 * x * y + im);
        }
        LIMIT
    }
}

impl Workload for Mandelbrot {
    const NAME: &'static str = "mandelbrot";
    const ABOUT: &'static str = "escape times of the Mandelbrot set: items of very uneven cost";

    fn with_input(n: usize, input: &[String]) -> io::Result<Self> {
        refuse_input(Self::NAME, input)?;
        Ok(Self::new(n))
    }

    /// The whole picture again, in a coarser or finer grid.
    fn with_len(&self, n: usize) -> Self {
        Self::new(n)
    }

    fn len(&self) -> usize {
        self.len
    }
}

impl Map for Mandelbrot {
    type Item = u16;

    fn fill(&self, first: usize, out: &mut [u16]) {
        for (pixel, steps) in (first..).zip(out) {
            *steps = self.escape_time(pixel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bottom_half_costs_far_more_than_the_top() {
        let workload = Mandelbrot { len: 20_000 };
        let mut steps = vec![0; workload.len];
        workload.fill(0, &mut steps);
        let cost = |part: &[u16]| part.iter().map(|&s| u64::from(s)).sum::<u64>();
        let (top, bottom) = steps.split_at(steps.len() / 2);
        assert!(
            cost(bottom) > 3 * cost(top),
            "{} against {}",
            cost(bottom),
            cost(top)
        );
    }

    #[test]
    fn known_points() {
        let workload = Mandelbrot { len: 20_000 }; // 200 × 100 pixels of 1/80
        assert_eq!(workload.width(), 200);
        assert_eq!(workload.escape_time(0), 1, "-2 + 1.25i leaves at once");
        assert_eq!(
            workload.escape_time(99 * 200 + 160),
            LIMIT,
            "0.0125i is inside"
        );
    }
}
