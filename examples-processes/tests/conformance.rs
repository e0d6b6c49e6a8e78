//! Every paradigm of this crate gives the serial answers, and fails as it should.

use std::process::ExitCode;

use workloads::conformance;

#[cfg(unix)]
fn main() -> ExitCode {
    examples_processes::spawn::become_worker_if_asked();
    conformance::main(examples_processes::each_paradigm)
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    conformance::main(|_| ())
}
