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
pub mod faulty;
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

// The files of the workloads, and the list of them: a line is a shape, a file and a type. The macro, in `catalogue.rs`,
// makes `each_workload` of the list. The commands, the benchmarks, the conformance kit and the workers of
// `processes/spawn` find every workload by that.
pub mod letters;
pub mod mandelbrot;
pub mod monte_carlo_pi;
pub mod numbers;
pub mod random_squares;
pub mod spin;
pub mod squares;

workloads! {
    map    numbers::Numbers,
    map    squares::Squares,
    map    random_squares::RandomSquares,
    reduce monte_carlo_pi::MonteCarloPi,
    map    mandelbrot::Mandelbrot,
    reduce letters::Letters,
    map    spin::Spin,
}
