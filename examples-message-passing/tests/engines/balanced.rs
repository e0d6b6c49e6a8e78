//! The balanced view.

use std::num::NonZero;
use std::time::Duration;

use examples_message_passing::engines::Task;
use examples_processes::Failure;

use crate::harness::{Test, cluster};

pub(crate) const TESTS: &[Test] = &[
    ("map_gives_the_serial_answer", map_gives_the_serial_answer),
    ("results_come_as_completed", results_come_as_completed),
    (
        "a_failure_has_the_number_of_its_input",
        a_failure_has_the_number_of_its_input,
    ),
    ("tasks_come_after_others", tasks_come_after_others),
    ("tasks_follow_others", tasks_follow_others),
    ("tasks_are_taken_back", tasks_are_taken_back),
    ("least_loaded_first", least_loaded_first),
    (
        "inputs_may_come_from_the_cluster_itself",
        inputs_may_come_from_the_cluster_itself,
    ),
    (
        "a_result_is_seen_without_waiting",
        a_result_is_seen_without_waiting,
    ),
    (
        "a_task_of_another_cluster_is_refused",
        a_task_of_another_cluster_is_refused,
    ),
];

fn map_gives_the_serial_answer() {
    for engines in [1, 2, 3] {
        let cluster = cluster(engines);
        let view = cluster.balanced();
        for n in [0, 1, 2, 7, 500] {
            for chunk in [1, 3, 1000] {
                let view = view
                    .clone()
                    .with(&10_u64)
                    .chunk(NonZero::new(chunk).unwrap());
                let sums = view.map(|ten, n: u64| ten + n, 0..n).unwrap();
                assert_eq!(sums, (10..10 + n).collect::<Vec<_>>());
            }
        }
        let texts = view.map(
            |(), text: String| text.len(),
            ["a".to_owned(), "bc".to_owned()],
        );
        assert_eq!(texts.unwrap(), [1, 2]);
        assert_eq!(cluster.progress().0, cluster.progress().1);
    }
}

fn results_come_as_completed() {
    let cluster = cluster(2);
    let view = cluster.balanced();
    let mut results = view.as_completed(|(), n: u64| n * n, 0..100).unwrap();
    let mut seen = [false; 100];
    assert_eq!(results.progress(), (0, 100));
    for (index, result) in results.by_ref() {
        assert_eq!(result.unwrap(), (index * index) as u64);
        assert!(!seen[index], "{index} came twice");
        seen[index] = true;
    }
    assert_eq!(results.progress(), (100, 100));
    assert!(seen.iter().all(|&it| it));
    // One that is dropped early leaves nothing to do.
    drop(view.as_completed(|(), n: u64| n, 0..1000).unwrap());
    assert_eq!(view.map(|(), n: u64| n, 0..3).unwrap(), [0, 1, 2]);
}

fn a_failure_has_the_number_of_its_input() {
    let cluster = cluster(2);
    let view = cluster.balanced();
    let odd = |(): &(), n: u64| {
        assert!(n != 33, "it is {n}");
        n
    };
    let error = view.map(odd, 0..100).unwrap_err();
    assert_eq!(error.index, 33);
    assert!(error.to_string().contains("it is 33"), "{error}");
    let error = view
        .clone()
        .chunk(NonZero::new(10).unwrap())
        .map(odd, 0..100);
    assert_eq!(error.unwrap_err().index, 30); // the first of its chunk
    assert_eq!(view.submit(odd, 34).unwrap().wait(), Ok(34));
}

fn tasks_come_after_others() {
    let cluster = cluster(2);
    let view = cluster.balanced();
    let slow = |(): &(), n: u64| {
        std::thread::sleep(Duration::from_millis(n));
        std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64
    };
    let first = [
        view.submit(slow, 50).unwrap(),
        view.submit(slow, 10).unwrap(),
    ];
    let begin = |(): &(), ()| std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
    let last = view.clone().after(first.iter().map(Task::id));
    let last = last.submit(begin, ()).unwrap();
    let begun = last.wait().unwrap();
    for task in &first {
        assert!(task.wait().unwrap() <= begun);
    }
    // What comes after a failure fails, and says why; also what comes after that.
    let fails = view.submit(|(): &(), ()| panic!("no"), ()).unwrap();
    let fails: &Task<'_, ()> = &fails;
    let next = view.clone().after([fails.id()]).submit(begin, ()).unwrap();
    let last = view.clone().after([next.id()]).submit(begin, ()).unwrap();
    for task in [&next, &last] {
        let error = task.wait().unwrap_err().to_string();
        assert!(error.contains("depends on has failed"), "{error}");
    }
    // Also if the failure is there already.
    let late = view.clone().after([fails.id()]).submit(begin, ()).unwrap();
    assert!(late.wait().is_err());
}

