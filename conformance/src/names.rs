//! Each name belongs to one type.

use std::any::type_name;

use workloads::{Map, Paradigm, ParadigmVisitor, Reduce, WorkloadVisitor};

use crate::case::Verdict;

/// The names of all workloads and paradigms, with their types.
#[derive(Default)]
pub(crate) struct Names(Vec<(&'static str, &'static str)>);

impl Names {
    /// Whether no name occurs twice.
    pub(crate) fn are_unique(&self) -> Verdict {
        for (k, (name, second)) in self.0.iter().enumerate() {
            if let Some((_, first)) = self.0[..k].iter().find(|(other, _)| other == name) {
                return Err(if first == second {
                    format!("{first} is in its list twice")
                } else {
                    format!("{first} and {second} are both called {name:?}")
                });
            }
        }
        Ok(())
    }
}

impl WorkloadVisitor for Names {
    fn map<M: Map>(&mut self) {
        self.0.push((M::NAME, type_name::<M>()));
    }

    fn reduce<R: Reduce>(&mut self) {
        self.0.push((R::NAME, type_name::<R>()));
    }
}

impl ParadigmVisitor for Names {
    fn visit<P: Paradigm>(&mut self) {
        self.0.push((P::ID, type_name::<P>()));
    }
}
