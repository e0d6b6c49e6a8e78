//! What the times were taken on.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::child::Child;

/// The machine and the code. What is not known is "unknown".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's model name.
    pub cpu: String,
    /// Cores that this process may use.
    pub cores: usize,
    /// Operating system, kernel release and architecture.
    pub kernel: String,
    /// The compiler's version, of the compiler that is on the path now.
    pub rustc: String,
    /// The commit that the working directory is at, with `-dirty` if it has changes.
    pub commit: String,
}

impl Machine {
    /// The one that this runs on.
    pub fn this() -> Self {
        Self {
            cpu: cpu_model(),
            cores: thread::available_parallelism().map_or(1, usize::from),
            kernel: say("uname", &["-srm"]),
            rustc: say("rustc", &["--version"]),
            commit: say("git", &["describe", "--always", "--dirty", "--abbrev=12"]),
        }
    }
}

/// How busy the machine was while something was measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Busy {
    /// The share of the cores' time that the host of this virtual machine gave to others, 0 to 1; `None` where that is
    /// not known.
    pub stolen: Option<f64>,
    /// The share of the cores' time that other processes of this machine used, 0 to 1; `None` where that is not known.
    pub others: Option<f64>,
    /// How much rounds of the same place differed ([`estimator::Findings::spread`]).
    pub spread: f64,
}

/// Watches how busy the machine is: the time of all cores so far, in the kernel's ticks. (Linux only; elsewhere it sees
/// nothing.)
#[derive(Debug, Default)]
pub(crate) struct Watch {
    all: u64,
    /// What the host of this virtual machine gave to others.
    stolen: u64,
    /// Spent by all processes but this one, and its children that have ended.
    others: u64,
}

impl Watch {
    /// Watches from now on.
    pub(crate) fn start() -> Self {
        let text = |file| fs::read_to_string(file).unwrap_or_default();
        Self::parse(&text("/proc/stat"), &text("/proc/self/stat")).unwrap_or_default()
    }

    /// How busy the machine was since the watch began, while rounds differed by `spread`.
    pub(crate) fn stop(self, spread: f64) -> Busy {
        self.until(&Self::start(), spread)
    }

    fn until(&self, end: &Self, spread: f64) -> Busy {
        let all = end.all.saturating_sub(self.all);
        let share = |start, end: u64| {
            // Where no time is counted, nothing is known.
            (all > 0).then(|| end.saturating_sub(start) as f64 / all as f64)
        };
        Busy {
            stolen: share(self.stolen, end.stolen),
            others: share(self.others, end.others),
            spread,
        }
    }

    /// From the texts of `/proc/stat` and `/proc/self/stat`.
    fn parse(all: &str, own: &str) -> Option<Self> {
        let words = all.lines().next()?.strip_prefix("cpu")?.split_whitespace();
        let ticks: Vec<u64> = words.map_while(|word| word.parse().ok()).collect();
        // `nice` time, and that of both kinds of interrupts, is spent, too.
        let &[user, nice, system, idle, waiting, hard, soft, stolen, ..] = &*ticks else {
            return None;
        };
        let busy = user + nice + system + hard + soft;
        // After the name, which may hold anything: the state, and nine numbers up to the number of page faults of
        // children.
        let (_, own) = own.rsplit_once(')')?;
        let own = own.split_whitespace().skip(11).take(4);
        let own: Option<u64> = own.map(|word| word.parse::<u64>().ok()).sum();
        Some(Self {
            all: busy + idle + waiting + stolen,
            stolen,
            others: busy.saturating_sub(own?),
        })
    }
}

fn cpu_model() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = cpus.lines().find(|line| line.starts_with("model name"));
    match line.and_then(|line| line.split_once(':')) {
        Some((_, model)) => model.trim().to_owned(),
        None => say("sysctl", &["-n", "machdep.cpu.brand_string"]),
    }
}

/// The first line that a command says, if it is there and says something soon.
fn say(command: &str, arguments: &[&str]) -> String {
    let mut child = Command::new(command);
    child.args(arguments).stderr(Stdio::null());
    let child = Child::start(&mut child, &command, Duration::ZERO);
    let line = child.and_then(|mut child| child.line(SOON));
    line.unwrap_or_else(|_| "unknown".to_owned())
}

/// How long a command may take that says what the times were taken on.
const SOON: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_use_is_what_is_not_ours() {
        let watch = |all: &str, times: &str| {
            // Of a process whose name is made to confuse.
            let own = format!("7 (a) R 1 (b) S 1 7 7 0 -1 4194304 1 2 3 4 {times} 20 0 1 0 100");
            Watch::parse(all, &own)
        };
        let start = watch("cpu  100 0 50 1000 7 0 0 5 3 0\ncpu0 1 2", "10 5 0 0").unwrap();
        let end = watch("cpu  150 5 70 1100 7 3 2 25 9 0\ncpu0 1", "15 10 20 10").unwrap();
        // 200 ticks: 100 idle, 20 stolen, 80 busy, of which 40 ours.
        let busy = start.until(&end, 0.0);
        assert_eq!((busy.stolen, busy.others), (Some(0.1), Some(0.2)));
        let busy = start.until(&start, 0.0);
        assert_eq!((busy.stolen, busy.others), (None, None));
        assert!(watch("cpu 1 2 3", "1 1 1 1").is_none());
    }
}
