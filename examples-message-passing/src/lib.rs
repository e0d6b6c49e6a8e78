//! Message passing: workers that share nothing and send each other what they need.
//!
//! A message has one owner at a time, so there is nothing to lock. The cost is the sending: between
//! threads a pointer moves, between processes every byte is copied twice.

pub mod channel;
#[cfg(unix)]
pub mod pipe;

workloads::paradigms! {
    channel::Channel,
    #[cfg(unix)]
    pipe::Pipe,
}
