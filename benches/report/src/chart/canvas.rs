//! What figures are drawn on: plotters' SVG, in the page's colours and font.
//!
//! Plotters writes fixed colours, but a figure is to follow the page, which is dark at night. So each
//! ink is handed to plotters as a colour that stands for it, and in the finished text these are
//! replaced by variables of the page's style. Plotters has no dashes in its SVG either; they are
//! given in the same place.

use std::cell::RefCell;

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{Drawable, PointCollection};
use plotters::prelude::{
    Circle, IntoDrawingArea, IntoFont, PathElement, Polygon, RGBColor, Rectangle, SVGBackend, Text,
};
use plotters::style::text_anchor::{Pos, VPos};
use plotters::style::{Color, FontStyle, ShapeStyle, TextStyle};

use super::colour::{Ink, Look, Marker, PAPER, QUIET, Shape, TEXT};

/// In pixels.
pub(super) type Point = (i32, i32);

/// Where a text stands, seen from its point.
pub(super) use plotters::style::text_anchor::HPos as Align;

/// The two renderings of each figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// For a screen of 800 pixels and more, and for paper.
    Wide,
    /// For a phone.
    Narrow,
}

impl Format {
    /// In pixels at which the text has its natural size; a figure scales with its column.
    pub(super) fn width(self) -> i32 {
        match self {
            Self::Wide => 960,
            Self::Narrow => 360,
        }
    }

    pub(super) fn font_size(self) -> i32 {
        match self {
            Self::Wide => 14,
            Self::Narrow => 12,
        }
    }

    pub(super) fn marker_radius(self) -> i32 {
        match self {
            Self::Wide => 4,
            Self::Narrow => 3,
        }
    }

    /// The width of `text`, in pixels. A guess on the safe side: which font it will be is the
    /// reader's choice.
    pub(super) fn text_width(self, text: &str) -> i32 {
        let em = |letter| match letter {
            'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' => 0.32,
            't' | 'f' | 'r' | ' ' | '/' | '-' | '(' | ')' | '[' | ']' => 0.4,
            'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.95,
            letter if letter.is_uppercase() => 0.72,
            _ => 0.62,
        };
        let width: f64 = text.chars().map(em).sum();
        (width * f64::from(self.font_size())).ceil() as i32
    }

    /// A title, whose letters are bold and so wider, in lines that fit `width` pixels.
    pub(super) fn wrap(self, text: &str, width: i32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            match lines.last_mut() {
                Some(line) if self.text_width(&format!("{line} {word}")) <= width * 7 / 8 => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines
    }
}

/// What figures are drawn on.
pub(super) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
    format: Format,
    inks: RefCell<Vec<Ink>>,
}

