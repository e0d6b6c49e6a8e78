//! Processes: workers with memory of their own.
//!
//! A process costs many times what a thread costs to start (`cargo bench --bench overhead` says how
//! many times here), and every byte of its answer has to be moved. In return, a process has memory of
//! its own: it cannot corrupt its parent's data, its crash ends no other process, and it shares no
//! lock of a library or an interpreter.
//!
//! Besides its three paradigms this crate has two types for any function: [`Process`] runs it in a child, and
//! [`ProcessPool`] in workers that live across calls. [`Audit`] finds what was left behind.
//!
//! It also holds what every paradigm with child processes needs: [`OneThread`], the check before
//! forking; [`Team`], which starts, watches and reaps children; [`die_with_parent`], by which a child
//! does not outlive its parent; [`keep_ended_children`], without which a parent may not learn how they
//! ended; and [`reply`], what a child sends. A child that is started from [`this_executable`] finds its
//! role by [`takes_role`], and reads what it is told by [`read_line`].

mod audit;
#[cfg(unix)]
mod child;
#[cfg(unix)]
mod connection;
#[cfg(unix)]
mod die_with_parent;
#[cfg(unix)]
mod ended_children;
#[cfg(unix)]
mod failure;
#[cfg(unix)]
mod forked;
#[cfg(unix)]
mod frames;
#[cfg(unix)]
mod function;
mod line;
#[cfg(unix)]
mod marks;
#[cfg(unix)]
mod one_thread;
#[cfg(unix)]
pub mod parts;
#[cfg(unix)]
mod plain;
#[cfg(unix)]
mod process;
#[cfg(unix)]
pub mod process_pool;
#[cfg(unix)]
pub mod reply;
mod role;
#[cfg(unix)]
mod server;
#[cfg(unix)]
mod server_process;
#[cfg(unix)]
mod start;
#[cfg(unix)]
mod team;
mod this_executable;
#[cfg(unix)]
mod values;
#[cfg(unix)]
mod wire;
#[cfg(unix)]
mod worker;

pub use audit::Audit;
#[cfg(unix)]
pub use die_with_parent::die_with_parent;
#[cfg(unix)]
pub use ended_children::keep_ended_children;
#[cfg(unix)]
pub use failure::{Failure, TaskError};
#[cfg(unix)]
pub use forked::Forked;
pub use line::{LONGEST_LINE, read_line};
#[cfg(unix)]
pub use one_thread::OneThread;
#[cfg(unix)]
pub use plain::{Batch, BatchOf, Plain};
#[cfg(unix)]
pub use process::{Process, first_to_end};
#[cfg(unix)]
pub use process_pool::ProcessPool;
pub use role::takes_role;
#[cfg(unix)]
pub use start::{StartMethod, become_worker_if_asked, end_fork_server};
#[cfg(unix)]
pub use team::Team;
pub use this_executable::this_executable;

#[cfg(unix)]
pub mod fork;
#[cfg(unix)]
pub mod pool;
#[cfg(unix)]
pub mod spawn;

workloads::paradigms! {
    #[cfg(unix)]
    fork::Fork,
    #[cfg(unix)]
    pool::Pool,
    #[cfg(unix)]
    spawn::Spawn,
}

/// The `main` of a lesson about processes on systems that have no `fork`: one sentence.
#[macro_export]
macro_rules! needs_unix {
    () => {
        #[cfg(not(unix))]
        fn main() {
            eprintln!(
                "This lesson needs processes as Unix has them: run it on Linux or macOS, or in WSL on Windows."
            );
            std::process::exit(2);
        }
    };
}
