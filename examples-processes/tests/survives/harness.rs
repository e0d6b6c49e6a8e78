//! What these tests check beside their answers: all processes end, and nothing is left.

use std::time::{Duration, Instant};

use examples_processes::Audit;
use nix::sys::signal::{SigHandler, Signal, signal};

use crate::own_process;

/// How soon all must have ended after Ctrl-C.
const SOON: Duration = Duration::from_secs(1);

/// Runs a test in its process.
pub(crate) fn run_one(test: fn()) {
    heed_interrupts();
    let before = Audit::now();
    test();
    examples_processes::end_fork_server();
    assert_nothing_is_left(&before);
}

/// Lets Ctrl-C end this process, and what it starts. A shell lets the programs that it runs in the background ignore it.
#[expect(unsafe_code, reason = "`signal` can also set a handler")]
fn heed_interrupts() {
    // SAFETY: no handler is set.
    let before = unsafe { signal(Signal::SIGINT, SigHandler::SigDfl) };
    assert!(before.is_ok(), "{before:?}");
}

pub(crate) fn assert_nothing_is_left(before: &Audit) {
    own_process::assert_nothing_is_left(before, |_| true);
}

/// Waits until all of these processes have ended. A zombie has: its new parent may take its time.
pub(crate) fn assert_ended(processes: &[u32]) {
    let begin = Instant::now();
    let lives = |id: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let state = stat
            .rsplit(')')
            .next()
            .and_then(|rest| rest.trim().chars().next());
        state.is_some_and(|state| state != 'Z')
    };
    while processes.iter().any(lives) {
        let left: Vec<_> = processes.iter().filter(|id| lives(id)).collect();
        assert!(begin.elapsed() < SOON, "processes {left:?} have not ended");
        std::thread::sleep(Duration::from_millis(1));
    }
}
