//! Controllers and engines. The engines are processes of this executable: so it has a `main` of its own.

#[cfg(unix)]
mod balanced;
#[cfg(unix)]
mod deaths;
#[cfg(unix)]
mod direct;
#[cfg(unix)]
mod harness;
#[cfg(unix)]
mod joining;
#[cfg(unix)]
mod journal;

#[cfg(unix)]
fn main() {
    examples_message_passing::engines::become_engine_if_asked();
    let tests = [
        direct::TESTS,
        balanced::TESTS,
        deaths::TESTS,
        journal::TESTS,
    ];
    harness::run(&tests.concat(), joining::TESTS);
}

#[cfg(not(unix))]
fn main() {}
