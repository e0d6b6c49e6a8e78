//! Random signals to random processes of the commands, at random moments: each command ends, says what failed, and leaves
//! nothing behind.
//!
//! Two runs with each `cargo test`; `bash .ci/attack` makes hundreds.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Output;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::processes::{ignores_from_start, is_over, send, tree, wait_for};
use crate::support::{command_in_target_directory, files, python_can, text};
use laboratory::survey::Survey;
use nix::sys::signal::Signal;
use rand::seq::{IndexedRandom, IteratorRandom};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use tempfile::TempDir;

/// For ten runs of `crossover`, one of each of these.
const OTHERS: [&str; 5] = [
    "floors --budget 3 --json rounds.json",
    "random_squares --n 1M",
    "mandelbrot --pixels 50k --png picture.png",
    "report --html page.html",
    "versus_python --quick --budget 6 --workload squares --html page.html",
];
const CROSSOVER: &str = "crossover --budget 3 --json rounds.json --html page.html";

const SIGNALS: [Signal; 5] = [
    Signal::SIGKILL,
    Signal::SIGSTOP,
    Signal::SIGTERM,
    Signal::SIGINT,
    Signal::SIGHUP,
];

/// A command that has not ended by then never will.
const LIMIT: Duration = Duration::from_mins(2);

/// One run that was attacked.
struct Attack {
    line: &'static str,
    signal: Signal,
    /// The command itself was hit, and not a process of it.
    hit_command: bool,
    directory: TempDir,
    output: Output,
    /// From the signal to the end.
    time: Duration,
}

#[test]
fn random_signals_at_random_moments() {
    let number = |name: &str, default| {
        let value = env::var(name).ok();
        value.map_or(default, |value| value.parse().expect("it is a number"))
    };
    let runs = number("ATTACKS", 2);
    let seed = number("SEED", 8);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut lines = vec![CROSSOVER; runs as usize];
    for line in OTHERS {
        if !line.starts_with("versus_python") || python_can("import numpy") {
            lines.extend(vec![line; runs as usize / 10]);
        }
    }
    let shared = shared_memory();
    let mut durations = BTreeMap::new();
    let mut faults = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (k, line) in lines.into_iter().enumerate() {
        if k % 20 == 0 {
            eprintln!("{k} runs so far");
        }
        let duration = durations.entry(line).or_insert_with(|| duration_of(line));
        let moment = duration.mul_f64(random.random_range(0.0..1.0));
        let signals = SIGNALS.iter().filter(|it| !ignores_from_start(**it));
        let signal = *signals.choose(&mut random).expect("there are some");
        let Some(attack) = attacked(line, signal, moment, &mut random) else {
            *counts.entry("it had ended before".to_owned()).or_default() += 1;
            continue;
        };
        let whom = if attack.hit_command {
            "the command"
        } else {
            "a process of it"
        };
        let status = attack.output.status;
        *counts
            .entry(format!("{signal} to {whom}: {status}"))
            .or_default() += 1;
        if let Err(fault) = attack.check() {
            let said = text(&attack.output.stderr);
            let fault =
                format!("{k}: {line}, {signal} to {whom} at {moment:?}, {status}: {fault}\n{said}");
            eprintln!("{fault}");
            faults.push(fault);
        }
        if attack.time > Duration::from_secs(20) {
            eprintln!(
                "{k}: {line}, {signal} to {whom}: {:?} until the end",
                attack.time
            );
        }
    }
    println!("{counts:#?}");
    // What other tests have there goes as well.
    wait_for("end of shared memory", || {
        (shared_memory() == shared).then_some(())
    });
    assert!(faults.is_empty(), "{} faults", faults.len());
}

/// How long a command takes that is left alone.
fn duration_of(line: &str) -> Duration {
    let (_directory, mut command) = command_in_target_directory(line);
    let start = Instant::now();
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{line}: {}", text(&output.stderr));
    start.elapsed()
}

/// Runs a command, and after `moment` sends a signal to one of its processes. `None` if it had ended by then.
fn attacked(
    line: &'static str,
    signal: Signal,
    moment: Duration,
    random: &mut Xoshiro256PlusPlus,
) -> Option<Attack> {
    let (directory, mut command) = command_in_target_directory(line);
    let mut run = command.spawn().expect("it starts");
    sleep(moment);
    if run.try_wait().expect("it is ours").is_some() {
        return None;
    }
    let victim = *tree(run.id()).choose(random).expect("it runs");
    let start = Instant::now();
    send(signal, victim);
    let hit_command = victim == run.id();
    if hit_command && signal == Signal::SIGSTOP {
        sleep(Duration::from_secs(1));
        send(Signal::SIGCONT, victim);
    }
    while run.try_wait().expect("it is ours").is_none() {
        if start.elapsed() > LIMIT {
            for pid in tree(run.id()) {
                let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
                eprintln!("still there: {}", stat.unwrap_or_default());
            }
            eprintln!("{line}, {signal} to {victim}, of {}: no end", run.id());
            send(Signal::SIGKILL, run.id());
        }
        sleep(Duration::from_millis(10));
    }
    let time = start.elapsed();
    let output = run.wait_with_output().expect("it has ended");
    wait_for("end of what it started", || {
        is_over(&directory).then_some(())
    });
    Some(Attack {
        line,
        signal,
        hit_command,
        directory,
        output,
        time,
    })
}

impl Attack {
    fn check(&self) -> Result<(), String> {
        let (status, said) = (self.output.status, text(&self.output.stderr));
        if self.time > LIMIT {
            return Err("it did not end".to_owned());
        }
        if said.contains("panicked") {
            return Err("it panicked".to_owned());
        }
        let left = files(&self.directory);
        let known = ["page.html", "picture.png", "rounds.json", "target"];
        let is_known = |file: &str| known.contains(&file) || file.starts_with("page-");
        if let Some(file) = left.iter().find(|file| !is_known(file)) {
            return Err(format!("{file} is left"));
        }
        let signal = self.signal as i32;
        let died = status.signal() == Some(signal) || status.code() == Some(128 + signal);
        match status.code() {
            Some(0) => self.whole(),
            _ if self.hit_command && self.signal != Signal::SIGSTOP && died => Ok(()),
            Some(1) if !self.hit_command => {
                let names = [
                    "signal: ",
                    "SIG",
                    "no answer within",
                    "terminated",
                    "exit status: 1",
                ];
                let is_named = names.iter().any(|name| said.contains(name));
                is_named
                    .then_some(())
                    .ok_or_else(|| "what failed is not named".to_owned())
            }
            _ => Err("it is the wrong status".to_owned()),
        }
    }

    /// Whether all results are there.
    fn whole(&self) -> Result<(), String> {
        if self.line != CROSSOVER {
            return Ok(());
        }
        let path = |name| self.directory.path().join(name);
        let json = fs::read(path("rounds.json")).map_err(|error| error.to_string())?;
        let survey: Survey = serde_json::from_slice(&json).map_err(|error| error.to_string())?;
        let page = fs::read_to_string(path("page.html")).map_err(|error| error.to_string())?;
        match survey.failures().next() {
            Some(failure) => Err(format!("the exit status is 0, but {failure}")),
            None if !page.trim_end().ends_with("</html>") => Err("half a page".to_owned()),
            None => Ok(()),
        }
    }
}

/// The names of the segments of shared memory.
fn shared_memory() -> Vec<String> {
    let entries = fs::read_dir("/dev/shm").into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}
