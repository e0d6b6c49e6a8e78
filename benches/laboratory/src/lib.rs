//! How times are taken: every paradigm, every workload, floors and Python, as stopwatches for the [`estimator`].
//!
//! [`measuring`] offers a process for each round; [`trial`] is what such a process does if its subject is a paradigm,
//! `primitives` if it is a floor, and [`tasks`] if it is a task of a pool of processes. [`survey`], [`waterfall`],
//! [`floors`] and [`versus`] are what can be asked.
//!
//! Nothing in this library prints, and its only sentences are those of its errors: the others are the report's.

pub mod catalogue;
mod child;
#[cfg(unix)]
mod connection;
pub mod cores;
pub mod event;
pub mod floors;
mod group;
pub mod machine;
pub mod measuring;
pub mod openmp;
pub mod plan;
mod primitives;
mod probes;
pub mod problem;
pub mod python;
pub mod survey;
pub mod tasks;
pub mod trial;
pub mod versus;
pub mod waterfall;

/// Asks all child processes, and what they have started, to end: to be called by a process that is about to end
/// otherwise than by returning from `main`.
pub fn end_children() {
    group::end_all();
}

/// Takes on the role that this process was started for, if any: worker process, fork server, engine, or measuring process.
/// Then it does its work and ends; else it returns.
///
/// To be called at the start of `main` by every program that measures.
pub fn take_role_if_asked() {
    #[cfg(unix)]
    primitives::end_if_idle();
    #[cfg(unix)]
    examples_message_passing::engines::become_engine_if_asked();
    measuring::take_role_if_asked();
}
