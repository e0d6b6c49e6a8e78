//! On a bigger machine: a model, computed from what was measured on this one.
//!
//! Nothing here is a measurement. It is what the measured lines T(n) = a + b·n ([`crate::model`]) would mean for more
//! cores, and the measured cost of messages for more machines, under assumptions that are stated and shown with
//! the figures.
//!
//! # More cores
//!
//! With w workers here, a run of many items costs a + b·n, and serial code bₛ·n. Of the b of an item, bₛ/w is its share of the
//! computing; what is left, c = b − bₛ/w, is what it costs to have it computed elsewhere. With W workers:
//!
//! > T(n, W) = a·W/w + bₛ·n/W + c·n
//!
//! # More machines
//!
//! A coordinator sends each of N machines its task and receives its answer, one after the other; each machine is this
//! one, with all its cores in perfect use. With the time L of a round trip, the bandwidth B, and s bytes an item:
//!
//! > T(n, N) = N·L + n·s/B + bₛ·n/(N·cores)

use crate::model::Line;
use crate::survey::{Measured, WorkloadResult};

/// What the model of more cores assumes, in sentences.
pub const ASSUMED_OF_CORES: [&str; 4] = [
    "All cores are as fast as the ones here, and stay so when all of them work.",
    "Workers are started, or woken, one after the other: twice as many cost twice as much.",
    "What an item costs beyond its share of the computing is paid by the caller alone, however many workers there are.",
    "There is more memory bandwidth with more cores, except for what is part of that.",
];

/// What the model of more machines assumes, in sentences.
pub const ASSUMED_OF_NODES: [&str; 4] = [
    "The network is as quick as the loopback of this machine; real ones have several times the latency.",
    "One coordinator sends every task and receives every answer, one after the other.",
    "Each machine is like this one, and uses all its cores perfectly.",
    "Tasks are a few bytes; answers are as large as their items.",
];

/// Sizes of at least the largest over this are large.
const LARGE: f64 = 30.0;

/// A paradigm with some workers, as two lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cores {
    /// Workers that were measured.
    workers: f64,
    /// Seconds to start them.
    start: f64,
    /// Seconds of serial code for an item.
    serial_item: f64,
    /// Seconds that an item costs beyond its share.
    elsewhere: f64,
}

impl Cores {
    /// From what was measured with `workers`, over all sizes. `None` if there are too few of them.
    pub fn new(measured: &Measured, workers: usize) -> Option<Self> {
        let sizes = &measured.estimate.sizes;
        let times = |what: fn(&crate::crossing::AtSize) -> f64| -> Vec<(f64, f64)> {
            sizes
                .iter()
                .map(|size| (size.n as f64, what(size)))
                .collect()
        };
        let serial_item = cost_of_item(&times(|size| size.serial.median))?;
        let parallel = times(|size| size.parallel.median);
        let workers = workers as f64;
        Some(Self {
            workers,
            start: Line::fit(&parallel)?.start.max(0.0),
            serial_item,
            elsewhere: (cost_of_item(&parallel)? - serial_item / workers).max(0.0),
        })
    }

    /// Seconds for `n` items by so many workers.
    pub fn seconds(&self, n: f64, workers: f64) -> f64 {
        self.start * workers / self.workers + self.serial_item * n / workers + self.elsewhere * n
    }

    /// How many times as fast as serial code that is.
    pub fn speedup(&self, n: f64, workers: f64) -> f64 {
        self.serial_item * n / self.seconds(n, workers)
    }

    /// The number of workers with which `n` items take the least time: beyond it, starting one more costs more than it
    /// computes. Infinite if workers cost nothing.
    pub fn best_workers(&self, n: f64) -> f64 {
        // Where the derivative of a·W/w + bₛ·n/W is 0.
        (self.serial_item * n * self.workers / self.start)
            .sqrt()
            .max(1.0)
    }
}

/// Machines that are told their work over a network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nodes {
    /// Seconds of a round trip.
    pub round_trip: f64,
    /// Bytes a second.
    pub bandwidth: f64,
    /// Bytes of an item's answer.
    pub item_bytes: f64,
    /// Seconds of serial code for an item.
    pub serial_item: f64,
    /// Cores of a machine.
    pub cores: f64,
}

impl Nodes {
    /// Seconds for `n` items by so many machines.
    pub fn seconds(&self, n: f64, nodes: f64) -> f64 {
        nodes * self.round_trip
            + n * self.item_bytes / self.bandwidth
            + self.serial_item * n / (nodes * self.cores)
    }

    /// How many times as fast as serial code on one core that is.
    pub fn speedup(&self, n: f64, nodes: f64) -> f64 {
        self.serial_item * n / self.seconds(n, nodes)
    }
}

/// Seconds of serial code for an item of this workload. `None` if there are too few sizes.
pub fn serial_item(result: &WorkloadResult) -> Option<f64> {
    let curve = result.serial_curve();
    let points: Vec<_> = curve.iter().map(|&(n, time)| (n as f64, time)).collect();
    cost_of_item(&points)
}

/// The slope over the largest sizes: work for a bigger machine is larger still, and where the line bends, because
/// answers leave the caches, the smaller sizes tell nothing of it.
fn cost_of_item(points: &[(f64, f64)]) -> Option<f64> {
    let largest = points.last()?.0;
    let large = points.partition_point(|point| point.0 * LARGE < largest);
    Some(Line::fit(&points[large..])?.per_item)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CORES: Cores = Cores {
        workers: 2.0,
        start: 100e-6,
        serial_item: 1e-6,
        elsewhere: 0.01e-6,
    };

    #[test]
    fn with_as_many_workers_as_measured_it_is_the_measurement() {
        let measured = 100e-6 + (0.5e-6 + 0.01e-6) * 1e6;
        assert!((CORES.seconds(1e6, 2.0) - measured).abs() < 1e-12);
    }

    #[test]
    fn more_workers_help_until_starting_them_costs_more() {
        let best = CORES.best_workers(1e6);
        let at = |workers| CORES.seconds(1e6, workers);
        assert!(
            at(best) < at(best * 1.1) && at(best) < at(best / 1.1),
            "{best}"
        );
        assert!(
            CORES.speedup(1e6, 1024.0) < 1.0 / 0.01,
            "what is not shared is the limit"
        );
    }

    #[test]
    fn an_item_costs_what_it_costs_at_the_largest_sizes() {
        // Ten times as much from 1,000 on.
        let bent = |n: f64| (n, 1e-9 * n + 9e-9 * (n - 1_000.0).max(0.0));
        let points = [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6].map(bent);
        let cost = cost_of_item(&points).expect("there are sizes");
        assert!((cost / 10e-9 - 1.0).abs() < 0.01, "{cost}");
    }

    #[test]
    fn a_network_is_the_limit_in_the_end() {
        let nodes = Nodes {
            round_trip: 50e-6,
            bandwidth: 1e9,
            item_bytes: 8.0,
            serial_item: 1e-6,
            cores: 2.0,
        };
        assert!(nodes.speedup(1e7, 10.0) > 15.0);
        assert!(nodes.speedup(1e7, 1e6) < 1.0);
    }
}
