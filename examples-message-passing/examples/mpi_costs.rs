//! What messages cost on the ranks that this program is given: each operation, at four sizes.
//!
//! All ranks meet at a barrier, and begin. The time of an operation is that of the slowest rank.
//! The first row is half of a ping-pong between rank 0 and the last rank. `scatter, gather` sends a
//! part of these bytes to each rank, and brings all parts back. Each number is the median of 15
//! times. The interval in brackets is from the fourth time to the twelfth, in sorted order: if the
//! times are independent, the true median is in it in 96% of the cases.
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

use examples_message_passing::mpi::costs::{measure, one_way};
use mpi::collective::SystemOperation;
use mpi::traits::{Communicator, CommunicatorCollectives, Root};
use workloads::println;

const SIZES: [usize; 4] = [8, 4096, 65_536, 1_048_576];

fn main() {
    let universe = mpi::initialize().expect("this program calls it once");
    let world = universe.world();
    let (ranks, root) = (world.size() as usize, world.process_at_rank(0));
    let is_root = world.rank() == 0;
    let print = |line: &str| is_root.then(|| println!("{line}"));

    print(&format!("{ranks} ranks, times in µs"));
    let heads = SIZES.map(|size| format!(" {size:>24}"));
    print(&format!("{:15}{}", "bytes", heads.concat()));
    let messages = SIZES.map(|size| one_way(&world, size).times(1e6));
    let cells = messages.map(|time| format!(" {time:>24}"));
    print(&format!("{:15}{}", "one way", cells.concat()));

    for name in ["broadcast", "scatter, gather", "allreduce", "barrier"] {
        let mut cells = vec![format!("{name:15}")];
        for size in SIZES {
            let mut bytes = vec![u8::from(is_root); size];
            let (mut part, mut result) = (vec![0_u8; size / ranks], vec![0_u8; size]);
            let whole = part.len() * ranks;
            let time = measure(&world, || match name {
                "broadcast" => root.broadcast_into(&mut bytes),
                "allreduce" => world.all_reduce_into(&bytes, &mut result, SystemOperation::max()),
                "barrier" => world.barrier(),
                _ if is_root => {
                    root.scatter_into_root(&bytes[..whole], &mut part);
                    root.gather_into_root(&part, &mut result[..whole]);
                }
                _ => {
                    root.scatter_into(&mut part);
                    root.gather_into(&part);
                }
            });
            cells.push(format!(" {:>24}", time.times(1e6)));
            match name {
                "broadcast" => assert!(bytes.iter().all(|&byte| byte == 1)),
                "allreduce" => assert!(result.iter().all(|&byte| byte == 1)),
                "barrier" => break, // It has no size.
                _ => assert!(!is_root || result[..whole] == bytes[..whole]),
            }
        }
        print(&cells.concat());
    }
    let bandwidth = messages[3].inverse(SIZES[3] as f64); // Bytes in a microsecond: MB/s.
    print(&format!(
        "latency {} µs, bandwidth {bandwidth} MB/s",
        messages[0]
    ));
}
