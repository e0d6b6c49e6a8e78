//! Measuring processes: they are this executable, so it has a `main` that offers the role.

use std::num::NonZero;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use estimator::{Run, Side, Stopwatch};
use laboratory::measuring::{MeasuringProcess, Subject};
use laboratory::problem::Problem;
use laboratory::survey::{Plan, scaling, survey};
use laboratory::tasks::{Action, Method, Tasks};
use laboratory::trial::{Along, Trial};
use laboratory::waterfall::{Part, waterfalls};
use laboratory::{catalogue, openmp};
use libtest_mimic::Arguments;

const TWO: NonZero<usize> = NonZero::new(2).expect("two");

fn main() -> ExitCode {
    laboratory::take_role_if_asked();
    let tests: [(&str, fn()); 8] = [
        ("everything_runs", everything_runs),
        ("openmp_runs_if_it_is_named", openmp_runs_if_it_is_named),
        ("a_pause_is_not_timed", a_pause_is_not_timed),
        ("tasks_run", tasks_run),
        ("what_fails_says_so", what_fails_says_so),
        ("a_survey_has_checks", a_survey_has_checks),
        ("scaling_goes_along_workers", scaling_goes_along_workers),
        (
            "too_many_items_are_as_many_as_there_are",
            too_many_items_are_as_many_as_there_are,
        ),
    ];
    let trials = tests.map(|(name, test)| {
        libtest_mimic::Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code()
}

fn problem(workload: &str, n: usize) -> Problem {
    let input = match workload {
        "random-squares" => vec!["plain".to_owned()], // better code is known
        _ => Vec::new(),
    };
    Problem::new(workload, n, &input).expect("it is known")
}

fn trial(paradigm: &str, workload: &str, n: usize, along: Along) -> Trial {
    Trial {
        along,
        ..Trial::by_items(paradigm, TWO, &problem(workload, n))
    }
}

fn rival(at: usize) -> Run {
    let side = Side::Rival;
    Run { side, at }
}

fn start(trial: Trial) -> MeasuringProcess {
    MeasuringProcess::start(&Subject::Paradigm(trial)).expect("processes can be started")
}

/// Answers are compared there with the serial ones.
fn everything_runs() {
    let n = 1_000;
    for paradigm in ["threads/rayon", "processes/fork", "processes/spawn"] {
        for (workload, last) in [("random-squares", 5), ("monte-carlo-pi", 4)] {
            for (along, places) in [
                (Along::Items, vec![0, 1, n]),
                (Along::Workers, vec![1, 2, 3]),
                (Along::Probes, (1..=last).collect()),
            ] {
                let mut process = start(trial(paradigm, workload, n, along));
                for side in [Side::Rival, Side::Base] {
                    let runs: Vec<Run> = places.iter().map(|&at| Run { side, at }).collect();
                    let times = process.time(&runs, Duration::ZERO).expect("it runs");
                    assert_eq!(times.len(), runs.len());
                    assert!(times.iter().all(|&seconds| seconds > 0.0), "{times:?}");
                }
            }
        }
    }
    let mut kernels = start(trial("serial", "random-squares", 10, Along::Kernels));
    let total = kernels.repeat(rival(10), 2_500).expect("it runs");
    assert!(total > Duration::ZERO);
}

/// Answers are compared there with the serial ones.
fn openmp_runs_if_it_is_named() {
    if let Err(error) = openmp::compiled() {
        println!("this test did not take place: {error}");
        return;
    }
    for paradigm in catalogue::paradigms_on_request() {
        for workload in ["squares", "random-squares", "monte-carlo-pi"] {
            for workers in [1, 2, 3] {
                let mut trial = trial(paradigm.name, workload, 1_000, Along::Items);
                trial.workers = NonZero::new(workers).expect("it is not zero");
                let runs = [0, 1, 7, 1_000].map(rival);
                let times = start(trial).time(&runs, Duration::ZERO).expect("it runs");
                assert!(times.iter().all(|&seconds| seconds > 0.0), "{times:?}");
            }
        }
    }
}

/// 400 ms of pauses before 40 runs, of which none takes a millisecond even on a busy machine.
fn a_pause_is_not_timed() {
    let pause = Duration::from_millis(10);
    let (idle, run) = Trial::idle("serial", TWO, pause);
    let mut process = start(idle);
    let begin = Instant::now();
    let times = process.time(&[run; 40], Duration::ZERO).expect("it runs");
    assert!(begin.elapsed() >= 40 * pause);
    assert!(estimator::statistics::median(times) < 1e-3);
}

/// Answers are compared there with squares.
fn tasks_run() {
    let method = Method::Fork;
    for action in [
        Action::Start,
        Action::StartAndEnd,
        Action::Map(None),
        Action::Apply,
        Action::Recycle,
        Action::Process,
        Action::StartEngines,
        Action::Balanced,
        Action::Direct,
        Action::ScatterGather,
        Action::PushPull,
    ] {
        let subject = Subject::Tasks(Tasks::of_two(action, method));
        let mut process = MeasuringProcess::start(&subject).expect("processes can be started");
        let times = process.time(&[rival(1), rival(20)], Duration::ZERO);
        assert_eq!(times.expect("it runs").len(), 2);
    }
}

fn what_fails_says_so() {
    // `spin` takes more steps, and its answer is another.
    let mut wrong = trial("serial", "spin", 5, Along::Kernels);
    let slow = Problem::new("spin", 5, &["5000".to_owned()]).expect("it is known");
    wrong.problem.better = Some(Box::new(slow));
    for (trial, sentence) in [
        (
            trial("threads/none", "squares", 5, Along::Items),
            "threads/none on squares: there is no paradigm called \"threads/none\"",
        ),
        (
            wrong,
            "serial on spin: its answer for n = 5 is not the serial one",
        ),
        (
            // So many items fit into no memory.
            trial("threads/scoped", "squares", 1 << 46, Along::Items),
            "threads/scoped on squares: there is no memory for 70368744177664 items of 8 bytes each, 512 TiB in all",
        ),
    ] {
        let at = trial.problem.len;
        let error = start(trial)
            .time(&[rival(at)], Duration::ZERO)
            .expect_err("it cannot run");
        assert_eq!(error.to_string(), sentence);
    }
}

fn plan(problems: Vec<Problem>, paradigms: &[&str]) -> Plan {
    Plan {
        problems,
        paradigms: paradigms.iter().map(ToString::to_string).collect(),
        workers: TWO,
        pause: Duration::ZERO,
        budget: Duration::from_millis(500),
        insist_on_largest: false,
    }
}

fn a_survey_has_checks() {
    for (workloads, checks) in [(&["random-squares"][..], 2), (&["squares", "spin"], 1)] {
        let problems = workloads.iter().map(|name| problem(name, 2_000));
        let plan = plan(problems.collect(), &["threads/scoped", "threads/none"]);
        let found = survey(&plan, |_| {});
        assert_eq!(found.workloads.len(), workloads.len());
        for result in &found.workloads {
            assert_eq!(result.checks.len(), checks);
            assert!(result.checks.iter().all(|check| check.outcome.is_ok()));
            let is_ok: Vec<_> = result.cells.iter().map(|it| it.outcome.is_ok()).collect();
            assert_eq!(is_ok, [true, false]);
            if result.name == "random-squares" {
                let better = result.better.as_ref().expect("there is some");
                let measured = better.outcome.as_ref().expect("it runs");
                assert_eq!(measured.estimate.places.len(), 1);
            }
        }
    }
}

fn scaling_goes_along_workers() {
    let plan = plan(
        vec![problem("spin", 50)],
        &["threads/scoped", "processes/fork"],
    );
    let found = scaling(&plan, |_| {});
    assert_eq!(found.workloads[0].cells.len(), 2);
    for cell in &found.workloads[0].cells {
        let places = &cell.outcome.as_ref().expect("it runs").estimate.places;
        let workers: Vec<usize> = places.iter().map(|place| place.at).collect();
        assert!(workers.starts_with(&[1, 2]) && workers.contains(&found.machine.cores));
    }
}

fn too_many_items_are_as_many_as_there_are() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/src").to_owned();
    let files = Problem::new("letters", 10_000, &[here]).expect("it is known");
    let len = files.len;
    let plan = plan(vec![files.with_len(10_000)], &["threads/scoped"]);
    let waterfalls = waterfalls(&plan, |_| {});
    let waterfall = waterfalls[0].as_ref().expect("it runs");
    assert_eq!(waterfall.n, len);
    assert!(waterfall.seconds(Part::Compute) > 0.0);
    let found = survey(&plan, |_| {});
    assert_eq!(found.workloads[0].largest(), Some(len));
}
