//! What the times were taken on.

use std::env;
use std::fs;
use std::process::Command;
use std::thread;

use serde::{Deserialize, Serialize};

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
            kernel: say("uname", &["-srm"]).unwrap_or_else(|| env::consts::OS.to_owned()),
            rustc: or_unknown(say("rustc", &["--version"])),
            commit: or_unknown(say(
                "git",
                &["describe", "--always", "--dirty", "--abbrev=12"],
            )),
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

fn cpu_model() -> String {
    let from_proc = || {
        let cpus = fs::read_to_string("/proc/cpuinfo").ok()?;
        let line = cpus.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    or_unknown(from_proc().or_else(|| say("sysctl", &["-n", "machdep.cpu.brand_string"])))
}

/// The first line that a command says, if it is there and succeeds.
fn say(command: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(command).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let line = text.lines().next()?.trim();
    (output.status.success() && !line.is_empty()).then(|| line.to_owned())
}

fn or_unknown(text: Option<String>) -> String {
    text.unwrap_or_else(|| "unknown".to_owned())
}
