//! What the kit must refuse.

pub(crate) mod later;
pub(crate) mod paradigms;
pub(crate) mod workloads;
