//! An engine, as its controller sees it.

use std::collections::VecDeque;
use std::io;

use examples_processes::parts::{Connection, Header, Kind, Stream};
use workloads::Cause;

use super::calls::Call;

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

    /// Adds a task to what is sent next, and before it, if this engine does not know it, what is called.
    pub(super) fn give(&mut self, id: u64, number: u64, call: &Call, input: Vec<u8>) {
        let Some(connection) = &mut self.connection else {
            return;
        };
        let header = |kind, number_in_it| Header {
            kind,
            call: number,
            number: number_in_it,
        };
        if !self.knows.contains(&number) {
            self.knows.push(number);
            let function = call.function.number();
            connection.add(header(Kind::Call, function), &call.shared);
        }
        // As if it were the last one: so each result is sent at once.
        connection.add_owned(header(Kind::LastTask, 1), input);
        self.in_flight.push_back(id);
    }

    /// There are no more tasks of this call.
    pub(super) fn forget(&mut self, call: u64) {
        if let Some(place) = self.knows.iter().position(|&it| it == call)
            && let Some(connection) = &mut self.connection
        {
            self.knows.swap_remove(place);
            let header = Header {
                kind: Kind::Forget,
                call,
                number: 0,
            };
            connection.add(header, &[]); // sent with the next task
        }
    }
}
