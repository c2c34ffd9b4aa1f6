//! All scores of a map, from one pass over its points.

use std::borrow::Cow;

use ndarray::{Array2, Axis};

use super::classes::Classes;
use super::{Quality, QualityConfig, check_points, co_ranking, global_order};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::math::checks::check_rows;
use crate::math::random::sample_rows;
use crate::projection::Projection;

/// Neighborhood sizes at which the recall is always taken, as far as there are points.
const RECALL_SIZES: [usize; 3] = [15, 50, 150];

/// The rows that a map was made of, `[n, d]`. A type of its own, because scores of the map and the original exchanged
/// are plausible, and wrong.
#[derive(Debug, Clone, Copy)]
pub struct Original<'a>(pub &'a Array2<f32>);

/// The map to be scored, `[n, m]`, of any width: latent vectors are a map of pixels.
#[derive(Debug, Clone, Copy)]
pub struct Map<'a>(pub &'a Array2<f32>);

/// Scores a map of rows, `[n, d]`, and with `labels`, `[n]`, what it kept of their classes.
///
/// Distances are Euclidean; equal ones are ranked in the order of the points. The scores are the same bits at any number
/// of threads. [`Projection::quality`] does this for a map made here.
///
/// ```
/// use ndarray::array;
/// use neural_manifold::quality::{Map, Original, QualityConfig, assess};
///
/// // On the map, the last of five points has moved from the far end to between the third and the fourth.
/// let (high, low) = (array![[0.0], [1.0], [2.1], [3.3], [9.0]], array![[0.0], [1.0], [2.1], [3.3], [2.4]]);
/// let config = QualityConfig { k: 1, ..QualityConfig::default() };
/// let quality = assess(Original(&high), Map(&low), None, &config)?;
/// // It is the third's and the fourth's nearest, which costs them all; its own nearest is the second nearest in truth.
/// assert!((quality.trustworthiness - (1.0 + 1.0 + 0.0 + 0.0 + 2.0 / 3.0) / 5.0).abs() < 1e-12);
/// assert!((quality.continuity - 0.8).abs() < 1e-12);
/// # Ok::<(), neural_manifold::Error>(())
/// ```
///
/// The two cannot change places:
///
/// ```compile_fail
/// use ndarray::array;
/// use neural_manifold::quality::{Map, Original, QualityConfig, assess};
///
/// let (high, low) = (array![[0.0], [1.0], [2.1], [3.3], [9.0]], array![[0.0], [1.0], [2.1], [3.3], [2.4]]);
/// let config = QualityConfig { k: 1, ..QualityConfig::default() };
/// let quality = assess(Map(&low), Original(&high), None, &config);
/// ```
///
/// # Errors
/// Spaces or labels of different lengths, a value that is not finite, no points to score, `k` of zero or not below half
/// the points; with labels, the same of `k_vote`; an interrupt of the notebook's cell.
pub fn assess(
    original: Original<'_>,
    map: Map<'_>,
    labels: Option<&Labels>,
    config: &QualityConfig,
) -> Result<Quality> {
    let (Original(high), Map(low)) = (original, map);
    check_rows("the original", high)?;
    check_rows("the map", low)?;
    check_points((high.nrows(), "the original"), (low.nrows(), "the map"))?;
    if let Some(labels) = labels {
        check_points((high.nrows(), "the original"), (labels.len(), "the labels"))?;
    }
    if config.max_points == 0 {
        return Err(Error::config("max_points", 0, "give the number of points to score"));
    }
    if high.nrows() > config.max_points {
        return assess_sample(high, low, labels, config);
    }
    let n = high.nrows();
    check_k("k", config.k, n)?;
    if labels.is_some() {
        check_k("k_vote", config.k_vote, n)?;
    }

    let classes = labels.map(Classes::new).filter(|classes| classes.n_labeled > 0);
    let (ranks, scores) = co_ranking::tally(high, low, classes.as_ref(), config)?;
    let recall = |size: usize| ranks.shared[size - 1] as f64 / (n * size) as f64;
    // The largest sum of excess ranks: every neighbor is replaced by the farthest point.
    let worst = (config.k * (2 * n - 3 * config.k - 1)) as f64 / 2.0;
    let score = |excess: &[f64]| 1.0 - excess.iter().sum::<f64>() / (n as f64 * worst);
    let by_point = |excess: &[f64]| excess.iter().map(|e| (1.0 - e / worst) as f32).collect();
    // As for `k`: with fewer points, the voters are no neighborhood but nearly everyone.
    let voted = classes.as_ref().filter(|classes| 2 * config.k_vote < classes.n_labeled);
    let accuracy = |hits: usize| voted.map(|classes| hits as f64 / classes.n_labeled as f64);
    let silhouette = |sum: f64| classes.as_ref().map(|classes| sum / classes.n_labeled as f64);
    let mut rows_by_trust: Vec<usize> = (0..n).collect();
    rows_by_trust.sort_by(|&a, &b| ranks.intrusions[b].total_cmp(&ranks.intrusions[a]));
    Ok(Quality {
        k: config.k,
        n_points: n,
        sampled: false,
        trustworthiness: score(&ranks.intrusions),
        continuity: score(&ranks.extrusions),
        recall: recall(config.k),
        recalls: RECALL_SIZES.iter().filter(|&&size| size < n).map(|&size| (size, recall(size))).collect(),
        r_nx_auc: ranks.r_nx_auc(),
        mrre_low: ranks.relative_low / co_ranking::worst_relative_error(n, config.k),
        mrre_high: ranks.relative_high / co_ranking::worst_relative_error(n, config.k),
        random_triplets: global_order::random_triplets(high, low, config.samples_per_point, config.seed),
        centroid_triplets: classes
            .as_ref()
            .map(|classes| global_order::centroid_triplets(high, low, classes, config.seed)),
        spearman: global_order::spearman(high, low, config.samples_per_point, config.seed),
        knn_accuracy_high: accuracy(scores.high.hits),
        knn_accuracy_low: accuracy(scores.low.hits),
        silhouette_high: silhouette(scores.high.silhouette),
        silhouette_low: silhouette(scores.low.silhouette),
        point_trustworthiness: Some(by_point(&ranks.intrusions)),
        point_continuity: Some(by_point(&ranks.extrusions)),
        rows_by_trust,
    })
}

