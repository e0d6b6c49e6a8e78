//! Parts of unequal size: `scatter` gives every rank as much as any other, `scatterv` gives each
//! rank a part of its own size.
//!
//! In the picture of the Mandelbrot set, the rows at the top take few steps and those at the bottom
//! take many. So rank 0 first computes a small picture, and cuts the rows into parts that take
//! about the same number of steps. `scatter` tells each rank the size of its part, `scatterv` sends
//! the parts, and `gatherv` brings the pixels back in order. (In Rust, v is `varcount`.)
//!
//! Run: `cargo build --features mpi --example mpi_scatterv && mpirun -n 4 target/debug/examples/mpi_scatterv`
//!
//! Expected output:
//!
//! ```text
//! rows of each rank:  [68, 16, 8, 8]
//! steps of each rank: [1418140, 1452510, 969239, 1034534]
//! 20000 pixels, all as in serial
//! ```
//!
//! Try: write `let counts = [25; 4];` above the line that scatters the counts. How uneven is the
//! work of the ranks now? Then use `[25, 25, 25, 24]`: the assertion fails, because the pixels of
//! the last row are still 0. MPI itself cannot find that a row is missing.

use std::array::from_fn;

use mpi::Count;
use mpi::datatype::{Partition, PartitionMut};
use mpi::traits::{Communicator, Root};
use workloads::mandelbrot::Mandelbrot;
use workloads::{Map, println};

const ROWS: i32 = 100;
const WIDTH: i32 = 200;

fn main() {
    let universe = mpi::initialize().expect("this program calls it once");
    let world = universe.world();
    assert_eq!(world.size(), 4, "start it with mpirun -n 4");
    let root = world.process_at_rank(0);
    let picture = Mandelbrot::new((ROWS * WIDTH) as usize);
    let compute = |rows: &[i32]| -> Vec<u16> {
        let pixels_of = |row: &i32| (row * WIDTH) as usize..((row + 1) * WIDTH) as usize;
        rows.iter()
            .flat_map(|row| picture.items(pixels_of(row)))
            .collect()
    };

    let mut count = 0;
    if world.rank() != 0 {
        root.scatter_into(&mut count); // Each rank gets one number: how many rows are its part.
        let mut rows = vec![0; count as usize];
        root.scatter_varcount_into(&mut rows);
        let pixels = compute(&rows);
        root.gather_varcount_into(&pixels);
        root.gather_into(&sum(&pixels));
        return;
    }

    // A small picture, 25 rows of 50 pixels, tells where the steps are.
    let small = Mandelbrot::new(1250).items(0..1250);
    let (mut counts, mut before) = ([0; 4], 0);
    for row in small.chunks(50) {
        counts[(4 * before / sum(&small)) as usize] += 4; // Each row stands for 4 rows.
        before += sum(row);
    }
    root.scatter_into_root(&counts, &mut count);
    let mut rows = vec![0; count as usize];
    let all_rows: Vec<i32> = (0..ROWS).collect();
    let parts = Partition::new(&all_rows, &counts[..], starts(counts));
    root.scatter_varcount_into_root(&parts, &mut rows);

    let mine = compute(&rows);
    let mut pixels = vec![0; (ROWS * WIDTH) as usize];
    let sizes = counts.map(|count| count * WIDTH);
    let mut places = PartitionMut::new(&mut pixels, &sizes[..], starts(sizes));
    root.gather_varcount_into_root(&mine, &mut places);
    assert!(pixels == compute(&all_rows));

    let mut steps = [0; 4];
    root.gather_into_root(&sum(&mine), &mut steps);
    println!("rows of each rank:  {counts:?}");
    println!("steps of each rank: {steps:?}");
    println!("{} pixels, all as in serial", pixels.len());
}

/// Where each part begins: after all parts before it.
fn starts(counts: [Count; 4]) -> [Count; 4] {
    from_fn(|part| counts[..part].iter().sum())
}

fn sum(steps: &[u16]) -> u32 {
    steps.iter().map(|&steps| u32::from(steps)).sum()
}
