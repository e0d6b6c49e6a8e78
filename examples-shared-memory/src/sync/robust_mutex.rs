//! A mutex between processes that survives its owner: the next process is told that the owner has died.
//!
//! Linux only: macOS has no robust mutexes.

#![expect(unsafe_code, reason = "pthread's mutex")]

use std::cell::UnsafeCell;
use std::fmt::{self, Display, Formatter};
use std::io;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytemuck::Pod;
use nix::libc::{
    CLOCK_REALTIME, EDEADLK, ENOTRECOVERABLE, EOWNERDEAD, ETIMEDOUT, PTHREAD_MUTEX_ERRORCHECK,
    PTHREAD_MUTEX_ROBUST, PTHREAD_PROCESS_SHARED, clock_gettime, pthread_mutex_consistent,
    pthread_mutex_init, pthread_mutex_lock, pthread_mutex_t, pthread_mutex_timedlock,
    pthread_mutex_unlock, pthread_mutexattr_destroy, pthread_mutexattr_init,
    pthread_mutexattr_setpshared, pthread_mutexattr_setrobust, pthread_mutexattr_settype,
    pthread_mutexattr_t, timespec,
};

use crate::Shareable;
use crate::platform::this_process;

/// A mutex for processes, in memory that they share ([`Shared`](crate::Shared)). It is pthread's, with the attribute
/// *robust*.
///
/// Each thread tells the kernel once where its list of locked robust mutexes begins. When the thread ends, for whatever
/// reason, the kernel goes through the list, marks each mutex, and wakes up a waiting process. The next process to lock it
/// gets the lock, and [`LockError::OwnerDied`]: the data may be half changed. It repairs the data and says so
/// ([`HalfChanged::repaired`]). If it does not, no process ever gets the lock again ([`LockError::Unusable`]).
///
/// The data is plain: any bits are a value, so half a change is a wrong value and not invalid memory. If the repair relies
/// on the order in which values were written, write `std::sync::atomic::compiler_fence` between them: otherwise the
/// compiler may choose another order. A thread that panics unlocks the mutex, and no other thread is told.
pub struct RobustMutex<T> {
    /// May not be moved after it was initialised. So `new` leaves it as it is, and `settle` initialises it.
    mutex: UnsafeCell<MaybeUninit<pthread_mutex_t>>,
    /// Whether it is initialised: 0 or 1.
    settled: u32,
    /// The process that has locked it. Only this process compares it with its own id, for a guard that was forgotten.
    owner: AtomicU32,
    value: UnsafeCell<T>,
}

// SAFETY: only the owner of the lock uses the value, so the value moves from thread to thread, as if it were sent.
unsafe impl<T: Send> Sync for RobustMutex<T> {}
// SAFETY: before it is settled it is only data, and afterwards it is not moved.
unsafe impl<T: Send> Send for RobustMutex<T> {}

// SAFETY: pthread's mutex is made for processes, `settle` initialises it where it stays, and any bits are a value.
unsafe impl<T: Pod + Send> Shareable for RobustMutex<T> {
    unsafe fn settle(place: *mut Self) -> io::Result<()> {
        // SAFETY: the caller promises that it is valid, and used by no other code.
        let this = unsafe { &mut *place };
        initialise(this.mutex.get_mut())?;
        this.settled = 1;
        Ok(())
    }

    /// A forgotten guard leaves the mutex in the list of this thread, which the thread library follows.
    fn must_stay(&self) -> bool {
        self.owner.load(Ordering::Relaxed) == this_process()
    }
}

impl<T: Pod + Send> RobustMutex<T> {
    /// A mutex that guards `value`. It can be locked when it is in a [`Shared`](crate::Shared).
    pub fn new(value: T) -> Self {
        Self {
            mutex: UnsafeCell::new(MaybeUninit::zeroed()),
            settled: 0,
            owner: AtomicU32::new(0),
            value: UnsafeCell::new(value),
        }
    }

    /// Waits until it is free, and locks it.
    ///
    /// # Errors
    ///
    /// [`LockError::OwnerDied`], with the lock, if its last owner was ended while it held the lock. The other errors come
    /// without the lock.
    pub fn lock(&self) -> Result<RobustGuard<'_, T>, LockError<'_, T>> {
        // SAFETY: it is initialised when this is called, and stays where it is.
        self.lock_by(|mutex| unsafe { pthread_mutex_lock(mutex) })
    }

    /// Waits until it is free, but no longer than `limit`.
    ///
    /// # Errors
    ///
    /// [`LockError::TimedOut`], and those of [`lock`](Self::lock).
    pub fn lock_for(&self, limit: Duration) -> Result<RobustGuard<'_, T>, LockError<'_, T>> {
        let end = now_and(limit);
        // SAFETY: as above, and the time lives as long as the call.
        self.lock_by(|mutex| unsafe { pthread_mutex_timedlock(mutex, &raw const end) })
    }

    fn lock_by(
        &self,
        lock: impl FnOnce(*mut pthread_mutex_t) -> i32,
    ) -> Result<RobustGuard<'_, T>, LockError<'_, T>> {
        if self.settled == 0 {
            return Err(LockError::NotShared);
        }
        let said = lock(self.mutex.get().cast());
        match said {
            0 | EOWNERDEAD => self.owner.store(this_process(), Ordering::Relaxed),
            ETIMEDOUT => return Err(LockError::TimedOut),
            EDEADLK => return Err(LockError::AlreadyMine),
            ENOTRECOVERABLE => return Err(LockError::Unusable),
            error => panic!("{}", io::Error::from_raw_os_error(error)),
        }
        let guard = RobustGuard {
            mutex: self,
            process: this_process(),
            value: PhantomData,
        };
        if said == EOWNERDEAD {
            Err(LockError::OwnerDied(HalfChanged(guard)))
        } else {
            Ok(guard)
        }
    }
}

