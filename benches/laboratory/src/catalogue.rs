//! Every paradigm and every workload, by name.
//!
//! The lists themselves stand in the crates: a line of `workloads!` or `paradigms!` in a `lib.rs` is
//! all that it takes to be here.

use std::io;

use workloads::{
    Map, Paradigm, ParadigmVisitor, Reduce, Serial, Workload, WorkloadVisitor, each_workload,
};

use crate::openmp;

/// Visits every paradigm of the workspace, [`Serial`] first.
pub(crate) fn each_paradigm(visitor: &mut impl ParadigmVisitor) {
    visitor.visit::<Serial>();
    examples_threads::each_paradigm(visitor);
    examples_shared_memory::each_paradigm(visitor);
    examples_message_passing::each_paradigm(visitor);
    examples_processes::each_paradigm(visitor);
}

/// Visits the paradigms that are measured only if they are asked for by name.
pub(crate) fn each_on_request(visitor: &mut impl ParadigmVisitor) {
    visitor.visit::<openmp::Active>();
    visitor.visit::<openmp::Passive>();
}

/// What they need, and what not every machine has.
const NEEDED_ON_REQUEST: &str = "gcc";

/// A paradigm or a workload, as a list shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it does, in half a sentence.
    pub about: &'static str,
    /// What `--input` means to it, if it is a workload that takes input.
    pub input: Option<&'static str>,
    /// Whether it is a paradigm whose workers are child processes.
    pub children: bool,
    /// What it needs that not every machine has, in a word.
    pub needs: Option<&'static str>,
}

struct List(Vec<Entry>);

impl ParadigmVisitor for List {
    fn visit<P: Paradigm>(&mut self) {
        self.0.push(Entry {
            name: P::ID,
            about: P::ABOUT,
            input: None,
            children: P::CHILDREN,
            needs: None,
        });
    }
}

impl List {
    fn add<W: Workload>(&mut self) {
        self.0.push(Entry {
            name: W::NAME,
            about: W::ABOUT,
            input: W::INPUT,
            children: false,
            needs: None,
        });
    }
}

impl WorkloadVisitor for List {
    fn map<M: Map>(&mut self) {
        self.add::<M>();
    }
    fn reduce<R: Reduce>(&mut self) {
        self.add::<R>();
    }
}

/// Every paradigm but [`Serial`], which all are measured against.
pub fn paradigms() -> Vec<Entry> {
    let mut list = List(Vec::new());
    each_paradigm(&mut list);
    list.0.retain(|entry| entry.name != Serial::ID);
    list.0
}

/// The paradigms that are measured only if they are asked for by name.
pub fn paradigms_on_request() -> Vec<Entry> {
    let mut list = List(Vec::new());
    each_on_request(&mut list);
    for entry in &mut list.0 {
        entry.needs = Some(NEEDED_ON_REQUEST);
    }
    list.0
}

/// Every workload.
pub fn workloads() -> Vec<Entry> {
    let mut list = List(Vec::new());
    each_workload(&mut list);
    list.0
}

/// Does something with one workload that was found by its name.
pub(crate) trait WithWorkload {
    /// What comes of it.
    type Output;
    /// Called if it is a map.
    fn map<M: Map>(&self) -> io::Result<Self::Output>;
    /// Called if it is a reduction.
    fn reduce<R: Reduce>(&self) -> io::Result<Self::Output>;
}

/// What `action` makes of the workload called `name`; [`io::ErrorKind::NotFound`] if there is none.
pub(crate) fn with_workload<A: WithWorkload>(name: &str, action: A) -> io::Result<A::Output> {
    struct Find<'a, A: WithWorkload> {
        name: &'a str,
        action: A,
        output: io::Result<A::Output>,
    }
    impl<A: WithWorkload> WorkloadVisitor for Find<'_, A> {
        fn map<M: Map>(&mut self) {
            if M::NAME == self.name {
                self.output = self.action.map::<M>();
            }
        }
        fn reduce<R: Reduce>(&mut self) {
            if R::NAME == self.name {
                self.output = self.action.reduce::<R>();
            }
        }
    }
    let mut find = Find {
        name,
        action,
        output: Err(unknown("workload", name)),
    };
    each_workload(&mut find);
    find.output
}

/// There is nothing of that kind with that name.
pub(crate) fn unknown(kind: &str, name: &str) -> io::Error {
    let sentence = format!("there is no {kind} called {name:?}");
    io::Error::new(io::ErrorKind::NotFound, sentence)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique() {
        let paradigms = [paradigms(), paradigms_on_request()].concat();
        for list in [paradigms, workloads()] {
            let names: HashSet<_> = list.iter().map(|entry| entry.name).collect();
            assert_eq!(names.len(), list.len());
        }
    }
}
