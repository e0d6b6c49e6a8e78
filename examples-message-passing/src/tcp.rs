//! `message-passing/tcp`: workers that are reached over a network, on this machine or on others.
//!
//! - **Idea.** The workers are the [engines](crate::engines) of a controller, which listens on a TCP port. A call sends
//!   each engine the parameters of the workload, and then the bounds of chunks. The engine that has least to do gets
//!   the next one. The items come back as they stand in memory. Nothing is shared, so it does not matter where a worker
//!   runs.
//! - **Cost.** Starting the engines, once. For each chunk, two messages through the network's code in the kernel: some
//!   ten microseconds on one machine, a hundred and more between machines. Every byte of the answer is copied twice.
//! - **Hazard.** Other programs can reach a port. So the controller listens on the loopback, which only processes of
//!   this machine reach, unless it is told otherwise. And it lets in only processes that know a token.
//! - **Prefer it** where one machine is not enough, and workers come and go. (Where the same number of machines works
//!   from beginning to end, MPI is faster and does more.)
//!
//! With `CROSSOVER_LISTEN=0.0.0.0:7070` and `CROSSOVER_TOKEN` in its environment, a program starts no workers. It waits
//! for those that are started on other hosts, as [`become_engine_if_asked`](crate::engines::become_engine_if_asked)
//! says.

use std::env;
use std::io;
use std::num::NonZero;
use std::time::Duration;

use examples_processes::Plain;
use examples_processes::process_pool::Travels;
use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce, WorkerError, Workload, zeroed_items};

use crate::engines::{Cluster, TOKEN};
use crate::listener::Token;

/// In the environment: where the controller listens for engines that are started by hand.
pub const LISTEN: &str = "CROSSOVER_LISTEN";

/// How long engines on other hosts may take to register.
const PATIENCE: Duration = Duration::from_mins(1);

/// Engines that live across calls.
pub struct Tcp {
    workers: NonZero<usize>,
    cluster: Cluster,
    /// Whether this process has started them.
    are_its_own: bool,
}

/// Engines of this machine.
fn on_the_loopback(workers: NonZero<usize>) -> io::Result<Cluster> {
    let cluster = Cluster::builder().listen("127.0.0.1:0");
    cluster.start(workers.get())
}

impl Paradigm for Tcp {
    const ID: &'static str = "message-passing/tcp";
    const ABOUT: &'static str = "processes that may be on other hosts, fed chunk by chunk over TCP";
    const CHILDREN: bool = true;

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        let address = env::var(LISTEN);
        let are_its_own = address.is_err();
        let cluster = match address {
            Err(_) => on_the_loopback(workers)?,
            Ok(address) => {
                let token = Token::from_hex(&env::var(TOKEN).unwrap_or_default())?;
                let cluster = Cluster::builder().listen(&address).token(token).start(0)?;
                cluster.wait_for_engines(workers.get(), PATIENCE)?;
                cluster
            }
        };
        Ok(Self {
            workers,
            cluster,
            are_its_own,
        })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let mut items = zeroed_items(workload.len())?;
        let chunks = Chunks::many_each(workload.len(), self.workers).aligned(workload.grain());
        let compute = |workload: &M, [first, end]: [usize; 2]| Plain(workload.items(first..end));
        self.run(workload, chunks, compute, |k, Plain(part)| {
            items[chunks.get(k).expect("it was given out")].copy_from_slice(&part);
            Ok(())
        })?;
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let chunks = Chunks::many_each(workload.len(), self.workers).aligned(workload.grain());
        let compute = |workload: &R, [first, end]: [usize; 2]| {
            // Every summary can be written as JSON: that is a law of workloads.
            let summary = workload.fold(first..end);
            serde_json::to_string(&summary).expect("a summary can be written as JSON")
        };
        let mut summaries: Vec<_> = chunks.iter().map(|_| None).collect();
        self.run(workload, chunks, compute, |k, text| {
            summaries[k] = Some(serde_json::from_str(&text)?);
            Ok(())
        })?;
        Ok(workload.merge_all(summaries.into_iter().flatten()))
    }
}

impl Tcp {
    /// Lets the engines compute the chunks, and gives each result to `place`, with the chunk's number, as it comes.
    fn run<W: Workload, T: Travels>(
        &mut self,
        workload: &W,
        chunks: Chunks,
        compute: impl Fn(&W, [usize; 2]) -> T + Copy + 'static,
        place: impl FnMut(usize, T) -> io::Result<()>,
    ) -> io::Result<()> {
        let outcome = self.try_run(workload, chunks, compute, place);
        if outcome.is_err() && self.are_its_own {
            // Some have ended, or compute for the call that has failed.
            self.cluster = on_the_loopback(self.workers)?;
        }
        outcome
    }

    fn try_run<W: Workload, T: Travels>(
        &self,
        workload: &W,
        chunks: Chunks,
        compute: impl Fn(&W, [usize; 2]) -> T + Copy + 'static,
        mut place: impl FnMut(usize, T) -> io::Result<()>,
    ) -> io::Result<()> {
        let bounds = chunks.iter().map(|chunk| [chunk.start, chunk.end]);
        // An engine that ends is an error of the call at once, as in the other paradigms.
        let once = NonZero::<u32>::MIN;
        let view = self.cluster.balanced().with(workload).attempts(once);
        for (k, result) in view.as_completed(compute, bounds)? {
            let result = result.map_err(|error| WorkerError {
                worker: error.worker,
                items: chunks.get(k).expect("it was given out"),
                cause: error.failure.into_cause(),
            })?;
            place(k, result)?;
        }
        Ok(())
    }
}
