//! The direct view.

use examples_processes::Failure;

use crate::harness::{Test, cluster};

pub(crate) const TESTS: &[Test] = &[
    ("values_stay_on_engines", values_stay_on_engines),
    (
        "what_is_scattered_is_gathered",
        what_is_scattered_is_gathered,
    ),
    ("a_panic_names_its_place", a_panic_names_its_place),
    ("a_view_of_some_engines", a_view_of_some_engines),
];

fn values_stay_on_engines() {
    let cluster = cluster(3);
    let view = cluster.direct();
    view.push("factor", 7_u64).unwrap();
    view.push("names", vec!["a".to_owned(), "b".to_owned()])
        .unwrap();
    assert_eq!(view.pull::<u64>("factor").unwrap(), [7, 7, 7]);
    let products = view.apply(|names, n: u64| names.get::<u64>("factor") * n, 6);
    assert_eq!(products.unwrap(), [42, 42, 42]);
    let count = |names: &mut examples_message_passing::engines::Names, ()| {
        *names.get_mut::<u64>("factor") += 1;
        names.get::<Vec<String>>("names").len()
    };
    assert_eq!(view.apply(count, ()).unwrap(), [2, 2, 2]);
    assert_eq!(view.pull::<u64>("factor").unwrap(), [8, 8, 8]);
    let missing = view.pull::<u64>("fact").unwrap_err();
    assert!(missing.to_string().contains("no value `fact`"), "{missing}");
    let wrong_name =
        |names: &mut examples_message_passing::engines::Names, ()| *names.get::<u64>("fact");
    let missing = view.apply(wrong_name, ()).unwrap_err();
    assert!(missing.to_string().contains("tests/engines"), "{missing}"); // where it was asked for
    let wrong = view.pull::<u32>("factor").unwrap_err();
    assert!(wrong.to_string().contains("is a u64, not a u32"), "{wrong}");
}

fn what_is_scattered_is_gathered() {
    let cluster = cluster(3);
    let view = cluster.direct();
    for n in [0, 1, 2, 3, 10, 100_000] {
        let numbers: Vec<u64> = (0..n).collect();
        view.scatter("numbers", &numbers).unwrap();
        let square = |names: &mut examples_message_passing::engines::Names, ()| {
            let numbers = names.get_mut::<Vec<u64>>("numbers");
            for n in &mut *numbers {
                *n *= *n;
            }
            numbers.len()
        };
        let parts = view.apply(square, ()).unwrap();
        assert_eq!(parts.iter().sum::<usize>(), numbers.len());
        assert!(parts.iter().max().unwrap() - parts.iter().min().unwrap() <= 1);
        let squares: Vec<u64> = numbers.iter().map(|n| n * n).collect();
        assert_eq!(view.gather::<u64>("numbers").unwrap(), squares);
    }
    let texts: Vec<_> = (0..10).map(|n| Some(n.to_string())).collect();
    view.scatter("texts", &texts).unwrap();
    assert_eq!(view.gather::<Option<String>>("texts").unwrap(), texts);
}

fn a_panic_names_its_place() {
    let cluster = cluster(2);
    let view = cluster.direct();
    let panics = |_: &mut examples_message_passing::engines::Names, n: u64| {
        assert!(n != 1, "one is not allowed");
        n
    };
    let error = view.apply_each(panics, vec![0, 1]).unwrap_err();
    assert_eq!(error.index, 1);
    let Failure::Panicked { message, place } = &error.failure else {
        panic!("{error}");
    };
    assert_eq!(message, "one is not allowed");
    assert!(place.contains("direct.rs"), "{place}");
    // The engines go on.
    assert_eq!(view.apply_each(panics, vec![2, 3]).unwrap(), [2, 3]);
}

fn a_view_of_some_engines() {
    let cluster = cluster(3);
    let view = cluster.direct();
    assert_eq!(view.engines(), [0, 1, 2]);
    view.on(&[2, 0]).push("here", true).unwrap();
    assert_eq!(view.on(&[0, 2]).pull::<bool>("here").unwrap(), [true, true]);
    assert!(view.on(&[1]).pull::<bool>("here").is_err());
}
