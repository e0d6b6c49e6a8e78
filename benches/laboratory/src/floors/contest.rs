//! A primitive, what is built on it, and the process in which both are timed.

use std::fmt;
use std::hint::black_box;
use std::io;

use estimator::Stopwatch;
use serde::{Deserialize, Serialize};

use super::stopwatch::{Operation, Turns};
use super::{Absent, Group, Placement};
use crate::cores;

/// A floor and what it is compared with. A process of its own is started for it, again in each round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contest {
    /// The number of the primitive.
    pub(super) floor: usize,
    /// The number of what is built on it; `None`: the floor is compared with itself.
    pub(super) rival: Option<usize>,
}

/// A primitive, and how it is timed.
pub(super) struct Primitive {
    pub(super) name: String,
    /// What one operation is.
    pub(super) about: &'static str,
    pub(super) group: Group,
    pub(super) bare: Prepare,
    /// What is built on it, by name.
    pub(super) built: Vec<(&'static str, Prepare)>,
    /// Whether only Linux has it.
    pub(super) only_linux: bool,
    /// Where the two that take part run.
    pub(super) placement: Option<Placement>,
    /// Bytes that one operation copies, if it copies any.
    pub(super) bytes: Option<usize>,
    /// Bytes that its process writes first, in each round.
    pub(super) written: usize,
}

/// Prepares an operation. This process runs on the first of these cores, its partner, if there is one, on the second.
pub(super) type Prepare = Box<dyn FnOnce([usize; 2]) -> io::Result<Operation>>;

impl Primitive {
    pub(super) fn new(
        group: Group,
        name: impl Into<String>,
        about: &'static str,
        bare: impl FnOnce([usize; 2]) -> io::Result<Operation> + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            about,
            group,
            bare: Box::new(bare),
            built: Vec::new(),
            only_linux: false,
            placement: None,
            bytes: None,
            written: 0,
        }
    }

    pub(super) fn built(
        mut self,
        name: &'static str,
        prepare: impl FnOnce([usize; 2]) -> io::Result<Operation> + 'static,
    ) -> Self {
        self.built.push((name, Box::new(prepare)));
        self
    }

    /// What it is compared with: all that is built on it, else itself.
    pub(super) fn rivals(&self) -> Vec<&str> {
        match &*self.built {
            [] => vec![&self.name],
            built => built.iter().map(|(name, _)| *name).collect(),
        }
    }

    pub(super) fn only_linux(mut self) -> Self {
        self.only_linux = true;
        self
    }

    /// Only Linux lets a process choose its cores.
    pub(super) fn on(mut self, placement: Placement) -> Self {
        self.placement = Some(placement);
        self.only_linux()
    }

    /// Why this machine does not have it, if so.
    pub(super) fn absent(&self) -> Option<Absent> {
        let too_few = |place: Placement| place.cores().is_ok_and(|cores| cores.is_none());
        match self.placement {
            _ if self.only_linux && !cfg!(target_os = "linux") => Some(Absent::OnlyLinux),
            Some(placement) if too_few(placement) => Some(Absent::OneCore),
            _ => None,
        }
    }
}

impl Contest {
    fn primitive(self) -> Primitive {
        super::table::all().swap_remove(self.floor)
    }

    /// Prepares both sides, in a process that does nothing else: writes memory, pins this process, starts partners.
    ///
    /// # Errors
    ///
    /// If a side cannot be prepared, or fails when it is first tried.
    pub fn stopwatch(self) -> io::Result<Box<dyn Stopwatch>> {
        let mut primitive = self.primitive();
        write_pages(primitive.written);
        let mut on = [0; 2];
        if let Some(placement) = primitive.placement {
            on = placement.cores()?.ok_or(io::ErrorKind::NotFound)?;
            cores::pin(&on[..1])?;
        }
        let base = (primitive.bare)(on)?.warmed_up()?;
        let rival = match self.rival {
            Some(rival) => Some(primitive.built.swap_remove(rival).1(on)?.warmed_up()?),
            None => None,
        };
        Ok(Box::new(Turns { base, rival }))
    }
}

impl fmt::Display for Contest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let primitive = self.primitive();
        match self.rival {
            Some(rival) => write!(f, "{} and {}", primitive.name, primitive.built[rival].0),
            None => f.write_str(&primitive.name),
        }
    }
}

/// Writes one byte on every page of so much memory, and keeps it for as long as this process lives.
fn write_pages(bytes: usize) {
    const LEAST_PAGE: usize = 4096;
    let memory = vec![0_u8; bytes].leak();
    #[cfg(unix)]
    super::syscalls::use_small_pages(memory);
    for page in memory.chunks_mut(LEAST_PAGE) {
        page[0] = 1;
    }
    black_box(memory);
}
