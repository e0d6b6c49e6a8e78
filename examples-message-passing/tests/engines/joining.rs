//! Engines that are started by hand, as on another host.

use std::process::{Command, Stdio};
use std::time::Duration;

use examples_message_passing::engines::{CONTROLLER, Cluster, TOKEN};
use examples_message_passing::listener::Token;

use crate::harness::{Test, cluster};

pub(crate) const TESTS: &[Test] = &[
    ("an_engine_is_started_by_hand", an_engine_is_started_by_hand),
    (
        "an_engine_with_another_token_says_so",
        an_engine_with_another_token_says_so,
    ),
];

fn engine(cluster: &Cluster, token: &Token) -> Command {
    let mut engine = Command::new(std::env::current_exe().unwrap());
    engine
        .env(CONTROLLER, cluster.address().unwrap().to_string())
        .env(TOKEN, token.to_string())
        .stderr(Stdio::piped());
    engine
}

fn an_engine_is_started_by_hand() {
    let cluster = Cluster::builder().start(0).unwrap();
    let task = cluster.balanced().submit(|(), n: u64| n + 1, 41).unwrap();
    assert!(task.wait_for(Duration::from_millis(20)).is_none());
    let mut first = engine(&cluster, cluster.token()).spawn().unwrap();
    assert_eq!(task.wait(), Ok(42));
    let mut second = engine(&cluster, cluster.token()).spawn().unwrap();
    cluster
        .wait_for_engines(2, Duration::from_secs(10))
        .unwrap();
    assert_eq!(cluster.direct().apply(|_, n: u64| n, 7).unwrap(), [7, 7]);
    drop(task);
    drop(cluster);
    for engine in [&mut first, &mut second] {
        assert!(
            engine.wait().unwrap().success(),
            "an engine ends with its controller"
        );
    }
}

fn an_engine_with_another_token_says_so() {
    let cluster = cluster(1);
    let wrong = engine(&cluster, &Token::random().unwrap()).spawn().unwrap();
    let waiting = std::thread::spawn(move || wrong.wait_with_output().unwrap());
    while !waiting.is_finished() {
        cluster.balanced().map(|(), n: u64| n, 0..10).unwrap();
    }
    let ended = waiting.join().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(said.contains("token"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}
