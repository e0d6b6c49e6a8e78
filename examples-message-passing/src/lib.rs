//! Message passing: workers that share nothing and send each other what they need.
//!
//! A message has one owner at a time, so there is nothing to lock. The cost is the sending: between
//! threads a pointer moves, between processes every byte is copied twice.

pub mod channel;
pub mod cost_model;
#[cfg(unix)]
pub mod engines;
#[cfg(unix)]
pub mod journal;
#[cfg(any(feature = "mpi", test))] // its tests need no MPI
#[path = "mpi/launcher.rs"]
mod launcher;
#[cfg(unix)]
pub mod listener;
#[cfg(feature = "mpi")]
pub mod mpi;
#[cfg(unix)]
pub mod pipe;
#[cfg(unix)]
pub mod tcp;

workloads::paradigms! {
    channel::Channel,
    #[cfg(unix)]
    pipe::Pipe,
    #[cfg(unix)]
    tcp::Tcp,
}
