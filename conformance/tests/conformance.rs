//! Every paradigm of the catalogue gives the serial answers, in parallel, and fails as it should; every workload keeps its
//! laws.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(unix)]
    examples_processes::become_worker_if_asked();
    conformance::main(|kit| {
        workloads::each_workload(kit);
        examples_threads::each_paradigm(kit);
        examples_shared_memory::each_paradigm(kit);
        examples_message_passing::each_paradigm(kit);
        examples_processes::each_paradigm(kit);
    })
}
