//! What is computed: the problems that the lessons solve, and that the paradigms are run, checked and
//! measured on, each with its kernel.
//!
//! A [`Map`] computes `n` independent items, a [`Reduce`] folds `n` items into one summary. Neither
//! knows that anything is parallel. A [`Paradigm`] is a way to run any of them; [`Serial`] is the
//! first, and the one that all others are checked and measured against.
//!
//! ```
//! use std::num::NonZero;
//! use workloads::{Map, Paradigm, Serial, Workload, squares::Squares};
//!
//! let workload = Squares::with_input(5, &[])?;
//! let squares = Serial::start(NonZero::<usize>::MIN)?.map(&workload)?;
//! assert_eq!(*squares, [0, 1, 4, 9, 16]);
//! # Ok::<(), std::io::Error>(())
//! ```

mod catalogue;
pub mod chunks;
pub mod conformance;
mod memory;
mod paradigm;
mod printing;
mod serial;
mod workload;

use catalogue::workloads;
pub use catalogue::{ParadigmVisitor, WorkloadVisitor};
pub use memory::{no_memory_for, zeroed_items};
pub use paradigm::{Cause, Paradigm, WorkerError, guard, panic_message};
#[doc(hidden)]
pub use printing::print_line;
pub use serial::Serial;
pub use workload::{Map, Reduce, Workload, refuse_input};

// One line is one workload: its shape, its file, its type. The macro, in `catalogue.rs`, declares each
// module and makes `each_workload`. The catalogue of the benchmarks, the
// conformance kit and the worker role of spawned processes all follow from this list.
workloads! {
    map    numbers::Numbers,
    map    squares::Squares,
    map    random_squares::RandomSquares,
    reduce monte_carlo_pi::MonteCarloPi,
    map    mandelbrot::Mandelbrot,
    reduce letters::Letters,
    map    spin::Spin,
}
