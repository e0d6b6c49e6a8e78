//! Paradigms with one fault each.

use std::io;
use std::marker::PhantomData;
use std::mem;
use std::num::NonZero;
use std::ops::Range;
use std::process::Command;
use std::sync::mpsc::channel;
use std::thread;

use examples_shared_memory::Mapping;
use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, ParadigmVisitor, Reduce, WorkerError, Workload, guard};

pub(crate) fn each_paradigm(visitor: &mut impl ParadigmVisitor) {
    visitor.visit::<Broken<Serially>>();
    visitor.visit::<Broken<OneTooFew>>();
    visitor.visit::<Broken<OneTooMany>>();
    visitor.visit::<Broken<LastChunkLost>>();
    visitor.visit::<Broken<RemainderLost>>();
    visitor.visit::<Broken<WrongOrder>>();
    visitor.visit::<Broken<WithinGrains>>();
    visitor.visit::<Broken<Deadlock>>();
    visitor.visit::<Broken<EndlessLoop>>();
    visitor.visit::<Broken<PanicUncaught>>();
    visitor.visit::<Broken<ThreadLeaked>>();
    visitor.visit::<Broken<ChildLeaked>>();
    visitor.visit::<Broken<OrphanLeaked>>();
    visitor.visit::<Broken<MappingLeaked>>();
    visitor.visit::<Broken<DescriptorLeaked>>();
    visitor.visit::<Broken<EndsTheProcess>>();
    visitor.visit::<Broken<Panics>>();
    visitor.visit::<Broken<ChildReturns>>();
    visitor.visit::<Broken<SameName<1>>>();
    visitor.visit::<Broken<SameName<2>>>();
}

/// What a fault changes of a paradigm that is right otherwise, and works as `threads/scoped` does.
pub(super) trait Fault: 'static {
    const ID: &'static str;

    fn chunks(items: usize, workers: NonZero<usize>, grain: usize) -> Vec<Range<usize>> {
        let chunks = Chunks::one_each(items, workers);
        chunks.aligned(grain).iter().collect()
    }

    fn run<T: Send>(tasks: Vec<impl Task<T>>) -> Vec<Outcome<T>> {
        one_thread_each(tasks)
    }
}

pub(super) trait Task<T>: FnOnce() -> Outcome<T> + Send {}
impl<T, F: FnOnce() -> Outcome<T> + Send> Task<T> for F {}

pub(super) type Outcome<T> = Result<T, WorkerError>;

pub(super) fn one_thread_each<T: Send>(tasks: Vec<impl Task<T>>) -> Vec<Outcome<T>> {
    thread::scope(|scope| {
        let workers: Vec<_> = tasks.into_iter().map(|task| scope.spawn(task)).collect();
        let ends = workers.into_iter().map(thread::ScopedJoinHandle::join);
        ends.map(|end| end.expect("tasks are guarded")).collect()
    })
}

/// A paradigm with a fault.
pub(super) struct Broken<F> {
    workers: NonZero<usize>,
    fault: PhantomData<F>,
}

impl<F: Fault> Paradigm for Broken<F> {
    const ID: &'static str = F::ID;
    const ABOUT: &'static str = "broken on purpose";

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        let fault = PhantomData;
        Ok(Self { workers, fault })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        // More than any memory holds is an error before any thread starts.
        let mut items = workloads::zeroed_items(workload.len())?;
        items.clear();
        for part in self.run(workload, |chunk| workload.items(chunk)) {
            items.extend(part?);
        }
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let parts = self.run(workload, |chunk| workload.fold(chunk));
        let parts = parts.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(workload.merge_all(parts))
    }
}

impl<F: Fault> Broken<F> {
    fn run<T: Send>(
        &self,
        workload: &impl Workload,
        compute: impl Fn(Range<usize>) -> T + Sync,
    ) -> Vec<Outcome<T>> {
        let compute = &compute;
        let chunks = F::chunks(workload.len(), self.workers, workload.grain());
        let task = |(worker, chunk): (_, Range<usize>)| {
            move || guard(worker, chunk.clone(), || compute(chunk))
        };
        F::run(chunks.into_iter().enumerate().map(task).collect())
    }
}

struct Serially;
impl Fault for Serially {
    const ID: &'static str = "broken/serially";

    fn run<T: Send>(tasks: Vec<impl Task<T>>) -> Vec<Outcome<T>> {
        tasks.into_iter().map(|task| task()).collect()
    }
}

struct OneTooFew;
impl Fault for OneTooFew {
    const ID: &'static str = "broken/one-too-few";

    fn chunks(items: usize, workers: NonZero<usize>, grain: usize) -> Vec<Range<usize>> {
        let fewer = NonZero::new(workers.get() - 1).unwrap_or(workers);
        Serially::chunks(items, fewer, grain)
    }
}

struct OneTooMany;
impl Fault for OneTooMany {
    const ID: &'static str = "broken/one-too-many";

    fn chunks(items: usize, workers: NonZero<usize>, grain: usize) -> Vec<Range<usize>> {
        Serially::chunks(items, workers.saturating_add(1), grain)
    }
}

