//! Single processes, by each method.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use examples_processes::{Failure, Process, StartMethod, first_to_end};
use workloads::Cause;

use crate::harness::assert_ended;
use crate::own_process::Test;

pub(crate) const TESTS: &[Test] = &[
    (
        "results_and_panics_of_processes",
        results_and_panics_of_processes,
    ),
    ("ends_of_processes", ends_of_processes),
    ("signals_to_processes", signals_to_processes),
    ("waiting_for_many", waiting_for_many),
    ("large_values", large_values),
    ("streams_to_processes", streams_to_processes),
    ("fork_with_threads_is_refused", fork_with_threads_is_refused),
    (
        "process_started_by_a_thread_that_ends",
        process_started_by_a_thread_that_ends,
    ),
];

const METHODS: [StartMethod; 3] = [
    StartMethod::Fork,
    StartMethod::Spawn,
    StartMethod::ForkServer,
];

fn sleeping(method: StartMethod) -> Process<()> {
    let sleep = |seconds| thread::sleep(Duration::from_secs(seconds));
    Process::start("sleeper", method, sleep, 100).expect("it can be started")
}

fn results_and_panics_of_processes() {
    for method in METHODS {
        let child = Process::start("worker", method, |n: u64| (process::id(), n + 1), 7);
        let child = child.expect("it can be started");
        assert_eq!(
            (child.name(), child.id() == process::id()),
            ("worker", false)
        );
        let id = child.id();
        assert_eq!(child.join(), Ok((id, 8)));
        let panics = |text: String| -> u64 { panic!("no {text}") };
        let child = Process::start("worker", method, panics, "luck".to_owned());
        let mut child = child.expect("it can be started");
        let end = child.wait(Duration::from_secs(5)).expect("it is ours");
        assert_eq!(end.and_then(|end| end.code()), Some(101));
        let Err(Failure::Panicked { message, place }) = child.join() else {
            panic!("it panicked");
        };
        assert_eq!(message, "no luck");
        assert!(place.contains("processes.rs:"), "{place}");
    }
}

fn ends_of_processes() {
    for method in METHODS {
        let exit = |status: i32| -> () { process::exit(status) };
        let child = Process::start("worker", method, exit, 5).expect("it can be started");
        assert_eq!(child.join(), Err(Failure::Died(Cause::Exited(5))));
        let mut child = sleeping(method);
        let begin = Instant::now();
        assert_eq!(
            child.wait(Duration::from_millis(30)).expect("it is ours"),
            None
        );
        assert!(begin.elapsed() >= Duration::from_millis(30));
        assert!(child.is_alive().expect("it is ours"));
        let id = child.id();
        drop(child);
        assert_ended(&[id]);
    }
}

fn signals_to_processes() {
    type Send = fn(&Process<()>) -> std::io::Result<()>;
    let sent: [(Send, i32, &str); 3] = [
        (Process::terminate, 15, "SIGTERM"),
        (Process::kill, 9, "SIGKILL"),
        (Process::interrupt, 2, "SIGINT"),
    ];
    for method in METHODS {
        for (send, number, name) in sent {
            let mut child = sleeping(method);
            // A signal that comes before the child is ready could be ignored as by its parent.
            thread::sleep(Duration::from_millis(50));
            send(&child).expect("it lives");
            let end = child.wait(Duration::from_secs(5)).expect("it is ours");
            assert_eq!(end.and_then(|end| end.signal()), Some(number), "{method:?}");
            send(&child).expect("nothing happens");
            assert_eq!(
                child.join(),
                Err(Failure::Died(Cause::Killed(name.to_owned())))
            );
        }
    }
}

fn waiting_for_many() {
    for method in METHODS {
        let sleep = |time| {
            thread::sleep(Duration::from_millis(time));
            time
        };
        let start = |time| Process::start("sleeper", method, sleep, time);
        let mut processes: Vec<_> = [3_000, 0, 1_500].map(start).into_iter().flatten().collect();
        let mut order = Vec::new();
        while !processes.is_empty() {
            let place = first_to_end(&mut processes).expect("there are some");
            order.push(processes.remove(place).join().expect("it has slept"));
        }
        assert_eq!(order, [0, 1_500, 3_000]);
        assert!(first_to_end(&mut processes).is_err());
    }
}

fn large_values() {
    for method in METHODS {
        let text = "x".repeat(20_000_000);
        let child = Process::start("worker", method, |text: String| text + "y", text.clone());
        let result = child.expect("it can be started").join();
        assert!(result == Ok(text + "y"));
    }
}

fn streams_to_processes() {
    for method in METHODS {
        let read = |mut stream: &UnixStream, number: u64| {
            let mut text = String::new();
            let read = stream.read_to_string(&mut text);
            read.map(|_| (text, number)).expect("it is a text")
        };
        let child = Process::start_connected("reader", method, read, 7);
        let (child, mut stream) = child.expect("it can be started");
        stream.write_all(b"to the end").expect("there is room");
        drop(stream);
        assert_eq!(child.join(), Ok(("to the end".to_owned(), 7)));
    }
}

fn fork_with_threads_is_refused() {
    thread::scope(|scope| {
        let (_until_it_is_dropped, end) = mpsc::channel::<()>();
        scope.spawn(move || end.recv());
        let refused = Process::start("worker", StartMethod::Fork, |(): ()| (), ());
        let refused = refused
            .map(drop)
            .expect_err("there are two threads")
            .to_string();
        assert!(refused.contains("this process has 2 threads"), "{refused}");
        assert!(refused.contains("could hang on a lock"), "{refused}");
        for method in [StartMethod::Spawn, StartMethod::ForkServer] {
            let child = Process::start("worker", method, |n: u64| n, 7);
            assert_eq!(child.expect("it may").join(), Ok(7));
        }
    });
}

/// The kernel can end a child with the *thread* that started it.
fn process_started_by_a_thread_that_ends() {
    for method in [StartMethod::Spawn, StartMethod::ForkServer] {
        let slow = |time| {
            thread::sleep(Duration::from_millis(time));
            time
        };
        let start = move || Process::start("worker", method, slow, 200);
        let child = thread::spawn(start).join().expect("it does not panic");
        assert_eq!(
            child.expect("it can be started").join(),
            Ok(200),
            "{method:?}"
        );
    }
}
