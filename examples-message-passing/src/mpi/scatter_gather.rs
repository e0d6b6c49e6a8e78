//! `message-passing/mpi`: each rank computes one chunk; scatter hands the chunks out, gather collects the items.
//!
//! - **Idea.** All ranks call the same functions in the same order: these are *collective* calls. Rank 0 broadcasts the
//!   workload and scatters the bounds of the chunks. Each rank, 0 too, computes its chunk. Rank 0 gathers the items
//!   into the answer.
//! - **Cost.** Five collective calls: a few microseconds each between the cores of one machine, some tens or hundreds
//!   of microseconds between machines. Every byte of the answer travels to rank 0 once.
//! - **Hazard.** If one rank leaves out a collective call, the others wait forever. So a panic ends all ranks. A rank
//!   that waits does not sleep: it keeps its core busy.
//! - **Prefer it** where one machine is not enough, for items of even cost. Bounds and counts of a gather have 32 bits:
//!   an answer of more than 2 GiB is refused.

use std::io;
use std::marker::PhantomData;
use std::num::NonZero;
use std::ops::Range;

use ::mpi::Count;
use ::mpi::datatype::PartitionMut;
use ::mpi::topology::SimpleCommunicator;
use ::mpi::traits::{Communicator, Root};
use bytemuck::{cast_slice, cast_slice_mut};
use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce, Workload, zeroed_items};

use super::{OnThisThread, ROOT, check_ranks, serving};

/// The ranks that `mpirun` has started, one chunk each.
pub struct ScatterGather(OnThisThread);

impl Paradigm for ScatterGather {
    const ID: &'static str = "message-passing/mpi";
    const ABOUT: &'static str = "one chunk for each MPI rank: scatter, compute, gather";

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        check_ranks(Self::ID, workers)?;
        Ok(Self(PhantomData))
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let mut items = zeroed_items(workload.len())?;
        check_size(size_of_val(&items[..]))?;
        if items.is_empty() {
            return Ok(items);
        }
        serving::announce::<Self, M>(workload)?;
        map(workload, &mut items);
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        if workload.is_empty() {
            return Ok(workload.fold(0..0));
        }
        serving::announce::<Self, R>(workload)?;
        let mut summaries = Vec::new();
        for text in reduce(workload) {
            summaries.push(serde_json::from_slice(&text)?);
        }
        Ok(workload.merge_all(summaries))
    }
}

/// On every rank: computes its chunk and sends it to rank 0, whose `answer` has room for all items. (The others have none.)
pub(super) fn map<M: Map>(workload: &M, answer: &mut [M::Item]) {
    let part = workload.items(scatter_chunks(workload));
    gather(cast_slice(&part), |_| cast_slice_mut(answer));
}

/// On every rank: folds its chunk. Returns, on rank 0, the summaries of all chunks in their order, as JSON.
pub(super) fn reduce<R: Reduce>(workload: &R) -> Vec<Vec<u8>> {
    let chunk = scatter_chunks(workload);
    let mut part = Vec::new();
    if !chunk.is_empty() {
        let summary = workload.fold(chunk);
        part = serde_json::to_vec(&summary).expect("a summary can be written as JSON");
    }
    let (mut text, mut parts) = (Vec::new(), Vec::new());
    gather(&part, |lengths| {
        parts.extend(lengths.iter().map(|&length| length as usize));
        text.resize(parts.iter().sum(), 0);
        &mut text
    });
    parts.retain(|&length| length > 0); // ranks without a chunk
    let mut rest = text.into_iter();
    let cut = |length| rest.by_ref().take(length).collect();
    parts.into_iter().map(cut).collect()
}

/// On every rank: its chunk. It is empty if there are more ranks than chunks.
fn scatter_chunks<W: Workload>(workload: &W) -> Range<usize> {
    let world = SimpleCommunicator::world();
    let root = world.process_at_rank(ROOT);
    let mut mine = [0_u64; 2];
    if world.rank() == ROOT {
        let ranks = NonZero::new(world.size() as usize).expect("there is this one");
        let chunks = Chunks::one_each(workload.len(), ranks).aligned(workload.grain());
        let mut bounds = vec![[0_u64; 2]; ranks.get()];
        for (bounds, chunk) in bounds.iter_mut().zip(chunks.iter()) {
            *bounds = [chunk.start as u64, chunk.end as u64];
        }
        root.scatter_into_root(bounds.as_flattened(), &mut mine);
    } else {
        root.scatter_into(&mut mine);
    }
    mine[0] as usize..mine[1] as usize
}

/// On rank 0: puts the parts of all ranks, one behind the other, where there is `room` for parts of these lengths. On the
/// others: sends the part.
fn gather<'a>(part: &[u8], room: impl FnOnce(&[Count]) -> &'a mut [u8]) {
    // An empty `Vec` of bytes has the address 1. In Open MPI that is `MPI_IN_PLACE`, which means something else.
    let part = if part.is_empty() { &[0][..0] } else { part };
    let length = Count::try_from(part.len()).expect("the size has been checked");
    let world = SimpleCommunicator::world();
    let root = world.process_at_rank(ROOT);
    if world.rank() != ROOT {
        root.gather_into(&length);
        return root.gather_varcount_into(part);
    }
    let mut lengths = vec![0; world.size() as usize];
    root.gather_into_root(&length, &mut lengths[..]);
    let mut places = vec![0; lengths.len()];
    for rank in 1..places.len() {
        places[rank] = places[rank - 1] + lengths[rank - 1];
    }
    let whole = room(&lengths);
    root.gather_varcount_into_root(part, &mut PartitionMut::new(whole, lengths, places));
}

/// # Errors
///
/// If an answer of so many bytes cannot be gathered: MPI counts in 32 bits.
fn check_size(bytes: usize) -> io::Result<()> {
    if Count::try_from(bytes).is_ok() {
        return Ok(());
    }
    let why = format!(
        "{}: the answer has {bytes} bytes, and MPI can gather up to {}. message-passing/mpi-dynamic sends each chunk by itself",
        ScatterGather::ID,
        Count::MAX
    );
    Err(io::Error::new(io::ErrorKind::InvalidInput, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_cannot_be_gathered_is_refused() {
        check_size((1 << 31) - 1).unwrap();
        let error = check_size(1 << 31).unwrap_err();
        assert!(error.to_string().contains("2147483648 bytes"), "{error}");
    }
}