fn tasks_follow_others() {
    let cluster = cluster(3);
    let view = cluster.balanced();
    let place = |(): &(), ()| std::process::id();
    let tasks: Vec<_> = (0..6).map(|_| view.submit(place, ()).unwrap()).collect();
    let mut places = Vec::new();
    for task in &tasks {
        let follower = view.clone().follow([task.id()]).submit(place, ()).unwrap();
        let where_it_ran = task.wait().unwrap();
        assert_eq!(follower.wait().unwrap(), where_it_ran);
        places.push(where_it_ran);
    }
    if let Some(other) = places.iter().position(|place| *place != places[0]) {
        let both = [tasks[0].id(), tasks[other].id()];
        let torn = view.clone().follow(both).submit(place, ()).unwrap();
        let error = torn.wait().unwrap_err().to_string();
        assert!(error.contains("several engines"), "{error}");
    }
}

fn tasks_are_taken_back() {
    let cluster = cluster(1);
    let view = cluster.balanced();
    let slow = |(): &(), ()| std::thread::sleep(Duration::from_millis(100));
    let tasks: Vec<_> = (0..5).map(|_| view.submit(slow, ()).unwrap()).collect();
    // The engine has the first two.
    assert!(tasks[3].abort() && tasks[4].abort() && !tasks[0].abort());
    assert!(!tasks[4].abort(), "it was taken back before");
    let failure = tasks[3].wait().unwrap_err().failure;
    assert_eq!(failure, Failure::Cancelled);
    assert!(tasks[1].wait_for(Duration::ZERO).is_none());
    assert_eq!(tasks[0].wait(), Ok(()));
    assert_eq!(tasks[2].wait(), Ok(()));
}

fn inputs_may_come_from_the_cluster_itself() {
    let cluster = cluster(1);
    let view = cluster.balanced();
    let double = |(): &(), n: u64| 2 * n;
    let doubled = (0..5).map(|n| view.submit(double, n).unwrap().wait().unwrap());
    assert_eq!(view.map(double, doubled).unwrap(), [0, 4, 8, 12, 16]);
    let first = view.as_completed(double, 0..100).unwrap();
    let all = view.map(double, first.map(|(_, result)| result.unwrap()));
    assert_eq!(all.unwrap().iter().sum::<u64>(), 4 * (0..100).sum::<u64>());
}

fn a_result_is_seen_without_waiting() {
    let cluster = cluster(1);
    let task = cluster.balanced().submit(|(), n: u64| n + 1, 1).unwrap();
    let end = std::time::Instant::now() + Duration::from_secs(10);
    while task.wait_for(Duration::ZERO).is_none() {
        assert!(std::time::Instant::now() < end, "it never comes");
    }
    assert_eq!(task.wait(), Ok(2));
}

fn a_task_of_another_cluster_is_refused() {
    let (one, other) = (cluster(1), cluster(1));
    let task = one.balanced().submit(|(), n: u64| n, 1).unwrap();
    let view = other.balanced().after([task.id()]);
    let error = view.submit(|(), n: u64| n, 2).unwrap().wait().unwrap_err();
    assert!(error.to_string().contains("is not there"), "{error}");
}

fn least_loaded_first() {
    let cluster = cluster(2);
    let direct = cluster.direct();
    let view = cluster.balanced();
    // Engine 0 is busy for a while, so all tasks are done by engine 1.
    let busy = direct.on(&[0]).submit(
        |_, ()| {
            std::thread::sleep(Duration::from_millis(300));
            std::process::id()
        },
        (),
    );
    let busy = busy.unwrap();
    let one = NonZero::<usize>::MIN;
    let places = view.chunk(one).map(|(), _: u64| std::process::id(), 0..3);
    let other = direct
        .on(&[1])
        .apply(|_, ()| std::process::id(), ())
        .unwrap()[0];
    assert_eq!(places.unwrap()[0], other);
    assert_ne!(busy[0].wait().unwrap(), other);
}
