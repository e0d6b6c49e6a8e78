//! What both benchmark programs ask of criterion.

use std::time::Duration;

use criterion::{Criterion, PlottingBackend};

/// Criterion with the command line's options, and with plots that need no gnuplot (with `--quick`: none).
///
/// Analysing and plotting a short measurement takes longer than the measurement: 30 samples and
/// 10,000 resamples are enough for lines that span six powers of ten.
pub(crate) fn criterion() -> Criterion {
    // With `--quick` criterion stops as soon as a result is steady, or after this time.
    let quick = std::env::args().any(|argument| argument == "--quick");
    let measurement = Duration::from_millis(if quick { 50 } else { 500 });
    let criterion = if quick {
        Criterion::default().without_plots()
    } else {
        Criterion::default().plotting_backend(PlottingBackend::Plotters)
    };
    criterion
        .sample_size(30)
        .nresamples(10_000)
        .warm_up_time(Duration::from_millis(if quick { 20 } else { 100 }))
        .measurement_time(measurement)
        .configure_from_args()
}
