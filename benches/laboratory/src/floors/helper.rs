//! The helper process: this executable, started again to measure one row.

use std::env;
use std::io::{self, BufRead, BufReader};
use std::process::{Command, Stdio, exit};
use std::time::{Duration, Instant};

use examples_processes::die_with_parent;
use serde::{Deserialize, Serialize};

use super::contestants::Contestant;
use super::rows::Row;
use crate::measuring::{describe, write_line};

/// Set in a helper's environment: its parent's process id.
const ROLE: &str = "CROSSOVER_MEASURES_FLOORS_FOR";

/// Set in the environment of a process that is started only to end.
pub(super) const IDLE: &str = "CROSSOVER_IDLE";

/// Rounds that are taken at least: with fewer, the interval of a median would not reach 95%.
const FEWEST_ROUNDS: usize = 6;
/// Rounds that a budget is cut into, where an operation is short enough.
const ROUNDS: usize = 50;
/// A turn lasts at least so long: the clock itself takes some 20 ns to read.
const SHORTEST_TURN: Duration = Duration::from_micros(20);

/// What a helper is asked.
#[derive(Serialize, Deserialize)]
struct Question {
    row: Row,
    budget: Duration,
}

/// The times of one contestant: seconds an operation, round by round.
#[derive(Serialize, Deserialize)]
pub(super) struct Times {
    /// Empty for the floor.
    pub(super) name: String,
    pub(super) rounds: Vec<f64>,
}

type Answer = Result<Vec<Times>, String>;

/// Measures a row in a process of its own, the floor first.
pub(super) fn measure_in_helper(row: Row, budget: Duration) -> io::Result<Vec<Times>> {
    let mut child = Command::new(env::current_exe()?)
        .env(ROLE, std::process::id().to_string())
        // It would change the stacks of Rust's threads, and those of the floor are as by default.
        .env_remove("RUST_MIN_STACK")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut question = child.stdin.take().expect("its input is piped");
    let mut answers = BufReader::new(child.stdout.take().expect("its output is piped"));
    let mut line = String::new();
    let heard = write_line(&mut question, &Question { row, budget })
        .and_then(|()| answers.read_line(&mut line));
    if !matches!(heard, Ok(1..)) {
        // It has ended, or says nothing that can be read: waiting for it must end in any case.
        let _ = child.kill();
    }
    let end = child.wait()?;
    let answer: Answer = serde_json::from_str(&line).map_err(|_| {
        let message = format!("the process that measured it {}", describe(end));
        io::Error::other(message)
    })?;
    answer.map_err(io::Error::other)
}

/// Takes on the role that this process was started for, if any: helper, or a process that only ends.
/// Then it does its work and ends; else it returns.
pub(super) fn take_role_if_asked() {
    if env::var_os(IDLE).is_some() {
        exit(0);
    }
    let Some(parent) = env::var(ROLE).ok().and_then(|pid| pid.parse().ok()) else {
        return;
    };
    die_with_parent(parent);
    match answer() {
        // Threads that are partners of this one end with the process.
        Ok(()) => exit(0),
        Err(error) => {
            eprintln!("measuring floors: {error}");
            exit(1);
        }
    }
}

/// Reads the question, measures, and writes the answer.
fn answer() -> io::Result<()> {
    let mut question = String::new();
    io::stdin().lock().read_line(&mut question)?;
    let Question { row, budget } = serde_json::from_str(&question)?;
    let times = row
        .contestants()
        .and_then(|mut contestants| take_rounds(&mut contestants, budget));
    let answer: Answer = times.map_err(|error| error.to_string());
    write_line(&mut io::stdout().lock(), &answer)
}

/// Times all contestants turn by turn. Whose turn is first changes from round to round.
fn take_rounds(contestants: &mut [Contestant], budget: Duration) -> io::Result<Vec<Times>> {
    let start = Instant::now();
    let turns = (ROUNDS * contestants.len()) as u32;
    let turn = (budget / turns).max(SHORTEST_TURN);
    let mut repeats = Vec::new();
    for contestant in &mut *contestants {
        repeats.push(repeats_that_last(turn, contestant)?);
    }
    let mut times: Vec<_> = contestants
        .iter()
        .map(|contestant| Times {
            name: contestant.name.clone(),
            rounds: Vec::new(),
        })
        .collect();
    for round in 0.. {
        if round >= FEWEST_ROUNDS && (round >= 2 * ROUNDS || start.elapsed() >= budget) {
            break;
        }
        let mut order: Vec<_> = (0..contestants.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for k in order {
            let operations = repeats[k] * u64::from(contestants[k].operations);
            let time = (contestants[k].run)(repeats[k])?;
            times[k].rounds.push(time.as_secs_f64() / operations as f64);
        }
    }
    Ok(times)
}

/// How often `contestant` must be repeated for one turn of that length; once at least. Finding out warms
/// it up, too: caches, branch predictors, the partner's first page faults.
fn repeats_that_last(turn: Duration, contestant: &mut Contestant) -> io::Result<u64> {
    let mut repeat = 1;
    loop {
        let time = (contestant.run)(repeat)?;
        let missing = turn.as_secs_f64() / time.as_secs_f64().max(1e-9);
        if missing < 2.0 {
            return Ok(((repeat as f64 * missing) as u64).max(1));
        }
        repeat = (repeat as f64 * missing.min(10.0)).ceil() as u64;
    }
}
