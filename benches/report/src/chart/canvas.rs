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

/// The size of text, as in the style sheet.
const FONT_SIZE: f64 = 13.0;

/// Circle, square, triangle, diamond, triangle, cross.
const MARKERS: [&str; 6] = [
    "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z",
    "M-3.5-3.5h7v7h-7z",
    "M0-4.5l4.5 8h-9z",
    "M0-4.5l4.5 4.5l-4.5 4.5l-4.5-4.5z",
    "M0 4.5l4.5-8h-9z",
    "M-4-4L0-1L4-4L1 0L4 4L0 1L-4 4L-1 0z",
];

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
#[derive(Default)]
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

    /// A filled rectangle between its top left and its bottom right corner.
    pub(super) fn rectangle(&mut self, [(left, top), (right, bottom)]: [Point; 2], class: &str) {
        let (width, height) = (px(right - left), px(bottom - top));
        self.add(&html! {
            rect class=(class) x=(px(left)) y=(px(top)) width=(width) height=(height) {}
        });
    }

    /// A text whose middle is as high as its point; `anchor` is `start`, `middle` or `end`.
    pub(super) fn text(&mut self, text: &str, (x, y): Point, anchor: &str, class: &str) {
        let y = px(y + 0.35 * FONT_SIZE);
        self.add(&html! { text class=(class) x=(px(x)) y=(y) text-anchor=(anchor) { (text) } });
    }

    /// The marker of the series with this number: one of twelve.
    pub(super) fn marker(&mut self, number: usize, (x, y): Point) {
        let open = number / MARKERS.len() % 2 == 1;
        let class = if open { "marker open" } else { "marker" };
        let shape = MARKERS[number % MARKERS.len()];
        self.add(&html! {
            path class=(class) d=(shape) transform={ "translate(" (px(x)) " " (px(y)) ")" } {}
        });
    }

    /// A ring, through which the lines under it can be seen; with a bar across if something ends there. `label` is shown
    /// where a mouse rests on it.
    pub(super) fn ring(&mut self, (x, y): Point, ends: bool, label: &str) {
        self.add(&html! {
            g class="ring" transform={ "translate(" (px(x)) " " (px(y)) ")" } {
                title { (label) }
                circle r="6" {}
                @if ends { path d="M-5 5L5-5" {} }
            }
        });
    }

    /// All of it, down to two lines below `bottom`, where the axis has its labels, and a legend, which wraps like text.
    pub(super) fn into_figure(self, title: &str, bottom: f64, legend: &[(Markup, &str)]) -> Markup {
        html! {
            figure {
                figcaption { (title) }
                (self.into_svg(WIDTH, bottom + 2.6 * LINE, title))
                ul.legend { @for (sample, name) in legend { li { (sample) " " (name) } } }
            }
        }
    }

    fn into_svg(self, width: f64, height: f64, label: &str) -> Markup {
        html! {
            svg viewBox={ "0 0 " (width) " " (px(height)) } role="img" aria-label=(label) {
                (PreEscaped(self.0))
            }
        }
    }
}

/// A sample for a legend.
pub(super) fn sample(class: &str, draw: impl FnOnce(&mut Canvas)) -> Markup {
    let mut canvas = Canvas::default();
    canvas.group(class, draw);
    canvas.into_svg(SAMPLE[2].0, 2.0 * SAMPLE[0].1, "")
}

/// Where a sample in a legend begins, its middle, and where it ends.
pub(super) const SAMPLE: [Point; 3] = [(0.0, 8.0), (15.0, 8.0), (30.0, 8.0)];

/// Tenths of a pixel are enough.
fn px(x: f64) -> f64 {
    (10.0 * x).round() / 10.0
}

fn path(points: &[Point]) -> String {
    let points = points.iter().map(|&(x, y)| format!("{},{}", px(x), px(y)));
    points.collect::<Vec<_>>().join(" ")
}
