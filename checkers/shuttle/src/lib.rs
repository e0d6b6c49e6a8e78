//! The models of `checkers/models` and the project's own locks under shuttle, which runs many random schedules.

pub(crate) use shuttle as checker;

pub mod check;
#[path = "../../models/mod.rs"]
pub mod models;
pub mod platform;
#[path = "../../project.rs"]
pub mod project;
#[path = "../../sync.rs"]
pub mod sync;
