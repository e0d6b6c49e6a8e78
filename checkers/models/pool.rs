//! A pool of two workers with four tasks, for the models that need one: tasks 0 and 1 are there at first. Each has a part,
//! task 2 or 3, which it gives to the pool.

use crate::platform::{Condvar, Mutex, note, together};

/// Computes task 0 or 1, given the number of the worker and of the task.
type Run = dyn Fn(&Pool, usize, usize) + Send + Sync;

/// What a worker does that waits for a task.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Waiting {
    /// It sleeps.
    Sleeps,
    /// It computes other tasks, as rayon's workers do.
    Helps,
}

/// The pool.
pub(super) struct Pool {
    tasks: Mutex<Tasks>,
    changed: Condvar,
    waiting: Waiting,
    run: Box<Run>,
}

struct Tasks {
    /// The last one is taken first.
    open: Vec<usize>,
    done: [bool; 4],
}

impl Pool {
    /// Computes all four tasks.
    pub(super) fn compute(
        waiting: Waiting,
        run: impl Fn(&Pool, usize, usize) + Send + Sync + 'static,
    ) {
        let tasks = Tasks {
            open: vec![0, 1],
            done: [false; 4],
        };
        let pool = Pool {
            tasks: Mutex::new(tasks),
            changed: Condvar::new(),
            waiting,
            run: Box::new(run),
        };
        let work = |pool: &Pool, me| pool.help_until(me, |done| done == [true; 4]);
        together(pool, [work; 2]);
    }

    /// Gives a task to the pool.
    pub(super) fn give(&self, me: usize, task: usize) {
        note(me, format!("gives task {task} to the pool"));
        self.tasks.lock().open.push(task);
        self.changed.notify_all();
    }

    /// Waits until this task is done.
    pub(super) fn wait_for(&self, me: usize, task: usize) {
        note(me, format!("waits for task {task}"));
        if self.waiting == Waiting::Helps {
            return self.help_until(me, |done| done[task]);
        }
        let mut tasks = self.tasks.lock();
        while !tasks.done[task] {
            tasks = self.changed.wait(tasks);
        }
    }

    fn help_until(&self, me: usize, is_over: impl Fn([bool; 4]) -> bool) {
        let mut tasks = self.tasks.lock();
        while !is_over(tasks.done) {
            let Some(task) = tasks.open.pop() else {
                tasks = self.changed.wait(tasks);
                continue;
            };
            drop(tasks);
            note(me, format!("begins task {task}"));
            if task < 2 {
                (self.run)(self, me, task);
            }
            tasks = self.tasks.lock();
            tasks.done[task] = true;
            self.changed.notify_all();
        }
    }
}
