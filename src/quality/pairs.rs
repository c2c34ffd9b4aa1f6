//! Global order: distances of random pairs, triplets and class centroids.

use ndarray::{Array1, Array2};
use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::classes::class_numbers;
use crate::math::random::seeded;

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

/// The same for all triplets of class centroids; 1 with fewer than three classes, which have no order.
pub(super) fn centroid_triplets(high: &Array2<f32>, low: &Array2<f32>, labels: &Array1<u8>) -> f64 {
    let (classes, n_classes) = class_numbers(labels);
    let (high, low) = (centroids(high, &classes, n_classes), centroids(low, &classes, n_classes));
    let (mut agreed, mut total) = (0, 0);
    for i in 0..n_classes {
        for j in (0..n_classes).filter(|&j| j != i) {
            for l in (j + 1..n_classes).filter(|&l| l != i) {
                agreed += usize::from(nearer(&high, i, j, l) == nearer(&low, i, j, l));
                total += 1;
            }
        }
    }
    if total > 0 { f64::from(agreed as u32) / f64::from(total) } else { 1.0 }
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

/// A point other than `i`, of two or more.
fn other(rng: &mut Xoshiro256PlusPlus, n: usize, i: usize) -> usize {
    (i + rng.random_range(1..n)) % n
}

fn nearer(rows: &Array2<f32>, i: usize, j: usize, l: usize) -> bool {
    squared(rows, i, j) < squared(rows, i, l)
}

fn squared(rows: &Array2<f32>, i: usize, j: usize) -> f64 {
    rows.row(i).iter().zip(rows.row(j)).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum()
}

fn centroids(rows: &Array2<f32>, classes: &[usize], n_classes: usize) -> Array2<f32> {
    let mut sums = Array2::<f64>::zeros((n_classes, rows.ncols()));
    let mut counts = vec![0.0; n_classes];
    for (row, &class) in rows.rows().into_iter().zip(classes) {
        sums.row_mut(class).zip_mut_with(&row, |sum, &x| *sum += f64::from(x));
        counts[class] += 1.0;
    }
    Array2::from_shape_fn(sums.dim(), |(class, column)| (sums[[class, column]] / counts[class]) as f32)
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
