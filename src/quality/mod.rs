//! How far a map can be trusted: what it kept of the neighbours, of the distances and of the classes.

mod classes;
mod pairs;
mod procrustes;
mod ranks;

use ndarray::{Array1, Array2, Axis};

pub use self::procrustes::{Procrustes, procrustes};

use crate::error::{Error, Result};
use crate::math::checks::check_rows;
use crate::math::random::sample_rows;
use classes::ClassTally;

/// Neighbourhood sizes at which the recall is always taken, as far as there are rows.
const RECALL_AT: [usize; 3] = [15, 50, 150];

/// What to measure on.
#[derive(Debug, Clone)]
pub struct QualityConfig {
    /// Neighbours per point, for trustworthiness, continuity, recall and MRRE.
    pub k: usize,
    /// Neighbours that vote on a point's class.
    pub k_classes: usize,
    /// With more points than this, so many are drawn, and the scores are those of the drawn points among
    /// themselves.
    pub sample: usize,
    /// Random triplets per point, and as many pairs for Spearman's correlation.
    pub triplets: usize,
    /// The source of the sample, the triplets and the pairs.
    pub seed: u64,
}

impl Default for QualityConfig {
    fn default() -> Self {
        QualityConfig { k: 15, k_classes: 10, sample: 10_000, triplets: 20, seed: 42 }
    }
}

/// The scores of a map (`low`) of rows (`high`). All lie in 0..1 and 1 is perfect, where nothing else is said.
#[derive(Debug, Clone)]
pub struct Quality {
    /// The neighbourhood size of the scores below.
    pub k: usize,
    /// Points that were scored.
    pub n_points: usize,
    /// Whether these are a sample of a larger set.
    pub sampled: bool,
    /// Are neighbours on the map neighbours in truth? (Venna & Kaski 2001)
    pub trustworthiness: f64,
    /// Are true neighbours neighbours on the map? (Venna & Kaski 2001)
    pub continuity: f64,
    /// Share of a point's `k` true neighbours that are among its `k` on the map.
    pub recall: f64,
    /// The same at other neighbourhood sizes: `(size, recall)`.
    pub recalls: Vec<(usize, f64)>,
    /// Area under `R_NX(K)`, recall less what chance gives, over the logarithm of `K` (Lee, Peluffo-Ordóñez &
    /// Verleysen 2015, after Lee & Verleysen 2009). 0 is chance.
    pub r_nx_auc: f64,
    /// Mean relative rank error over neighbours on the map (Lee & Verleysen 2007); 0 is perfect.
    pub mrre_low: f64,
    /// Mean relative rank error over true neighbours; 0 is perfect.
    pub mrre_high: f64,
    /// Share of random triplets whose nearer pair is the same in both spaces (Wang et al. 2021); 0.5 is chance.
    pub random_triplets: f64,
    /// The same for triplets of class centroids.
    pub centroid_triplets: f64,
    /// Spearman's rank correlation of the distances of random pairs, -1..1.
    pub spearman: f64,
    /// Share of points whose class most of their nearest true neighbours have.
    pub knn_accuracy_high: f64,
    /// Share of points whose class most of their nearest neighbours on the map have.
    pub knn_accuracy_low: f64,
    /// Mean silhouette of the classes in `high`, -1..1 (Rousseeuw 1987); 0 with fewer than two classes.
    pub silhouette_high: f64,
    /// Mean silhouette of the classes on the map.
    pub silhouette_low: f64,
    /// Trustworthiness of each point, `[n]`; `None` when only a sample was scored.
    pub point_trustworthiness: Option<Array1<f32>>,
    /// Continuity of each point, `[n]`; `None` when only a sample was scored.
    pub point_continuity: Option<Array1<f32>>,
}

/// Scores the map `low`, `[n, m]`, of the rows `high`, `[n, d]`, with their class `labels`, `[n]`.
///
/// Every hop can be scored so: pixels to latents, latents to map, pixels to map. Distances are Euclidean, equal
/// ones are ranked in the order of the points. The same bits at any number of threads.
///
/// # Errors
/// Arrays of different lengths, a value that is not finite, `k` of zero or not below half the points.
pub fn assess(
    high: &Array2<f32>,
    low: &Array2<f32>,
    labels: &Array1<u8>,
    config: &QualityConfig,
) -> Result<Quality> {
    check_rows("high", high)?;
    check_rows("low", low)?;
    check_counts("high", high.nrows(), "low", low.nrows())?;
    check_counts("high", high.nrows(), "labels", labels.len())?;
    if config.sample == 0 {
        return Err(Error::config("sample", 0, "give the number of points to score"));
    }
    if high.nrows() > config.sample {
        let chosen = sample_rows(high.nrows(), config.sample, config.seed);
        let pick = |rows: &Array2<f32>| rows.select(Axis(0), &chosen);
        let quality = assess(&pick(high), &pick(low), &labels.select(Axis(0), &chosen), config)?;
        return Ok(Quality { sampled: true, point_trustworthiness: None, point_continuity: None, ..quality });
    }
    let n = high.nrows();
    check_k("k", config.k, n)?;
    check_k("k_classes", config.k_classes, n)?;

    let (ranks, classes) = ranks::tally(high, low, labels, config);
    let recall = |size: usize| ranks.shared[size - 1] as f64 / (n * size) as f64;
    // The largest sum of excess ranks: every neighbour is replaced by the farthest point.
    let worst = (config.k * (2 * n - 3 * config.k - 1)) as f64 / 2.0;
    let score = |excess: &[f64]| 1.0 - excess.iter().sum::<f64>() / (n as f64 * worst);
    let by_point = |excess: &[f64]| excess.iter().map(|e| (1.0 - e / worst) as f32).collect();
    Ok(Quality {
        k: config.k,
        n_points: n,
        sampled: false,
        trustworthiness: score(&ranks.intrusions),
        continuity: score(&ranks.extrusions),
        recall: recall(config.k),
        recalls: RECALL_AT.iter().filter(|&&size| size < n).map(|&size| (size, recall(size))).collect(),
        r_nx_auc: ranks.r_nx_auc(),
        mrre_low: ranks.relative_low / ranks::worst_relative_error(n, config.k),
        mrre_high: ranks.relative_high / ranks::worst_relative_error(n, config.k),
        random_triplets: pairs::random_triplets(high, low, config.triplets, config.seed),
        centroid_triplets: pairs::centroid_triplets(high, low, labels),
        spearman: pairs::spearman(high, low, config.triplets, config.seed),
        knn_accuracy_high: classes.high.hits as f64 / n as f64,
        knn_accuracy_low: classes.low.hits as f64 / n as f64,
        silhouette_high: classes.high.silhouette / n as f64,
        silhouette_low: classes.low.silhouette / n as f64,
        point_trustworthiness: Some(by_point(&ranks.intrusions)),
        point_continuity: Some(by_point(&ranks.extrusions)),
    })
}

/// The tallies of the classes in both spaces.
#[derive(Default)]
struct BothClasses {
    high: ClassTally,
    low: ClassTally,
}

fn check_counts(left_name: &str, left: usize, right_name: &str, right: usize) -> Result<()> {
    if left == right {
        return Ok(());
    }
    Err(Error::mismatch("points", (left, left_name), (right, right_name), "give one entry per point in both"))
}

/// Ranks beyond half the points would make the largest possible excess negative.
fn check_k(name: &'static str, k: usize, n: usize) -> Result<()> {
    if k >= 1 && 2 * k < n {
        return Ok(());
    }
    Err(Error::config(name, k, format!("give at least 1 and less than half of the {n} points")))
}
