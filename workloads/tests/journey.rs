//! What a workload was given as input survives the journey to another process, as JSON. (That each workload survives it is
//! one of its laws, which the conformance kit checks.)

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

/// The number of items.
const LEN: usize = 500;

fn there_and_back<T: Serialize + DeserializeOwned>(value: &T) -> T {
    let text = serde_json::to_string(value).expect("it can be written");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
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
