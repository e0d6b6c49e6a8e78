//! Workloads that break a law.

use std::io;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use workloads::{Map, Reduce, Workload, WorkloadVisitor};

pub(crate) fn each_workload(visitor: &mut impl WorkloadVisitor) {
    visitor.reduce::<WithoutIdentity>();
    visitor.reduce::<NotAssociative>();
    visitor.map::<DependsOnTheCut>();
}

/// A workload without input.
macro_rules! workload {
    ($name:ident, $text:literal) => {
        #[derive(Debug, Serialize, Deserialize)]
        struct $name {
            len: usize,
        }

        impl Workload for $name {
            const NAME: &'static str = $text;
            const ABOUT: &'static str = "breaks a law on purpose";

            fn with_input(n: usize, input: &[String]) -> io::Result<Self> {
                workloads::refuse_input(Self::NAME, input)?;
                Ok(Self { len: n })
            }

            fn with_len(&self, n: usize) -> Self {
                Self { len: n }
            }

            fn len(&self) -> usize {
                self.len
            }
        }
    };
}

workload!(WithoutIdentity, "without-identity");

impl Reduce for WithoutIdentity {
    type Summary = usize;

    /// Of no items, it should be the largest number that there is.
    fn fold(&self, items: Range<usize>) -> usize {
        items.map(|i| 7 * i % 5 + 3).min().unwrap_or(0)
    }

    fn merge(&self, left: usize, right: usize) -> usize {
        left.min(right)
    }
}

workload!(NotAssociative, "not-associative");

impl Reduce for NotAssociative {
    type Summary = f64;

    fn fold(&self, items: Range<usize>) -> f64 {
        items.map(|i| 1.0 / (i + 1) as f64).sum()
    }

    fn merge(&self, left: f64, right: f64) -> f64 {
        left + right
    }
}

workload!(DependsOnTheCut, "depends-on-the-cut");

impl Map for DependsOnTheCut {
    type Item = u64;

    fn fill(&self, _first: usize, out: &mut [u64]) {
        for (place, item) in (0..).zip(out) {
            *item = place;
        }
    }
}
