//! The switch that ends long work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::live;

/// A switch that ends long work after its current epoch. Clones share the switch.
///
/// ```
/// use neural_manifold::progress::Stop;
///
/// let stop = Stop::new();
/// let config_copy = stop.clone();
/// stop.stop();
/// assert!(config_copy.is_set());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// A switch that is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the work to end.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the work is to end.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Whether work is to end that may have a switch: it is set, or the notebook's cell was interrupted.
    pub(crate) fn is_asked(stop: Option<&Stop>) -> bool {
        stop.is_some_and(Stop::is_set) || live::is_stopped()
    }
}
