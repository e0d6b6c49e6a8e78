//! Colours that follow the page, dashes and markers.
//!
//! Series are told apart three times over: by colour, by dash pattern and by marker. The colours are
//! those of Okabe and Ito (2008), which the colour-blind can tell apart, without the yellow, which does
//! not show on white. Dashes and markers remain in print without colour.

use std::fmt::Write;

/// A colour that is a variable of the page's style, so that the page can change it at night.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Colour {
    variable: &'static str,
    light: &'static str,
    dark: &'static str,
}

const fn colour(variable: &'static str, light: &'static str, dark: &'static str) -> Colour {
    Colour {
        variable,
        light,
        dark,
    }
}

pub(super) static PAPER: Colour = colour("paper", "#FFFFFF", "#15181C");
pub(super) static TEXT: Colour = colour("text", "#16191D", "#E6E8EB");
/// For what must not compete with the data: axis titles, references.
pub(super) static QUIET: Colour = colour("quiet", "#555B63", "#A4ABB4");
pub(super) static GRID: Colour = colour("grid", "#C9CDD2", "#434A53");
pub(super) static FINE_GRID: Colour = colour("fine-grid", "#ECEEF0", "#24292F");
/// The background of what is neither figure nor text: table heads, the machine.
pub(super) static PANEL: Colour = colour("panel", "#F4F5F7", "#1E2329");
pub(super) static LINK: Colour = colour("link", "#005A9C", "#7CC0F5");

/// The lines across a part of a bar; the parts stay what they are at night, and so do these.
pub(super) static DARK_HATCH: Colour = colour("dark-hatch", "#5B4A2E", "#5B4A2E");
pub(super) static LIGHT_HATCH: Colour = colour("light-hatch", "#FFE3CF", "#FFE3CF");

static SERIES: [Colour; 6] = [
    colour("series-1", "#0072B2", "#4BA3E3"),
    colour("series-2", "#D55E00", "#F0803C"),
    colour("series-3", "#009E73", "#2CC59A"),
    colour("series-4", "#CC79A7", "#E39AC1"),
    colour("series-5", "#E69F00", "#F2B632"),
    colour("series-6", "#56B4E9", "#A5DAF7"),
];

/// Neighbours differ clearly in lightness; every other one is hatched besides.
static PARTS: [Colour; 6] = [
    colour("part-1", "#0B3C6F", "#2F6CB0"),
    colour("part-2", "#F2B75B", "#F5C77E"),
    colour("part-3", "#0072B2", "#1F8FD6"),
    colour("part-4", "#D5D9DE", "#C3C9D1"),
    colour("part-5", "#B84A00", "#C9591A"),
    colour("part-6", "#EBC0D8", "#F0CFE2"),
];

/// Solid, dashed, dotted, dash-dot, long, dash-dot-dot.
const DASHES: [&str; 6] = ["", "8 4", "2 3", "8 3 2 3", "15 4", "8 3 2 3 2 3"];

/// The forms of the markers, each of them filled first and then open.
const SHAPES: [Shape; 6] = [
    Shape::Circle,
    Shape::Square,
    Shape::TriangleUp,
    Shape::Diamond,
    Shape::TriangleDown,
    Shape::Cross,
];

/// The colour variables, light, and dark where the reader prefers that. Paper stays light.
pub fn style() -> String {
    let named = [
        &PAPER,
        &TEXT,
        &QUIET,
        &GRID,
        &FINE_GRID,
        &PANEL,
        &LINK,
        &DARK_HATCH,
        &LIGHT_HATCH,
    ];
    let all = || named.into_iter().chain(&SERIES).chain(&PARTS);
    let mut light = String::new();
    let mut dark = String::new();
    for colour in all() {
        let Colour {
            variable,
            light: by_day,
            dark: by_night,
        } = colour;
        write!(light, "--{variable}:{by_day};").expect("a string can be written to");
        write!(dark, "--{variable}:{by_night};").expect("a string can be written to");
    }
    format!(
        ":root{{color-scheme:light dark;{light}}}\n\
         @media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    )
}

/// What a shape is drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ink {
    colour: &'static Colour,
    dashes: &'static str,
}

impl Ink {
    pub(super) const fn solid(colour: &'static Colour) -> Self {
        Self { colour, dashes: "" }
    }

    pub(super) fn part(part: usize) -> Self {
        Self::solid(&PARTS[part % PARTS.len()])
    }

    /// For the `k`th reference line: finer dashes than any series has.
    pub(super) fn reference(k: usize) -> Self {
        Self {
            colour: &QUIET,
            dashes: ["6 3", "3 3", "10 3 3 3", "2 5"][k % 4],
        }
    }

    /// As CSS, for `property`: `fill` or `stroke`. The light colour is the fallback where there is no
    /// page.
    pub(super) fn css(self, property: &str) -> String {
        let Colour {
            variable, light, ..
        } = self.colour;
        let dashes = if self.dashes.is_empty() {
            String::new()
        } else {
            format!(";stroke-dasharray:{}", self.dashes)
        };
        format!("{property}:var(--{variable},{light}){dashes}")
    }
}

/// How a series looks, in every figure in which it appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Thick and in the text's colour: what all others are compared with.
    Baseline,
    /// One of twelve looks; from 12 on they repeat.
    Nth(usize),
}

impl Look {
    pub(super) fn line(self) -> Ink {
        let Self::Nth(k) = self else {
            return Ink::solid(&TEXT);
        };
        // The second six have the first six's colours with other dashes.
        let dashes = (k + 3 * (k / SERIES.len())) % DASHES.len();
        Ink {
            colour: &SERIES[k % SERIES.len()],
            dashes: DASHES[dashes],
        }
    }

    pub(super) fn solid(self) -> Ink {
        Ink::solid(self.line().colour)
    }

    pub(super) fn width(self) -> u32 {
        match self {
            Self::Baseline => 4,
            Self::Nth(_) => 2,
        }
    }

    pub(super) fn marker(self) -> Marker {
        let Self::Nth(k) = self else {
            return Marker {
                shape: Shape::Circle,
                open: false,
            };
        };
        Marker {
            shape: SHAPES[k % SHAPES.len()],
            open: k / SHAPES.len() % 2 == 1,
        }
    }
}

/// The form of a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Circle,
    Square,
    TriangleUp,
    Diamond,
    TriangleDown,
    Cross,
}

/// What stands at each point of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marker {
    pub(super) shape: Shape,
    /// An outline; a cross stands upright.
    pub(super) open: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_looks_differ_in_line_and_in_marker() {
        let looks: Vec<_> = (0..12).map(Look::Nth).collect();
        for (k, a) in looks.iter().enumerate() {
            for b in &looks[k + 1..] {
                assert_ne!(a.line().css("stroke"), b.line().css("stroke"));
                assert_ne!(a.marker(), b.marker());
            }
        }
    }
}
