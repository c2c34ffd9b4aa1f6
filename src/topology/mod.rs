//! The shape of a set of points: its dimension, its hubs, its pieces and its holes.

mod dimension;
mod distance;
mod persistence;
mod pieces;

use ndarray::{Array1, Array2};

pub use self::dimension::{mle_dimension, two_nn_dimension};
pub use self::distance::{bottleneck, wasserstein};
pub use self::persistence::{Bar, Persistence, betti_curve, max_min_landmarks, persistence};
pub use self::pieces::{ClassPiece, class_pieces};

use crate::error::{Error, Result};
use crate::neighbors::{self, KnnGraph, Metric};

/// What to look at.
#[derive(Debug, Clone)]
pub struct TopologyConfig {
    /// Neighbors for the dimension and the hubs.
    pub n_neighbors: usize,
    /// Points that stand for all in the persistent homology, 300 to 1000 for a picture within seconds.
    pub landmarks: usize,
    /// Chooses the first landmark.
    pub seed: u64,
}

impl Default for TopologyConfig {
    fn default() -> Self {
        TopologyConfig { n_neighbors: 15, landmarks: 500, seed: 42 }
    }
}

/// The shape of a set of points.
#[derive(Debug, Clone)]
pub struct Topology {
    /// Points looked at.
    pub n_points: usize,
    /// Intrinsic dimension by the ratio of the two nearest distances; 0 when no point has two at different places.
    pub two_nn_dimension: f64,
    /// Intrinsic dimension by maximum likelihood; 0 when all points coincide.
    pub mle_dimension: f64,
    /// How often each point is among the nearest of another, `[n]`.
    pub occurrences: Array1<u32>,
    /// Skewness of `occurrences`: above 1, a few hubs are near very many (Radovanović, Nanopoulos & Ivanović 2010).
    pub hubness_skewness: f64,
    /// Pieces and holes, by scale.
    pub persistence: Persistence,
}

/// Describes the shape of `rows`, `[n, d]`, under the Euclidean distance.
///
/// # Errors
/// No rows, a value that is not finite, `n_neighbors` not below the number of rows, no landmarks.
pub fn analyze(rows: &Array2<f32>, config: &TopologyConfig) -> Result<Topology> {
    analyze_with(rows, &neighbors::knn_graph(rows, config.n_neighbors, Metric::Euclidean)?, config)
}

/// The same by a neighbour graph of the rows that is already there.
///
/// # Errors
/// As for [`analyze`]; also when the graph has another number of rows.
pub fn analyze_with(rows: &Array2<f32>, neighbors: &KnnGraph, config: &TopologyConfig) -> Result<Topology> {
    if neighbors.n_rows() != rows.nrows() {
        let remedy = "give the graph of these rows";
        return Err(Error::mismatch(
            "rows",
            (neighbors.n_rows(), "the graph"),
            (rows.nrows(), "the data"),
            remedy,
        ));
    }
    let (occurrences, hubness_skewness) = hubness(neighbors);
    Ok(Topology {
        n_points: rows.nrows(),
        two_nn_dimension: two_nn_dimension(neighbors),
        mle_dimension: mle_dimension(neighbors),
        occurrences,
        hubness_skewness,
        persistence: persistence(rows, config.landmarks, config.seed)?,
    })
}

/// How often each row is a neighbour, `[n]`, and the skewness of these counts; 0 when all are equal.
pub fn hubness(neighbors: &KnnGraph) -> (Array1<u32>, f64) {
    let mut counts = Array1::<u32>::zeros(neighbors.n_rows());
    for &j in &neighbors.indices {
        counts[j as usize] += 1;
    }
    let moment = |power: i32| {
        let mean = neighbors.n_neighbors() as f64;
        counts.iter().map(|&count| (f64::from(count) - mean).powi(power)).sum::<f64>() / counts.len() as f64
    };
    let variance = moment(2);
    let skewness = if variance > 0.0 { moment(3) / variance.powf(1.5) } else { 0.0 };
    (counts, skewness)
}
