//! Intrinsic dimension from the distances of neighbours. Duplicates count once: distances of 0 and repeated ones are
//! passed over.

use ndarray::ArrayView1;

use crate::neighbors::KnnGraph;

/// The largest ratios are left out: there the density is least uniform (Facco et al. 2017 leave out a tenth).
const KEPT: f64 = 0.9;

/// The two-nearest-neighbours estimate (Facco, d'Errico, Rodriguez & Laio 2017): the ratio of the second to the
/// first distance follows `1 - ratio^-d`, so `-ln(1 - F)` over `ln ratio` is a line through 0 of slope `d`.
///
/// 0 when no row has two neighbours at different positive distances.
pub fn two_nn_dimension(neighbors: &KnnGraph) -> f64 {
    let ratio = |row: ArrayView1<f32>| {
        let distances = distinct(row);
        Some((distances.get(1)? / distances[0]).ln())
    };
    let mut logs: Vec<f64> = neighbors.distances.rows().into_iter().filter_map(ratio).collect();
    logs.sort_unstable_by(f64::total_cmp);
    let n = logs.len() as f64;
    let kept = (logs.len() as f64 * KEPT) as usize;
    let (mut xy, mut xx) = (0.0, 0.0);
    for (number, &x) in logs.iter().take(kept).enumerate() {
        let y = -(1.0 - (number + 1) as f64 / n).ln();
        xy += x * y;
        xx += x * x;
    }
    if xx > 0.0 { xy / xx } else { 0.0 }
}

/// The maximum-likelihood estimate (Levina & Bickel 2004), its inverses averaged over the rows (MacKay &
/// Ghahramani 2005), from all neighbours of the graph.
///
/// 0 when no row has neighbours at different positive distances.
pub fn mle_dimension(neighbors: &KnnGraph) -> f64 {
    let inverse = |row: ArrayView1<f32>| {
        let distances = distinct(row);
        let (farthest, nearer) = distances.split_last()?;
        // One less than the number of ratios makes the estimate unbiased.
        let ratios = nearer.iter().map(|d| (farthest / d).ln()).sum::<f64>();
        (nearer.len() > 1).then(|| ratios / (nearer.len() - 1) as f64)
    };
    let inverses: Vec<f64> = neighbors.distances.rows().into_iter().filter_map(inverse).collect();
    let mean = inverses.iter().sum::<f64>() / inverses.len().max(1) as f64;
    if mean > 0.0 { 1.0 / mean } else { 0.0 }
}

/// The positive distances, each once, ascending.
fn distinct(row: ArrayView1<f32>) -> Vec<f64> {
    let mut distances: Vec<f64> = row.iter().filter(|&&d| d > 0.0).map(|&d| f64::from(d)).collect();
    distances.dedup();
    distances
}