/// A figure as a whole `<svg>` element, `height` pixels high. `title` and `description` are for those
/// who cannot see it.
pub(super) fn svg(
    format: Format,
    height: i32,
    title: &str,
    description: &str,
    draw: impl FnOnce(&Canvas<'_>),
) -> String {
    let size = (format.width(), height.max(1));
    let mut text = String::new();
    let inks = {
        let backend = SVGBackend::with_string(&mut text, (size.0 as u32, size.1 as u32));
        let canvas = Canvas {
            area: backend.into_drawing_area(),
            format,
            inks: RefCell::default(),
        };
        draw(&canvas);
        canvas.area.present().expect("a string can be written to");
        canvas.inks.take()
    };
    let (_, shapes) = text
        .split_once(">\n")
        .expect("plotters begins with an opening tag");
    let title = escaped(title);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" \
         role=\"img\" aria-label=\"{title}\">\n<title>{title}</title>\n<desc>{}</desc>\n{}",
        size.0,
        size.1,
        escaped(description),
        in_page_colours(shapes, &inks)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The colour that stands for the ink with this number.
fn stand_in(number: usize) -> RGBColor {
    RGBColor(0xFE, (number >> 8) as u8, number as u8)
}

/// Replaces the colours that stand for inks, and leaves out what the page's style says.
fn in_page_colours(shapes: &str, inks: &[Ink]) -> String {
    let mut text = shapes
        .replace(" opacity=\"1\"", "")
        .replace(" font-family=\"sans-serif\"", "");
    for (number, ink) in inks.iter().enumerate() {
        let RGBColor(red, green, blue) = stand_in(number);
        for property in ["fill", "stroke"] {
            // No text of ours can be meant: plotters escapes the quotation marks in it.
            let from = format!("{property}=\"#{red:02X}{green:02X}{blue:02X}\"");
            let to = format!("style=\"{}\"", ink.css(property));
            text = text.replace(&from, &to);
        }
    }
    text
}

impl Canvas<'_> {
    fn rgb(&self, ink: Ink) -> RGBColor {
        let mut inks = self.inks.borrow_mut();
        let known = inks.iter().position(|&known| known == ink);
        let number = known.unwrap_or_else(|| {
            inks.push(ink);
            inks.len() - 1
        });
        stand_in(number)
    }

    fn draw<'a, E>(&self, element: &'a E)
    where
        &'a E: PointCollection<'a, Point>,
        for<'b> E: Drawable<SVGBackend<'b>>,
    {
        let drawn = self.area.draw(element);
        drawn.expect("a string can be written to");
    }

    fn stroke(&self, ink: Ink, width: u32) -> ShapeStyle {
        self.rgb(ink).stroke_width(width)
    }

    fn filled(&self, ink: Ink) -> ShapeStyle {
        self.rgb(ink).filled()
    }

    /// A line through `points`.
    pub(super) fn line(&self, points: impl Into<Vec<Point>>, ink: Ink, width: u32) {
        self.draw(&PathElement::new(points.into(), self.stroke(ink, width)));
    }

    /// A filled area, see-through: `opacity` from 0 to 1.
    pub(super) fn area(&self, corners: impl Into<Vec<Point>>, ink: Ink, opacity: f64) {
        let style = self.rgb(ink).mix(opacity).filled();
        self.draw(&Polygon::new(corners.into(), style));
    }

    /// A filled rectangle.
    pub(super) fn rectangle(&self, corners: [Point; 2], ink: Ink) {
        self.draw(&Rectangle::new(corners, self.filled(ink)));
    }

    /// The outline of a rectangle.
    pub(super) fn frame(&self, corners: [Point; 2], ink: Ink) {
        self.draw(&Rectangle::new(corners, self.stroke(ink, 1)));
    }

    /// A ring, through which the lines under it can be seen.
    pub(super) fn ring(&self, center: Point, ink: Ink) {
        self.draw(&Circle::new(center, RING, self.stroke(ink, 2)));
    }

    /// What marks look like: a ring on its interval.
    pub(super) fn interval_sample(&self, (left, y): Point) {
        let ink = Ink::solid(&QUIET);
        let (right, middle) = (left + SAMPLE, left + SAMPLE / 2);
        for (from, to) in [(left, middle - RING), (middle + RING, right)] {
            self.line([(from, y), (to, y)], ink, 2);
        }
        for end in [left, right] {
            self.line([(end, y - 4), (end, y + 4)], ink, 2);
        }
        self.ring((middle, y), ink);
    }

    /// A text whose middle is as high as its point.
    pub(super) fn text(&self, text: &str, at: Point, align: Align, ink: Ink) {
        self.write(text, at, align, ink, FontStyle::Normal);
    }

    /// The lines of a figure's title, from the top left corner. Returns how far down they reach.
    pub(super) fn title(&self, lines: &[String]) -> i32 {
        let mut y = LINE / 2 + 2;
        for line in lines {
            let ink = Ink::solid(&TEXT);
            self.write(line, (0, y), Align::Left, ink, FontStyle::Bold);
            y += LINE;
        }
        y - LINE / 2
    }

    fn write(&self, text: &str, at: Point, align: Align, ink: Ink, weight: FontStyle) {
        // Plotters counts a font's size from its lowest to its highest point; CSS does not.
        let size = f64::from(self.format.font_size()) * 1.24;
        let font = ("sans-serif", size).into_font().style(weight);
        let rgb = self.rgb(ink);
        let style = TextStyle::from(font)
            .color(&rgb)
            .pos(Pos::new(align, VPos::Center));
        self.draw(&Text::new(text.to_owned(), at, style));
    }

    /// A series' marker.
    pub(super) fn marker(&self, Marker { shape, open }: Marker, at: Point, ink: Ink) {
        let r = self.format.marker_radius();
        let around = |corners: &[Point]| -> Vec<Point> {
            let corners = corners.iter().map(|(x, y)| (at.0 + x, at.1 + y));
            corners.collect()
        };
        let corners = match shape {
            Shape::Circle if open => {
                self.draw(&Circle::new(at, r, self.filled(Ink::solid(&PAPER))));
                return self.draw(&Circle::new(at, r, self.stroke(ink, 2)));
            }
            Shape::Circle => return self.draw(&Circle::new(at, r, self.filled(ink))),
            Shape::Cross => {
                let strokes = if open {
                    [[(-r, 0), (r, 0)], [(0, -r), (0, r)]]
                } else {
                    [[(-r, -r), (r, r)], [(-r, r), (r, -r)]]
                };
                for stroke in strokes {
                    self.line(around(&stroke), ink, 2);
                }
                return;
            }
            Shape::Square => around(&[(-r, -r), (r, -r), (r, r), (-r, r), (-r, -r)]),
            Shape::TriangleUp => around(&[(0, -r - 1), (r + 1, r), (-r - 1, r), (0, -r - 1)]),
            Shape::TriangleDown => around(&[(0, r + 1), (r + 1, -r), (-r - 1, -r), (0, r + 1)]),
            Shape::Diamond => around(&[
                (0, -r - 1),
                (r + 1, 0),
                (0, r + 1),
                (-r - 1, 0),
                (0, -r - 1),
            ]),
        };
        if open {
            self.draw(&Polygon::new(
                corners.clone(),
                self.filled(Ink::solid(&PAPER)),
            ));
            self.line(corners, ink, 2);
        } else {
            self.draw(&Polygon::new(corners, self.filled(ink)));
        }
    }

    /// A piece of a series' line with its marker, as a legend shows it, from `left`.
    pub(super) fn sample(&self, look: Look, (left, y): Point) {
        self.line([(left, y), (left + SAMPLE, y)], look.line(), look.width());
        self.marker(look.marker(), (left + SAMPLE / 2, y), look.solid());
    }
}

