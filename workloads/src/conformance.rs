//! The kit that every paradigm must pass: the serial answer on every workload, and clean failure.
//!
//! A crate of paradigms runs it from a test of its own, with `harness = false` in its manifest:
//!
//! ```no_run
//! use std::num::NonZero;
//! use std::process::ExitCode;
//! use workloads::{ParadigmVisitor, Serial, conformance};
//!
//! fn main() -> ExitCode {
//!     conformance::main(|kit| kit.visit::<Serial>()) // or `your_crate::each_paradigm(kit)`
//! }
//! ```
//!
//! The default test harness starts threads, and a process with threads must not fork. Also, a forked
//! child that panics under it may exit with status 0.

mod checks;
mod faulty;
mod leftovers;
mod ordered;

use std::marker::PhantomData;
use std::panic::{self, catch_unwind};
use std::process::ExitCode;

pub use checks::{maps, misses_memory, panics, reduces, worker_error};
pub use faulty::{Fault, FaultyMap, FaultyReduce};
pub use leftovers::Leftovers;
pub use ordered::Composition;

use checks::{children_that_are_killed, children_that_exit, children_that_panic};

use crate::{Map, Paradigm, ParadigmVisitor, Reduce, WorkloadVisitor, each_workload};

/// Runs the kit's cases for the paradigms that `paradigms` shows it, one after the other on this
/// thread, in the manner of `cargo test`: `--list` lists them, a word selects those that contain it.
/// Other options of the default harness are refused.
pub fn main(paradigms: impl FnOnce(&mut Kit)) -> ExitCode {
    let mut kit = Kit { cases: Vec::new() };
    paradigms(&mut kit);
    // Panics on purpose are not reported.
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let message = panic.payload_as_str().unwrap_or_default();
        if message != faulty::MESSAGE && !message.starts_with(checks::NO_MEMORY) {
            report(panic);
        }
    }));
    kit.run(&std::env::args().skip(1).collect::<Vec<_>>())
}

/// Visits the kit's own workloads, which are in no catalogue, so that a spawned worker finds them.
pub fn each_workload_of_the_kit(visitor: &mut impl WorkloadVisitor) {
    visitor.reduce::<Composition>();
    visitor.map::<FaultyMap>();
    visitor.reduce::<FaultyReduce>();
}

/// Collects the cases for each paradigm it is shown.
pub struct Kit {
    cases: Vec<Case>,
}

struct Case {
    name: String,
    check: fn(),
}

impl ParadigmVisitor for Kit {
    fn visit<P: Paradigm>(&mut self) {
        each_workload(&mut CasesOf::<P> {
            cases: &mut self.cases,
            paradigm: PhantomData,
        });
        self.add::<P>("merges in order", reduces::<P, Composition>);
        self.add::<P>("a worker that panics", panics::<P>);
        self.add::<P>("no memory for the items", misses_memory::<P>);
        if P::CHILDREN {
            self.add::<P>("a child that panics", children_that_panic::<P>);
            self.add::<P>("a child that exits early", children_that_exit::<P>);
            self.add::<P>("a child that is killed", children_that_are_killed::<P>);
        }
    }
}

impl Kit {
    fn add<P: Paradigm>(&mut self, what: &str, check: fn()) {
        self.cases.push(Case {
            name: format!("{}: {what}", P::ID),
            check,
        });
    }

    fn run(self, arguments: &[String]) -> ExitCode {
        // The value of an option that is not known here would be taken for a word that selects cases.
        let known = ["--list", "--nocapture", "--no-capture", "--quiet", "-q"];
        let unknown = |word: &&String| word.starts_with('-') && !known.contains(&word.as_str());
        if let Some(option) = arguments.iter().find(unknown) {
            eprintln!(
                "conformance: {option} is not known here, only --list and words that select cases"
            );
            return ExitCode::from(2);
        }
        let words: Vec<_> = arguments
            .iter()
            .filter(|word| !word.starts_with('-'))
            .collect();
        let selected =
            |case: &Case| words.is_empty() || words.iter().any(|word| case.name.contains(*word));
        let (chosen, others): (Vec<_>, Vec<_>) = self.cases.into_iter().partition(selected);
        if arguments.iter().any(|word| word == "--list") {
            for case in chosen {
                println!("{}: test", case.name);
            }
            return ExitCode::SUCCESS;
        }
        println!("\nrunning {} tests", chosen.len());
        let (mut passed, mut failed) = (0, 0);
        for Case { name, check } in chosen {
            if catch_unwind(check).is_ok() {
                passed += 1;
                println!("test {name} ... ok");
            } else {
                failed += 1;
                println!("test {name} ... FAILED");
            }
        }
        let result = if failed == 0 { "ok" } else { "FAILED" };
        let filtered = others.len();
        println!(
            "\ntest result: {result}. {passed} passed; {failed} failed; 0 ignored; 0 measured; \
             {filtered} filtered out\n"
        );
        if failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(101)
        }
    }
}

/// Adds the cases of one paradigm for each workload.
struct CasesOf<'a, P> {
    cases: &'a mut Vec<Case>,
    paradigm: PhantomData<P>,
}

impl<P: Paradigm> WorkloadVisitor for CasesOf<'_, P> {
    fn map<M: Map>(&mut self) {
        self.cases.push(Case {
            name: format!("{}: {}", P::ID, M::NAME),
            check: maps::<P, M>,
        });
    }

    fn reduce<R: Reduce>(&mut self) {
        self.cases.push(Case {
            name: format!("{}: {}", P::ID, R::NAME),
            check: reduces::<P, R>,
        });
    }
}
