//! Global order: distances of random pairs, triplets and class centroids.

use ndarray::Array2;
use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::classes::Classes;
use crate::math::distance::squared_distance_in_order;
use crate::math::random::seeded;

/// Up to this many classes all triplets of centroids are compared; their number grows with the third power.
const MAX_CLASSES_IN_FULL: usize = 256;
/// Random triplets per centroid of more classes.
const TRIPLETS_PER_CENTROID: usize = 1000;

/// Share of random triplets `(i, j, l)` for which both spaces agree on whether `j` or `l` is nearer to `i`.
pub(super) fn random_triplets(high: &Array2<f32>, low: &Array2<f32>, per_point: usize, seed: u64) -> f64 {
    let n = high.nrows();
    let mut rng = seeded(seed);
    let mut agreed = 0;
    let total = n * per_point;
    for number in 0..total {
        let i = number % n;
        let (j, l) = (other(&mut rng, n, i), other(&mut rng, n, i));
        agreed += usize::from(nearer(high, i, j, l) == nearer(low, i, j, l));
    }
    if total > 0 { agreed as f64 / total as f64 } else { 0.0 }
}

/// The same for all triplets of class centroids, for random ones of many classes; 1 with fewer than three classes, which
/// have no triplet.
pub(super) fn centroid_triplets(high: &Array2<f32>, low: &Array2<f32>, classes: &Classes, seed: u64) -> f64 {
    let (high, low) = (centroids(high, classes), centroids(low, classes));
    let n = classes.len();
    if n > MAX_CLASSES_IN_FULL {
        return random_triplets(&high, &low, TRIPLETS_PER_CENTROID, seed);
    }
    let distances = |rows: &Array2<f32>| Array2::from_shape_fn((n, n), |(i, j)| squared(rows, i, j));
    let (high, low) = (distances(&high), distances(&low));
    let (mut agreed, mut total) = (0, 0);
    for i in 0..n {
        for j in (0..n).filter(|&j| j != i) {
            for l in (j + 1..n).filter(|&l| l != i) {
                agreed += u32::from((high[[i, j]] < high[[i, l]]) == (low[[i, j]] < low[[i, l]]));
                total += 1;
            }
        }
    }
    if total > 0 { f64::from(agreed) / f64::from(total) } else { 1.0 }
}

/// Spearman's rank correlation of the distances of random pairs; 0 when all are equal in one space.
pub(super) fn spearman(high: &Array2<f32>, low: &Array2<f32>, per_point: usize, seed: u64) -> f64 {
    let n = high.nrows();
    let mut rng = seeded(seed);
    let pairs: Vec<(usize, usize)> =
        (0..n * per_point).map(|number| (number % n, other(&mut rng, n, number % n))).collect();
    let ranks =
        |rows: &Array2<f32>| mean_ranks(&pairs.iter().map(|&(i, j)| squared(rows, i, j)).collect::<Vec<_>>());
    correlation(&ranks(high), &ranks(low))
}

/// A random point other than `i`; there are at least two.
fn other(rng: &mut Xoshiro256PlusPlus, n: usize, i: usize) -> usize {
    (i + rng.random_range(1..n)) % n
}

/// Whether `j` is nearer to `i` than `l` is.
fn nearer(rows: &Array2<f32>, i: usize, j: usize, l: usize) -> bool {
    squared(rows, i, j) < squared(rows, i, l)
}

/// Squared Euclidean distance of two rows.
fn squared(rows: &Array2<f32>, i: usize, j: usize) -> f64 {
    squared_distance_in_order(rows.row(i), rows.row(j))
}

/// Mean of the labeled points of each class, `[classes, d]`.
fn centroids(rows: &Array2<f32>, classes: &Classes) -> Array2<f32> {
    let mut sums = Array2::<f64>::zeros((classes.len(), rows.ncols()));
    for (row, class) in rows.rows().into_iter().zip(&classes.of_point) {
        if let Some(class) = *class {
            sums.row_mut(class).zip_mut_with(&row, |sum, &x| *sum += f64::from(x));
        }
    }
    Array2::from_shape_fn(sums.dim(), |(class, column)| {
        (sums[[class, column]] / classes.sizes[class] as f64) as f32
    })
}

/// Ranks from 1; equal values share the mean of theirs.
fn mean_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for tie in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = start as f64 + (tie.len() + 1) as f64 / 2.0;
        tie.iter().for_each(|&i| ranks[i] = rank);
        start += tie.len();
    }
    ranks
}

/// Pearson's correlation.
fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len() as f64;
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (&x, &y) in x.iter().zip(y) {
        xy += (x - mean_x) * (y - mean_y);
        xx += (x - mean_x).powi(2);
        yy += (y - mean_y).powi(2);
    }
    if xx > 0.0 && yy > 0.0 { xy / (xx * yy).sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_the_mean_of_their_ranks() {
        assert_eq!(mean_ranks(&[2.0, 1.0, 2.0, 5.0, 2.0]), [3.0, 1.0, 3.0, 5.0, 3.0]);
    }
}
