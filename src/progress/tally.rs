//! Progress of work that many threads share.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::Progress;
use crate::error::{Error, Result};
use crate::live;

/// How soon the end of work, or an interrupt of it, is seen.
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// Counts what threads have done, tells it, and knows when they are to stop.
pub(crate) struct Tally {
    what: &'static str,
    total: usize,
    done: AtomicUsize,
    stopped: AtomicBool,
    progress: Mutex<Progress>,
}

impl Tally {
    /// Starts the count of `total` `unit`, a plural. In a notebook it is shown when it takes long; elsewhere it is quiet.
    pub(crate) fn start(what: &'static str, total: usize, unit: &'static str) -> Self {
        let (done, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
        Tally { what, total, done, stopped, progress: Mutex::new(Progress::if_long(what, total, unit)) }
    }

    /// Says that `count` more are done. Whether the work is to go on.
    pub(crate) fn add(&self, count: usize) -> bool {
        let done = self.done.fetch_add(count, Ordering::Relaxed) + count;
        // One thread tells; the others do not wait for it.
        if let Ok(mut progress) = self.progress.try_lock() {
            progress.advance(done);
            if live::is_stopped() {
                self.stopped.store(true, Ordering::Relaxed);
            }
        }
        self.goes_on()
    }

    /// Whether the work is to go on.
    pub(crate) fn goes_on(&self) -> bool {
        !self.stopped.load(Ordering::Relaxed)
    }

    /// Ends the count.
    ///
    /// # Errors
    /// It was stopped before all was done.
    pub(crate) fn finish(self) -> Result<()> {
        let done = self.done.into_inner();
        if self.stopped.into_inner() && done < self.total {
            return Err(Error::Stopped { what: self.what, done, total: self.total });
        }
        self.progress.into_inner().expect("no thread panics while it tells").finish();
        Ok(())
    }
}

/// Runs work of another crate, which knows of no interrupt: where the cell is interrupted it is left to itself.
pub(crate) fn unless_stopped<T: Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    if !live::is_live() {
        return Ok(work());
    }
    let _stoppable = live::Stoppable::new(what);
    let running = std::thread::spawn(work);
    while !running.is_finished() {
        if live::is_stopped() {
            return Err(Error::Stopped { what, done: 0, total: 1 });
        }
        std::thread::sleep(BETWEEN_LOOKS);
    }
    running.join().or_else(|panic| std::panic::resume_unwind(panic))
}
