//! The kit that every paradigm and every workload must pass.
//!
//! `tests/conformance.rs` runs it on the whole catalogue. It understands the options of `cargo test`, and each case has a
//! name, such as `threads/scoped::squares`. Another workspace can have the same test for paradigms of its own.
//!
//! Each case runs in a process of its own, started from the same executable. So a case has one thread and may fork. The kit
//! finds what a case leaves behind, and kills a case that hangs.

mod attempt;
mod case;
mod checks;
mod failures;
mod laws;
mod live;
mod meeting;
mod names;
mod ordered;

use std::env;
use std::marker::PhantomData;
use std::process::ExitCode;
use std::time::Duration;

use examples_processes::takes_role;
use libtest_mimic::{Arguments, Trial};
use workloads::faulty::{FaultyMap, FaultyReduce};
use workloads::{Map, Paradigm, ParadigmVisitor, Reduce, WorkloadVisitor, each_workload};

use case::{Case, ROLE, Verdict};
use checks::{maps, reduces};
use failures::{children_that_are_killed, children_that_exit, children_that_panic};
use meeting::Meeting;
use names::Names;
use ordered::Composition;

/// A case that does not come to its next call within this time hangs, unless [`Kit::set_limit`] says otherwise.
const LIMIT: Duration = Duration::from_secs(20);

/// Runs the cases of the workloads and paradigms that `list` shows to the kit, in this order, as the options on the command
/// line say.
///
/// To be called by the `main` of a test without harness. If there are spawned workers, that `main` begins with
/// `examples_processes::become_worker_if_asked()`.
pub fn main(list: impl FnOnce(&mut Kit)) -> ExitCode {
    let mut kit = Kit::new();
    list(&mut kit);
    let Kit {
        names,
        mut cases,
        limit,
    } = kit;
    let unique = Case::new("names_are_unique", move || names.are_unique());
    cases.insert(0, unique);
    if takes_role(ROLE) {
        return case::run_here(cases);
    }

    // The standard harness knows this word, too.
    let word = |word: String| match &*word {
        "--no-capture" => "--nocapture".to_owned(),
        _ => word,
    };
    let mut arguments = Arguments::from_iter(env::args().map(word));
    // One after the other, unless it is asked otherwise: so the name of a case is printed before it runs.
    if *arguments.test_threads.get_or_insert(1) == 0 {
        eprintln!("conformance: --test-threads must be at least 1");
        return ExitCode::from(2);
    }
    let matches = |case: &Case, filter: &String| {
        case.name == *filter || (!arguments.exact && case.name.contains(filter))
    };
    if let Some(filter) = &arguments.filter
        && !cases.iter().any(|case| matches(case, filter))
    {
        eprintln!(
            "conformance: no case is called {filter:?}. A workload or a paradigm has cases if its two lines are in the \
             lib.rs of its crate. The option --list shows all cases"
        );
    }
    if let Err(error) = live::end_with_this_process() {
        eprintln!("conformance: signals cannot be heard: {error}");
        return ExitCode::from(2);
    }
    let captures = !arguments.nocapture;
    let trials = cases.into_iter().map(|case| {
        let run = case.name.clone();
        Trial::test(case.name, move || Ok(case::run(&run, limit, captures)?))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

/// Visits the kit's own workloads, which are in no catalogue.
fn each_workload_of_the_kit(visitor: &mut impl WorkloadVisitor) {
    visitor.reduce::<Composition>();
    visitor.map::<FaultyMap>();
    visitor.reduce::<FaultyReduce>();
    visitor.map::<Meeting<true>>();
    visitor.reduce::<Meeting<false>>();
}

/// Collects cases: for each workload that it is shown its laws, and for each paradigm the serial answer on every workload
/// of the catalogue, and how it fails.
pub struct Kit {
    names: Names,
    cases: Vec<Case>,
    limit: Duration,
}

impl Kit {
    fn new() -> Self {
        let mut names = Names::default();
        each_workload_of_the_kit(&mut names);
        Self {
            names,
            cases: Vec::new(),
            limit: LIMIT,
        }
    }

    /// A case that does not come to its next call within `limit` hangs: it is ended, and has failed.
    pub fn set_limit(&mut self, limit: Duration) {
        self.limit = limit;
    }

    fn add(&mut self, name: &str, what: &str, check: fn() -> Verdict) {
        self.cases
            .push(Case::new(&format!("{name}::{what}"), check));
    }
}

impl WorkloadVisitor for Kit {
    fn map<M: Map>(&mut self) {
        self.names.map::<M>();
        self.add(M::NAME, "laws", laws::of_map::<M>);
    }

    fn reduce<R: Reduce>(&mut self) {
        self.names.reduce::<R>();
        self.add(R::NAME, "laws", laws::of_reduce::<R>);
    }
}

impl ParadigmVisitor for Kit {
    fn visit<P: Paradigm>(&mut self) {
        self.names.visit::<P>();
        self.add(
            P::ID,
            "all_workers_at_once",
            meeting::all_workers_at_once::<P>,
        );
        each_workload(&mut Answers::<P> {
            kit: self,
            paradigm: PhantomData,
        });
        self.add(P::ID, "merges_in_order", reduces::<P, Composition>);
        self.add(P::ID, "a_worker_that_panics", failures::panics::<P>);
        self.add(
            P::ID,
            "no_memory_for_the_items",
            failures::misses_memory::<P>,
        );
        if P::CHILDREN {
            self.add(P::ID, "a_child_that_panics", children_that_panic::<P>);
            self.add(P::ID, "a_child_that_exits_early", children_that_exit::<P>);
            self.add(
                P::ID,
                "a_child_that_is_killed",
                children_that_are_killed::<P>,
            );
        }
    }
}

/// Adds the cases in which one paradigm gives the answer of each workload.
struct Answers<'a, P> {
    kit: &'a mut Kit,
    paradigm: PhantomData<P>,
}

impl<P: Paradigm> WorkloadVisitor for Answers<'_, P> {
    fn map<M: Map>(&mut self) {
        self.kit.add(P::ID, M::NAME, maps::<P, M>);
    }

    fn reduce<R: Reduce>(&mut self) {
        self.kit.add(P::ID, R::NAME, reduces::<P, R>);
    }
}
