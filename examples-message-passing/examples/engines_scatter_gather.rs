//! Scatter numbers, compute on the engines that have them, and gather the results.
//!
//! `scatter` cuts a vector into adjacent parts of almost the same length, one for each engine. Each
//! engine keeps its part under a name. Functions then work on the part where it lies: only the name
//! of a function and a small answer travel, and the numbers do not. `gather` joins the parts again,
//! in the order of the engines. In IPython Parallel: `view.scatter("numbers", numbers)`,
//! `view.execute("numbers = numbers ** 2")`, `view.gather("numbers")`.
//!
//! Run: `cargo run --example engines_scatter_gather`
//!
//! Expected output:
//!
//! ```text
//! scatter: the engines have [500000, 500000] numbers
//! square in place, gather: [0, 1, 4, 9, 16] ..., as in serial
//! 3 sums, the numbers are sent each time:  [..]
//! 3 sums, the numbers stay on the engines: [..]
//! all sums are the serial sum
//! ```
//!
//! Try: write `let sums = view.gather::<u64>("numbers")?;` in place of the call of `sum`. Now the
//! numbers travel back in each round, and the second of the two times becomes many times as long.

use std::error::Error;
use std::num::NonZero;
use std::time::Instant;

#[cfg(unix)]
use examples_message_passing::engines::{Cluster, Names, become_engine_if_asked};
use workloads::println;

examples_processes::needs_unix!();

const NUMBERS: u64 = 1_000_000;

#[cfg(unix)]
fn main() -> Result<(), Box<dyn Error>> {
    become_engine_if_asked();
    let numbers: Vec<u64> = (0..NUMBERS).collect();
    let serial: Vec<u64> = numbers.iter().map(|number| number * number).collect();
    let serial_sum: u64 = serial.iter().sum();
    let cluster = Cluster::start(NonZero::new(2).expect("two engines"))?;
    let view = cluster.direct();

    view.scatter("numbers", &numbers)?;
    let lengths = view.apply(|names, ()| names.get::<Vec<u64>>("numbers").len(), ())?;
    println!("scatter: the engines have {lengths:?} numbers");

    view.apply(square_in_place, ())?;
    let squares: Vec<u64> = view.gather("numbers")?;
    assert!(squares == serial, "the squares differ from the serial ones");
    println!(
        "square in place, gather: {:?} ..., as in serial",
        &squares[..5]
    );

    for is_sent in [true, false] {
        let start = Instant::now();
        for _ in 0..3 {
            if is_sent {
                view.scatter("numbers", &squares)?;
            }
            let sums = view.apply(sum, ())?;
            assert_eq!(sums.iter().sum::<u64>(), serial_sum);
        }
        let how = if is_sent {
            "are sent each time: "
        } else {
            "stay on the engines:"
        };
        println!("3 sums, the numbers {how} {:.1?}", start.elapsed());
    }
    println!("all sums are the serial sum");
    Ok(())
}

/// On an engine: squares the numbers of its part.
#[cfg(unix)]
fn square_in_place(names: &mut Names, (): ()) {
    for number in names.get_mut::<Vec<u64>>("numbers") {
        *number *= *number;
    }
}

/// On an engine: adds up the numbers of its part.
#[cfg(unix)]
fn sum(names: &mut Names, (): ()) -> u64 {
    names.get::<Vec<u64>>("numbers").iter().sum()
}
