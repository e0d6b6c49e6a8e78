//! The models of `checkers/models` and the project's own locks under loom, which runs every schedule of a small program.

pub(crate) use loom as checker;

pub mod check;
#[path = "../../models/mod.rs"]
pub mod models;
pub mod platform;
#[path = "../../project.rs"]
pub mod project;
#[path = "../../sync.rs"]
pub mod sync;
