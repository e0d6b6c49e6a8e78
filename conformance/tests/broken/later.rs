//! Paradigms whose first call is right.

use std::num::NonZero;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use workloads::ParadigmVisitor;
use workloads::chunks::Chunks;

use super::paradigms::{Broken, Fault, Outcome, Task, one_thread_each};

pub(crate) fn each_paradigm(visitor: &mut impl ParadigmVisitor) {
    visitor.visit::<Broken<SerialWhenCalledAgain>>();
    visitor.visit::<Broken<FirstChunksKept>>();
}

struct SerialWhenCalledAgain;
impl Fault for SerialWhenCalledAgain {
    const ID: &'static str = "broken/serial-when-called-again";

    fn run<T: Send>(tasks: Vec<impl Task<T>>) -> Vec<Outcome<T>> {
        static CALLED: AtomicBool = AtomicBool::new(false);
        if CALLED.swap(true, Ordering::Relaxed) {
            return tasks.into_iter().map(|task| task()).collect();
        }
        one_thread_each(tasks)
    }
}

struct FirstChunksKept;
impl Fault for FirstChunksKept {
    const ID: &'static str = "broken/first-chunks-kept";

    fn chunks(items: usize, workers: NonZero<usize>, grain: usize) -> Vec<Range<usize>> {
        static FIRST: OnceLock<Vec<Range<usize>>> = OnceLock::new();
        let chunks = || Chunks::one_each(items, workers).aligned(grain);
        FIRST.get_or_init(|| chunks().iter().collect()).clone()
    }
}
