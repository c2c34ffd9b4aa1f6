//! Intrinsic dimension from the distances of neighbors. Duplicate rows count once: distances of 0 and repeated distances
//! are skipped.

use ndarray::ArrayView1;

use crate::neighbors::KnnGraph;

/// Share of the ratios that the line is fitted to: the largest are left out, where the density is least uniform (Facco et
/// al. 2017 leave out a tenth).
const FITTED_SHARE: f64 = 0.9;

/// The two-nearest-neighbors estimate (Facco, d'Errico, Rodriguez & Laio 2017): the ratio of the second to the
/// first distance follows `1 - ratio^-d`, so `-ln(1 - F)` over `ln ratio` is a line through 0 of slope `d`.
///
/// 0 when no row has two neighbors at different positive distances.
///
/// ```
/// use ndarray::array;
/// use neural_manifold::neighbors::{KnnGraph, Metric};
/// use neural_manifold::topology::two_nn_dimension;
///
/// // The ratios are 2 and 4, and the larger is left out. One half of them are at most 2: 1 - 2^-d = 1/2, so d is 1.
/// let (indices, distances) = (array![[1, 0], [0, 1]], array![[1.0, 2.0], [1.0, 4.0]]);
/// let graph = KnnGraph { indices, distances, metric: Metric::Euclidean, recall: None };
/// assert!((two_nn_dimension(&graph) - 1.0).abs() < 1e-12);
/// ```
pub fn two_nn_dimension(graph: &KnnGraph) -> f64 {
    let ratio = |row: ArrayView1<f32>| {
        let distances = distinct(row);
        Some((distances.get(1)? / distances[0]).ln())
    };
    let mut logs: Vec<f64> = graph.distances.rows().into_iter().filter_map(ratio).collect();
    logs.sort_unstable_by(f64::total_cmp);
    let n = logs.len() as f64;
    let kept = (logs.len() as f64 * FITTED_SHARE) as usize;
    let (mut xy, mut xx) = (0.0, 0.0);
    for (number, &x) in logs.iter().take(kept).enumerate() {
        let y = -(1.0 - (number + 1) as f64 / n).ln();
        xy += x * y;
        xx += x * x;
    }
    if xx > 0.0 { xy / xx } else { 0.0 }
}

/// The maximum-likelihood estimate (Levina & Bickel 2004), its inverses averaged over the rows (MacKay &
/// Ghahramani 2005), from all neighbors of the graph.
///
/// 0 when no row has three neighbors at different positive distances.
///
/// ```
/// use ndarray::array;
/// use neural_manifold::neighbors::{KnnGraph, Metric};
/// use neural_manifold::topology::mle_dimension;
///
/// // One row: the logarithms of its two ratios to the farthest, 4 and 2, are summed and divided by one less than two.
/// let (indices, distances) = (array![[1, 2, 3]], array![[1.0, 2.0, 4.0]]);
/// let graph = KnnGraph { indices, distances, metric: Metric::Euclidean, recall: None };
/// assert!((mle_dimension(&graph) - 1.0 / 8f64.ln()).abs() < 1e-12);
/// ```
pub fn mle_dimension(graph: &KnnGraph) -> f64 {
    let inverse = |row: ArrayView1<f32>| {
        let distances = distinct(row);
        let (farthest, nearer) = distances.split_last()?;
        // Divided by one less than the number of ratios, which makes the estimate unbiased.
        let ratios = nearer.iter().map(|d| (farthest / d).ln()).sum::<f64>();
        (nearer.len() > 1).then(|| ratios / (nearer.len() - 1) as f64)
    };
    let inverses: Vec<f64> = graph.distances.rows().into_iter().filter_map(inverse).collect();
    let mean = inverses.iter().sum::<f64>() / inverses.len().max(1) as f64;
    if mean > 0.0 { 1.0 / mean } else { 0.0 }
}

/// The different positive distances, ascending.
fn distinct(row: ArrayView1<f32>) -> Vec<f64> {
    let mut distances: Vec<f64> = row.iter().filter(|&&d| d > 0.0).map(|&d| f64::from(d)).collect();
    distances.dedup();
    distances
}
