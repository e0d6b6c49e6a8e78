//! Memory with a name, and memory in a file without one: a header that says what is in it, and then the items.
//!
//! Two programs that know only a name must agree on what the bytes mean. So a segment begins with a page for its header.
//! A program that finds another type there, or another layout of the header, is told so in words.
//!
//! A name in `/dev/shm` stays until it is removed, even when no process is left that uses it. So its owner, the process
//! that created it, removes it on drop, and so on a panic. The owner may also be killed. Then the header tells others that
//! the owner is dead: see [`remove_left_behind`](crate::remove_left_behind).

#![expect(unsafe_code, reason = "the header is in memory that processes share")]

use std::any::type_name;
use std::fs::File;
use std::io;
use std::num::NonZero;
use std::os::fd::{AsFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::names::{self, Name};
use crate::owner::Owner;
use crate::region::Region;
use crate::room;

/// The header has a page of its own, so that the items begin at a page.
pub(crate) const FIRST_ITEM: usize = 4096;

/// Says that a file is a segment, and which layout its header has. It is written last: before, nothing is there.
const MAGIC: u64 = u64::from_be_bytes(*b"Xover\0\0\x01");

/// The longest name of a type that a header has room for. Longer ones are refused: two types could begin alike.
const LONGEST_TYPE: usize = 1024;

#[repr(C)]
struct Header {
    magic: AtomicU64,
    owner: Owner,
    /// How many items there are, and the size and the alignment of each.
    layout: [u64; 3],
    item_type: [u8; LONGEST_TYPE],
}

/// Items of one type in memory that processes share: a file that was mapped as a whole.
#[derive(Debug)]
pub(crate) struct Segment {
    region: Region,
    len: usize,
    /// Removes the name when it is dropped by the process that has created it.
    name: Option<Name>,
}

impl Segment {
    /// A segment of zeros with a name, for `len` items. Other programs find it after [`publish`](Self::publish).
    pub(crate) fn create<T>(name: &str, len: usize) -> io::Result<(Self, OwnedFd)> {
        let (name, file) = names::create(name)?; // From here on, an error removes the name.
        let mut segment = Self::fill::<T>(&file, len)?;
        segment.name = Some(name);
        Ok((segment, file))
    }

    /// The same in a file without a name, for processes that inherit the file or are sent it.
    pub(crate) fn without_a_name<T>(len: usize) -> io::Result<(Self, OwnedFd)> {
        let file = names::without_a_name()?;
        let segment = Self::fill::<T>(&file, len)?;
        names::seal(&file)?;
        Ok((segment, file))
    }

    fn fill<T>(file: &OwnedFd, len: usize) -> io::Result<Self> {
        let size = len.checked_mul(size_of::<T>());
        let size = size.and_then(|size| size.checked_add(FIRST_ITEM));
        let size = size.filter(|&size| isize::try_from(size).is_ok());
        let size = size.ok_or_else(|| workloads::no_memory_for::<T>(len))?;
        room::reserve(file, size)?;
        let region = Region::of(file, NonZero::new(size).expect("there is a header"))?;
        let header = Header {
            magic: AtomicU64::new(0),
            owner: Owner::this_process(),
            layout: layout::<T>(len),
            item_type: name_of::<T>()?,
        };
        // SAFETY: the region begins at a page, is larger than a header, and no other code uses it yet.
        unsafe { region.start().cast().write(header) };
        let name = None;
        Ok(Self { region, len, name })
    }

    /// Says that the items are complete: from now on the segment can be opened.
    pub(crate) fn publish(&mut self) -> io::Result<()> {
        let header = header_of(&self.region);
        header.magic.store(MAGIC, Ordering::Release);
        self.name.as_mut().map_or(Ok(()), Name::publish)
    }

    /// Only the mapping. The name is removed if this process has created it.
    pub(crate) fn into_region(self) -> Region {
        self.region
    }

    /// The segment of this name, if it holds items of this type.
    pub(crate) fn open<T>(name: &str) -> io::Result<(Self, OwnedFd)> {
        Self::of_file::<T>(names::open(name)?, name)
    }

    /// The segment in this file, if it holds items of this type. `what` is what an error calls it.
    pub(crate) fn of_file<T>(file: OwnedFd, what: &str) -> io::Result<(Self, OwnedFd)> {
        let refusal = |why| io::Error::new(io::ErrorKind::InvalidData, format!("{what} {why}"));
        let region =
            whole(&file)?.ok_or_else(|| refusal("is no segment: it is too short".into()))?;
        let header = header_of(&region);
        match header.magic.load(Ordering::Acquire) {
            MAGIC => {}
            0 => return Err(refusal("is not complete yet".into())),
            _ => {
                let why = "is no segment of this version of the program";
                return Err(refusal(why.into()));
            }
        }
        let len = header.layout[0];
        if header.item_type != name_of::<T>()? {
            let end = header.item_type.iter().position(|&byte| byte == 0);
            let there = &header.item_type[..end.unwrap_or(LONGEST_TYPE)];
            let there = String::from_utf8_lossy(there);
            let asked = type_name::<T>();
            return Err(refusal(format!("holds {there}, and not {asked}")));
        }
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        let size = len.saturating_mul(size_of::<T>());
        if header.layout != layout::<T>(len) || region.size() - FIRST_ITEM < size {
            let why = "holds values of the same name with another size or alignment";
            return Err(refusal(why.into()));
        }
        let name = None;
        Ok((Self { region, len, name }, file))
    }

    /// Where the items begin. They are zeros, or valid values of the type with which it was created or opened.
    pub(crate) fn start(&self) -> NonNull<u8> {
        // SAFETY: a region of a segment is longer than this.
        unsafe { self.region.start().add(FIRST_ITEM) }
    }

    /// The number of items.
    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

/// Where the owner's place in the header ends.
#[cfg(target_os = "linux")]
pub(crate) const OWNER_ENDS: usize = 24;

/// The owner, as the first bytes of a file say it; `None` if it is not the file of a segment.
#[cfg(target_os = "linux")]
pub(crate) fn owner_in(bytes: &[u8; OWNER_ENDS]) -> Option<Owner> {
    let (magic, owner) = bytes.split_at(8);
    let [id, start]: [u64; 2] = bytemuck::pod_read_unaligned(owner);
    (magic == MAGIC.to_ne_bytes()).then_some(Owner { id, start })
}

/// A mapping of the whole file; `None` if it has no room for a header.
fn whole(file: &OwnedFd) -> io::Result<Option<Region>> {
    let file = File::from(file.try_clone()?);
    let size = usize::try_from(file.metadata()?.len()).unwrap_or(0);
    let size = NonZero::new(size).filter(|size| size.get() >= FIRST_ITEM);
    size.map(|size| Region::of(file.as_fd(), size)).transpose()
}

fn header_of(region: &Region) -> &Header {
    // SAFETY: regions of segments begin at a page and are larger than a header. Any bits are a header, and except for its
    // first number, which is atomic, none of it changes after another process can see it.
    unsafe { region.start().cast().as_ref() }
}

fn layout<T>(len: usize) -> [u64; 3] {
    [len, size_of::<T>(), align_of::<T>()].map(|number| number as u64)
}

fn name_of<T>() -> io::Result<[u8; LONGEST_TYPE]> {
    let mut name = [0; LONGEST_TYPE];
    let letters = type_name::<T>().as_bytes();
    let Some(place) = name.get_mut(..letters.len()) else {
        let message = format!("the name of the type is longer than {LONGEST_TYPE} bytes");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    };
    place.copy_from_slice(letters);
    Ok(name)
}
