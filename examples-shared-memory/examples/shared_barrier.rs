//! A barrier between phases: no thread begins a phase before all threads have ended the last one.
//!
//! Heat flows along a rod. In each step, the new temperature of a cell is computed from its old one
//! and from those of its two neighbours. Each thread has a part of the rod. At the ends of its part
//! it reads what other threads have written, so all threads wait for each other after each step. In
//! each step, `wait` tells exactly one thread that it is the *leader*.
//!
//! Run: `cargo run --example shared_barrier`
//!
//! Expected output:
//!
//! ```text
//! mended, with a barrier: 0 of 64 cells differ from serial
//! steps that the leaders have counted: 20
//! broken, without a barrier: 52 of 64 cells differ
//! ```
//!
//! Try: write `|| ()` for `end_of_step` where the threads are spawned, and run it several times.
//! The check says that most cells differ, and nothing has forced it: a thread takes all of its
//! steps before the next thread has started.

use std::ops::Range;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::thread;

use workloads::println;

const THREADS: usize = 4;
const CELLS: usize = 64;
const PART: usize = CELLS / THREADS;
const STEPS: usize = 20;

/// The cells of this step and those of the next one, which change places after each step. There is
/// no atomic `f64`, so a temperature is stored as its 64 bits.
type Rod = [[AtomicU64; CELLS]; 2];

fn main() {
    let serial = new_rod();
    heat(&serial, 0..CELLS, || ());

    let (barrier, steps) = (Barrier::new(THREADS), AtomicUsize::new(0));
    let end_of_step = || {
        if barrier.wait().is_leader() {
            steps.fetch_add(1, Relaxed); // Exactly one thread comes here in each step.
        }
    };
    let rod = new_rod();
    thread::scope(|scope| {
        for first in (0..CELLS).step_by(PART) {
            let rod = &rod;
            scope.spawn(move || heat(rod, first..first + PART, end_of_step));
        }
    });
    let wrong = differing(&rod, &serial);
    println!("mended, with a barrier: {wrong} of {CELLS} cells differ from serial");
    assert_eq!((wrong, steps.load(Relaxed)), (0, STEPS));
    println!("steps that the leaders have counted: {steps:?}");

    // Without a barrier, the scheduler may run one thread after the other. Here a scope for each
    // thread forces it.
    let rod = new_rod();
    for first in (0..CELLS).step_by(PART) {
        thread::scope(|scope| _ = scope.spawn(|| heat(&rod, first..first + PART, || ())));
    }
    let wrong = differing(&rod, &serial);
    println!("broken, without a barrier: {wrong} of {CELLS} cells differ");
    assert!(wrong > 0);
}

/// The left half of the rod is hot.
fn new_rod() -> Rod {
    let cells = || std::array::from_fn(|cell| if cell < CELLS / 2 { 100.0_f64 } else { 0.0 });
    [cells(), cells()].map(|cells| cells.map(|cell| AtomicU64::new(cell.to_bits())))
}

fn heat(rod: &Rod, part: Range<usize>, end_of_step: impl Fn()) {
    for step in 0..STEPS {
        let (now, next) = (&rod[step % 2], &rod[(step + 1) % 2]);
        let temperature = |cell: usize| f64::from_bits(now[cell].load(Relaxed));
        for cell in part.clone() {
            let left = temperature(cell.saturating_sub(1)); // No heat leaves the rod at its ends.
            let right = temperature((cell + 1).min(CELLS - 1));
            let new = 0.5 * temperature(cell) + 0.25 * (left + right);
            next[cell].store(new.to_bits(), Relaxed);
        }
        end_of_step();
    }
}

fn differing(rod: &Rod, serial: &Rod) -> usize {
    let bits = |rod: &Rod, cell: usize| rod[STEPS % 2][cell].load(Relaxed);
    let differs = |cell: &usize| bits(rod, *cell) != bits(serial, *cell);
    (0..CELLS).filter(differs).count()
}
