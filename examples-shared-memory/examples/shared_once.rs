//! One value for all threads, computed once, and a value of each thread's own.
//!
//! Both are static variables. A `OnceLock` is empty until a thread calls `get_or_init`. The first
//! thread computes the value, and the others wait for it. A `LazyLock` is the same, with the
//! function written beside the variable. A `thread_local!` variable exists once in each thread. No
//! other thread can see it, so it needs no lock and may be a `Cell`.
//!
//! Run: `cargo run --example shared_once`
//!
//! Expected output:
//!
//! ```text
//! OnceLock: 8 threads, initialisations: 1
//! LazyLock: 8 threads, initialisations: 1
//! one shared counter:       4000000 after [..]
//! a counter in each thread: 4000000 after [..]
//! the counter of main:      0
//! ```
//!
//! Try: replace the line with `get_or_init` by
//! `if TABLE.get().is_none() { start.wait(); let _ = TABLE.set(square_all()); }`
//! and write `TABLE.get().unwrap()[31]` for `table[31]`. All threads look before any of them has
//! set the table, so there are 8 initialisations, and the check fails. `get_or_init` looks and sets
//! in one step.

use std::cell::Cell;
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Barrier, LazyLock, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use workloads::println;

const ADDITIONS: u32 = 500_000; // Of each thread.

static TABLE: OnceLock<Vec<u64>> = OnceLock::new();
static LAZY_TABLE: LazyLock<Vec<u64>> = LazyLock::new(square_all);
static INITIALISATIONS: AtomicU32 = AtomicU32::new(0);
static SHARED: AtomicU32 = AtomicU32::new(0);
static TOTAL: AtomicU32 = AtomicU32::new(0);
thread_local! {
    static OWN: Cell<u32> = const { Cell::new(0) };
}

fn main() {
    in_8_threads(|start| {
        start.wait();
        let table = TABLE.get_or_init(square_all);
        assert_eq!(table[31], 961);
    });
    println!("OnceLock: 8 threads, initialisations: {INITIALISATIONS:?}");
    assert_eq!(INITIALISATIONS.swap(0, Relaxed), 1);
    in_8_threads(|start| {
        start.wait();
        assert_eq!(LAZY_TABLE[31], 961);
    });
    println!("LazyLock: 8 threads, initialisations: {INITIALISATIONS:?}");
    assert_eq!(INITIALISATIONS.load(Relaxed), 1);

    let time = in_8_threads(|start| {
        start.wait();
        for _ in 0..ADDITIONS {
            SHARED.fetch_add(1, Relaxed);
        }
    });
    println!("one shared counter:       {SHARED:?} after {time:.1?}");
    let time = in_8_threads(|start| {
        start.wait();
        for _ in 0..ADDITIONS {
            OWN.set(OWN.get() + black_box(1)); // So that the compiler keeps the loop.
        }
        TOTAL.fetch_add(OWN.get(), Relaxed); // Once in each thread.
    });
    println!("a counter in each thread: {TOTAL:?} after {time:.1?}");
    println!("the counter of main:      {}", OWN.get());
    assert_eq!((SHARED.load(Relaxed), OWN.get()), (TOTAL.load(Relaxed), 0));
}

fn square_all() -> Vec<u64> {
    INITIALISATIONS.fetch_add(1, Relaxed);
    (0..1_000).map(|number| number * number).collect()
}

fn in_8_threads(work: fn(&Barrier)) -> Duration {
    let (start, barrier) = (Instant::now(), Barrier::new(8));
    thread::scope(|scope| [(); 8].map(|()| _ = scope.spawn(|| work(&barrier))));
    start.elapsed()
}
