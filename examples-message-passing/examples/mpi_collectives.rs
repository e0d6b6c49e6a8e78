//! Collectives: one call that all ranks make together, in place of many sends and receives.
//!
//! In some of them, one rank is the *root*: it gives (broadcast, scatter) or it gets (gather,
//! reduce). All ranks have to call the same collectives in the same order. MPI most often
//! sends the messages in the form of a tree. So 1,000 ranks need about 10 steps, and not 999.
//!
//! Run: `cargo build --features mpi --example mpi_collectives && mpirun -n 4 target/debug/examples/mpi_collectives`
//!
//! Expected output:
//!
//! ```text
//! broadcast:  rank 0 has 10, and now every rank has 10
//! scatter:    rank 0 has [1, 2, 3, 4], and each rank gets one of them
//! gather:     each rank sends 10 times its part, and rank 0 gets [10, 20, 30, 40]
//! reduce:     rank 0 gets their sum, 100
//! all_reduce: every rank gets their maximum, 40
//! scan:       each rank gets the sum up to its own number, [10, 30, 60, 100]
//! barrier:    closed until rank 3 is there, too
//! ```
//!
//! Try: let only rank 0 call `world.barrier()` at the end. It waits for the other ranks forever,
//! and Ctrl-C ends the program. Then replace `sum` in the scan by `max`, and correct the assertion:
//! what does each rank get now?

use mpi::collective::SystemOperation;
use mpi::traits::{Communicator, CommunicatorCollectives, Destination, Root, Source};
use workloads::println;

fn main() {
    let universe = mpi::initialize().expect("this program calls it once");
    let world = universe.world();
    assert_eq!(world.size(), 4, "start it with mpirun -n 4");
    let (rank, root) = (world.rank(), world.process_at_rank(0));
    let print = |line: &str| (rank == 0).then(|| println!("{line}"));

    let mut factor = if rank == 0 { 10 } else { 0 };
    root.broadcast_into(&mut factor);
    assert_eq!(factor, 10);
    print("broadcast:  rank 0 has 10, and now every rank has 10");

    let mut part = 0;
    if rank == 0 {
        root.scatter_into_root(&[1, 2, 3, 4], &mut part);
    } else {
        root.scatter_into(&mut part);
    }
    assert_eq!(part, rank + 1);
    print("scatter:    rank 0 has [1, 2, 3, 4], and each rank gets one of them");

    let number = factor * part;
    let mut numbers = [0; 4];
    if rank == 0 {
        root.gather_into_root(&number, &mut numbers);
        assert_eq!(numbers, [10, 20, 30, 40]);
    } else {
        root.gather_into(&number);
    }
    print("gather:     each rank sends 10 times its part, and rank 0 gets [10, 20, 30, 40]");

    let mut sum = 0;
    if rank == 0 {
        root.reduce_into_root(&number, &mut sum, SystemOperation::sum());
        assert_eq!(sum, 100);
    } else {
        root.reduce_into(&number, SystemOperation::sum());
    }
    print("reduce:     rank 0 gets their sum, 100");

    let mut largest = 0;
    world.all_reduce_into(&number, &mut largest, SystemOperation::max());
    assert_eq!(largest, 40);
    print("all_reduce: every rank gets their maximum, 40");

    let mut sum_so_far = 0;
    world.scan_into(&number, &mut sum_so_far, SystemOperation::sum());
    assert_eq!(sum_so_far, [10, 30, 60, 100][rank as usize]);
    print("scan:       each rank gets the sum up to its own number, [10, 30, 60, 100]");

    // Rank 3 waits for a message, which rank 0 sends after it has found the barrier closed.
    if rank == 3 {
        root.receive::<i32>();
    }
    let mut barrier = world.immediate_barrier();
    if rank == 0 {
        barrier = barrier.test().expect_err("rank 3 is not there");
        world.process_at_rank(3).send(&0);
    }
    barrier.wait();
    print("barrier:    closed until rank 3 is there, too");
}
