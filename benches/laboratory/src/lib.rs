//! How times are taken: every paradigm, every workload, floors and Python, as stopwatches for the [`estimator`].
//!
//! - [`catalogue`]: every paradigm and every workload, by name.
//! - [`survey`]: every paradigm on every workload, and one paradigm with 1, 2, ... workers.
//! - [`waterfall`]: where the time of one run goes.
//! - [`floors`]: the least that this machine allows, and how far above it ours is.
//! - [`cores`]: on which cores two threads or two processes run.
//! - [`connection`] (Unix): pipes and sockets between two processes.
//! - [`versus`]: the same work in Python, and both languages measured in turns.
//! - [`machine`]: what the times were taken on, and how busy it was.
//!
//! Nothing in this library prints, and nothing in it is a sentence: that is the report's.

pub mod catalogue;
#[cfg(unix)]
pub mod connection;
pub mod cores;
pub mod floors;
pub mod machine;
pub mod survey;
pub mod versus;
pub mod waterfall;
