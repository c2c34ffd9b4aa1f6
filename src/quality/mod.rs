//! How far a map can be trusted: what it kept of neighbors, distances and classes, and what another seed would change.

mod assess;
mod classes;
mod co_ranking;
mod global_order;
mod hops;
mod order;
mod procrustes;
mod stability;

use ndarray::Array1;

pub use self::assess::{Map, Original, assess};
pub use self::hops::{Hops, hops};
pub use self::procrustes::{Procrustes, procrustes};
pub use self::stability::Stability;

use crate::error::Result;
use crate::math::checks::check_counts;

/// How to score a map.
#[derive(Debug, Clone)]
pub struct QualityConfig {
    /// Neighbors per point, for trustworthiness, continuity, recall and MRRE.
    pub k: usize,
    /// Neighbors that vote on a point's class.
    pub k_vote: usize,
    /// Of more points than this, a sample of this size is drawn and scored as if there were no others.
    pub max_points: usize,
    /// Random triplets per point, and random pairs per point for Spearman's correlation.
    pub samples_per_point: usize,
    /// Seeds the sample of points, the triplets and the pairs.
    pub seed: u64,
}

impl Default for QualityConfig {
    fn default() -> Self {
        QualityConfig { k: 15, k_vote: 10, max_points: 10_000, samples_per_point: 20, seed: 42 }
    }
}

/// The scores of a map (`low`) of its original rows (`high`). Where nothing else is said they lie in 0..1, and 1 is
/// perfect.
///
/// Scores of classes take the rows that have a label, as if there were no others; without labels they are `None`.
#[derive(Debug, Clone)]
pub struct Quality {
    /// The neighborhood size of trustworthiness, continuity, recall and MRRE.
    pub k: usize,
    /// Number of points scored.
    pub n_points: usize,
    /// Whether they are a sample of more.
    pub sampled: bool,
    /// Are neighbors on the map neighbors in the original? (Venna & Kaski 2001)
    pub trustworthiness: f64,
    /// Are neighbors in the original neighbors on the map? (Venna & Kaski 2001)
    pub continuity: f64,
    /// Share of a point's `k` nearest in the original that are among its `k` nearest on the map.
    pub recall: f64,
    /// The recall at 15, 50 and 150 neighbors, as far as there are points: `(neighbors, recall)`.
    pub recalls: Vec<(usize, f64)>,
    /// Area under `R_NX(K)`, the recall rescaled so that chance is 0, over the logarithm of `K` (Lee, Peluffo-Ordóñez
    /// & Verleysen 2015, after Lee & Verleysen 2009).
    pub r_nx_auc: f64,
    /// Mean relative rank error over neighbors on the map (Lee & Verleysen 2007); 0 is perfect.
    pub mrre_low: f64,
    /// Mean relative rank error over neighbors in the original; 0 is perfect.
    pub mrre_high: f64,
    /// Share of random triplets whose nearer pair is the same in both spaces (Wang et al. 2021); 0.5 is chance.
    pub random_triplets: f64,
    /// The same for triplets of class centroids; 1 with fewer than three classes.
    pub centroid_triplets: Option<f64>,
    /// Spearman's rank correlation of the distances of random pairs, -1..1.
    pub spearman: f64,
    /// Share of points whose class wins the vote of their nearest in the original; `None` also when fewer than twice
    /// as many points as vote have a label.
    pub knn_accuracy_high: Option<f64>,
    /// Share of points whose class wins the vote of their nearest on the map.
    pub knn_accuracy_low: Option<f64>,
    /// Mean silhouette of the classes in the original, -1..1 (Rousseeuw 1987); 0 with fewer than two classes.
    pub silhouette_high: Option<f64>,
    /// Mean silhouette of the classes on the map.
    pub silhouette_low: Option<f64>,
    /// Trustworthiness of each point, `[n]`; `None` when only a sample was scored.
    pub point_trustworthiness: Option<Array1<f32>>,
    /// Continuity of each point, `[n]`; `None` when only a sample was scored.
    pub point_continuity: Option<Array1<f32>>,
    /// The rows that were scored, from the least trustworthy to the most; equal ones in the order of the rows.
    pub rows_by_trust: Vec<usize>,
}

impl Quality {
    /// The `n` rows whose neighbors on the map are the least true, worst first; of a sample the worst of the sample.
    ///
    /// ```
    /// use ndarray::array;
    /// use neural_manifold::quality::{Map, Original, QualityConfig, assess};
    ///
    /// // On the map, the last of five points has moved from the far end to between the third and the fourth.
    /// let (high, low) = (array![[0.0], [1.0], [2.1], [3.3], [9.0]], array![[0.0], [1.0], [2.1], [3.3], [2.4]]);
    /// let config = QualityConfig { k: 1, ..QualityConfig::default() };
    /// assert_eq!(assess(Original(&high), Map(&low), None, &config)?.least_trusted(3), [2, 3, 4]);
    /// # Ok::<(), neural_manifold::Error>(())
    /// ```
    pub fn least_trusted(&self, n: usize) -> Vec<usize> {
        self.rows_by_trust.iter().take(n).copied().collect()
    }
}

/// Refuses two sets of different sizes.
fn check_points(left: (usize, &str), right: (usize, &str)) -> Result<()> {
    check_counts("points", left, right, "give one entry per point in both")
}
