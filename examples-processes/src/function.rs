//! Functions that travel between processes.

#![expect(unsafe_code, reason = "a number becomes a function again")]

use std::any::Any;
use std::io;
use std::ptr::NonNull;

use serde::{Serialize, de::DeserializeOwned};

use crate::values::{append_first, decode_one};
use crate::worker::{Replies, caught};

/// Runs a function on this many inputs, which stand in the bytes. There is one of these for each function.
type Run = fn(&mut Shared, u64, &[u8], &mut Replies<'_>);

/// A function as a number that every process of the same program understands.
///
/// All processes of a program have the same code. Where the code lies in memory differs, because the system chooses the
/// place at random, but the *distance* between a function and a variable is the same in all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function(u64);

impl Function {
    /// The function `F`, which is given the shared value of its call and an input.
    pub fn of<F, S, I, O>(_function: F) -> Self
    where
        F: Fn(&S, I) -> O + Copy + 'static,
        S: DeserializeOwned + 'static,
        I: DeserializeOwned + 'static,
        O: Serialize + 'static,
    {
        Self::at(run::<F, S, I, O>)
    }

    /// The number, which travels.
    pub fn number(self) -> u64 {
        self.0
    }

    pub(crate) fn from_number(number: u64) -> Self {
        Self(number)
    }

    fn at(run: Run) -> Self {
        Self((run as usize).wrapping_sub(landmark()) as u64)
    }

    /// # Safety
    ///
    /// The number must come from a process of the same program.
    unsafe fn get(self) -> Run {
        let address = landmark().wrapping_add(self.0 as usize);
        // SAFETY: the caller says that `at` made the number, in a process with the same code.
        unsafe { std::mem::transmute::<usize, Run>(address) }
    }
}

/// The address of this variable stands for the place of this program's code. (A function will not do: the compiler may
/// make several copies of one, with an address each. A static has one address.)
static LANDMARK: u8 = 0;

fn landmark() -> usize {
    std::ptr::from_ref(&LANDMARK).addr()
}

/// The only value of a type that takes no memory: a function, or a closure without captured variables.
fn value_of<F: Copy + 'static>() -> F {
    const {
        assert!(
            size_of::<F>() == 0,
            "this closure captures a variable, but it runs in another process, which does not have the variable: \
             pass the value as a part of the input, or to all tasks by `with`"
        );
    }
    // SAFETY: there is such a value, because the parent process has one, and it takes no memory, so it has no bits that
    // could be wrong, and any aligned address will do.
    unsafe { NonNull::<F>::dangling().read() }
}

/// The value that all tasks of a call share, as it came and as it is.
pub(crate) struct Shared {
    function: Function,
    bytes: Vec<u8>,
    value: Option<Box<dyn Any>>,
}

impl Shared {
    pub(crate) fn new(function: Function, bytes: &[u8]) -> Self {
        Self {
            function,
            bytes: bytes.to_owned(),
            value: None,
        }
    }

    /// In a worker: runs the function on `count` inputs.
    pub(crate) fn run(&mut self, count: u64, inputs: &[u8], replies: &mut Replies<'_>) {
        // SAFETY: the number comes from the parent, which is a process of the same program.
        let run = unsafe { self.function.get() };
        run(self, count, inputs, replies);
    }

    /// The value. It is decoded once.
    fn get<S: DeserializeOwned + 'static>(&mut self) -> io::Result<&S> {
        if self.value.is_none() {
            self.value = Some(Box::new(decode_one::<S>(&self.bytes)?));
        }
        let value = self.value.as_deref().and_then(<dyn Any>::downcast_ref);
        Ok(value.expect("the function of a call has one type"))
    }
}

/// A worker reads, computes and writes this many values at a time: so they stay in the processor's cache, and the parent
/// can read the first results while others are computed.
const PART: u64 = 4096;

fn run<F, S, I, O>(shared: &mut Shared, count: u64, mut inputs: &[u8], replies: &mut Replies<'_>)
where
    F: Fn(&S, I) -> O + Copy + 'static,
    S: DeserializeOwned + 'static,
    I: DeserializeOwned + 'static,
    O: Serialize + 'static,
{
    let function = value_of::<F>();
    // `Deserialize` may be code of users, too.
    let shared = match caught(|| shared.get::<S>()) {
        Ok(Ok(shared)) => shared,
        Ok(Err(error)) => return replies.failed(count, &error.to_string()),
        Err((message, _)) => return replies.failed(count, &message),
    };
    let mut left = count;
    while left > 0 {
        let part = left.min(PART);
        let mut values = Vec::new();
        match caught(|| append_first::<I>(&mut values, part as usize, &mut inputs)) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return replies.failed(left, &error.to_string()),
            Err((message, _)) => return replies.failed(left, &message),
        }
        left -= part;
        let mut results = Vec::with_capacity(values.len());
        let mut values = values.into_iter();
        // After a panic, the loop goes on with the next input.
        while let Err(panicked) = caught(|| {
            for input in values.by_ref() {
                replies.begin();
                results.push(function(shared, input));
            }
        }) {
            replies.values(&results);
            replies.panicked(1, &panicked);
            results.clear();
        }
        replies.values(&results);
    }
}
