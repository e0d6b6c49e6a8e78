//! What more nodes would do: a model of a job of `message-passing/mpi`, not a measurement.
//!
//! - **Idea.** With N nodes, a job of n items takes `T(N) = messages + n · t / N + answer`, where t is the serial time
//!   of an item. The job's collective calls send messages along a tree: its height is log2 N, rounded up, and each step
//!   takes the latency of the network. The items of an answer go through the link of node 0, at its bandwidth.
//!   Summaries are merged along the tree.
//! - **What it leaves out.** Items of uneven cost, a network that is shared, nodes that differ, memory that is full.
//!   Each of these makes a job slower. So a speedup of this model is the best that can be hoped for.
//! - **Interval.** Each number that goes in was measured, with an interval. A speedup grows with the time of an item
//!   and with the bandwidth, and falls with the latency. So its lowest value comes from one end of each interval, and
//!   its highest value from the other end: this is interval arithmetic, and exact here. If each interval holds the
//!   truth in 96% of the cases, then all three of them do in 88% or more.

use std::fmt;

/// A value that was measured: its median, with an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The lower end.
    pub low: f64,
    /// The median.
    pub median: f64,
    /// The upper end.
    pub high: f64,
}

/// So many values make a [`Range`].
pub const ROUNDS: usize = 15;

/// Where the interval ends in the sorted values. Each of 15 independent values is below the true median with probability
/// 1/2. So fewer than 4 of them are below it in 1.8% of the cases, and fewer than 4 above it in as many: the fourth and the
/// twelfth value have it between them in 96.5%, whatever the values are distributed like.
const LOW: usize = 3;

impl Range {
    /// Of independent values.
    pub fn of(mut values: [f64; ROUNDS]) -> Self {
        values.sort_unstable_by(f64::total_cmp);
        Self {
            low: values[LOW],
            median: values[ROUNDS / 2],
            high: values[ROUNDS - 1 - LOW],
        }
    }

    /// The range of `factor * value`, as in another unit.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self {
            low: factor * self.low,
            median: factor * self.median,
            high: factor * self.high,
        }
    }

    /// The range of `constant / value`: the ends change places.
    #[must_use]
    pub fn inverse(self, constant: f64) -> Self {
        Self {
            low: constant / self.high,
            median: constant / self.median,
            high: constant / self.low,
        }
    }
}

/// The median, and the interval in brackets.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { low, median, high } = self;
        f.pad(&format!("{median:.1} [{low:.1}, {high:.1}]"))
    }
}

/// What each node answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    /// Its items, of so many bytes each: all of them come to node 0.
    Items(usize),
    /// One summary of so many bytes, which is merged with others on its way.
    Summary(usize),
}

/// Calls in a job: two broadcasts and a scatter say what to do, a gather says how long the parts are, another one brings
/// them.
const COLLECTIVE_CALLS: f64 = 5.0;

/// What a network costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Network<Number> {
    /// Seconds that a message of no length takes.
    pub latency: Number,
    /// Bytes that a link carries in a second.
    pub bandwidth: Number,
}

/// A job: each number is one that is known, or the [`Range`] of one that was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Job<Number> {
    items: f64,
    seconds: Number,
    answer: Answer,
    network: Network<Number>,
}

impl<Number> Job<Number> {
    /// Of so many items, each of which takes so many `seconds` in serial code.
    pub fn new(items: f64, seconds: Number, answer: Answer, network: Network<Number>) -> Self {
        Self {
            items,
            seconds,
            answer,
            network,
        }
    }
}

impl Job<f64> {
    /// Seconds that it takes on this many nodes. One node needs no messages.
    pub fn time(&self, nodes: u32) -> f64 {
        let Network { latency, bandwidth } = self.network;
        let n = f64::from(nodes);
        let height = n.log2().ceil();
        let bytes = match self.answer {
            Answer::Items(bytes) => self.items * bytes as f64 * (1.0 - 1.0 / n),
            Answer::Summary(bytes) => height * bytes as f64,
        };
        let messages = COLLECTIVE_CALLS * latency * height;
        messages + self.items * self.seconds / n + bytes / bandwidth
    }

    /// How many times as fast as on one node.
    pub fn speedup(&self, nodes: u32) -> f64 {
        self.time(1) / self.time(nodes)
    }

    /// The number of nodes, up to `most`, with which it is fastest: with more nodes it is slower.
    pub fn best(&self, most: u32) -> u32 {
        let nodes = (1..=most).min_by(|&a, &b| self.time(a).total_cmp(&self.time(b)));
        nodes.unwrap_or(1)
    }
}

