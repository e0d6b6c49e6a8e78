//! Values whose own code fails on the way.

use std::process;

use crate::own_process::Test;
use crate::pools::{expected, pool, work};

pub(crate) const TESTS: &[Test] = &[("values_that_cannot_travel", values_that_cannot_travel)];

/// A value that cannot travel: on its way to another process it panics, or ends this process.
#[derive(Debug, PartialEq)]
struct Bad(&'static str);

impl serde::Serialize for Bad {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        assert!(self.0 != "panics when sent", "it stays here");
        if self.0 == "is refused" {
            return Err(serde::ser::Error::custom("not today"));
        }
        serializer.serialize_str(self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Bad {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match &*String::deserialize(deserializer)? {
            "panics when received" => panic!("it does not like this place"),
            "aborts when received" => process::abort(),
            _ => Ok(Self("good")),
        }
    }
}

fn values_that_cannot_travel() {
    let pool = pool();
    for (bad, said) in [
        (
            "panics when received",
            "its input did not arrive: it does not like",
        ),
        ("aborts when received", "killed by SIGABRT"),
    ] {
        let inputs = ["fine", "fine", bad, "fine", "fine"].map(Bad);
        let outcomes: Vec<_> = pool.imap(|input: Bad| input.0.len(), inputs).collect();
        for (place, outcome) in outcomes.into_iter().enumerate() {
            match outcome {
                Ok(length) => assert_eq!((length, place == 2), (4, false)),
                Err(error) => {
                    assert_eq!(place, 2, "{error}");
                    assert!(error.to_string().contains(said), "{error}");
                }
            }
        }
    }
    let refused = pool.with(&Bad("is refused")).imap(|_, n: u64| n, 0..);
    for outcome in refused.take(100) {
        let error = outcome.expect_err("the shared value cannot be sent");
        assert!(error.to_string().contains("not today"), "{error}");
    }
    let mut inputs = ["fine"; 5];
    inputs[2] = "is refused";
    let outcomes: Vec<_> = pool
        .imap(|input: Bad| input.0.len(), inputs.map(Bad))
        .collect();
    assert!(
        (0..5).all(|n| outcomes[n].is_ok() == (n != 2)),
        "{outcomes:?}"
    );
    let send = |n: u64| Bad(if n == 3 { "panics when sent" } else { "fine" });
    let error = pool.map(send, 0..10).expect_err("one cannot be sent");
    assert!(
        error
            .to_string()
            .contains("its result cannot be sent: it stays here"),
        "{error}"
    );
    let receive = |n: u64| {
        Bad(if n == 3 {
            "panics when received"
        } else {
            "fine"
        })
    };
    let error = pool
        .map(receive, 0..10)
        .expect_err("one cannot be received");
    assert!(
        error.to_string().contains("its result did not arrive"),
        "{error}"
    );
    assert_eq!(
        pool.map(work, 0..100).expect("it can be used again"),
        expected(100)
    );
}
