//! What an engine returns: the coordinates of all rows, and how far the epochs came.

use ndarray::Array2;

/// Coordinates of a map after some of its epochs.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Epochs done; 0 is the initial layout.
    pub epoch: usize,
    /// Coordinates in the order of the rows, `[n, 2]`.
    pub coordinates: Array2<f32>,
}

/// The result of one run of an engine.
pub(super) struct Layout {
    /// Coordinates in the order of the rows, `[n, 2]`.
    pub(super) coordinates: Array2<f32>,
    /// Epochs done; 0 for an engine that does not report them.
    pub(super) n_epochs: usize,
    /// Whether a stop switch ended the run before its last epoch.
    pub(super) stopped: bool,
    /// The layouts that the configuration asked to keep, in the order of their epochs.
    pub(super) snapshots: Vec<Snapshot>,
}

impl Layout {
    /// The layout of an engine that does not report its epochs.
    pub(super) fn finished(coordinates: Array2<f32>) -> Self {
        Layout { coordinates, n_epochs: 0, stopped: false, snapshots: Vec::new() }
    }
}
