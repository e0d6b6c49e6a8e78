//! What messages cost, as all ranks of a job see it together.

use ::mpi::collective::SystemOperation;
use ::mpi::topology::SimpleCommunicator;
use ::mpi::traits::{Communicator, CommunicatorCollectives, Destination, Root, Source};

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

/// What ranks do together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A message from rank 0 to the last rank, and back.
    ThereAndBack,
    /// Rank 0 sends the same to all.
    Broadcast,
    /// Rank 0 sends a part to each, and all parts come back.
    ScatterGather,
    /// Each rank has a message, and all are told the largest of them, byte by byte.
    Allreduce,
    /// Each waits for all.
    Barrier,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::ThereAndBack,
        Self::Broadcast,
        Self::ScatterGather,
        Self::Allreduce,
        Self::Barrier,
    ];
}

/// An operation on messages of some size, which can be done again and again.
pub struct Exchange<'w> {
    world: &'w SimpleCommunicator,
    operation: Operation,
    /// At the beginning, only rank 0 has it. Others have zeros.
    message: Vec<u8>,
    part: Vec<u8>,
    result: Vec<u8>,
}

fn expected(bytes: usize) -> impl Iterator<Item = u8> {
    (0..bytes).map(|k| (k % 251) as u8)
}

impl<'w> Exchange<'w> {
    /// Messages of this many bytes (to be scattered: at least one for each rank, and as many for each). All ranks of `world`
    /// do the same.
    ///
    /// # Panics
    ///
    /// If there is only one rank, and a message is to go there and back.
    pub fn new(world: &'w SimpleCommunicator, operation: Operation, mut bytes: usize) -> Self {
        let ranks = world.size() as usize;
        match operation {
            Operation::ThereAndBack => assert!(ranks > 1, "it needs two ranks: mpirun -n 2"),
            Operation::ScatterGather => bytes = bytes.max(1).next_multiple_of(ranks),
            _ => {}
        }
        Self {
            world,
            operation,
            message: match world.rank() {
                0 => expected(bytes).collect(),
                _ => vec![0; bytes],
            },
            part: vec![0; bytes / ranks],
            result: vec![0; bytes],
        }
    }

    /// Does it once, to be called by all ranks.
    pub fn run(&mut self) {
        let (rank, last) = (self.world.rank(), self.world.size() - 1);
        let root = self.world.process_at_rank(0);
        match self.operation {
            Operation::ThereAndBack if rank == 0 => {
                let partner = self.world.process_at_rank(last);
                partner.send(&self.message);
                partner.receive_into(&mut self.result);
            }
            Operation::ThereAndBack if rank == last => {
                root.receive_into(&mut self.result);
                root.send(&self.result);
            }
            Operation::ThereAndBack => {}
            Operation::Broadcast => root.broadcast_into(&mut self.message),
            Operation::ScatterGather if rank == 0 => {
                root.scatter_into_root(&self.message, &mut self.part);
                root.gather_into_root(&self.part, &mut self.result);
            }
            Operation::ScatterGather => {
                root.scatter_into(&mut self.part);
                root.gather_into(&self.part);
            }
            Operation::Allreduce => {
                let largest = SystemOperation::max();
                self.world
                    .all_reduce_into(&self.message, &mut self.result, largest);
            }
            Operation::Barrier => self.world.barrier(),
        }
    }

    /// Looks whether the right bytes have come.
    ///
    /// # Panics
    ///
    /// If they have not.
    pub fn check(&self) {
        let (rank, last) = (self.world.rank(), self.world.size() - 1);
        let come = match self.operation {
            Operation::ThereAndBack if rank == 0 || rank == last => &self.result,
            Operation::ScatterGather if rank == 0 => &self.result,
            Operation::Allreduce => &self.result,
            Operation::Broadcast => &self.message,
            _ => return,
        };
        let is_right = come.iter().copied().eq(expected(come.len()));
        assert!(is_right, "a message has changed: {:?}", self.operation);
    }
}

/// How many seconds an operation on messages of this many bytes takes, to be called by all ranks.
///
/// # Panics
///
/// If a message arrives that is not as it was sent; those of [`Exchange::new`].
pub fn cost(world: &SimpleCommunicator, operation: Operation, bytes: usize) -> Range {
    let mut exchange = Exchange::new(world, operation, bytes);
    let time = measure(world, || exchange.run());
    exchange.check();
    time
}

/// How many seconds a message of this many bytes takes from rank 0 to the last rank of `world`: half of there and back. To
/// be called by all ranks.
///
/// # Panics
///
/// As [`cost`].
pub fn one_way(world: &SimpleCommunicator, bytes: usize) -> Range {
    cost(world, Operation::ThereAndBack, bytes).times(0.5)
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