struct LastChunkLost;
impl Fault for LastChunkLost {
    const ID: &'static str = "broken/last-chunk-lost";

    fn chunks(items: usize, workers: NonZero<usize>, grain: usize) -> Vec<Range<usize>> {
        let mut chunks = Serially::chunks(items, workers, grain);
        if chunks.len() > 1 {
            chunks.pop();
        }
        chunks
    }
}

struct RemainderLost;
impl Fault for RemainderLost {
    const ID: &'static str = "broken/remainder-lost";

    fn chunks(items: usize, workers: NonZero<usize>, _grain: usize) -> Vec<Range<usize>> {
        let size = items / workers;
        let chunks = (0..workers.get()).map(|k| k * size..(k + 1) * size);
        chunks.collect()
    }
}

struct WrongOrder;
impl Fault for WrongOrder {
    const ID: &'static str = "broken/wrong-order";

    fn run<T: Send>(tasks: Vec<impl Task<T>>) -> Vec<Outcome<T>> {
        let mut parts = one_thread_each(tasks);
        parts.reverse();
        parts
    }
}

struct WithinGrains;
impl Fault for WithinGrains {
    const ID: &'static str = "broken/within-grains";

    fn chunks(items: usize, workers: NonZero<usize>, _grain: usize) -> Vec<Range<usize>> {
        Serially::chunks(items, workers, 1)
    }
}

struct Deadlock;
impl Fault for Deadlock {
    const ID: &'static str = "broken/deadlock";

    fn run<T: Send>(tasks: Vec<impl Task<T>>) -> Vec<Outcome<T>> {
        let (sender, receiver) = channel();
        let parts = tasks.into_iter().map(|task| task());
        parts.for_each(|part| sender.send(part).expect("it is open"));
        // It does not end before the sender is dropped.
        receiver.iter().collect()
    }
}

struct EndlessLoop;
impl Fault for EndlessLoop {
    const ID: &'static str = "broken/endless-loop";

    fn run<T: Send>(tasks: Vec<impl Task<T>>) -> Vec<Outcome<T>> {
        while !tasks.is_empty() {
            std::hint::spin_loop();
        }
        Vec::new()
    }
}

/// Its worker panics outside `guard`, and the caller waits for an answer of it.
struct PanicUncaught;
impl Fault for PanicUncaught {
    const ID: &'static str = "broken/panic-uncaught";

    fn run<T: Send>(tasks: Vec<impl Task<T>>) -> Vec<Outcome<T>> {
        let (sender, receiver) = channel();
        thread::scope(|scope| {
            let count = tasks.len();
            for task in tasks {
                let sender = sender.clone();
                scope.spawn(move || {
                    let part =
                        task().unwrap_or_else(|error| panic!("this is outside `guard`: {error}"));
                    sender.send(Ok(part)).expect("it is open");
                });
            }
            receiver.iter().take(count).collect()
        })
    }
}

struct EndsTheProcess;
impl Fault for EndsTheProcess {
    const ID: &'static str = "broken/ends-the-process";

    fn run<T: Send>(_tasks: Vec<impl Task<T>>) -> Vec<Outcome<T>> {
        std::process::exit(0);
    }
}

struct Panics;
impl Fault for Panics {
    const ID: &'static str = "broken/panics";

    fn run<T: Send>(_tasks: Vec<impl Task<T>>) -> Vec<Outcome<T>> {
        panic!("I am the caller");
    }
}

/// A paradigm that does something else besides its work.
macro_rules! besides {
    ($name:ident, $id:literal, $what:block) => {
        struct $name;
        impl Fault for $name {
            const ID: &'static str = $id;

            fn run<T: Send>(tasks: Vec<impl Task<T>>) -> Vec<Outcome<T>> {
                $what
                one_thread_each(tasks)
            }
        }
    };
}

besides!(ThreadLeaked, "broken/thread-leaked", {
    drop(thread::spawn(thread::park));
});

besides!(ChildLeaked, "broken/child-leaked", {
    let mut sleep = Command::new("sleep");
    mem::forget(sleep.arg("60").spawn().expect("it can be started"));
});

besides!(OrphanLeaked, "broken/orphan-leaked", {
    let mut shell = Command::new("sh");
    let status = shell.args(["-c", "sleep 60 &"]).status();
    assert!(status.expect("it can be started").success());
});

besides!(MappingLeaked, "broken/mapping-leaked", {
    mem::forget(Mapping::<u8>::zeroed(1).expect("there is room"));
});

besides!(DescriptorLeaked, "broken/descriptor-leaked", {
    mem::forget(io::pipe().expect("there are descriptors"));
});

besides!(ChildReturns, "broken/child-returns", {
    #[expect(unsafe_code, reason = "forking wrongly, on purpose")]
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    let forked = unsafe { nix::unistd::fork() }.expect("there are processes");
    if let nix::unistd::ForkResult::Parent { child } = forked {
        nix::sys::wait::waitpid(child, None).expect("it is a child");
    }
});

struct SameName<const K: usize>;
impl<const K: usize> Fault for SameName<K> {
    const ID: &'static str = "broken/same-name";
}
