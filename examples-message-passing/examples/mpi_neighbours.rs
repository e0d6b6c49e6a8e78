//! Neighbours: each rank has a part of a grid, and sends only the edges of its part to the two
//! ranks beside it.
//!
//! The Game of Life on a grid whose last row is beside the first one. Each rank has 16 rows of its
//! own. For the next generation it also needs the row above them and the row below them, which
//! belong to its neighbours. The places for these two rows are called *ghost rows*. MPI can keep a
//! list of the neighbours: a *Cartesian communicator* puts the ranks in a line, a circle, or a
//! grid.
//!
//! Run: `cargo build --features mpi --example mpi_neighbours && mpirun -n 4 target/debug/examples/mpi_neighbours`
//!
//! Expected output:
//!
//! ```text
//! rank 0 is below rank 3 and above rank 1
//! each rank has 16 of 64 rows, and sends 2 of them in each generation
//! after 50 generations, 562 cells live, the same as in serial
//! ```
//!
//! Try: leave out the second line with `send_receive_into`. The assertion fails, because row 0 of
//! each rank is not that of its neighbour. Then let the circle be a line, by `&[false]`. Rank 0 and
//! rank 3 panic, because each of them has only one neighbour. The other two wait for their rows
//! forever, and Ctrl-C ends the program.

use std::array::from_fn;

use mpi::point_to_point::send_receive_into;
use mpi::traits::{Communicator, CommunicatorCollectives};
use workloads::println;
use workloads::random_squares::square_of_draw;

const SIZE: usize = 64; // Rows, and cells in a row.
const OWN: usize = SIZE / 4;
const GENERATIONS: usize = 50;

type Row = [u8; SIZE]; // A cell is 1 if it lives, otherwise 0.

fn main() {
    let universe = mpi::initialize().expect("this program calls it once");
    let world = universe.world();
    assert_eq!(world.size(), 4, "start it with mpirun -n 4");
    let circle = world
        .create_cartesian_communicator(&[4], &[true], false)
        .expect("every rank is in it");
    let process = |rank: Option<_>| circle.process_at_rank(rank.expect("a circle has no end"));
    let (above, below) = circle.shift(0, 1);
    let (above, below) = (process(above), process(below));

    // All ranks draw the same cells. The rows 1 to OWN are those of this rank, the other two are
    // ghost rows.
    let draw = |r, c| u8::from(square_of_draw((r * SIZE + c) as u32) > 36);
    let start: [Row; SIZE] = from_fn(|r| from_fn(|c| draw(r, c)));
    let mut rows = vec![[0; SIZE]; OWN + 2];
    rows[1..=OWN].copy_from_slice(&start[circle.rank() as usize * OWN..][..OWN]);
    for _ in 0..GENERATIONS {
        let (first, last) = (rows[1], rows[OWN]);
        send_receive_into(&first, &above, &mut rows[OWN + 1], &below);
        send_receive_into(&last, &below, &mut rows[0], &above);
        rows = next_generation(&rows);
    }
    let mut cells = vec![0; SIZE * SIZE];
    circle.all_gather_into(rows[1..=OWN].as_flattened(), &mut cells);
    if circle.rank() != 0 {
        return;
    }

    let mut rows = vec![[0; SIZE]; SIZE + 2];
    rows[1..=SIZE].copy_from_slice(&start);
    for _ in 0..GENERATIONS {
        (rows[0], rows[SIZE + 1]) = (rows[SIZE], rows[1]);
        rows = next_generation(&rows);
    }
    assert!(cells == rows[1..=SIZE].as_flattened());
    let (above, below) = (above.rank(), below.rank());
    println!("rank 0 is below rank {above} and above rank {below}");
    println!("each rank has {OWN} of {SIZE} rows, and sends 2 of them in each generation");
    let live: u32 = cells.iter().map(|&cell| u32::from(cell)).sum();
    println!("after {GENERATIONS} generations, {live} cells live, the same as in serial");
}

/// The next generation of all rows except the ghost rows, the first one and the last one.
fn next_generation(rows: &[Row]) -> Vec<Row> {
    let mut next = rows.to_vec();
    for r in 1..rows.len() - 1 {
        for c in 0..SIZE {
            let mut live = 0; // In the square of 9 cells around this one.
            for row in &rows[r - 1..=r + 1] {
                live += row[(c + SIZE - 1) % SIZE] + row[c] + row[(c + 1) % SIZE];
            }
            next[r][c] = u8::from(live == 3 || live == 4 && rows[r][c] == 1);
        }
    }
    next
}
