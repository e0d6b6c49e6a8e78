//! An engine, as its controller sees it.

use std::collections::VecDeque;
use std::io;

use examples_processes::parts::{Connection, Header, Kind, Stream};
use workloads::Cause;

use super::calls::Calls;

/// No frame of an engine may have more bytes. Memory is taken as they arrive, not as they are announced.
const LONGEST_FRAME: usize = 1 << 40;

/// An engine as its controller sees it.
pub(super) struct Member {
    /// None when it has ended.
    pub(super) connection: Option<Connection<Box<dyn Stream>>>,
    /// Which child of the controller it is; 0 if it is another process.
    pub(super) number: u64,
    /// What it says of itself. Before that, it is given nothing.
    pub(super) place: Option<String>,
    /// What it was given and has not answered, in this order.
    pub(super) in_flight: VecDeque<u64>,
    /// The calls that it was told of.
    pub(super) knows: Vec<u64>,
    /// Why it ended.
    pub(super) end: Option<Cause>,
}

impl Member {
    /// # Errors
    ///
    /// What the system says.
    pub(super) fn new(stream: Box<dyn Stream>) -> io::Result<Self> {
        Ok(Self {
            connection: Some(Connection::new(stream, LONGEST_FRAME)?),
            number: 0,
            place: None,
            in_flight: VecDeque::new(),
            knows: Vec::new(),
            end: None,
        })
    }

    pub(super) fn is_busy(&self) -> bool {
        !self.in_flight.is_empty()
    }

    /// Adds a task of the call of this number to what is sent next. If this engine does not know the call, it is told what
    /// is called, and which other calls have ended.
    pub(super) fn give(&mut self, id: u64, number: u64, calls: &Calls, input: Vec<u8>) {
        let (Some(connection), Some(call)) = (&mut self.connection, calls.get(number)) else {
            return;
        };
        let header = |kind, call, number| Header { kind, call, number };
        if !self.knows.contains(&number) {
            for ended in self.knows.extract_if(.., |it| calls.get(*it).is_none()) {
                connection.add(header(Kind::Forget, ended, 0), &[]);
            }
            self.knows.push(number);
            let function = call.function.number();
            connection.add(header(Kind::Call, number, function), &call.shared);
        }
        // As if it were the last one: so each result is sent at once.
        connection.add_owned(header(Kind::LastTask, number, 1), input);
        self.in_flight.push_back(id);
    }
}
