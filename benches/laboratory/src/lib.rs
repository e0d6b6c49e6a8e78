//! How times are taken: every paradigm, every workload, floors and Python, as stopwatches for the [`estimator`].
//!
//! - [`catalogue`]: every paradigm and every workload, by name; [`problem`]: a workload that can be sent.
//! - [`measuring`]: a process for each round, and how to ask it for times; [`child`]: how they talk.
//! - [`trial`]: what such a process does if its subject is a paradigm.
//! - [`survey`]: every paradigm on every workload, and with 1, 2, ... workers.
//! - [`waterfall`], [`probes`]: where the time of one run goes; [`explain`]: that, and the crossing, of one paradigm.
//! - [`floors`]: the least that this machine allows, and how far above it ours is; `primitives`: how that is timed.
//! - [`cores`]: on which cores two threads or two processes run.
//! - [`connection`] (Unix): pipes and sockets between two processes.
//! - [`python`]: a Python process as a stopwatch; [`versus`]: the same work in Python, both languages in turns.
//! - [`machine`]: what the times were taken on, and how busy it was.
//!
//! Nothing in this library prints, and its only sentences are those of its errors: the others are the report's.

pub mod catalogue;
mod cells;
pub mod child;
#[cfg(unix)]
pub mod connection;
pub mod cores;
pub mod explain;
pub mod floors;
pub mod machine;
pub mod measuring;
mod primitives;
pub mod probes;
pub mod problem;
pub mod python;
mod scaling;
pub mod survey;
pub mod trial;
pub mod versus;
pub mod waterfall;

/// Takes on the role that this process was started for, if any: worker of `processes/spawn`, or measuring process.
/// Then it does its work and ends; else it returns.
///
/// To be called at the start of `main` by every program that measures.
pub fn take_role_if_asked() {
    #[cfg(unix)]
    primitives::end_if_idle();
    #[cfg(unix)]
    examples_processes::spawn::become_worker_of(probes::each_probe);
    measuring::take_role_if_asked();
}
