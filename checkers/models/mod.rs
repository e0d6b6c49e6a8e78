//! A model of each hazard: a broken version, and a mended one.
//!
//! A model is a program of a few steps. It fails by a panic, such as that of an assertion, or because every thread waits.

pub mod aba;
pub mod check_then_act;
pub mod deadlock;
pub mod double_check;
pub mod livelock;
pub mod lock_in_pool;
pub mod lost_update;
pub mod lost_wakeup;
pub mod message_passing;
pub mod nested_pool;
pub mod philosophers;
mod pool;
pub mod readers_writers;
pub mod stolen_wakeup;
pub mod store_buffering;
pub mod torn_read;
pub mod try_lock;
