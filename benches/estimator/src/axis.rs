//! Along what a base and its rival are compared.

use std::time::Duration;

/// Along what the base and its rival are compared.
#[derive(Clone, Debug, PartialEq)]
pub enum Axis {
    /// Numbers of items in rising order, each with about how many seconds the base takes.
    Items(Vec<(usize, f64)>),
    /// Places that every round goes over: numbers of workers, or of probes.
    Places(Vec<usize>),
    /// Nothing: one place, which is called 1.
    Nothing,
}

impl Axis {
    /// All places, in rising order.
    pub(crate) fn places(&self) -> Vec<usize> {
        match self {
            Self::Items(sizes) => sizes.iter().map(|&(n, _)| n).collect(),
            Self::Places(places) => places.clone(),
            Self::Nothing => vec![1],
        }
    }
}

/// The sizes from 1 to `largest`, which is one of them, that are measured with `budget` for a cell: 1, 2, 5, 10 ...,
/// or 1, 3, 10 ... if there is not the time for more.
pub fn sizes_up_to(largest: usize, budget: Duration) -> impl Iterator<Item = usize> {
    let digits: &[usize] = if budget < COARSE { &[1, 3] } else { &[1, 2, 5] };
    let powers = std::iter::successors(Some(1_usize), |power| power.checked_mul(10));
    let sizes =
        powers.flat_map(move |power| digits.iter().map(move |digit| power.saturating_mul(*digit)));
    sizes.take_while(move |&n| n < largest).chain([largest])
}

/// With less time for a cell, sizes are 1, 3, 10 ....
const COARSE: Duration = Duration::from_millis(800);

/// How long the base may take at the largest size, if a cell may take `budget`. A round over all sizes takes about four
/// times as long, and all those rounds are to take half of the cell's time.
pub fn longest_run(budget: Duration) -> Duration {
    budget.div_f64(55.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_round_and_end_at_the_largest() {
        let sizes = |largest, seconds| {
            sizes_up_to(largest, Duration::from_secs_f64(seconds)).collect::<Vec<_>>()
        };
        assert_eq!(sizes(1, 2.0), [1]);
        assert_eq!(sizes(20, 2.0), [1, 2, 5, 10, 20]);
        assert_eq!(sizes(37, 2.0), [1, 2, 5, 10, 20, 37]);
        assert_eq!(sizes(200, 0.2), [1, 3, 10, 30, 100, 200]);
        assert_eq!(sizes(usize::MAX, 2.0).last(), Some(&usize::MAX));
    }
}
