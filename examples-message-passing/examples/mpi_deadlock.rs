//! Two ranks that both send before they receive: with small messages it works, with large ones both
//! wait forever.
//!
//! A send may return before the other rank receives (eager), or wait for it (rendezvous). MPI
//! chooses by the size of the message, and the limit differs from network to network. So code that
//! works with small messages may still be wrong: it relies on room that MPI does not promise. A
//! *synchronous* send never returns before the receive has begun. Test a program with synchronous
//! sends: if it works with them, then it needs no room.
//!
//! Run: `cargo build --features mpi --example mpi_deadlock && mpirun -n 2 target/debug/examples/mpi_deadlock`
//!
//! Expected output:
//!
//! ```text
//! broken, both send first: 8 bytes each arrive, because MPI has room for them
//! broken, both send first: after 50 ms, no send of 1 MiB has ended
//! mended, rank 0 sends first, and rank 1 receives first
//! mended, both directions in one call
//! mended, a receive that does not block, and then the send
//! ```
//!
//! Try: in the first block, send `large[..]` and receive into `buffer[..]`. The program hangs, and
//! Ctrl-C ends it. Then use only `[..256]` of both, which works, and then `[..512]`. (With Open MPI
//! 4.1, messages up to about 4000 bytes are eager in shared memory, and up to 64 KiB over TCP.)

use std::time::{Duration, Instant};

use mpi::collective::SystemOperation;
use mpi::point_to_point::send_receive_into;
use mpi::request;
use mpi::traits::{Communicator, CommunicatorCollectives, Destination, Source};
use workloads::println;

const NUMBERS: usize = 131_072; // 1 MiB
const LIMIT: Duration = Duration::from_millis(50);

fn main() {
    let universe = mpi::initialize().expect("this program calls it once");
    let world = universe.world();
    assert_eq!(world.size(), 2, "start it with mpirun -n 2");
    let (rank, other) = (world.rank(), world.process_at_rank(1 - world.rank()));
    let print = |line: &str| (rank == 0).then(|| println!("{line}"));
    let large = vec![u64::from(rank == 1); NUMBERS];
    let expected = vec![u64::from(rank == 0); NUMBERS];
    let mut buffer = vec![9; NUMBERS];

    other.send(&large[0]);
    assert_eq!(other.receive::<u64>().0, expected[0]);
    print("broken, both send first: 8 bytes each arrive, because MPI has room for them");

    // These sends do not block, so that this program ends. `send` would wait in place of the loop.
    request::scope(|scope| {
        let mut sending = other.immediate_synchronous_send(scope, &large[..]);
        let mut ended = 0;
        let start = Instant::now();
        while start.elapsed() < LIMIT {
            sending = match sending.test() {
                Ok(_) => unreachable!("no rank receives before the all_reduce below"),
                Err(not_ended) => not_ended,
            };
        }
        world.all_reduce_into(&0, &mut ended, SystemOperation::sum());
        assert_eq!(ended, 0);
        print("broken, both send first: after 50 ms, no send of 1 MiB has ended");
        other.receive_into(&mut buffer[..]); // The cure comes late: now both sends can end.
        sending.wait();
    });
    assert!(buffer == expected);

    if rank == 0 {
        other.synchronous_send(&large[..]);
        other.receive_into(&mut buffer[..]);
    } else {
        other.receive_into(&mut buffer[..]);
        other.synchronous_send(&large[..]);
    }
    assert!(buffer == expected);
    print("mended, rank 0 sends first, and rank 1 receives first");

    send_receive_into(&large[..], &other, &mut buffer[..], &other);
    assert!(buffer == expected);
    print("mended, both directions in one call");

    request::scope(|scope| {
        let receiving = other.immediate_receive_into(scope, &mut buffer[..]);
        other.synchronous_send(&large[..]);
        receiving.wait();
    });
    assert!(buffer == expected);
    print("mended, a receive that does not block, and then the send");
}