impl<T> fmt::Debug for RobustMutex<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("RobustMutex").finish_non_exhaustive()
    }
}

/// The way to what a [`RobustMutex`] guards. Dropped, it unlocks the mutex. It stays in its thread: pthread lets no other
/// thread unlock.
///
/// ```compile_fail,E0277
/// use examples_shared_memory::{Shared, sync::RobustMutex};
/// let shared = Shared::new(RobustMutex::new(0_u64)).unwrap();
/// std::thread::scope(|scope| {
///     let guard = shared.lock().unwrap();
///     scope.spawn(move || drop(guard));
/// });
/// ```
#[derive(Debug)]
#[must_use = "if it is not kept, the mutex is unlocked at once"]
pub struct RobustGuard<'a, T> {
    mutex: &'a RobustMutex<T>,
    /// The process that has locked it.
    process: u32,
    /// Neither `Send` nor `Sync`.
    value: PhantomData<*mut T>,
}

impl<T> Deref for RobustGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: there is one guard at a time, in all processes.
        unsafe { &*self.mutex.value.get() }
    }
}

impl<T> DerefMut for RobustGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above, and this is the only use of it.
        unsafe { &mut *self.mutex.value.get() }
    }
}

impl<T> Drop for RobustGuard<'_, T> {
    fn drop(&mut self) {
        // A forked child has a copy of the guard, but not the lock. (It may have locked the mutex by itself since.)
        if self.process == this_process() {
            self.mutex.owner.store(0, Ordering::Relaxed);
            // SAFETY: this thread has locked it.
            unsafe { pthread_mutex_unlock(self.mutex.mutex.get().cast()) };
        }
    }
}

/// The lock of an owner that has died: the data may be half changed.
///
/// Dropped without [`repaired`](Self::repaired), it makes the mutex unusable.
#[derive(Debug)]
#[must_use = "if it is dropped, the mutex can never be locked again"]
pub struct HalfChanged<'a, T>(RobustGuard<'a, T>);

impl<'a, T> HalfChanged<'a, T> {
    /// Says that the data is right again. From now on it is an ordinary lock.
    pub fn repaired(self) -> RobustGuard<'a, T> {
        // SAFETY: this thread has locked it, and was told that the owner has died.
        let said = unsafe { pthread_mutex_consistent(self.0.mutex.mutex.get().cast()) };
        assert_eq!(
            said, 0,
            "it is called once, by the thread that has the lock"
        );
        self.0
    }
}

impl<T> Deref for HalfChanged<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for HalfChanged<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// Why a [`RobustMutex`] was not simply locked.
#[derive(Debug)]
pub enum LockError<'a, T> {
    /// It is locked now, but its last owner died while it held the lock.
    OwnerDied(HalfChanged<'a, T>),
    /// An owner had died, and the process that was told so has not repaired the data.
    Unusable,
    /// This thread holds the lock already: to wait for itself, it would wait forever.
    AlreadyMine,
    /// It was locked for the whole time.
    TimedOut,
    /// It is not in a [`Shared`](crate::Shared).
    NotShared,
}

impl<T> Display for LockError<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OwnerDied(_) => "the owner of the lock has died: its data may be half changed",
            Self::Unusable => "the owner of the lock has died, and its data was not repaired",
            Self::AlreadyMine => "this thread holds the lock already",
            Self::TimedOut => "the lock was not released within the time limit",
            Self::NotShared => "the mutex is not yet in memory that processes share",
        })
    }
}

impl<T: fmt::Debug> std::error::Error for LockError<'_, T> {}

fn initialise(mutex: &mut MaybeUninit<pthread_mutex_t>) -> io::Result<()> {
    let check = |said| match said {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    };
    let mut attributes = MaybeUninit::<pthread_mutexattr_t>::uninit();
    let attributes = attributes.as_mut_ptr();
    // SAFETY: it initialises the attributes, which live until the end of this function.
    check(unsafe { pthread_mutexattr_init(attributes) })?;
    // SAFETY: the attributes are initialised.
    let set = check(unsafe { pthread_mutexattr_setpshared(attributes, PTHREAD_PROCESS_SHARED) })
        // SAFETY: as above.
        .and_then(|()| {
            check(unsafe { pthread_mutexattr_setrobust(attributes, PTHREAD_MUTEX_ROBUST) })
        })
        // With this type, a thread that locks it a second time gets an error, and does not wait for itself.
        // SAFETY: as above.
        .and_then(|()| {
            check(unsafe { pthread_mutexattr_settype(attributes, PTHREAD_MUTEX_ERRORCHECK) })
        })
        // SAFETY: as above. The mutex is where it will stay, and no other code uses it yet.
        .and_then(|()| check(unsafe { pthread_mutex_init(mutex.as_mut_ptr(), attributes) }));
    // SAFETY: the attributes are initialised, and not used again.
    unsafe { pthread_mutexattr_destroy(attributes) };
    set
}

/// The end of a wait, as the clock of the day says it: pthread wants it so.
fn now_and(limit: Duration) -> timespec {
    const BILLION: i64 = 1_000_000_000;
    let mut time = timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: it writes the time to a variable of this function. It cannot fail: there is such a clock.
    unsafe { clock_gettime(CLOCK_REALTIME, &raw mut time) };
    let nanoseconds = time.tv_nsec + i64::from(limit.subsec_nanos());
    let seconds = i64::try_from(limit.as_secs()).unwrap_or(i64::MAX);
    time.tv_sec = time
        .tv_sec
        .saturating_add(seconds)
        .saturating_add(nanoseconds / BILLION);
    time.tv_nsec = nanoseconds % BILLION;
    time
}
