//! What all benchmark programs ask of criterion.

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{AxisScale, BenchmarkGroup, Criterion, PlotConfiguration, PlottingBackend};

/// Benchmarks that criterion shows on one page.
///
/// Criterion's violin plot writes `group/method/value` beside each line, and has room for some 25 letters. So the names
/// are short, and a million is `1e6`, which criterion reads as a number, too.
pub(crate) type Group<'a> = BenchmarkGroup<'a, WallTime>;

/// Criterion with the command line's options, and with plots that need no gnuplot (with `--quick`: none).
///
/// There are more than three hundred benchmarks, so each is short, and its analysis has to be shorter. Nearly all of the
/// analysis is the drawing of bootstrap distributions, and its cost grows with the number of resamples: 1,000 is the
/// least that criterion recommends. 30 samples are enough for lines that span six powers of ten.
pub(crate) fn criterion() -> Criterion {
    // With `--quick` criterion stops as soon as a result is steady, or after this time.
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (warm_up, measurement, criterion) = if quick {
        (10, 50, Criterion::default().without_plots())
    } else {
        let plotters = Criterion::default().plotting_backend(PlottingBackend::Plotters);
        (70, 500, plotters)
    };
    criterion
        .sample_size(30)
        .nresamples(1_100)
        .warm_up_time(Duration::from_millis(warm_up))
        .measurement_time(Duration::from_millis(measurement))
        .configure_from_args()
}

/// A group whose line chart has logarithmic axes.
pub(crate) fn group<'a>(criterion: &'a mut Criterion, name: &str) -> Group<'a> {
    let mut group = criterion.benchmark_group(name);
    group.plot_config(PlotConfiguration::default().summary_scale(AxisScale::Logarithmic));
    group
}
