//! Every workload over MPI, the Message Passing Interface: one program that is started as many processes, on one
//! machine or on many.
//!
//! `mpirun -n 4 PROGRAM` starts the program four times. Each process is a *rank* and has a number, from 0 on. A program
//! that offers the paradigms of this module begins with two lines:
//!
//! ```no_run
//! use examples_message_passing::mpi::World;
//!
//! let world = World::initialise();
//! if world.serve_if_not_root(workloads::each_workload) {
//!     return; // a rank other than 0, after rank 0 has ended
//! }
//! // Only rank 0 comes here. The others serve until `world` is dropped.
//! ```
//!
//! The paradigms stand in a list of their own, [`each_paradigm`] of this module. The list of the crate is for programs
//! that any student can start: the README's commands must not need MPI. The commands that measure start each measuring
//! process by themselves, and a process that `mpirun` has not started has a world of one rank.
//!
//! A failure is not a [`WorkerError`](workloads::WorkerError) here. The other ranks may be waiting in a collective call
//! for the rank that failed, and MPI has no way to end their wait. So a panic on any rank ends all ranks, with its
//! message.

pub mod costs;
pub mod master_worker;
pub mod scatter_gather;
mod serving;
pub(crate) mod stream;

use std::cell::Cell;
use std::io;
use std::marker::PhantomData;
use std::num::NonZero;
use std::panic;
use std::process;

use ::mpi::environment::is_finalized;
use ::mpi::topology::{Rank, SimpleCommunicator};
use ::mpi::traits::Communicator;
use ::mpi::{Threading, environment::Universe};
use workloads::panic_message;

pub use serving::Serving;

workloads::paradigms! {
    scatter_gather::ScatterGather,
    master_worker::MasterWorker,
}

/// The rank that calls the paradigms.
const ROOT: Rank = 0;

/// The exit status of a job in which a rank panicked: that of any Rust program.
const PANICKED: i32 = 101;

/// The exit status of a rank that cannot begin.
const CANNOT_BEGIN: i32 = 2;

/// MPI's functions are called on the thread that has initialised MPI: so what calls them stays there.
type OnThisThread = PhantomData<*const ()>;

thread_local! {
    /// Whether the other ranks serve this thread.
    static LEADS: Cell<bool> = const { Cell::new(false) };
}

/// MPI, from its initialisation to its end: what all ranks of the job have in common.
///
/// A panic on any thread of this process prints `rank K: MESSAGE` and ends all ranks, with status 101. (Not so in a process
/// that is forked by this one: its panics are its own.)
pub struct World {
    /// Finalises MPI when it is dropped.
    universe: Universe,
    rank: Rank,
    _on_this_thread: OnThisThread,
}

impl World {
    /// Initialises MPI. A process can do so once.
    ///
    /// Ends this process with status 2 and a sentence, if the launcher has started several ranks and each of them believes
    /// that it is the only one. That happens if `mpirun` belongs to another MPI than the library of the program.
    ///
    /// # Panics
    ///
    /// If MPI is initialised already.
    pub fn initialise() -> Self {
        let (universe, threading) = ::mpi::initialize_with_threading(Threading::Funneled)
            .expect("MPI is initialised once in a process");
        let communicator = universe.world();
        let alone = communicator.size() == 1;
        let problem = if threading < Threading::Funneled {
            Some("this MPI does not allow a process to have threads".to_owned())
        } else if alone {
            crate::launcher::disagreement(|name| std::env::var(name).ok())
        } else {
            None
        };
        if let Some(problem) = problem {
            drop(universe);
            eprintln!("{problem}");
            process::exit(CANNOT_BEGIN);
        }
        let rank = communicator.rank();
        abort_on_panic(rank);
        Self {
            universe,
            rank,
            _on_this_thread: PhantomData,
        }
    }

    /// On rank 0: returns `false`, and from now on the paradigms can be started.
    ///
    /// On any other rank: takes part in the calls of rank 0, until it drops its `World`; then returns `true`. The program
    /// should then end. `each` shows it the workloads that it can be asked for: `workloads::each_workload`, or a closure
    /// that adds others.
    ///
    /// # Panics
    ///
    /// If rank 0 calls for a workload that `each` does not show. That ends all ranks.
    pub fn serve_if_not_root(&self, each: impl Fn(&mut Serving)) -> bool {
        if self.rank == ROOT {
            LEADS.set(true);
            return false;
        }
        while let Some(mut call) = Serving::next_call() {
            each(&mut call);
            call.assert_served();
        }
        true
    }

    /// All ranks.
    pub fn communicator(&self) -> SimpleCommunicator {
        self.universe.world()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if LEADS.replace(false) {
            serving::end();
        }
    }
}

/// From now on a panic ends all ranks of the job, before it unwinds: the others may be waiting for this one.
fn abort_on_panic(rank: Rank) {
    let this_process = process::id();
    let hook = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if process::id() != this_process || is_finalized() {
            return hook(panic);
        }
        let message = panic_message(panic.payload());
        let place = panic.location().map(ToString::to_string);
        // One write, so that the lines of several ranks are not mixed.
        let line = format!("rank {rank}: {message} ({})\n", place.unwrap_or_default());
        eprint!("{line}");
        SimpleCommunicator::world().abort(PANICKED)
    }));
}

/// What `start` of the paradigm called `id` checks.
fn check_ranks(id: &str, workers: NonZero<usize>) -> io::Result<()> {
    if !LEADS.get() {
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            format!(
                "{id}: no ranks serve this thread, so `main` must begin with `World::initialise` and \
                 `serve_if_not_root` of `examples_message_passing::mpi`"
            ),
        ));
    }
    let ranks = SimpleCommunicator::world().size();
    if usize::try_from(ranks).is_ok_and(|ranks| ranks == workers.get()) {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        format!(
            "{id}: MPI's world has another number of ranks ({ranks}) than workers were asked for ({workers}). Start the \
             program by `mpirun -n {workers} PROGRAM`"
        ),
    ))
}
