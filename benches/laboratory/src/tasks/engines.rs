//! What a controller does with its engines. The answer is always the squares of the numbers from 0 on.

use std::io;
use std::num::NonZero;
use std::time::Instant;

use examples_message_passing::engines::{Cluster, Names};
use examples_processes::StartMethod;

use super::unix::{Operation, square};

/// The values that engines keep are called so.
const NUMBERS: &str = "numbers";

fn cluster(engines: NonZero<usize>, method: StartMethod) -> io::Result<Cluster> {
    Cluster::builder().method(method).start(engines.get())
}

pub(super) fn start(engines: NonZero<usize>, method: StartMethod) -> Operation {
    Box::new(move |n| {
        let start = Instant::now();
        let cluster = cluster(engines, method)?;
        let time = start.elapsed();
        let squares = cluster.balanced().map(|(), it| square(it), 0..n)?; // they do live
        Ok((time, squares))
    })
}

pub(super) fn balanced(engines: NonZero<usize>, method: StartMethod) -> io::Result<Operation> {
    let cluster = cluster(engines, method)?;
    Ok(Box::new(move |n| {
        let start = Instant::now();
        let squares = cluster.balanced().map(|(), it| square(it), 0..n)?;
        Ok((start.elapsed(), squares))
    }))
}

pub(super) fn direct(engines: NonZero<usize>, method: StartMethod) -> io::Result<Operation> {
    let cluster = cluster(engines, method)?;
    Ok(Box::new(move |n| {
        let view = cluster.direct();
        let mut answers = Vec::new();
        let start = Instant::now();
        for number in 0..n {
            answers.push(view.apply(|_, it: u64| square(it), number)?);
        }
        let time = start.elapsed();
        let squares = answers.into_iter().map(|answers| common(&answers));
        Ok((time, squares.collect::<io::Result<_>>()?))
    }))
}

pub(super) fn scatter_gather(
    engines: NonZero<usize>,
    method: StartMethod,
) -> io::Result<Operation> {
    let cluster = cluster(engines, method)?;
    let square_all = |names: &mut Names, ()| {
        let squares: Vec<u64> = names
            .get::<Vec<u64>>(NUMBERS)
            .iter()
            .map(|&it| square(it))
            .collect();
        names.set(NUMBERS, squares);
    };
    Ok(Box::new(move |n| {
        let view = cluster.direct();
        let start = Instant::now();
        view.scatter(NUMBERS, &(0..n).collect::<Vec<u64>>())?;
        view.apply(square_all, ())?;
        let squares = view.gather(NUMBERS)?;
        Ok((start.elapsed(), squares))
    }))
}

pub(super) fn push_pull(engines: NonZero<usize>, method: StartMethod) -> io::Result<Operation> {
    let cluster = cluster(engines, method)?;
    Ok(Box::new(move |n| {
        let view = cluster.direct();
        let squares: Vec<u64> = (0..n).map(square).collect();
        let start = Instant::now();
        view.push(NUMBERS, squares)?;
        let copies: Vec<Vec<u64>> = view.pull(NUMBERS)?;
        Ok((start.elapsed(), common(&copies)?))
    }))
}

/// What all engines have answered.
fn common<T: Clone + PartialEq>(answers: &[T]) -> io::Result<T> {
    match answers {
        [first, others @ ..] if others.iter().all(|other| other == first) => Ok(first.clone()),
        _ => Err(io::Error::other("the answers of the engines differ")),
    }
}