/// The width of a legend's samples, in pixels.
pub(super) const SAMPLE: i32 = 30;

/// The radius of a ring, in pixels.
const RING: i32 = 6;

/// The height of a line of text, in pixels.
pub(super) const LINE: i32 = 19;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_colours_are_the_pages() {
        let text = svg(Format::Wide, 40, "a < b & \"c\"", "1 > 0", |canvas| {
            canvas.text(
                "fill=\"#FE0000\" & <more>",
                (0, 0),
                Align::Left,
                Ink::solid(&TEXT),
            );
            canvas.line([(0, 0), (9, 9)], Look::Nth(1).line(), 2);
        });
        assert!(text.contains("<title>a &lt; b &amp; &quot;c&quot;</title>"));
        assert!(text.contains("fill=&quot;#FE0000&quot; &amp; &lt;more&gt;"));
        assert!(text.contains("style=\"stroke:var(--series-2,#D55E00);stroke-dasharray:8 4\""));
        assert!(!text.contains("=\"#FE"));
    }

    #[test]
    fn lines_are_wrapped_at_words() {
        let lines = Format::Narrow.wrap("time against the number of items", 120);
        assert!(lines.len() > 1);
        assert_eq!(lines.join(" "), "time against the number of items");
        assert!(
            lines
                .iter()
                .all(|line| Format::Narrow.text_width(line) <= 120)
        );
    }
}
