//! Amdahl's and Gustafson's laws: predict a speedup from the serial fraction, then measure it.
//!
//! A part of this program is serial, all workers share the rest. The *serial fraction* is the share
//! of the serial part in the time of one worker. Amdahl (1967): the same problem becomes at most 1
//! / fraction times as fast, with any number of workers. Gustafson (1988): who has more workers
//! solves larger problems, and the speedup of those has no such limit.
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
//! Try: set `SERIAL` to 20000. Before you run the program, compute the three predictions on paper.
//! Then set it to 0: the measured fraction is not quite 0, because starting threads is serial, too.

use std::time::Instant;
use std::{io, thread};

use workloads::println;
use workloads::random_squares::square_of_draw;

/// The items of the serial part, and those that the workers share.
const SERIAL: u32 = 5_000;
const SHARED: u32 = 15_000;

fn main() -> io::Result<()> {
    let workers = thread::available_parallelism()?.get() as u32;
    let larger = workers * SHARED;
    // In each run so many workers share so many items.
    let runs = [
        (1, 0), // the serial part alone
        (1, SHARED),
        (workers, SHARED),
        (1, larger),
        (workers, larger),
    ];
    let mut shortest = [f64::INFINITY; 5];
    // Seven times each, in turns: a disturbance of the machine meets all five.
    for _ in 0..7 {
        let mut sums = [0; 5];
        for (run, (workers, shared)) in runs.into_iter().enumerate() {
            let start = Instant::now();
            sums[run] = sum_of_draws(workers, shared);
            shortest[run] = shortest[run].min(start.elapsed().as_secs_f64());
        }
        assert_eq!(
            [sums[2], sums[4]],
            [sums[1], sums[3]],
            "not as with one worker"
        );
    }
    let [serial, one, all, one_larger, all_larger] = shortest;

    let (p, s) = (f64::from(workers), serial / one);
    let limit = 1.0 / s;
    println!("{workers} workers, serial fraction {s:.2}");
    let (predicted, measured) = (1.0 / (s + (1.0 - s) / p), one / all);
    println!("Amdahl, the same problem: predicted {predicted:.2}, measured {measured:.2}");
    println!("        with any number of workers: at most {limit:.2}");
    let (predicted, measured) = (s + (1.0 - s) * p, one_larger / all_larger);
    println!("Gustafson, more shared work: predicted {predicted:.2}, measured {measured:.2}");
    Ok(())
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
