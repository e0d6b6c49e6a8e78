//! Items of uneven cost: static chunks lose, dynamic ones win.
//!
//! Run: `cargo run --release --example mandelbrot` (about 25 s)
//!
//! Expected output: where the picture was written, the share of all steps that lies in its lower half,
//! and the speedup of three paradigms: one with one chunk for each worker, and two with many chunks.
//!
//! Try: `-- --pixels 4000000`, and look at the picture. Then count how many steps each of four equal
//! strips has, and say what the speedup of static chunks on four cores can be at most.

use std::io;
use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::Instant;

use benches::command::{self, Outcome, count};
use benches::output::{Output, writable};
use benches::session::Session;
use clap::Parser;
use estimator::statistics::median;
use estimator::{Run, Side, Stopwatch};
use laboratory::measuring::{MeasuringProcess, Problem, Subject, Trial};
use report::words;
use workloads::mandelbrot::{LIMIT, Mandelbrot};
use workloads::{Map, Workload, zeroed_items};

/// Draws the Mandelbrot set, and shows what static chunks cost.
#[derive(Parser)]
struct Options {
    /// Number of pixels
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count(1..=100_000_000))]
    #[arg(default_value = "500k")]
    pixels: u64,

    /// Where the picture goes; `-` is standard output [default: mandelbrot.png in the target directory]
    #[arg(long, value_name = "FILE", value_parser = writable())]
    png: Option<Output>,
}

/// Each with what it does with its chunks.
const PARADIGMS: [(&str, &str); 3] = [
    ("threads/scoped", "one chunk a worker"),
    ("threads/rayon", "many chunks, stolen"),
    ("shared-memory/atomic", "many chunks, taken"),
];

/// Runs of each paradigm, in turns with serial ones. Their median counts.
const PAIRS: usize = 7;

fn main() -> ExitCode {
    command::main("mandelbrot", run)
}

/// Draws, measures and prints.
fn run(options: &Options, session: &mut Session) -> Outcome {
    let png = Output::or_in_target_directory(options.png.as_ref(), "mandelbrot.png");
    session.will_write(None, Some(&png))?;
    let pixels = options.pixels as usize;
    let workload = Mandelbrot::with_input(pixels, &[])?;
    session.wait_for("serial");
    let start = Instant::now();
    let mut steps = zeroed_items(pixels)?;
    workload.fill(0, &mut steps);
    let serial = start.elapsed();
    session.write("picture", &png, &as_png(&steps, workload.width())?);

    let cost = |part: &[u16]| part.iter().map(|&steps| f64::from(steps)).sum::<f64>();
    let share = 100.0 * cost(&steps[pixels / 2..]) / cost(&steps);
    let workers = available_parallelism()?;
    session.print(&format!(
        "the lower half of the pixels takes {share:.0}% of the steps\nspeedup with {}:\n",
        words::number_of(workers.get(), "worker")
    ));
    let problem = Problem::new(Mandelbrot::NAME, pixels, &[])?;
    for (k, (paradigm, chunks)) in PARADIGMS.into_iter().enumerate() {
        if session.cannot_print() {
            break;
        }
        let trial = Trial::by_items(paradigm, workers, &problem);
        let runs = [Side::Base, Side::Rival].map(|side| Run { side, at: pixels });
        let measure = || {
            let mut process = MeasuringProcess::start(&Subject::Paradigm(trial.clone()))?;
            let mut speedups = Vec::new();
            for pair in 0..PAIRS {
                let done = (k * PAIRS + pair) as f64 / (PARADIGMS.len() * PAIRS) as f64;
                session.show(done, paradigm);
                let seconds = process.time(&runs, 2 * serial)?;
                speedups.push(seconds[0] / seconds[1]);
            }
            Ok::<_, io::Error>(median(speedups))
        };
        match measure() {
            Ok(speedup) => session.print(&format!("  {paradigm:20} {chunks:20} {speedup:.2}\n")),
            Err(error) => session.fail([error]),
        }
    }
    Ok(())
}

/// The picture: points inside the set are black; points outside are brighter the more steps they take. If the last row
/// is not full, its rest is black.
fn as_png(steps: &[u16], width: usize) -> Result<Vec<u8>, png::EncodingError> {
    let height = steps.len().div_ceil(width);
    let shade = |steps: u16| match steps {
        LIMIT => 0,
        steps => (40.0 + 215.0 * f64::from(steps).ln_1p() / f64::from(LIMIT).ln_1p()) as u8,
    };
    let mut pixels: Vec<u8> = steps.iter().map(|&steps| shade(steps)).collect();
    pixels.resize(width * height, 0);
    let mut picture = Vec::new();
    let mut encoder = png::Encoder::new(&mut picture, width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(picture)
}
