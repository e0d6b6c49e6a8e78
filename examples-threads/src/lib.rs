//! Threads: workers that share the memory of one process.
//!
//! A thread costs some tens of microseconds to start (`cargo bench --bench overhead` says how many
//! here). Nothing has to be sent to a thread, because it sees its parent's data. The borrow checker keeps
//! this sharing safe: each worker gets `&mut` to its own part of the answer, and the compiler refuses two parts
//! that overlap.

pub mod join;
pub mod pool;
pub mod rayon;
pub mod scoped;
pub mod stealing;

workloads::paradigms! {
    scoped::Scoped,
    rayon::RayonPool,
    join::Join,
    pool::Pool,
    stealing::Stealing,
}
