use super::*;
use crate::made_up::{ALWAYS, NEVER, NO_DIFFERENCE, UNDECIDED, between, cell, from, result};

#[test]
fn the_best_comes_first_and_what_failed_last() {
    let mut failed = cell("failed", NEVER);
    failed.outcome = Err("it was killed".to_owned());
    let cells = vec![
        failed.clone(),
        cell("never", NEVER),
        cell("undecided", UNDECIDED),
        cell("same", NO_DIFFERENCE),
        cell("between", between(None)),
        cell("late", from(500.0)),
        cell("early", from(50.0)),
        cell("always", ALWAYS),
    ];
    let names = "serial always early late between same undecided never failed";
    let table = crossovers(&result(cells), 2);
    let first: Vec<_> = table.rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(first.join(" "), names);
    assert_eq!(table.head[4], "time at n = 10k");

    let mut nothing = result(vec![failed.clone()]);
    nothing.checks = vec![failed];
    let table = crossovers(&nothing, 2);
    assert_eq!(table.head[4], "time", "there is no size to speak of");
}
