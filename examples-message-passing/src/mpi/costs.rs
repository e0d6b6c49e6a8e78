//! What messages cost, as all ranks of a job see it together.

use ::mpi::collective::SystemOperation;
use ::mpi::topology::SimpleCommunicator;
use ::mpi::traits::{Communicator, CommunicatorCollectives, Destination, Source};

use crate::cost_model::{Network, ROUNDS, Range};

/// How many seconds an operation takes that all ranks of `world` do together, to be called by each of them. They begin
/// after a barrier, and the time is that of the slowest rank.
pub fn measure(world: &SimpleCommunicator, mut operation: impl FnMut()) -> Range {
    let mut round = || {
        world.barrier();
        let start = ::mpi::time();
        operation();
        let (mine, mut slowest) = (::mpi::time() - start, 0.0);
        world.all_reduce_into(&mine, &mut slowest, SystemOperation::max());
        slowest
    };
    round(); // so that connections are open
    Range::of([(); ROUNDS].map(|()| round()))
}

/// How many seconds a message of this many bytes takes from rank 0 to the last rank of `world`: half of there and back. To
/// be called by all ranks.
///
/// # Panics
///
/// If the message does not come back as it was sent, or if there is only one rank.
pub fn one_way(world: &SimpleCommunicator, bytes: usize) -> Range {
    let (rank, last) = (world.rank(), world.size() - 1);
    assert!(last > 0, "a message needs two ranks: mpirun -n 2");
    let message: Vec<u8> = (0..bytes).map(|k| (k % 251) as u8).collect();
    let mut buffer = vec![0; bytes];
    let there_and_back = measure(world, || {
        if rank == 0 {
            let partner = world.process_at_rank(last);
            partner.send(&message);
            partner.receive_into(&mut buffer);
        } else if rank == last {
            let partner = world.process_at_rank(0);
            partner.receive_into(&mut buffer);
            partner.send(&buffer);
        }
    });
    let is_partner = rank == 0 || rank == last;
    assert!(!is_partner || buffer == message, "a message has changed");
    there_and_back.times(0.5)
}

/// The bandwidth is that of a message of this many bytes.
const LONG: usize = 1 << 20;

/// Latency and bandwidth between rank 0 and the last rank of `world`, to be called by all ranks.
///
/// # Panics
///
/// As [`one_way`].
pub fn network(world: &SimpleCommunicator) -> Network<Range> {
    Network {
        latency: one_way(world, 0),
        bandwidth: one_way(world, LONG).inverse(LONG as f64),
    }
}
