//! What figures are drawn on: the shapes of an SVG, in the page's colours.
//!
//! A shape has classes instead of a colour. A series is a group with a class of its own, such as `s3`, which says the ink
//! and the dashes of all that is in it; `line`, `band`, `marker` and `ring` say what is done with them.

use maud::{Markup, PreEscaped, html};

/// In pixels, from the top left corner.
pub(super) type Point = (f64, f64);

/// In pixels at which text has its natural size; the figure scales with its column.
pub(super) const WIDTH: f64 = 480.0;

/// The height of a line of text.
pub(super) const LINE: f64 = 18.0;

/// The size of text.
const FONT_SIZE: f64 = 13.0;

const MARKER: f64 = 3.5;
const RING: f64 = 6.0;

/// The width of a legend's samples.
const SAMPLE: f64 = 30.0;

/// Where a text stands, seen from its point.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// The width of `text` in pixels. A guess on the safe side: which font it will be is the reader's choice.
pub(super) fn text_width(text: &str) -> f64 {
    let em = |letter| match letter {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | '\'' => 0.32,
        't' | 'f' | 'r' | ' ' | '/' | '-' | '(' | ')' => 0.4,
        'm' | 'w' | 'M' | 'W' | '%' => 0.95,
        letter if char::is_uppercase(letter) => 0.72,
        _ => 0.62,
    };
    text.chars().map(em).sum::<f64>() * FONT_SIZE
}

/// Shapes, the later ones above the earlier ones.
#[derive(Debug, Default)]
pub(super) struct Canvas(String);

impl Canvas {
    fn add(&mut self, shape: &Markup) {
        self.0.push_str(&shape.0);
    }

    /// What `draw` draws has this class.
    pub(super) fn group(&mut self, class: &str, draw: impl FnOnce(&mut Self)) {
        let mut inside = Self::default();
        draw(&mut inside);
        self.add(&html! { g class=(class) { (PreEscaped(inside.0)) } });
    }

    /// A line through `points`.
    pub(super) fn line(&mut self, points: &[Point], class: &str) {
        self.add(&html! { polyline class=(class) points=(path(points)) {} });
    }

    /// A filled area.
    pub(super) fn area(&mut self, corners: &[Point], class: &str) {
        self.add(&html! { polygon class=(class) points=(path(corners)) {} });
    }

    /// A filled rectangle between two corners.
    pub(super) fn rectangle(&mut self, [(left, top), (right, bottom)]: [Point; 2], class: &str) {
        self.add(&html! {
            rect class=(class) x=(px(left)) y=(px(top)) width=(px(right - left)) height=(px(bottom - top)) {}
        });
    }

    /// A text whose middle is as high as its point.
    pub(super) fn text(&mut self, text: &str, (x, y): Point, anchor: Anchor, class: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        self.add(&html! {
            text class=(class) x=(px(x)) y=(px(y + 0.35 * FONT_SIZE)) text-anchor=(anchor) { (text) }
        });
    }

    /// The marker of the series with this number: one of twelve.
    pub(super) fn marker(&mut self, number: usize, at: Point) {
        let r = MARKER;
        let corners: &[Point] = match number % 6 {
            0 => &[],
            1 => &[(-r, -r), (r, -r), (r, r), (-r, r)],
            2 => &[(0.0, -r - 1.0), (r + 1.0, r), (-r - 1.0, r)],
            3 => &[
                (0.0, -r - 1.0),
                (r + 1.0, 0.0),
                (0.0, r + 1.0),
                (-r - 1.0, 0.0),
            ],
            4 => &[(0.0, r + 1.0), (r + 1.0, -r), (-r - 1.0, -r)],
            _ => &[
                (-r, -r),
                (0.0, -1.0),
                (r, -r),
                (1.0, 0.0),
                (r, r),
                (0.0, 1.0),
                (-r, r),
                (-1.0, 0.0),
            ],
        };
        let class = if number / 6 % 2 == 1 {
            "marker open"
        } else {
            "marker"
        };
        if corners.is_empty() {
            self.add(&html! { circle class=(class) cx=(px(at.0)) cy=(px(at.1)) r=(r) {} });
        } else {
            let corners = corners.iter().map(|(x, y)| (at.0 + x, at.1 + y));
            self.area(&corners.collect::<Vec<_>>(), class);
        }
    }

    /// A ring, through which the lines under it can be seen; with a bar across if something ends there. `label` is shown
    /// where a mouse rests on it.
    pub(super) fn ring(&mut self, (x, y): Point, ends: bool, label: &str) {
        self.add(&html! {
            g class="ring" {
                title { (label) }
                circle cx=(px(x)) cy=(px(y)) r=(RING) {}
                @if ends { line x1=(px(x - 5.0)) y1=(px(y + 5.0)) x2=(px(x + 5.0)) y2=(px(y - 5.0)) {} }
            }
        });
    }

    /// All of it as an `<svg>` element. `title` and `description` are for those who cannot see it.
    pub(super) fn into_svg(self, height: f64, title: &str, description: &str) -> Markup {
        html! {
            svg viewBox={ "0 0 " (WIDTH) " " (px(height)) } role="img" aria-label=(title) {
                desc { (description) }
                (PreEscaped(self.0))
            }
        }
    }

    /// A sample for a legend.
    pub(super) fn into_sample(self) -> Markup {
        html! {
            svg viewBox={ "0 0 " (SAMPLE) " 16" } aria-hidden="true" { (PreEscaped(self.0)) }
        }
    }
}

/// Where a sample in a legend begins, its middle, and where it ends.
pub(super) const SAMPLE_POINTS: [Point; 3] = [(0.0, 8.0), (SAMPLE / 2.0, 8.0), (SAMPLE, 8.0)];

/// A figure: its title, its drawing, and its legend, which wraps like text.
pub(super) fn figure(title: &str, svg: &Markup, legend: &[(Markup, &str)]) -> Markup {
    html! {
        figure {
            figcaption { (title) }
            (svg)
            @if !legend.is_empty() {
                ul.legend { @for (sample, name) in legend { li { (sample) " " (name) } } }
            }
        }
    }
}

/// Tenths of a pixel are enough.
fn px(x: f64) -> f64 {
    (10.0 * x).round() / 10.0
}

fn path(points: &[Point]) -> String {
    let points = points.iter().map(|&(x, y)| format!("{},{}", px(x), px(y)));
    points.collect::<Vec<_>>().join(" ")
}
