//! Threads: workers that share the memory of one process.
//!
//! A thread costs some tens of microseconds to start (`cargo bench --bench overhead` says how many
//! here) and nothing to talk to, since its parent's data is its own. What keeps that safe is the
//! borrow checker: each worker gets `&mut` to its own part of the answer, and the compiler refuses two
//! that overlap.

workloads::paradigms! {
    scoped::Scoped,
    rayon::Rayon,
    join::Join,
}
