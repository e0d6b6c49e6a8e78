//! What is said of the comparison with Python.

use laboratory::versus::Comparison;

/// Which workload, and on what.
pub fn heading(comparison: &Comparison) -> String {
    todo!("{comparison:?}")
}

/// What the figures say: equal cores, where parallel starts to win, and what serial code alone does.
pub fn what_to_see(comparison: &Comparison) -> Vec<String> {
    todo!("{comparison:?}")
}
