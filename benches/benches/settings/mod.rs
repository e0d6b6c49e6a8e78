//! What both benchmark programs ask of criterion.

use std::time::Duration;

use criterion::{Criterion, PlottingBackend};

/// Criterion with the command line's options, and with plots that need no gnuplot.
///
/// Analysing and plotting a short measurement takes longer than the measurement: 30 samples and
/// 10,000 resamples are enough for lines that span six powers of ten.
pub(crate) fn criterion() -> Criterion {
    Criterion::default()
        .plotting_backend(PlottingBackend::Plotters)
        .sample_size(30)
        .nresamples(10_000)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(500))
        .configure_from_args()
}