impl Job<Range> {
    /// The least favourable end of each interval, the medians, and the most favourable ends.
    fn cases(&self) -> [Job<f64>; 3] {
        let Network { latency, bandwidth } = self.network;
        let job = |seconds, latency, bandwidth| {
            let network = Network { latency, bandwidth };
            Job::new(self.items, seconds, self.answer, network)
        };
        [
            job(self.seconds.low, latency.high, bandwidth.low),
            job(self.seconds.median, latency.median, bandwidth.median),
            job(self.seconds.high, latency.low, bandwidth.high),
        ]
    }

    /// How many times as fast as on one node.
    pub fn speedup(&self, nodes: u32) -> Range {
        let [low, median, high] = self.cases().map(|job| job.speedup(nodes));
        Range { low, median, high }
    }

    /// As [`Job::best`]: in the least favourable case, by the medians, and in the most favourable case.
    pub fn best(&self, most: u32) -> [u32; 3] {
        self.cases().map(|job| job.best(most))
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these come out exactly")]
mod tests {
    use super::*;

    /// 1,024 items, whose answer has a byte each, through this network.
    fn job<N>(seconds: N, latency: N, bandwidth: N, answer: Answer) -> Job<N> {
        Job::new(1024.0, seconds, answer, Network { latency, bandwidth })
    }

    /// Items of a second, messages of 2 seconds, 4 bytes in a second.
    #[test]
    fn times_are_those_by_hand() {
        let items = job(1.0, 2.0, 4.0, Answer::Items(1));
        assert_eq!(items.time(1), 1024.0);
        // 5 calls, one step each; half of the items; half of them come through the link.
        assert_eq!(items.time(2), 5.0 * 2.0 + 512.0 + 512.0 / 4.0);
        assert_eq!(items.time(8), 5.0 * 2.0 * 3.0 + 128.0 + 896.0 / 4.0);
        let summary = job(1.0, 2.0, 4.0, Answer::Summary(8));
        assert_eq!(summary.time(1), 1024.0);
        assert_eq!(summary.time(8), 30.0 + 128.0 + 3.0 * 8.0 / 4.0);
        assert_eq!(summary.speedup(8), 1024.0 / 164.0);
        // The tree of 5 nodes is as high as that of 8.
        assert_eq!(summary.time(5), 30.0 + 1024.0 / 5.0 + 3.0 * 8.0 / 4.0);
    }

    #[test]
    fn without_a_network_the_speedup_is_the_number_of_nodes() {
        let free = job(1.0, 0.0, f64::INFINITY, Answer::Items(8));
        for nodes in [1, 2, 128, 1024] {
            assert_eq!(free.speedup(nodes), f64::from(nodes));
        }
        assert_eq!(free.best(300), 300);
    }

    #[test]
    fn more_nodes_than_the_best_number_are_slower() {
        let summary = job(1.0, 2.0, f64::INFINITY, Answer::Summary(0));
        let times = [32, 64, 128].map(|nodes| summary.time(nodes));
        assert_eq!(times, [50.0 + 32.0, 60.0 + 16.0, 70.0 + 8.0]);
        assert_eq!(summary.best(1024), 64);
        // An item that takes no longer than its way to node 0 is best computed there.
        let items = job(0.25, 2.0, 4.0, Answer::Items(1));
        assert_eq!(items.best(1024), 1);
    }

    #[test]
    fn the_ends_of_a_speedup_are_those_of_the_worst_and_the_best_case() {
        let range = |low, median, high| Range { low, median, high };
        let (seconds, latency, bandwidth) = (
            range(0.5, 1.0, 2.0),
            range(1.0, 2.0, 4.0),
            range(2.0, 4.0, 8.0),
        );
        let measured = job(seconds, latency, bandwidth, Answer::Items(1));
        let speedup = measured.speedup(2);
        assert_eq!(speedup.low, 512.0 / (20.0 + 256.0 + 256.0));
        assert_eq!(speedup.median, 1024.0 / (10.0 + 512.0 + 128.0));
        assert_eq!(speedup.high, 2048.0 / (5.0 + 1024.0 + 64.0));
        for t in [0.5, 2.0] {
            for l in [1.0, 4.0] {
                for b in [2.0, 8.0] {
                    let other = job(t, l, b, Answer::Items(1)).speedup(2);
                    assert!((speedup.low..=speedup.high).contains(&other));
                }
            }
        }
        let [worst, median, best] = measured.best(1024);
        assert!(worst <= median && median <= best);
    }

    #[test]
    fn a_range_is_from_the_fourth_value_to_the_twelfth() {
        let values = std::array::from_fn(|k| (k * 4 % ROUNDS) as f64); // 0 to 14, shuffled
        let range = Range::of(values);
        assert_eq!((range.low, range.median, range.high), (3.0, 7.0, 11.0));
        let inverse = range.inverse(231.0);
        assert_eq!(
            (inverse.low, inverse.median, inverse.high),
            (21.0, 33.0, 77.0)
        );
        assert_eq!(format!("{:>17}", range.times(0.5)), "   3.5 [1.5, 5.5]");
    }
}
