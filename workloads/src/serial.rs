//! No parallelism: the answer that every paradigm must give, and the time that it must beat.
//!
//! [`Serial`] has the shape of a paradigm, so that serial code is run, checked and measured by the same code.

use std::io;
use std::num::NonZero;

use crate::{Map, Paradigm, Reduce, zeroed_items};

/// Everything on the calling thread, in order.
pub struct Serial;

impl Paradigm for Serial {
    const ID: &'static str = "serial";
    const ABOUT: &'static str = "one loop on one core";

    fn start(_workers: NonZero<usize>) -> io::Result<Self> {
        Ok(Self)
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let mut items = zeroed_items(workload.len())?;
        workload.fill(0, &mut items);
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        Ok(workload.fold(0..workload.len()))
    }
}
