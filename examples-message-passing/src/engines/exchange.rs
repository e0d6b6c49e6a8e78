//! What a controller and its engines send each other, and what happens if an engine ends.

use std::io;
use std::mem::take;
use std::time::Instant;

use examples_processes::Failure;
use examples_processes::parts::{Kind, panicked};
use workloads::Cause;

use super::controller::{Child, Controller, LAST_WORDS, LOOK_AGAIN};
use super::task::State;

impl Controller {
    /// Takes what has come. Returns whether anything has.
    pub(super) fn receive_from_all(&mut self) -> bool {
        let mut has_come = false;
        for number in 0..self.engines.len() {
            has_come |= self.receive_from(number);
        }
        has_come
    }

    fn receive_from(&mut self, number: usize) -> bool {
        if self.engines[number].end.is_some() {
            return false;
        }
        let mut has_come = false;
        while let Some(connection) = &mut self.engines[number].connection {
            connection.send();
            let read = connection.receive();
            let is_at_end = connection.is_at_end;
            match read.and_then(|is_more| Ok((self.take_frames(number)?, is_more))) {
                Ok((taken, is_more)) => {
                    has_come |= taken;
                    if !is_at_end && !is_more {
                        break;
                    }
                    if is_at_end {
                        self.bury(number, None);
                    }
                }
                Err(error) => self.bury(number, Some(error)),
            }
        }
        has_come | self.engines[number].end.is_some()
    }

    /// From time to time: an engine's end is the end of its connection, but a process that it has started may keep the connection open.
    pub(super) fn bury_children_that_ended(&mut self) {
        if self.looked.elapsed() < LOOK_AGAIN {
            return;
        }
        self.looked = Instant::now();
        for number in 0..self.engines.len() {
            let engine = &self.engines[number];
            if engine.end.is_none() && engine.number > 0 {
                let its = |child: &&mut Child| child.number == engine.number;
                let child = self.children.iter_mut().find(its);
                if child.is_some_and(|it| !it.process.is_alive().unwrap_or(true)) {
                    self.receive_from(number);
                    if self.engines[number].end.is_none() {
                        self.bury(number, None);
                    }
                }
            }
        }
    }

    fn take_frames(&mut self, number: usize) -> io::Result<bool> {
        let engine = &mut self.engines[number];
        let Some(connection) = &mut engine.connection else {
            return Ok(false);
        };
        let mut has_come = false;
        while let Some((header, bytes)) = connection.incoming.next_owned()? {
            has_come = true;
            let kind = header.kind;
            if kind == Kind::Name && engine.place.is_none() {
                engine.place = Some(String::from_utf8_lossy(&bytes).into_owned());
                engine.number = header.number;
                continue;
            }
            let Some(id) = engine.in_flight.pop_front() else {
                return Err(io::Error::other("an engine answered what it was not asked"));
            };
            match (kind, self.tasks.get(id)) {
                (_, None) => {}
                (Kind::Values, _) => self.tasks.finish(id, Ok(bytes), Some(number)),
                _ => self.tasks.fail(id, panicked(&bytes), Some(number)),
            }
        }
        connection.incoming.shrink();
        Ok(has_come)
    }

    /// An engine has ended. What it has not answered is given to others, as often as is allowed.
    fn bury(&mut self, number: usize, error: Option<io::Error>) {
        let cause = self.cause_of_end(number, error);
        let engine = &mut self.engines[number];
        engine.end = Some(cause.clone());
        if let Some(mut connection) = engine.connection.take() {
            connection.close();
        }
        let in_flight = take(&mut engine.in_flight);
        // In the opposite order, because each is put in front of the others.
        for (place, id) in in_flight.into_iter().enumerate().rev() {
            let Some(task) = self.tasks.get_mut(id) else {
                continue;
            };
            // It had begun with the first one only.
            task.deaths += u32::from(place == 0);
            if task.forgotten || task.order.target.is_some() || task.deaths >= task.order.attempts {
                self.tasks
                    .fail(id, Failure::Died(cause.clone()), Some(number));
            } else {
                task.state = State::Ready;
                self.tasks.queue(id, true);
            }
        }
        for id in self.tasks.ready_for.remove(&number).unwrap_or_default() {
            self.tasks
                .fail(id, Failure::Died(cause.clone()), Some(number));
        }
    }

    /// Why an engine has ended: if it is a child of this process, the system knows.
    fn cause_of_end(&mut self, number: usize, error: Option<io::Error>) -> Cause {
        let its = self.engines[number].number;
        if let Some(child) = self.children.iter().position(|it| it.number == its) {
            let mut child = self.children.swap_remove(child).process;
            if !matches!(child.wait(LAST_WORDS), Ok(Some(_))) {
                let _ = child.kill(); // it fails only if it has ended
            }
            match child.join() {
                Err(failure) => return failure.into_cause(),
                Ok(Some(why)) => return Cause::Lost(why),
                Ok(None) => {}
            }
        }
        let place = self.engines[number].place.clone();
        let place = place.unwrap_or_else(|| "not yet registered".to_owned());
        let why = error.map_or_else(
            || "its connection has ended".to_owned(),
            |it| it.to_string(),
        );
        Cause::Lost(format!("engine {number} ({place}): {why}"))
    }

    /// Gives tasks to engines.
    pub(super) fn give_out(&mut self) {
        let living = self.living();
        for (number, queue) in take(&mut self.tasks.ready_for) {
            for id in queue {
                match self.engines[number].end.clone() {
                    None => self.give(number, id),
                    Some(cause) => self.tasks.fail(id, Failure::Died(cause), Some(number)),
                }
            }
        }
        while !self.tasks.ready.is_empty() {
            let least = living
                .iter()
                .min_by_key(|&&it| self.engines[it].in_flight.len());
            let Some(&least) = least else {
                break;
            };
            if self.engines[least].in_flight.len() >= self.outstanding {
                break;
            }
            if let Some(id) = self.tasks.ready.pop_front() {
                self.give(least, id);
            }
        }
        if living.is_empty() && self.no_engine_will_come() {
            self.fail_all_that_waits();
        }
        for number in living {
            if let Some(connection) = &mut self.engines[number].connection {
                connection.send();
            }
        }
    }

    fn give(&mut self, number: usize, id: u64) {
        // It may have been taken back while it was in the queue.
        if let Some((task, calls)) = self.tasks.begin(id) {
            // Another engine may need the input, unless the task is for this one only.
            let input = match task.order.target {
                Some(_) => take(&mut task.order.input),
                None => task.order.input.clone(),
            };
            self.engines[number].give(id, task.order.call, calls, input);
        }
    }

    /// Whether there is no way in which another engine could register.
    pub(super) fn no_engine_will_come(&mut self) -> bool {
        // Engines may be started by hand, at any time: so as long as there was none, one may come.
        let registering = self.engines.is_empty() || self.engines.iter().any(|it| it.end.is_none());
        // One that has ended stays in the list, because `wait_for_engines` says why it ended.
        let starting = self
            .children
            .iter_mut()
            .any(|child| child.process.is_alive().unwrap_or(false));
        !registering && !starting
    }

    /// There is no engine left.
    fn fail_all_that_waits(&mut self) {
        for id in take(&mut self.tasks.ready) {
            let last = self.engines.iter().rev().find_map(|it| it.end.as_ref());
            let last = last.map(|cause| Failure::Died(cause.clone()).to_string());
            let why = format!(
                "no engine is left; the last one: {}",
                last.unwrap_or_default()
            );
            self.tasks.fail(id, Failure::Broken(why), None);
        }
    }
}
