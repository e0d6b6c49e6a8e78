//! A master hands out tasks one by one: the worker that answers first gets the next task.
//!
//! The rows of the Mandelbrot set take very different times. Rank 0, the master, receives from *any
//! source*, and the status of the message says who has sent it. A message also has a *tag*, a
//! number for the receiver: here, the tag of a task says whether it is a row or the end, and the
//! tag of an answer is the number of its row. The master computes nothing, so 4 ranks do the work
//! of 3.
//!
//! Run: `cargo build --features mpi --example mpi_master_workers && mpirun -n 4 target/debug/examples/mpi_master_workers`
//!
//! Expected output:
//!
//! ```text
//! 100 rows: rank 1 computed [..], rank 2 computed [..], rank 3 computed [..]
//! 4751 of 20000 pixels are inside the set, and all are as in serial
//! ```
//!
//! Try: receive from the workers in turn: write `for i in 0..ROWS`, and replace `any_process()` by
//! `process_at_rank(1 + i % 3)`. The picture is the same, but each worker computes a third of the
//! rows, and waits when the worker before it has a slow row.

use mpi::Tag;
use mpi::traits::{Communicator, Destination, Source};
use workloads::mandelbrot::{Mandelbrot, count_inside};
use workloads::{Map, println};

const ROWS: i32 = 100;
const WIDTH: usize = 200;
const PIXELS: usize = 100 * WIDTH;
const ROW: Tag = 0;
const END: Tag = 1;

fn main() {
    let universe = mpi::initialize().expect("this program calls it once");
    let world = universe.world();
    assert_eq!(world.size(), 4, "start it with mpirun -n 4");
    let picture = Mandelbrot::new(PIXELS);

    if world.rank() != 0 {
        let master = world.process_at_rank(0);
        loop {
            let (row, status) = master.receive::<i32>();
            if status.tag() == END {
                return;
            }
            let first = row as usize * WIDTH;
            master.send_with_tag(&picture.items(first..first + WIDTH), row);
        }
    }

    let mut rows = 0..ROWS;
    for worker in 1..4 {
        let row = rows.next().expect("there are more rows than workers");
        world.process_at_rank(worker).send_with_tag(&row, ROW);
    }
    let mut pixels = vec![0; PIXELS];
    let mut done = [0; 4]; // Rows that each rank has computed.
    for _ in 0..ROWS {
        let (steps, status) = world.any_process().receive_vec::<u16>();
        let (worker, row) = (status.source_rank(), status.tag() as usize);
        pixels[row * WIDTH..(row + 1) * WIDTH].copy_from_slice(&steps);
        done[worker as usize] += 1;
        match rows.next() {
            Some(row) => world.process_at_rank(worker).send_with_tag(&row, ROW),
            None => world.process_at_rank(worker).send_with_tag(&0, END),
        }
    }
    assert!(pixels == picture.items(0..PIXELS));
    assert_eq!(done.iter().sum::<i32>(), ROWS);
    let [_, one, two, three] = done;
    println!("{ROWS} rows: rank 1 computed {one}, rank 2 computed {two}, rank 3 computed {three}");
    let inside = count_inside(&pixels);
    println!(
        "{inside} of {} pixels are inside the set, and all are as in serial",
        pixels.len()
    );
}
