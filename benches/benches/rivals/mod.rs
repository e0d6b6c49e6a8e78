//! The paradigms that are measured against serial code, in two groups: with threads and with
//! processes.
//!
//! Both come from the lists in the crates: a paradigm that is added there is here, too.

use benches::catalogue::each_paradigm;
use benches::measuring::{MeasuringProcess, Run, Subject, Who};
use criterion::BenchmarkId;
use workloads::{Paradigm, ParadigmVisitor, Serial};

use crate::settings::Group;

/// The two kinds: how its groups' names end, and whether its paradigms' workers are child
/// processes.
pub(crate) const KINDS: [(&str, bool); 2] = [("threads", false), ("processes", true)];

/// The names of the paradigms whose workers are child processes, or of those whose workers are not.
pub(crate) fn paradigms(children: bool) -> Vec<&'static str> {
    struct List {
        children: bool,
        names: Vec<&'static str>,
    }
    impl ParadigmVisitor for List {
        fn visit<P: Paradigm>(&mut self) {
            if P::ID != Serial::ID && P::CHILDREN == self.children {
                self.names.push(P::ID);
            }
        }
    }
    let mut list = List {
        children,
        names: Vec::new(),
    };
    each_paradigm(&mut list);
    list.names
}

/// Measures `n` items of a subject's workload, in a process of its own. On the line chart it is at
/// `value`.
pub(crate) fn bench(group: &mut Group, subject: &Subject, n: usize, value: usize) {
    let mut process = None; // started when it is first needed: not for `--list`
    group.bench_function(BenchmarkId::new(&subject.paradigm, value), |bencher| {
        bencher.iter_custom(|iterations| {
            let process = process.get_or_insert_with(|| {
                MeasuringProcess::start(subject).expect("processes can be started")
            });
            let run = Run {
                who: Who::Paradigm,
                n,
                repeat: iterations,
            };
            let times = process
                .time(&[run])
                .unwrap_or_else(|error| panic!("{error}"));
            times[0].mul_f64(iterations as f64)
        });
    });
}
