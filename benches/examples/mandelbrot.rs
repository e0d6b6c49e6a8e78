//! Items of uneven cost: static chunks lose, dynamic ones win.
//!
//! Run: `cargo run --release --example mandelbrot` (about 25 s)
//!
//! Expected output: where the picture was written, the share of all steps that lies in its lower half,
//! and for a paradigm with one chunk a worker and two with many how much faster than serial they are.
//!
//! Try: `-- --pixels 4000000`, and look at the picture. Then count how many steps each of four equal
//! strips has, and say what the speedup of static chunks on four cores can be at most.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread::available_parallelism;

use benches::command::{self, Outcome};
use benches::output::{in_target_directory, writable};
use clap::Parser;
use estimator::statistics::median;
use estimator::{Run, Side, Stopwatch};
use laboratory::measuring::{MeasuringProcess, Problem, Subject, Trial};
use workloads::mandelbrot::{LIMIT, Mandelbrot};
use workloads::{Map, Workload};

/// Draws the Mandelbrot set, and shows what static chunks cost.
#[derive(Parser)]
struct Options {
    /// Number of pixels
    #[arg(long, default_value_t = 500_000, value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
    pixels: u32,

    /// Where the picture goes [default: mandelbrot.png in the target directory]
    #[arg(long, value_name = "FILE", value_parser = writable(), hide_default_value = true)]
    #[arg(default_value_os_t = in_target_directory("mandelbrot.png"))]
    png: PathBuf,
}

/// Runs of each paradigm, in turns with serial ones. Their median counts.
const PAIRS: usize = 7;

fn main() -> ExitCode {
    command::main("mandelbrot", run)
}

/// Draws, measures and prints.
fn run(options: &Options) -> Outcome {
    let pixels = options.pixels as usize;
    let workload = Mandelbrot::with_input(pixels, &[])?;
    let steps = workload.items(0..pixels);
    write_png(File::create(&options.png)?, &steps, workload.width())?;
    println!("picture: {}", options.png.display());

    let cost = |part: &[u16]| part.iter().map(|&steps| f64::from(steps)).sum::<f64>();
    let share = 100.0 * cost(&steps[pixels / 2..]) / cost(&steps);
    println!("the lower half of the pixels takes {share:.0}% of the steps");

    let workers = available_parallelism()?;
    println!("speedup with {workers} workers:");
    let problem = Problem::new(Mandelbrot::NAME, pixels, &[])?;
    for (paradigm, chunks) in [
        ("threads/scoped", "one chunk a worker"),
        ("threads/rayon", "many chunks, stolen"),
        ("shared-memory/atomic", "many chunks, taken"),
    ] {
        let trial = Trial::by_items(paradigm, workers, &problem);
        let mut process = MeasuringProcess::start(&Subject::Paradigm(trial))?;
        let runs = [Side::Base, Side::Rival].map(|side| Run { side, at: pixels });
        let mut speedups = Vec::new();
        for _ in 0..PAIRS {
            let seconds = process.time(&runs)?;
            speedups.push(seconds[0] / seconds[1]);
        }
        println!("  {paradigm:20} {chunks:20} {:.2}", median(speedups));
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the picture: inside black, outside the brighter the more steps. What is missing of the
/// last row is black.
fn write_png(file: File, steps: &[u16], width: usize) -> Result<(), png::EncodingError> {
    let height = steps.len().div_ceil(width);
    let shade = |steps: u16| match steps {
        LIMIT => 0,
        steps => (40.0 + 215.0 * f64::from(steps).ln_1p() / f64::from(LIMIT).ln_1p()) as u8,
    };
    let mut pixels: Vec<u8> = steps.iter().map(|&steps| shade(steps)).collect();
    pixels.resize(width * height, 0);
    let mut encoder = png::Encoder::new(BufWriter::new(file), width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(())
}
