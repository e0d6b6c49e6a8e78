//! Measuring processes: they are this executable, so it has a `main` that offers the role.

use std::num::NonZero;
use std::time::Duration;

use estimator::{Run, Side, Stopwatch};
use laboratory::explain::explain;
use laboratory::measuring::{MeasuringProcess, Subject};
use laboratory::problem::Problem;
use laboratory::survey::{Plan, scaling, survey};
use laboratory::trial::{Along, Trial};
use laboratory::waterfall::Part;

const TWO: NonZero<usize> = NonZero::new(2).expect("two");
const BUDGET: Duration = Duration::from_millis(500);

fn main() {
    laboratory::take_role_if_asked();
    let tests: [(&str, fn()); 6] = [
        ("everything that is compared runs", everything_runs),
        ("what fails says so", what_fails_says_so),
        ("a dead process is named", a_dead_process_is_named),
        ("a survey has checks", a_survey_has_checks),
        ("scaling goes along workers", scaling_goes_along_workers),
        ("too many items are as many as there are", too_many_items),
    ];
    for (name, test) in tests {
        println!("{name}");
        test();
    }
}

fn trial(paradigm: &str, workload: &str, n: usize) -> Trial {
    let input = match workload {
        "random-squares" => vec!["plain".to_owned()], // better code is known
        _ => Vec::new(),
    };
    let problem = Problem::new(workload, n, &input).expect("it is known");
    Trial::by_items(paradigm, TWO, &problem)
}

fn rival(at: usize) -> Run {
    let side = Side::Rival;
    Run { side, at }
}

fn start(trial: &Trial) -> MeasuringProcess {
    MeasuringProcess::start(&Subject::Paradigm(trial.clone())).expect("processes can be started")
}

fn error(trial: &Trial, at: usize) -> String {
    let failed = start(trial).time(&[rival(at)]);
    failed.expect_err("it cannot run").to_string()
}

/// Answers are compared there with the serial ones.
fn everything_runs() {
    for paradigm in ["threads/rayon", "processes/fork", "processes/spawn"] {
        for workload in ["random-squares", "monte-carlo-pi"] {
            let (n, last) = (1_000, if workload == "random-squares" { 5 } else { 4 });
            for (along, places) in [
                (Along::Items, vec![0, 1, n]),
                (Along::Workers { n }, vec![1, 2, 3]),
                (Along::Probes { n }, (1..=last).collect()),
            ] {
                let mut trial = trial(paradigm, workload, n);
                trial.along = along;
                let mut process = start(&trial);
                for side in [Side::Rival, Side::Base] {
                    let runs: Vec<Run> = places.iter().map(|&at| Run { side, at }).collect();
                    let times = process.time(&runs).expect("it runs");
                    assert_eq!(times.len(), runs.len());
                    assert!(times.iter().all(|&seconds| seconds > 0.0), "{times:?}");
                }
            }
        }
    }
    let mut by_kernel = trial("serial", "random-squares", 10);
    by_kernel.along = Along::Kernels;
    let total = start(&by_kernel).repeat(rival(10), 2_500);
    assert!(total.expect("it runs") > Duration::ZERO);
}

fn what_fails_says_so() {
    let unknown = trial("threads/none", "squares", 5);
    let sentence = "threads/none on squares: there is no paradigm called \"threads/none\"";
    assert_eq!(error(&unknown, 5), sentence);
    // `spin` takes more steps, and its answer is another.
    let mut wrong = trial("serial", "spin", 5);
    let slow = Problem::new("spin", 5, &["5000".to_owned()]).expect("it is known");
    wrong.problem.better = Some(Box::new(slow));
    wrong.along = Along::Kernels;
    assert_eq!(
        error(&wrong, 5),
        "serial on spin: its answer for n = 5 is not the serial one"
    );
}

fn a_dead_process_is_named() {
    // So many items fit into no memory: that is a panic of the paradigm's caller, not of a worker.
    let large = trial("threads/scoped", "squares", 1 << 46);
    assert_eq!(
        error(&large, 1 << 46),
        "the process that measured threads/scoped on squares exited early, with status 101"
    );
}

fn a_survey_has_checks() {
    let plan = |workloads: &[&str]| Plan {
        problems: workloads
            .iter()
            .map(|name| trial("serial", name, 2_000).problem)
            .collect(),
        paradigms: vec!["threads/scoped".to_owned(), "threads/none".to_owned()],
        workers: TWO,
        budget: BUDGET,
        insist_on_largest: false,
    };
    let found = survey(&plan(&["random-squares"]), |_, _, _| {}).expect("serial code runs");
    let [result] = &found.workloads[..] else {
        panic!("one workload")
    };
    assert_eq!(result.checks.len(), 2);
    assert!(result.checks.iter().all(|check| check.outcome.is_ok()));
    assert!(result.cells[0].outcome.is_ok());
    assert!(
        result.cells[1]
            .outcome
            .as_ref()
            .is_err_and(|reason| reason.contains("none"))
    );
    let better = &result.better.as_ref().expect("there is some").cell.outcome;
    let places = &better.as_ref().expect("it runs").estimate.places;
    assert_eq!(places.len(), 1);

    let found = survey(&plan(&["squares", "spin"]), |_, _, _| {}).expect("serial code runs");
    assert!(
        found
            .workloads
            .iter()
            .all(|result| result.checks.len() == 1)
    );
}

fn scaling_goes_along_workers() {
    let problems = [trial("serial", "spin", 50).problem];
    let paradigms = ["threads/scoped".to_owned(), "processes/fork".to_owned()];
    let found = scaling(&problems, &paradigms, BUDGET, |_, _, _| {}).expect("it runs");
    assert_eq!(found[0].cells.len(), 2);
    for cell in &found[0].cells {
        let places = &cell.outcome.as_ref().expect("it runs").estimate.places;
        let workers: Vec<usize> = places.iter().map(|place| place.at).collect();
        assert!(workers.starts_with(&[1, 2]) && workers.contains(&found[0].machine.cores));
    }
}

fn too_many_items() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/src").to_owned();
    let files = Problem::new("letters", 10_000, &[here]).expect("it is known");
    let letters = Trial::by_items("threads/scoped", TWO, &files);
    let found = explain(&letters, 10_000, BUDGET, |_| {}).expect("it runs");
    assert_eq!(found.waterfall.n, files.len);
    assert!(found.waterfall.seconds(Part::Compute) > 0.0);
    let places = found.measured.estimate.places;
    assert_eq!(places.last().map(|place| place.at), Some(files.len));
}
