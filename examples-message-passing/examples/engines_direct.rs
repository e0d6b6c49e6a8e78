//! Engines: processes that compute what they are sent, and keep values between calls.
//!
//! A controller starts two engines, and each of them estimates pi: it draws random points in a
//! square, and counts those inside a circle. In the *direct view*, the program says which engine
//! does what. `push` gives each engine a value under a name, `apply` runs a function on each
//! engine, and `pull` asks for a value. Each engine keeps its generator and its counts, so the
//! second call continues where the first one has stopped. In IPython Parallel: `rc =
//! Cluster(n=2).start_and_connect_sync()`, `view = rc[:]`, `view.push`, `view.apply_sync`,
//! `view.pull`.
//!
//! Run: `cargo run --example engines_direct`
//!
//! Expected output:
//!
//! ```text
//! engines: [0, 1]
//! push, pull: each engine has `points` = [200000, 200000]
//! call 1: inside [156997, 157121] of 200000 points each, pi is about 3.1412
//! call 2: inside [314254, 313976] of 400000 points each, pi is about 3.1412
//! call 3: inside [471621, 470819] of 600000 points each, pi is about 3.1415
//! each engine has counted the same points as serial code
//! all calls ran in the same two processes, and none in this process
//! a view of engine 1: `inside` = [470819]
//! a wrong name: task 0 panicked at [..]: this engine has no value `insight`
//! ```
//!
//! Try: give both engines the seed 0, by `vec![0, 0]`. The assertion fails: engine 1 draws the same
//! points as engine 0, so two engines are no better than one.

use std::{error::Error, num::NonZero, process};

#[cfg(unix)]
use examples_message_passing::engines::{Cluster, Names, become_engine_if_asked};
use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use workloads::println;

examples_processes::needs_unix!();

const POINTS: u32 = 200_000;

#[cfg(unix)]
fn main() -> Result<(), Box<dyn Error>> {
    become_engine_if_asked(); // Engines begin here, too.
    let cluster = Cluster::start(NonZero::new(2).expect("two engines"))?;
    let view = cluster.direct();
    println!("engines: {:?}", view.engines());

    view.push("points", POINTS)?;
    let points: Vec<u32> = view.pull("points")?;
    println!("push, pull: each engine has `points` = {points:?}");

    // An input for each engine.
    view.apply_each(begin, vec![0, 1])?;
    let mut serial = [0, 1].map(SplitMix64::seed_from_u64);
    let mut expected = [0, 0];
    for call in 1..=3 {
        let inside = view.apply(draw, ())?;
        for k in 0..2 {
            expected[k] += count_inside(&mut serial[k], POINTS);
        }
        assert_eq!(inside, expected);
        let drawn = call * POINTS;
        let pi = 4.0 * f64::from(inside[0] + inside[1]) / f64::from(2 * drawn);
        println!("call {call}: inside {inside:?} of {drawn} points each, pi is about {pi:.4}");
    }
    println!("each engine has counted the same points as serial code");
    let ids = view.apply(|_, ()| process::id(), ())?;
    assert_eq!(ids, view.pull::<u32>("process")?);
    assert!(!ids.contains(&process::id()));
    println!("all calls ran in the same two processes, and none in this process");

    let inside: Vec<u32> = view.on(&[1]).pull("inside")?;
    println!("a view of engine 1: `inside` = {inside:?}");
    let error = view.pull::<u32>("insight").expect_err("a wrong name");
    println!("a wrong name: {error}");
    Ok(())
}

/// On an engine: makes a generator, and keeps it.
#[cfg(unix)]
fn begin(names: &mut Names, seed: u64) {
    names.set("process", process::id());
    names.set("generator", SplitMix64::seed_from_u64(seed));
    names.set("inside", 0_u32);
}

/// On an engine: draws more points. Returns how many of all points are inside.
#[cfg(unix)]
fn draw(names: &mut Names, (): ()) -> u32 {
    let points = *names.get("points");
    let more = count_inside(names.get_mut("generator"), points);
    let inside = names.get_mut("inside");
    *inside += more;
    *inside
}

fn count_inside(generator: &mut SplitMix64, points: u32) -> u32 {
    let mut coordinate = || f64::from(generator.next_u32()) / f64::from(u32::MAX);
    let inside = |_: &u32| coordinate().powi(2) + coordinate().powi(2) < 1.0;
    (0..points).filter(inside).count() as u32
}
