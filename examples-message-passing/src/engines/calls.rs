//! What tasks call: a function with its shared value.

use std::collections::BTreeMap;

use examples_processes::parts::Function;

/// A function with its shared value: engines are told it once for all of its tasks.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) function: Function,
    pub(super) shared: Vec<u8>,
    /// How many of its tasks are not done, and one more while others may be submitted.
    open: usize,
}

/// The calls that have tasks, or may get some.
#[derive(Debug, Default)]
pub(super) struct Calls(BTreeMap<u64, Call>);

impl Calls {
    /// Adds a call of this number, for tasks that will be submitted until it is [closed](Self::close).
    pub(super) fn add(&mut self, number: u64, function: Function, shared: Vec<u8>) {
        let call = Call {
            function,
            shared,
            open: 1,
        };
        self.0.insert(number, call);
    }

    pub(super) fn get(&self, number: u64) -> Option<&Call> {
        self.0.get(&number)
    }

    /// A task of this call was submitted.
    pub(super) fn open(&mut self, number: u64) {
        if let Some(call) = self.0.get_mut(&number) {
            call.open += 1;
        }
    }

    /// A task of this call is done, or no more will be submitted.
    pub(super) fn close(&mut self, number: u64) {
        if let Some(call) = self.0.get_mut(&number) {
            call.open -= 1;
            if call.open == 0 {
                self.0.remove(&number);
            }
        }
    }
}
