//! Amdahl's and Gustafson's laws: predict a speedup from the serial fraction, then measure it.
//!
//! A part of this program is serial, all workers share the rest. The *serial fraction* is the share
//! of the serial part in the time of one worker. Amdahl (1967): the same problem becomes at most 1
//! divided by the fraction times as fast, with any number of workers. Gustafson (1988): people who
//! have more workers solve larger problems, and the speedup of those has no such limit.
//!
//! Run: `cargo run --example threads_amdahl`
//!
//! Expected output:
//!
//! ```text
//! [..] workers, serial fraction [..]
//! Amdahl, the same problem: predicted [..], measured [..]
//!         with any number of workers: at most [..]
//! Gustafson, more shared work: predicted [..], measured [..]
//! ```
//!
//! If what is measured is far below the prediction, another program uses a core: run it again.
//!
//! Try: set `SERIAL` to 20000. Before you run the program, compute the three predictions on paper.
//! Then set it to 0: the measured fraction is not quite 0, because starting a thread is serial,
//! too.

use std::time::Instant;
use std::{io, thread};

use workloads::println;
use workloads::random_squares::square_of_draw;

/// The items of the serial part, and those of the part that the workers share.
const SERIAL: u32 = 5_000;
const SHARED: u32 = 15_000;

fn main() -> io::Result<()> {
    let workers = thread::available_parallelism()?.get().min(8) as u32;
    let larger = workers * SHARED;
    let [mut serial, mut one, mut all, mut one_larger, mut all_larger] = [f64::INFINITY; 5];
    // The shortest of three times, in turns: a disturbance of the machine meets all of them.
    for _ in 0..3 {
        serial = serial.min(seconds(1, 0)); // the serial part alone
        one = one.min(seconds(1, SHARED));
        all = all.min(seconds(workers, SHARED));
        one_larger = one_larger.min(seconds(1, larger));
        all_larger = all_larger.min(seconds(workers, larger));
    }

    assert_eq!(sum_of_draws(workers, larger), sum_of_draws(1, larger));

    let (p, s) = (f64::from(workers), serial / one);
    println!("{workers} workers, serial fraction {s:.3}");
    let (predicted, measured) = (1.0 / (s + (1.0 - s) / p), one / all);
    println!("Amdahl, the same problem: predicted {predicted:.2}, measured {measured:.2}");
    println!("        with any number of workers: at most {:.2}", 1.0 / s);
    let (predicted, measured) = (s + (1.0 - s) * p, one_larger / all_larger);
    println!("Gustafson, more shared work: predicted {predicted:.2}, measured {measured:.2}");
    Ok(())
}

fn seconds(workers: u32, shared: u32) -> f64 {
    let start = Instant::now();
    sum_of_draws(workers, shared);
    start.elapsed().as_secs_f64()
}

/// Does the serial part, and after it `shared` items on that many workers.
fn sum_of_draws(workers: u32, shared: u32) -> u32 {
    let mut sum: u32 = (0..SERIAL).map(draw).sum();
    thread::scope(|scope| {
        let mut handles = Vec::new();
        for worker in 0..workers {
            let seeds = (worker..shared).step_by(workers as usize);
            handles.push(scope.spawn(move || seeds.map(draw).sum::<u32>()));
        }
        for handle in handles {
            sum += handle.join().expect("no worker panics");
        }
    });
    sum
}

fn draw(seed: u32) -> u32 {
    u32::from(square_of_draw(seed))
}
