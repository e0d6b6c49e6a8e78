//! Every paradigm of the catalogue gives the serial answers, in parallel, and fails as it should; every workload keeps its
//! laws.

use std::process::ExitCode;

#[cfg(unix)]
use conformance::each_workload_of_the_kit;

fn main() -> ExitCode {
    #[cfg(unix)]
    examples_processes::spawn::become_worker_of(each_workload_of_the_kit);
    conformance::main(|kit| {
        workloads::each_workload(kit);
        examples_threads::each_paradigm(kit);
        examples_shared_memory::each_paradigm(kit);
        examples_message_passing::each_paradigm(kit);
        examples_processes::each_paradigm(kit);
    })
}
