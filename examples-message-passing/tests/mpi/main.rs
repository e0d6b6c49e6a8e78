//! The paradigms of MPI, on ranks that `mpirun` starts: they give the serial answer, and no failure hangs.
//!
//! The executable of this test is also the program of its ranks: its arguments are then `play` and the part that they
//! play. `bash .ci/hosts PROGRAM play answers` starts it on two test hosts.

mod engines;
mod job;
#[path = "../../../conformance/src/ordered.rs"]
mod ordered;
mod ranks;

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use engines::{JOURNAL, KILLED_IN};
use job::Job;
use libtest_mimic::{Arguments, Failed, Trial};
use workloads::faulty::MESSAGE;

/// Every job ends within this time. The longest takes a few seconds on two busy cores.
const LIMIT: Duration = Duration::from_mins(1);

/// A job that fails ends within this time.
const AT_ONCE: Duration = Duration::from_secs(10);

/// The exit status of a program that panicked.
const PANICKED: Option<i32> = Some(101);

fn main() -> ExitCode {
    let parts: Vec<String> = env::args().skip(1).collect();
    if let [play, part] = &parts[..]
        && play == "play"
        && let Some(exit) = ranks::play(part).or_else(|| engines::play(part))
    {
        return exit;
    }
    let mut trials = Vec::new();
    for ranks in 1..=4 {
        let name = format!("answers_are_the_serial_ones_on_{ranks}_ranks");
        trials.push(Trial::test(name, move || answers(ranks)));
    }
    for part in ["engines", "engines-killed"] {
        let name = format!("{part}_over_ranks_give_the_serial_answer");
        trials.push(Trial::test(name, move || views(part)));
    }
    let mut add = |name, test: fn() -> Result<(), Failed>| trials.push(Trial::test(name, test));
    add(
        "a_job_that_lost_a_rank_repeats_only_what_was_unfinished",
        lost,
    );
    add("a_panic_ends_all_ranks_with_its_message", panics);
    add("a_workload_that_panics_ends_all_ranks", workload_panics);
    add("a_workload_that_is_not_known_ends_all_ranks", unknown);
    add("a_rank_that_is_killed_ends_all_ranks", killed);
    add("a_job_that_hangs_is_ended", hangs);
    add("a_rank_that_should_not_be_alone_says_so", alone);
    add("a_paradigm_without_its_ranks_says_so", refused);
    let mut arguments = Arguments::from_args();
    // One after the other: ranks that wait keep their cores busy.
    arguments.test_threads.get_or_insert(1);
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn answers(ranks: usize) -> Result<(), Failed> {
    let end = Job::on_ranks(ranks, "answers").run(LIMIT)?;
    let said = end.stdout.ends_with(" answers, all as in serial\n");
    end.check(end.succeeded() && said)
}

fn views(part: &str) -> Result<(), Failed> {
    for ranks in [2, 3] {
        let end = Job::on_ranks(ranks, part).run(LIMIT)?;
        let said = end.stdout.ends_with(" engines, all as in serial\n");
        end.check(end.succeeded() && said)?;
    }
    Ok(())
}

fn lost() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let journal = folder.path().join("journal").display().to_string();
    let mut job = Job::on_ranks(3, "engines-lost");
    let end = job
        .variable(JOURNAL, &journal)
        .variable(KILLED_IN, "60")
        .run(AT_ONCE)?;
    end.check(!end.succeeded() && end.stderr.contains("signal 9"))?;
    let end = Job::on_ranks(2, "engines-lost")
        .variable(JOURNAL, &journal)
        .run(AT_ONCE)?;
    let tasks = end
        .stdout
        .split(' ')
        .next()
        .and_then(|word| word.parse().ok());
    // What was finished before the job ended: at least the tasks before the one in which the rank was killed, except for
    // those that the engines had then.
    end.check(end.succeeded() && tasks.is_some_and(|tasks: u32| (1..=44).contains(&tasks)))
}

fn panics() -> Result<(), Failed> {
    for part in ["panic", "panic-in-thread"] {
        let end = Job::on_ranks(3, part).run(AT_ONCE)?;
        let said = end.stderr.contains("rank 1: on purpose (examples-");
        end.check(end.code == PANICKED && said)?;
    }
    Ok(())
}

fn workload_panics() -> Result<(), Failed> {
    // Rank 2 has the last chunk of three; rank 1 is given the first chunk.
    for (part, rank) in [("faulty-map", 2), ("faulty-reduce", 1)] {
        let end = Job::on_ranks(3, part).run(AT_ONCE)?;
        let said = end.stderr.contains(&format!("rank {rank}: {MESSAGE} ("));
        end.check(end.code == PANICKED && said)?;
    }
    Ok(())
}

fn unknown() -> Result<(), Failed> {
    let end = Job::on_ranks(2, "unknown").run(AT_ONCE)?;
    let said = "rank 1: this rank knows no workload called \"composition\" (";
    end.check(end.code == PANICKED && end.stderr.contains(said))
}

fn killed() -> Result<(), Failed> {
    let end = Job::on_ranks(3, "killed").run(AT_ONCE)?;
    end.check(!end.succeeded() && end.stderr.contains("signal 9"))
}

/// The test of the tests: its processes are gone afterwards.
fn hangs() -> Result<(), Failed> {
    let end = Job::on_ranks(2, "hang").run(Duration::from_secs(2));
    match end {
        Err(why) if why == "the job has not ended after 2s" => Ok(()),
        Err(why) => Err(why.into()),
        Ok(_) => Err("a job that hangs has ended by itself".into()),
    }
}

fn alone() -> Result<(), Failed> {
    let mut job = Job::without_mpirun("answers");
    let end = job.variable("OMPI_COMM_WORLD_SIZE", "2").run(AT_ONCE)?;
    let said = end.stderr.starts_with("launcher and library disagree: ");
    end.check(end.code == Some(2) && said && end.stderr.lines().count() == 1)
}

fn refused() -> Result<(), Failed> {
    let end = Job::on_ranks(2, "refused").run(AT_ONCE)?;
    end.check(end.succeeded())?;
    let end = Job::without_mpirun("refused").run(AT_ONCE)?;
    end.check(end.succeeded())
}
