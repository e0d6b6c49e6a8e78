//! Every paradigm of this crate gives the serial answers, and fails as it should.

use std::process::ExitCode;

use workloads::conformance;

fn main() -> ExitCode {
    conformance::main(examples_shared_memory::each_paradigm)
}
