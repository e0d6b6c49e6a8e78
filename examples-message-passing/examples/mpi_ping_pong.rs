//! Point to point: a message goes from rank 0 to rank 1 and back, and the size decides how long it
//! takes.
//!
//! `send` is *blocking*: it returns when the sender may use the buffer again. A small message is
//! sent at once and kept by MPI until the other rank receives it (*eager*). For a large one, the
//! sender first asks, and waits until the receiver has named a place for it (*rendezvous*). Half
//! the time of a round trip with a message of 0 bytes is the *latency*. For large messages, the
//! *bandwidth* decides: bytes in each second.
//!
//! Run: `cargo build --features mpi --example mpi_ping_pong && mpirun -n 2 target/debug/examples/mpi_ping_pong`
//!
//! Expected output:
//!
//! ```text
//!       0 bytes:[..] µs
//!    1024 bytes:[..] µs,[..] MB/s
//!   16384 bytes:[..] µs,[..] MB/s
//!  262144 bytes:[..] µs,[..] MB/s
//! 1048576 bytes:[..] µs,[..] MB/s
//! every byte came back as it was sent
//! ```
//!
//! Try: (Open MPI) start it by `mpirun --mca btl tcp,self -n 2`. Then the ranks use TCP, as if they
//! were on two computers, and not shared memory. A small message takes 20 times as long, or more,
//! and a large one only 2 to 4 times as long.

use mpi::traits::{Communicator, Destination, Source};
use workloads::println;

const ROUNDS: usize = 15;

fn main() {
    let universe = mpi::initialize().expect("this program calls it once");
    let world = universe.world();
    assert_eq!(world.size(), 2, "start it with mpirun -n 2");
    let other = world.process_at_rank(1 - world.rank());

    for size in [0, 1024, 16_384, 262_144, 1_048_576] {
        let message: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
        let mut buffer = vec![0; size];
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            if world.rank() == 0 {
                let start = mpi::time(); // In seconds.
                other.send(&message[..]);
                other.receive_into(&mut buffer[..]);
                times.push((mpi::time() - start) / 2.0);
                assert!(buffer == message);
            } else {
                other.receive_into(&mut buffer[..]);
                other.send(&buffer[..]);
            }
        }
        if world.rank() == 0 {
            times.sort_by(f64::total_cmp);
            let median = times[ROUNDS / 2];
            let microseconds = median * 1e6;
            if size == 0 {
                println!("{size:7} bytes: {microseconds:8.1} µs");
            } else {
                let rate = size as f64 / median / 1e6;
                println!("{size:7} bytes: {microseconds:8.1} µs, {rate:7.0} MB/s");
            }
        }
    }
    if world.rank() == 0 {
        println!("every byte came back as it was sent");
    }
}
