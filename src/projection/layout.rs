//! What an engine hands back.

use ndarray::Array2;

use crate::math::pca::Pca;

/// A map on the way to the final one.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Epochs done; 0 is the starting layout.
    pub epoch: usize,
    /// `[n, n_components]`, as the map's own.
    pub coordinates: Array2<f32>,
}

/// What the axes of a map are called as columns of a table: x, y and z, or d0, d1 and so on where there are more.
///
/// ```
/// use neural_manifold::projection::axis_names;
///
/// assert_eq!(axis_names(3), ["x", "y", "z"]);
/// assert_eq!(axis_names(10)[9], "d9");
/// ```
pub fn axis_names(n_components: usize) -> Vec<String> {
    match n_components {
        ..=3 => ["x", "y", "z"][..n_components].iter().map(ToString::to_string).collect(),
        _ => (0..n_components).map(|axis| format!("d{axis}")).collect(),
    }
}

/// The outcome of an engine's run.
pub(super) struct Layout {
    /// Places in the order of the rows, `[n, n_components]`.
    pub coordinates: Array2<f32>,
    /// Epochs done; 0 for an engine that has none or hides them.
    pub n_epochs: usize,
    /// Whether it was asked to stop before the last epoch.
    pub stopped: bool,
    /// Layouts at the epochs that were asked for.
    pub snapshots: Vec<Snapshot>,
    /// The plane, of a linear engine: new rows are placed by it.
    pub plane: Option<Pca>,
}

impl Layout {
    /// The layout of an engine that does not tell its epochs.
    pub fn finished(coordinates: Array2<f32>) -> Self {
        Layout { coordinates, n_epochs: 0, stopped: false, snapshots: Vec::new(), plane: None }
    }
}
