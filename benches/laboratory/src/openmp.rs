//! `openmp/active` and `openmp/passive`: the same loop in C, by OpenMP, measured beside our paradigms.
//!
//! - **Idea.** OpenMP is what most parallel loops in C, C++ and Fortran are written with. Its runtime library, `libgomp`
//!   for gcc, starts a team of threads at the first parallel region and keeps it. Each thread gets one chunk.
//! - **Cost.** How the team waits for the next region decides what a region costs. *Active* threads spin: the next region
//!   begins within a microsecond, and each of them keeps a core busy. *Passive* threads sleep in the kernel: they cost
//!   nothing while they wait, but have to be woken up.
//! - **Hazard.** A panic must not go through C: each chunk is guarded. Active threads take cores from all other programs.
//! - **Prefer it** for nothing in Rust. It is the rival that a claim about a parallel loop has to be compared with.
//!
//! These two are measured only if they are asked for by name: they need gcc, and Linux. The C code is
//! `openmp/region.c`. It is compiled when it is first needed, by the module `library`, and kept in the target directory. The
//! library reads the environment variable `OMP_WAIT_POLICY` once, when it is loaded. So a process is one or the other
//! from its start: see `set_environment`.

use std::env;
use std::io;
use std::marker::PhantomData;
use std::num::NonZero;
use std::ops::Range;
use std::process::Command;

use crossbeam::utils::CachePadded;
use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce, WorkerError, guard, zeroed_items};

#[cfg_attr(not(target_os = "linux"), path = "openmp/elsewhere.rs")]
mod library;

pub use library::compiled;

use library::Regions;

/// An OpenMP program whose threads wait actively, or passively.
pub struct OpenMp<const ACTIVE: bool> {
    workers: NonZero<usize>,
    regions: Regions,
    /// A team of threads belongs to the thread that has called it. So a value of this type stays on its thread.
    on_this_thread: PhantomData<*const ()>,
}

/// Its threads spin between two calls.
pub type Active = OpenMp<true>;

/// Its threads sleep between two calls.
pub type Passive = OpenMp<false>;

/// What `libgomp` asks the environment for.
const WAIT_POLICY: &str = "OMP_WAIT_POLICY";

/// What the names of both paradigms begin with; what follows is the wait policy.
const FAMILY: &str = "openmp/";

/// If `paradigm` is one of these: sets in the environment of `command`, a process that has yet to start, how the threads
/// wait. Other settings of OpenMP are removed, so that every machine measures the same.
pub(crate) fn set_environment(command: &mut Command, paradigm: &str) {
    let Some(policy) = paradigm.strip_prefix(FAMILY) else {
        return;
    };
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("OMP_") || text.starts_with("GOMP_") {
            command.env_remove(&name);
        }
    }
    command.env(WAIT_POLICY, policy);
}

impl<const ACTIVE: bool> Paradigm for OpenMp<ACTIVE> {
    const ID: &'static str = if ACTIVE {
        "openmp/active"
    } else {
        "openmp/passive"
    };
    const ABOUT: &'static str = if ACTIVE {
        "the same loop in C, whose threads spin between two calls"
    } else {
        "the same loop in C, whose threads sleep between two calls"
    };

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        let policy = Self::ID.strip_prefix(FAMILY);
        if env::var(WAIT_POLICY).ok().as_deref() != policy {
            return Err(io::Error::other(format!(
                "{} needs a process that was started with {WAIT_POLICY}={}",
                Self::ID,
                policy.expect("both names begin so")
            )));
        }
        Ok(Self {
            workers,
            regions: Regions::load()?,
            on_this_thread: PhantomData,
        })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let mut items = zeroed_items(workload.len())?;
        let chunks = Chunks::one_each(workload.len(), self.workers).aligned(workload.grain());
        self.run(chunks.split_mut(&mut items), |chunk, part| {
            workload.fill(chunk.start, part);
        })?;
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let chunks = Chunks::one_each(workload.len(), self.workers).aligned(workload.grain());
        let chunks = chunks.iter().map(|chunk| (chunk, ()));
        let summaries = self.run(chunks, |chunk, ()| workload.fold(chunk))?;
        Ok(workload.merge_all(summaries))
    }
}

/// What one thread of a region does.
struct Task<P, T> {
    worker: usize,
    items: Range<usize>,
    /// Where the results belong.
    part: P,
    done: Option<Result<T, WorkerError>>,
}

impl<const ACTIVE: bool> OpenMp<ACTIVE> {
    /// Runs `work` on each of these chunks, in one parallel region.
    fn run<P: Send, T: Send>(
        &self,
        chunks: impl Iterator<Item = (Range<usize>, P)>,
        work: impl Fn(Range<usize>, &mut P) -> T + Sync,
    ) -> io::Result<Vec<T>> {
        let tasks = chunks.enumerate().map(|(worker, (items, part))| Task {
            worker,
            items,
            part,
            done: None,
        });
        // Each on a cache line of its own: threads that write to the same line wait for each other.
        let mut tasks: Vec<_> = tasks.map(CachePadded::new).collect();
        self.regions.each(self.workers, &mut tasks, |task| {
            let items = task.items.clone();
            task.done = Some(guard(task.worker, items.clone(), || {
                work(items, &mut task.part)
            }));
        });
        let done = tasks.into_iter().map(|task| task.into_inner().done);
        let done = done.map(|done| Ok(done.expect("the region has run every task")?));
        done.collect()
    }
}

impl<const ACTIVE: bool> Drop for OpenMp<ACTIVE> {
    /// Without this, the threads would wait until the process ends.
    fn drop(&mut self) {
        self.regions.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_one_policy_and_the_other_is_refused() {
        let refused = [
            Active::start(NonZero::<usize>::MIN).err(),
            Passive::start(NonZero::<usize>::MIN).err(),
        ];
        let sentences = refused.into_iter().flatten().map(|error| error.to_string());
        let sentence = sentences.last().expect("it is one or the other");
        assert!(
            sentence.contains("needs a process that was started with OMP_WAIT_POLICY="),
            "{sentence}"
        );
    }
}