/// The scores of a seeded sample of the points among themselves.
fn assess_sample(
    high: &Array2<f32>,
    low: &Array2<f32>,
    labels: Option<&Labels>,
    config: &QualityConfig,
) -> Result<Quality> {
    let chosen = sample_rows(high.nrows(), config.max_points, config.seed);
    let (high, low) = (high.select(Axis(0), &chosen), low.select(Axis(0), &chosen));
    let labels = labels.map(|labels| labels.select(&chosen));
    let quality = assess(Original(&high), Map(&low), labels.as_ref(), config)?;
    Ok(Quality {
        sampled: true,
        point_trustworthiness: None,
        point_continuity: None,
        rows_by_trust: quality.rows_by_trust.iter().map(|&row| chosen[row]).collect(),
        ..quality
    })
}

impl Projection {
    /// Scores this map of its own rows and labels, see [`assess`].
    ///
    /// Neighbors are those of the engine's metric: for [`Metric::Cosine`] the rows are scored at unit length, where
    /// Euclidean distances rank as cosine distances do.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// // Rows that lie in a plane: PCA finds it, and nothing is lost.
    /// let rows = Array2::from_shape_fn((60, 3), |(i, axis)| {
    ///     let (x, y) = ((0.755 * i as f32).fract(), (0.57 * i as f32).fract());
    ///     [x, y, x + y][axis]
    /// });
    /// let pca: Projection = project(&Latents::new("plane", rows, None)?, PcaConfig)?;
    /// let quality: Quality = pca.quality(&QualityConfig::default())?;
    /// assert!(quality.trustworthiness > 0.999_999 && quality.knn_accuracy_low.is_none());
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`assess`].
    pub fn quality(&self, config: &QualityConfig) -> Result<Quality> {
        let original = rows_as_compared(self)?;
        assess(Original(&original), Map(&self.coordinates), self.latents.labels.as_ref(), config)
    }
}

/// The rows of a map, scaled where that is needed for Euclidean distances to rank as those of the engine's metric do.
pub(super) fn rows_as_compared(map: &Projection) -> Result<Cow<'_, Array2<f32>>> {
    map.engine.metric().ready(&map.latents.vectors)
}

/// Ranks beyond half the points would make the largest possible excess negative.
fn check_k(name: &'static str, k: usize, n: usize) -> Result<()> {
    if k >= 1 && 2 * k < n {
        return Ok(());
    }
    Err(Error::config(name, k, format!("give at least 1 and less than half of the {n} points")))
}
