//! MPI: one program, started many times. Each process knows its *rank*, and the processes send each
//! other messages.
//!
//! `mpirun -n 4` starts four processes of this program, on one computer or on several. All of them
//! run the same `main`. What differs is the rank, a number from 0 to 3. Lines that several ranks
//! print come in any order. So every rank sends its line to rank 0, which prints all of them in the
//! order of the ranks.
//!
//! Run: `cargo build --features mpi --example mpi_hello && mpirun -n 4 target/debug/examples/mpi_hello`
//!
//! Expected output:
//!
//! ```text
//! rank 0 of 4, on [..]
//! rank 1 of 4, on [..]
//! rank 2 of 4, on [..]
//! rank 3 of 4, on [..]
//! ```
//!
//! Try: start it without `mpirun`, by `cargo run --features mpi --example mpi_hello`: it is rank 0
//! of 1. Then let every rank print its line itself, and start the program ten times by `mpirun`.

use mpi::environment::processor_name;
use mpi::traits::{Communicator, Destination, Source};
use workloads::println;

fn main() {
    let universe = mpi::initialize().expect("this program calls it once");
    let world = universe.world(); // All ranks that were started together.
    let (rank, size) = (world.rank(), world.size());
    let computer = processor_name().expect("the name of a computer is ASCII");
    let line = format!("rank {rank} of {size}, on {computer}");

    if rank == 0 {
        println!("{line}");
        for sender in 1..size {
            let (bytes, _status) = world.process_at_rank(sender).receive_vec::<u8>();
            println!("{}", String::from_utf8(bytes).expect("a line was sent"));
        }
    } else {
        world.process_at_rank(0).send(line.as_bytes());
    }
}
