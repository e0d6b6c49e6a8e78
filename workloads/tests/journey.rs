//! Every workload survives the journey to another process: its parameters as JSON, there and back.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use workloads::{Map, Reduce, Workload, WorkloadVisitor, each_workload};

/// The number of items; fewer where the input has not as many.
const LEN: usize = 500;

/// Sends every workload it is shown there and back.
#[derive(Default)]
struct Journey {
    travelled: Vec<&'static str>,
}

impl WorkloadVisitor for Journey {
    fn map<M: Map>(&mut self) {
        let (here, there) = travel::<M>();
        let items = 0..here.len();
        assert_eq!(there.items(items.clone()), here.items(items), "{}", M::NAME);
        self.travelled.push(M::NAME);
    }

    fn reduce<R: Reduce>(&mut self) {
        let (here, there) = travel::<R>();
        let items = 0..here.len();
        let summary = there.fold(items.clone());
        assert_eq!(summary, here.fold(items), "{}", R::NAME);
        assert_eq!(there_and_back(&summary), summary, "summary of {}", R::NAME);
        self.travelled.push(R::NAME);
    }
}

/// A workload, and what arrives when it is sent.
fn travel<W: Workload>() -> (W, W) {
    let here = W::with_input(LEN, &[])
        .unwrap_or_else(|error| panic!("{} with its default input: {error}", W::NAME));
    assert!((1..=LEN).contains(&here.len()), "{}", W::NAME);
    let there = there_and_back(&here);
    assert_eq!(there.len(), here.len(), "{}", W::NAME);
    assert_eq!(there.details(), here.details(), "{}", W::NAME);
    (here, there)
}

fn there_and_back<T: Serialize + DeserializeOwned>(value: &T) -> T {
    let text = serde_json::to_string(value).expect("it can be written");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

#[test]
fn every_workload_arrives_as_it_was_sent() {
    let mut journey = Journey::default();
    each_workload(&mut journey);
    assert!(journey.travelled.len() >= 7, "{:?}", journey.travelled);
}

fn arrives_equal<T: Serialize + DeserializeOwned + PartialEq + Debug>(sent: &T) {
    assert_eq!(&there_and_back(sent), sent);
}

#[test]
fn input_arrives_too() {
    use workloads::random_squares::{Kernel, RandomSquares};
    use workloads::spin::Spin;

    arrives_equal(&RandomSquares::new(LEN, Kernel::Plain));
    arrives_equal(&RandomSquares::new(LEN, Kernel::Lanes));
    arrives_equal(&Spin::new(LEN, 12_345.0));
}

/// JSON is UTF-8, and the name of a file need not be.
#[cfg(unix)]
#[test]
fn file_names_arrive_whatever_their_bytes() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use workloads::letters::Letters;

    let names: [&[u8]; 3] = [
        b"plain.txt",
        "größer.txt".as_bytes(),
        b"latin1-gr\xf6\xdfer.txt",
    ];
    arrives_equal(&Letters::new(names.map(OsStr::from_bytes)));
}
