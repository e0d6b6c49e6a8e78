//! Engines that are the ranks of an MPI job: the same views, across machines.

#![expect(
    unsafe_code,
    reason = "the other end of a stream has to be a process of the same program"
)]

use std::io;
use std::num::NonZero;

use ::mpi::topology::SimpleCommunicator;
use ::mpi::traits::{Communicator, CommunicatorCollectives};
use examples_processes::become_worker_if_asked;

use super::controller::Controller;
use super::engine::{serve, start_pool};
use super::{Cluster, OUTSTANDING};
use crate::listener::{Token, fingerprint};
use crate::mpi::World;
use crate::mpi::stream::RankStream;

impl Cluster {
    /// In a program that `mpirun` has started: on rank 0, a cluster whose engines are the other ranks. Engine 0 is rank 1.
    ///
    /// On another rank, this function computes what rank 0 asks for, until rank 0 drops the cluster, and returns `None`.
    /// The program should then end.
    ///
    /// With `pool`, each of these ranks has this many worker processes for balanced tasks. If a worker is killed, it is
    /// replaced, and the task is done again. Without a pool, a rank that is killed ends the job, as always in MPI: what was
    /// finished by then is in a [journal](super::BalancedView::journal).
    ///
    /// To be called at the start of `main`, because the pool is forked before MPI is initialised.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`], with a sentence, if there is only one rank, or if the ranks run different programs;
    /// what the system says.
    pub fn over_ranks(pool: Option<NonZero<usize>>) -> io::Result<Option<Self>> {
        become_worker_if_asked();
        start_pool(pool)?;
        let world = World::initialise();
        let communicator = world.communicator();
        check_that_programs_are_equal(&communicator)?;
        if communicator.rank() > 0 {
            let stream = RankStream::new(0);
            // SAFETY: all ranks run the same program, as was just checked.
            unsafe { serve(&stream, 0) }?;
            return Ok(None);
        }
        start_pool(None)?; // rank 0 does no tasks
        let engines = communicator.size() - 1;
        if engines == 0 {
            let message =
                "there is only one rank, and no engine: start the program by `mpirun -n 3 PROGRAM`";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let mut controller = Controller::new(None, OUTSTANDING);
        for rank in 1..=engines {
            controller.add_engine(Box::new(RankStream::new(rank)))?;
        }
        let cluster = Self {
            controller: controller.into(),
            token: Token::random()?,
            _world: Some(world),
        };
        cluster.wait_for_engines(engines as usize, super::START)?;
        Ok(Some(cluster))
    }
}

/// Functions travel as numbers, which mean something only in processes of the same executable file. All ranks decide alike.
fn check_that_programs_are_equal(communicator: &SimpleCommunicator) -> io::Result<()> {
    let mine = fingerprint().unwrap_or_default(); // no rank may leave before the others have heard of it
    let mut all = vec![0; mine.len() * communicator.size() as usize];
    communicator.all_gather_into(&mine[..], &mut all[..]);
    if mine == [0; 16] || all.chunks(mine.len()).any(|other| other != mine) {
        let message = "the ranks run different programs, or cannot read their files: all must have the same executable";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    Ok(())
}
