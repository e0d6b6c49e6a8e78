//! Rayon turns a loop over chunks into a parallel one: one method changes.
//!
//! Serial, chunked and parallel code stand side by side. Chunks alone can change the speed, because
//! they change which data is in the cache. Without the second row, that would look like a gain from
//! parallelism. Each time is the shortest of three.
//!
//! Run: `cargo run --example threads_rayon`
//!
//! Expected output:
//!
//! ```text
//! serial, one loop          [..]
//! serial, in chunks         [..]
//! rayon, the same chunks    [..]
//! rayon, item by item       [..]
//! threads/rayon             [..]
//! all five computed the same 20000 items
//! ```
//!
//! Try: `RAYON_NUM_THREADS=1 cargo run --example threads_rayon`. With one worker, the third and the
//! fourth row take as long as the first two: the overhead of rayon is too small to see here. The
//! fifth row has a pool of its own, with a worker for each core.

use std::time::{Duration, Instant};
use std::{io, thread};

use examples_threads::RayonPool;
use rayon::prelude::*;
use workloads::random_squares::{Kernel, RandomSquares, square_of_draw};
use workloads::{Map, Paradigm, println};

const ITEMS: usize = 20_000;
const CHUNK: usize = 500;

fn main() -> io::Result<()> {
    let workload = RandomSquares::new(ITEMS, Kernel::Plain);
    let serial = timed("serial, one loop", || workload.items(0..ITEMS));

    let fill = |(chunk, part): (usize, &mut [u8])| workload.fill(chunk * CHUNK, part);
    let chunked = timed("serial, in chunks", || {
        let mut items = vec![0; ITEMS];
        items.chunks_mut(CHUNK).enumerate().for_each(fill);
        items
    });
    let parallel = timed("rayon, the same chunks", || {
        let mut items = vec![0; ITEMS];
        items.par_chunks_mut(CHUNK).enumerate().for_each(fill);
        items
    });
    let by_item: Vec<u8> = timed("rayon, item by item", || {
        let seeds = 0..ITEMS as u32;
        seeds.into_par_iter().map(square_of_draw).collect()
    });
    // The paradigm has a pool of its own, which is started once and used often.
    let mut paradigm = RayonPool::start(thread::available_parallelism()?)?;
    let by_paradigm = timed("threads/rayon", || paradigm.map(&workload))?;

    for items in [chunked, parallel, by_item, by_paradigm] {
        assert_eq!(items, serial);
    }
    println!("all five computed the same {ITEMS} items");
    Ok(())
}

/// Prints the shortest time of three, and returns what `work` returns.
fn timed<T>(way: &str, mut work: impl FnMut() -> T) -> T {
    let mut shortest = Duration::MAX;
    for _ in 0..3 {
        let start = Instant::now();
        work();
        shortest = shortest.min(start.elapsed());
    }
    println!("{way:25} {shortest:.1?}");
    work()
}
