//! OpenMP's paradigms give the serial answers, in parallel, and fail as all others do.
//!
//! A process has one wait policy, from its start. So this program starts itself once for each.

use std::env;
use std::io::ErrorKind;
use std::process::{Command, ExitCode, ExitStatus};

use conformance::Kit;
use laboratory::openmp::{Active, Passive, compiled};
use workloads::{Paradigm, ParadigmVisitor};

/// Set in the environment for `libgomp`, and so for this program, too.
const POLICY: &str = "OMP_WAIT_POLICY";

fn main() -> ExitCode {
    match compiled() {
        Ok(_) => {}
        Err(error) if [ErrorKind::NotFound, ErrorKind::Unsupported].contains(&error.kind()) => {
            println!("this test did not take place: {error}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    }
    match env::var(POLICY).as_deref() {
        Ok("active") => conforms::<Active>(),
        Ok("passive") => conforms::<Passive>(),
        _ => {
            let all = ["active", "passive"].map(|policy| {
                let program = env::current_exe().expect("a running test has a path");
                let mut test = Command::new(program);
                test.args(env::args_os().skip(1)).env(POLICY, policy);
                test.status().expect("it can be started")
            });
            ExitCode::from(u8::from(!all.iter().all(ExitStatus::success)))
        }
    }
}

fn conforms<P: Paradigm>() -> ExitCode {
    conformance::main(Kit::visit::<P>)
}
