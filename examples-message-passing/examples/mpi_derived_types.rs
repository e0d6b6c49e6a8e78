//! Derived types: a program tells MPI how a value lies in memory, and need not copy it into one
//! piece before it sends it.
//!
//! A struct has fields of several types, and unused bytes between them. The numbers of a column do
//! not stand side by side: from one to the next it is a whole row. `derive(Equivalence)` describes
//! the struct to MPI. `UserDatatype::vector` describes the column: how many blocks, how long each
//! of them is, and how far it is from one to the next. The receiver may have another form for the
//! same numbers. Here, a column arrives as a `Vec`.
//!
//! Run: `cargo build --features mpi --example mpi_derived_types && mpirun -n 2 target/debug/examples/mpi_derived_types`
//!
//! Expected output:
//!
//! ```text
//! 3 structs of 24 bytes, the last is Particle { number: 2, charged: true, position: [1.0, 0.5] }
//! column 1 is [12.0, 22.0, 32.0]
//! ```
//!
//! Try: describe two columns in place of one, by blocks of 2 numbers: `vector(3, 2, 4, ..)`. In
//! which order do the numbers arrive? (Correct the assertion.)
#![allow(
    unsafe_code,
    reason = "MPI cannot check that a described column is inside the matrix"
)]

use mpi::datatype::{UserDatatype, View};
use mpi::traits::{Communicator, Destination, Equivalence, Source};
use workloads::println;

#[derive(Clone, Copy, Debug, Default, Equivalence, PartialEq)]
struct Particle {
    number: u32,
    charged: bool,
    position: [f64; 2],
}

fn main() {
    let universe = mpi::initialize().expect("this program calls it once");
    let world = universe.world();
    assert_eq!(world.size(), 2, "start it with mpirun -n 2");
    let other = world.process_at_rank(1 - world.rank());

    let particle = |number| Particle {
        number,
        charged: number > 0,
        position: [f64::from(number) / 2.0, 0.5],
    };
    let particles = [0, 1, 2].map(particle);
    let matrix = [
        [11.0, 12.0, 13.0, 14.0],
        [21.0, 22.0, 23.0, 24.0],
        [31.0, 32.0, 33.0, 34.0],
    ];

    if world.rank() == 1 {
        other.send(&particles);
        // 3 blocks of 1 number each; a block begins 4 numbers after the block before.
        let column = UserDatatype::vector(3, 1, 4, &f64::equivalent_datatype());
        let from_12_on = &matrix.as_flattened()[1..];
        // SAFETY: the last number is the one at 2 * 4, and there are 11.
        let view = unsafe { View::with_count_and_datatype(from_12_on, 1, &column) };
        other.send(&view);
    } else {
        let mut received = [Particle::default(); 3];
        other.receive_into(&mut received);
        assert_eq!(received, particles);
        let size = size_of::<Particle>();
        println!("3 structs of {size} bytes, the last is {:?}", received[2]);

        let (column, _status) = other.receive_vec::<f64>();
        assert_eq!(column, matrix.map(|row| row[1]));
        println!("column 1 is {column:?}");
    }
}
