//! The shape of a set of points: its dimension, its hubs, its connected components and its holes.

mod class_components;
mod clusters;
mod compare;
mod diagram_distance;
mod dimension;
mod persistence;
mod spanning_tree;

use ndarray::{Array1, Array2};

pub use self::class_components::{ClassComponent, ClassComponents, class_components};
pub use self::clusters::{ClusterConfig, clusters};
pub use self::compare::{DiagramDistance, DiagramDistances, compare};
pub use self::diagram_distance::{bottleneck, wasserstein};
pub use self::dimension::{mle_dimension, two_nn_dimension};
pub use self::persistence::{Bar, Persistence, betti_curve, max_min_landmarks, persistence};

use crate::error::Result;
use crate::math::checks::check_counts;
use crate::neighbors::{KnnGraph, Metric, knn_graph};

/// How to describe the shape of a set of points.
#[derive(Debug, Clone)]
pub struct TopologyConfig {
    /// Neighbors per point, for the dimension and the hubs.
    pub n_neighbors: usize,
    /// Number of points that the persistent homology is computed of; 300 to 1000 take seconds.
    pub n_landmarks: usize,
    /// Seeds the choice of the first landmark.
    pub seed: u64,
}

impl Default for TopologyConfig {
    fn default() -> Self {
        TopologyConfig { n_neighbors: 15, n_landmarks: 500, seed: 42 }
    }
}

/// The shape of a set of points.
#[derive(Debug, Clone)]
pub struct Topology {
    /// Number of points.
    pub n_points: usize,
    /// Intrinsic dimension by the ratio of the two nearest distances; 0 when no point has two at different places.
    pub two_nn_dimension: f64,
    /// Intrinsic dimension by maximum likelihood; 0 when all points coincide.
    pub mle_dimension: f64,
    /// How often each point is among the nearest of another, `[n]`.
    pub occurrences: Array1<u32>,
    /// Skewness of `occurrences`: above 1, a few hubs are near very many (Radovanović, Nanopoulos & Ivanović 2010).
    pub hubness_skewness: f64,
    /// Connected components and holes, by scale.
    pub persistence: Persistence,
}

impl Topology {
    /// The persistence diagram with its longest finite bar as the unit, see [`Persistence::scaled`].
    pub fn scaled_persistence(&self) -> Persistence {
        self.persistence.scaled()
    }
}

/// Describes the shape of `rows`, `[n, d]`, under the Euclidean distance.
///
/// ```
/// use neural_manifold::prelude::*;
///
/// let circle = Array2::from_shape_fn((60, 2), |(i, axis)| {
///     let angle = std::f32::consts::TAU * i as f32 / 60.0;
///     [angle.cos(), angle.sin()][axis]
/// });
/// let shape: Topology = topology::analyze(&circle, &TopologyConfig::default())?;
/// // Its one hole is filled when an equilateral triangle of landmarks is, whose side is the square root of 3.
/// assert_eq!(shape.persistence.h1.len(), 1);
/// assert!((shape.persistence.h1[0].death - 3f64.sqrt()).abs() < 1e-5);
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// No rows, a value that is not finite, `n_neighbors` not below the number of rows, no landmarks.
pub fn analyze(rows: &Array2<f32>, config: &TopologyConfig) -> Result<Topology> {
    analyze_with(rows, &knn_graph(rows, config.n_neighbors, Metric::Euclidean)?, config)
}

/// The same, by a neighbor graph of the rows that is already there.
///
/// # Errors
/// As for [`analyze`]; also when the graph has another number of rows.
pub fn analyze_with(rows: &Array2<f32>, graph: &KnnGraph, config: &TopologyConfig) -> Result<Topology> {
    let counts = ((graph.n_rows(), "the graph"), (rows.nrows(), "the data"));
    check_counts("rows", counts.0, counts.1, "give the graph of these rows")?;
    let (occurrences, hubness_skewness) = hubness(graph);
    Ok(Topology {
        n_points: rows.nrows(),
        two_nn_dimension: two_nn_dimension(graph),
        mle_dimension: mle_dimension(graph),
        occurrences,
        hubness_skewness,
        persistence: persistence(rows, config.n_landmarks, config.seed)?,
    })
}

/// How often each row is a neighbor of another, `[n]`, and the skewness of these counts; 0 when all are equal.
///
/// ```
/// use ndarray::{array, arr1};
/// use neural_manifold::neighbors::{KnnGraph, Metric};
/// use neural_manifold::topology::hubness;
///
/// // A star: everyone's nearest is the center.
/// let (indices, distances) = (array![[1], [0], [0], [0]], array![[1.0], [1.0], [1.0], [1.0]]);
/// let (counts, skewness) = hubness(&KnnGraph { indices, distances, metric: Metric::Euclidean, recall: None });
/// assert_eq!(counts, arr1(&[3, 1, 0, 0]));
/// assert!((skewness - 0.816_497).abs() < 1e-6); // scipy.stats.skew([3, 1, 0, 0])
/// ```
pub fn hubness(graph: &KnnGraph) -> (Array1<u32>, f64) {
    let mut counts = Array1::<u32>::zeros(graph.n_rows());
    for &j in &graph.indices {
        counts[j as usize] += 1;
    }
    let moment = |power: i32| {
        let mean = graph.n_neighbors() as f64;
        counts.iter().map(|&count| (f64::from(count) - mean).powi(power)).sum::<f64>() / counts.len() as f64
    };
    let variance = moment(2);
    let skewness = if variance > 0.0 { moment(3) / variance.powf(1.5) } else { 0.0 };
    (counts, skewness)
}
