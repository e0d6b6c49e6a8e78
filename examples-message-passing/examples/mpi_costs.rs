//! What messages cost on the ranks that this program is given: each operation, at four sizes.
//!
//! All ranks meet at a barrier, and begin. The time of an operation is that of the slowest rank.
//! The first row is half of a ping-pong between rank 0 and the last rank. `scatter, gather` sends a
//! part of these bytes to each rank, and brings all parts back. Each number is the median of 15
//! times. The interval in brackets is from the fourth time to the twelfth, in sorted order: if the
//! times are independent, the true median is in it in 96% of the cases.
//! The calls of MPI that are measured are in `src/mpi/costs.rs`, in `Exchange::run`.
//!
//! Run: `cargo build --features mpi --example mpi_costs && mpirun -n 2 target/debug/examples/mpi_costs`
//!
//! Expected output:
//!
//! ```text
//! 2 ranks, times in µs
//! bytes[..]8[..]4096[..]65536[..]1048576
//! one way[..]
//! broadcast[..]
//! scatter, gather[..]
//! allreduce[..]
//! barrier[..]
//! latency[..] µs, bandwidth[..] MB/s
//! ```
//!
//! Try: (Open MPI) `mpirun --mca btl tcp,self -n 2`, as between two computers. Short messages take
//! 20 to 30 times as long. Look for the row in which the size matters least, and for the size at
//! which TCP is no longer much slower than shared memory.

use examples_message_passing::cost_model::Network;
use examples_message_passing::mpi::costs::{Operation, cost, network, one_way};
use mpi::traits::Communicator;
use workloads::println;

const SIZES: [usize; 4] = [8, 4096, 65_536, 1_048_576];

const COLLECTIVE: [(&str, Operation); 3] = [
    ("broadcast", Operation::Broadcast),
    ("scatter, gather", Operation::ScatterGather),
    ("allreduce", Operation::Allreduce),
];

fn main() {
    let universe = mpi::initialize().expect("this program calls it once");
    let world = universe.world();
    // All ranks measure, and one prints.
    let print = |line: &str| (world.rank() == 0).then(|| println!("{line}"));
    let row = |name: &str, cells: &[String]| {
        let cells = cells.iter().map(|cell| format!(" {cell:>24}"));
        print(&format!("{name:15}{}", cells.collect::<String>()));
    };

    print(&format!("{} ranks, times in µs", world.size()));
    row("bytes", &SIZES.map(|size| size.to_string()));
    let messages = SIZES.map(|size| one_way(&world, size).times(1e6));
    row("one way", &messages.map(|time| time.to_string()));
    for (name, operation) in COLLECTIVE {
        let times = SIZES.map(|size| cost(&world, operation, size).times(1e6));
        row(name, &times.map(|time| time.to_string()));
    }
    let barrier = cost(&world, Operation::Barrier, 0).times(1e6); // It has no size.
    row("barrier", &[barrier.to_string()]);
    let Network { latency, bandwidth } = network(&world); // With messages of no length, and of 1 MiB.
    let (latency, bandwidth) = (latency.times(1e6), bandwidth.times(1e-6));
    print(&format!("latency {latency} µs, bandwidth {bandwidth} MB/s"));
}
