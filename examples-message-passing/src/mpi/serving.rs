//! How the ranks learn what rank 0 calls: it broadcasts the paradigm, the workload's name, and its parameters.

use std::io;

use ::mpi::topology::SimpleCommunicator;
use ::mpi::traits::{Communicator, Root};
use serde_json::Value;
use workloads::{Map, Paradigm, Reduce, Workload, WorkloadVisitor};

use super::{MasterWorker, ROOT, ScatterGather, master_worker, scatter_gather};

/// On rank 0: tells the other ranks to take part in a call of paradigm `P`.
///
/// # Errors
///
/// If the workload cannot be written as JSON. Then they are told nothing.
pub(super) fn announce<P: Paradigm, W: Workload>(workload: &W) -> io::Result<()> {
    let mut text = serde_json::to_vec(&(P::ID, W::NAME, workload))?;
    broadcast(&mut text);
    Ok(())
}

/// On rank 0: tells the other ranks that there are no more calls.
pub(super) fn end() {
    broadcast(&mut Vec::new());
}

/// On every rank: `text` becomes that of rank 0.
fn broadcast(text: &mut Vec<u8>) {
    let world = SimpleCommunicator::world();
    let root = world.process_at_rank(ROOT);
    let mut length = text.len() as u64;
    root.broadcast_into(&mut length);
    text.resize(length as usize, 0);
    if length > 0 {
        root.broadcast_into(&mut text[..]);
    }
}

/// On a rank other than 0: a call of rank 0, which looks for its workload. It takes part in the call when it is shown the
/// workload, as a visitor of the catalogue.
pub struct Serving {
    paradigm: String,
    name: String,
    parameters: Value,
    served: bool,
}

impl Serving {
    /// Waits for the next call; `None` if there are no more.
    pub(super) fn next_call() -> Option<Self> {
        let mut text = Vec::new();
        broadcast(&mut text);
        if text.is_empty() {
            return None;
        }
        let (paradigm, name, parameters) =
            serde_json::from_slice(&text).expect("rank 0 has written it");
        Some(Self {
            paradigm,
            name,
            parameters,
            served: false,
        })
    }

    /// # Panics
    ///
    /// If it has not been shown its workload.
    pub(super) fn assert_served(&self) {
        let Self { name, served, .. } = self;
        assert!(served, "this rank knows no workload called {name:?}");
    }

    /// The workload of the call, if it is of this type.
    fn workload<W: Workload>(&mut self) -> Option<W> {
        if W::NAME != self.name {
            return None;
        }
        self.served = true;
        let workload = serde_json::from_value(self.parameters.take());
        Some(workload.unwrap_or_else(|error| panic!("{}: {error}", W::NAME)))
    }
}

impl WorkloadVisitor for Serving {
    fn map<M: Map>(&mut self) {
        if let Some(workload) = self.workload::<M>() {
            match &*self.paradigm {
                ScatterGather::ID => scatter_gather::map(&workload, &mut []),
                MasterWorker::ID => master_worker::work_on_map(&workload),
                other => panic!("this rank knows no paradigm called {other:?}"),
            }
        }
    }

    fn reduce<R: Reduce>(&mut self) {
        if let Some(workload) = self.workload::<R>() {
            match &*self.paradigm {
                ScatterGather::ID => drop(scatter_gather::reduce(&workload)),
                MasterWorker::ID => master_worker::work_on_reduce(&workload),
                other => panic!("this rank knows no paradigm called {other:?}"),
            }
        }
    }
}
