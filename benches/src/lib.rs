//! What the commands share; they stand in `examples/`, and criterion's benchmarks in `benches/`.

pub mod command;
pub mod output;
pub mod session;
#[cfg(unix)]
mod signals;
