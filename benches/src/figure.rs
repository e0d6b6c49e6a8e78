//! The log-log figure as SVG.

use std::error::Error;
use std::ops::Range;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::crossing::Crossing;
use crate::survey::WorkloadResult;
use crate::words;

/// In pixels; it scales with the page.
const SIZE: (u32, u32) = (1_000, 560);
const LEGEND_WIDTH: u32 = 230;
const LEGEND_TOP: i32 = 80;
const FONT: (&str, u32) = ("sans-serif", 15);

/// Colours that the colour-blind can tell apart (Okabe and Ito, 2008), without the yellow, which does
/// not show on white. When they are used up, they come again with dashed lines and triangles.
const COLORS: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
];

/// How a curve is drawn.
#[derive(Clone, Copy)]
struct Look {
    color: RGBColor,
    width: u32,
    dashed: bool,
}

const SERIAL: Look = Look {
    color: BLACK,
    width: 3,
    dashed: false,
};

fn look_of(paradigm: usize) -> Look {
    Look {
        color: COLORS[paradigm % COLORS.len()],
        width: 2,
        dashed: paradigm >= COLORS.len(),
    }
}

/// Time against n on logarithmic axes: serial, every paradigm, and a ring on the serial curve where a
/// paradigm begins to be faster. A complete `<svg>` element on white.
///
/// # Errors
///
/// Those of the plotting library; none are known.
pub fn svg(result: &WorkloadResult) -> Result<String, Box<dyn Error>> {
    let float = |(n, time): (usize, f64)| (n as f64, time);
    let serial = result
        .serial_curve()
        .into_iter()
        .map(float)
        .collect::<Vec<_>>();
    let mut curves = vec![("serial", SERIAL, serial)];
    for (k, (name, measured)) in result.measured().enumerate() {
        let points = measured
            .estimate
            .sizes
            .iter()
            .map(|size| float((size.n, size.parallel.median)));
        curves.push((name, look_of(k), points.collect()));
    }
    let points = || curves.iter().flat_map(|(_, _, points)| points);

    let mut text = String::new();
    {
        let root = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
        root.fill(&WHITE)?;
        let (plot, legend) = root.split_horizontally(SIZE.0 - LEGEND_WIDTH);
        let mut chart = ChartBuilder::on(&plot)
            .caption(
                format!("{}: time against number of items", result.name),
                ("sans-serif", 20),
            )
            .margin(14)
            .x_label_area_size(46)
            .y_label_area_size(76)
            .build_cartesian_2d(
                decades(points().map(|&(n, _)| n)).log_scale(),
                decades(points().map(|&(_, time)| time)).log_scale(),
            )?;
        chart
            .configure_mesh()
            .x_desc("number of items n")
            .y_desc("time of one run")
            .x_label_formatter(&|&n| words::thousands(n.round() as u64))
            .y_label_formatter(&|&seconds| words::time(seconds))
            .label_style(FONT)
            .axis_desc_style(FONT)
            .light_line_style(WHITE)
            .draw()?;
        for (_, look, points) in curves.iter().rev() {
            let style = look.color.stroke_width(look.width);
            if look.dashed {
                chart.draw_series(DashedLineSeries::new(points.iter().copied(), 6, 4, style))?;
                chart.draw_series(
                    points
                        .iter()
                        .map(|&at| TriangleMarker::new(at, 4, look.color.filled())),
                )?;
            } else {
                chart.draw_series(LineSeries::new(points.iter().copied(), style))?;
                chart.draw_series(
                    points
                        .iter()
                        .map(|&at| Circle::new(at, 3, look.color.filled())),
                )?;
            }
        }
        for (k, (_, measured)) in result.measured().enumerate() {
            if let Some(Crossing { n, .. }) = words::crossing(&measured.estimate) {
                let at = (n, measured.estimate.serial_time_at(n));
                let ring = look_of(k).color.stroke_width(2);
                chart.draw_series([Circle::new(at, 8, ring)])?;
            }
        }
        let left_middle = Pos::new(HPos::Left, VPos::Center);
        let label = TextStyle::from(FONT).pos(left_middle);
        for ((name, look, _), y) in curves.iter().zip((LEGEND_TOP..).step_by(24)) {
            let style = look.color.stroke_width(look.width);
            if look.dashed {
                legend.draw(&PathElement::new([(0, y), (10, y)], style))?;
                legend.draw(&PathElement::new([(18, y), (28, y)], style))?;
                legend.draw(&TriangleMarker::new((14, y), 4, look.color.filled()))?;
            } else {
                legend.draw(&PathElement::new([(0, y), (28, y)], style))?;
                legend.draw(&Circle::new((14, y), 3, look.color.filled()))?;
            }
            legend.draw(&Text::new(*name, (36, y), label.clone()))?;
        }
        let above = LEGEND_TOP - 24;
        legend.draw(&Circle::new((14, above), 8, BLACK.stroke_width(2)))?;
        legend.draw(&Text::new("begins to pay", (36, above), label))?;
        root.present()?;
    }
    Ok(text)
}

/// The whole powers of ten round `values`.
fn decades(values: impl Iterator<Item = f64>) -> Range<f64> {
    let (low, high) = values.fold((f64::INFINITY, 0.0_f64), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let power = |exponent: f64| 10_f64.powf(exponent);
    power(low.log10().floor())..power(high.log10().ceil().max(low.log10().floor() + 1.0))
}
