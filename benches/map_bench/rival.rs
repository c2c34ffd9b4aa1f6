//! The UMAP of the crate manifolds-rs: a peer in the same language, on the same exact neighbors.

use manifolds_rs::UmapParams;
use ndarray::Array2;
use neural_manifold::neighbors::KnnGraph;
use neural_manifold::projection::UmapConfig;

use crate::Outcome;

/// The names of the two that its documentation offers for maps: parallel Adam, its default and its fastest, and
/// gradient descent, as in umap-learn and the closest to it.
pub const OPTIMIZERS: [(&str, &str); 2] =
    [("manifolds-umap", "adam_parallel"), ("manifolds-umap-sgd", "sgd")];

/// Places, `[n, 2]`, and the number of epochs. All is as the crate has it (a spectral start, 500 epochs) but the curve,
/// which is that of the other engines.
pub fn umap(
    rows: &Array2<f32>,
    neighbors: &KnnGraph,
    optimizer: &str,
    config: &UmapConfig,
) -> Outcome<(Array2<f32>, usize)> {
    let (n, d) = rows.dim();
    let input = (rows.as_slice().ok_or("the rows do not follow each other")?, n, d);
    let mut params = UmapParams::new_default_2d(Some(config.min_dist as f32), Some(config.spread as f32));
    params.k = config.n_neighbors;
    params.optimiser = optimizer.into();
    // The crate works on squared distances.
    let indices = neighbors.indices.outer_iter().map(|row| row.iter().map(|&j| j as usize).collect());
    let distances = neighbors.distances.outer_iter().map(|row| row.iter().map(|d| d * d).collect());
    let lists = (indices.collect(), distances.collect());
    let axes = manifolds_rs::umap(input, Some(lists), &params, config.seed as usize, 0)?;
    Ok((Array2::from_shape_fn((n, 2), |(row, axis)| axes[axis][row]), params.optim_params.n_epochs))
}
