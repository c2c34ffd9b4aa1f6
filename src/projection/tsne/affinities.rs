//! Affinities of rows: a Gaussian around each row as wide as the perplexity asks for, over its neighbors, symmetrized
//! (van der Maaten & Hinton 2008, equation 1 and section 3.1).

use ndarray::ArrayView1;
use rayon::prelude::*;

use crate::math::simd::LANES;
use crate::neighbors::{KnnGraph, Metric};

/// How close the entropy comes to the logarithm of the perplexity.
const ENTROPY_TOLERANCE: f64 = 1e-8;
/// Only rows with more equally near neighbors than the perplexity reach it: their entropy has a floor.
const MAX_STEPS: usize = 100;

/// A symmetric matrix in compressed rows. Each row is padded to whole registers by entries of weight zero that name the
/// row itself.
pub(super) struct Affinities {
    /// Row `i` is `offsets[i]..offsets[i + 1]`, in registers.
    pub(super) offsets: Vec<usize>,
    pub(super) targets: Vec<[u32; LANES]>,
    /// All of them add up to one.
    pub(super) weights: Vec<[f32; LANES]>,
}

/// One entry of a row: the column and the weight.
type Entry = (u32, f32);

impl Affinities {
    /// The affinities of `graph`, all of whose neighbors are used.
    pub(super) fn new(graph: &KnnGraph, perplexity: f64) -> Affinities {
        let n = graph.n_rows();
        let forward: Vec<Vec<Entry>> = (0..n)
            .into_par_iter()
            .map(|i| {
                let weights = conditional(&squared(graph.distances.row(i), graph.metric), perplexity);
                let mut row: Vec<Entry> = graph.indices.row(i).iter().copied().zip(weights).collect();
                row.sort_unstable_by_key(|&(j, _)| j);
                row
            })
            .collect();
        let (starts, backward) = transpose(&forward);
        let rows: Vec<Vec<Entry>> = (0..n)
            .into_par_iter()
            .map(|i| sum_rows(&forward[i], &backward[starts[i]..starts[i + 1]]))
            .collect();
        drop((forward, backward));

        let mut offsets = Vec::with_capacity(n + 1);
        offsets.push(0);
        offsets.extend(rows.iter().scan(0, |end, row| {
            *end += row.len().div_ceil(LANES);
            Some(*end)
        }));
        let (mut targets, mut weights) = (Vec::with_capacity(offsets[n]), Vec::with_capacity(offsets[n]));
        let scale = 1.0 / (2.0 * n as f32);
        for (i, row) in rows.into_iter().enumerate() {
            for group in row.chunks(LANES) {
                let entry = |lane: usize| group.get(lane).copied().unwrap_or((i as u32, 0.0));
                targets.push(std::array::from_fn(|lane| entry(lane).0));
                weights.push(std::array::from_fn(|lane| entry(lane).1 * scale));
            }
        }
        Affinities { offsets, targets, weights }
    }

    /// The registers of one row.
    #[inline(always)]
    pub(super) fn row(&self, i: usize) -> (&[[u32; LANES]], &[[f32; LANES]]) {
        let range = self.offsets[i]..self.offsets[i + 1];
        (&self.targets[range.clone()], &self.weights[range])
    }
}

/// Squared Euclidean distances; under other metrics those between directions.
fn squared(distances: ArrayView1<f32>, metric: Metric) -> Vec<f64> {
    distances.iter().map(|&d| metric.squared(f64::from(d))).collect()
}

/// Probabilities `p_j` in proportion to `exp(-b d_j)`, with `b` such that their entropy is the logarithm of the
/// perplexity.
///
/// Newton's method on `ln b`, where the entropy is nearly straight, kept within the bracket that bisection would have.
fn conditional(squared: &[f64], perplexity: f64) -> Vec<f32> {
    let nearest = squared.iter().copied().fold(f64::INFINITY, f64::min);
    let apart: Vec<f64> = squared.iter().map(|d| d - nearest).collect();
    let mean = apart.iter().sum::<f64>() / apart.len() as f64;
    if mean == 0.0 {
        return vec![1.0 / squared.len() as f32; squared.len()];
    }
    let wanted = perplexity.ln();
    let (mut low, mut high) = (0.0, f64::INFINITY);
    let mut precision = 1.0 / mean;
    let mut weights = vec![0.0; apart.len()];
    let mut total = 0.0;
    for _ in 0..MAX_STEPS {
        let (mut first, mut second) = (0.0, 0.0);
        total = 0.0;
        for (&d, weight) in apart.iter().zip(&mut weights) {
            // In units of the precision, so that neither huge nor tiny rows leave the range of the squares.
            let term = precision * d;
            *weight = (-term).exp();
            total += *weight;
            first += *weight * term;
            second += *weight * term * term;
        }
        let expected = first / total;
        let excess = total.ln() + expected - wanted;
        if excess.abs() < ENTROPY_TOLERANCE {
            break;
        }
        if excess > 0.0 {
            low = precision;
        } else {
            high = precision;
        }
        let variance = second / total - expected * expected;
        let next = precision * (excess / variance).exp();
        precision = if next > low && next < high {
            next
        } else if high.is_finite() {
            (low + high) / 2.0
        } else {
            2.0 * precision
        };
        if !precision.is_finite() {
            break;
        }
    }
    weights.iter().map(|weight| (weight / total) as f32).collect()
}

/// The columns of a matrix of sorted rows as rows: where each starts, and the entries of all.
fn transpose(rows: &[Vec<Entry>]) -> (Vec<usize>, Vec<Entry>) {
    let mut starts = vec![0; rows.len() + 1];
    for &(j, _) in rows.iter().flatten() {
        starts[j as usize + 1] += 1;
    }
    for j in 0..rows.len() {
        starts[j + 1] += starts[j];
    }
    let mut next = starts.clone();
    let mut entries = vec![(0, 0.0); starts[rows.len()]];
    for (i, row) in rows.iter().enumerate() {
        for &(j, weight) in row {
            entries[next[j as usize]] = (i as u32, weight);
            next[j as usize] += 1;
        }
    }
    (starts, entries)
}

/// The sum of two sparse rows, each sorted by column.
fn sum_rows(mut a: &[Entry], mut b: &[Entry]) -> Vec<Entry> {
    let mut sum = Vec::with_capacity(a.len() + b.len());
    while let (Some((&(i, p), rest_a)), Some((&(j, q), rest_b))) = (a.split_first(), b.split_first()) {
        sum.push(if i == j {
            (i, p + q)
        } else if i < j {
            (i, p)
        } else {
            (j, q)
        });
        if i <= j {
            a = rest_a;
        }
        if j <= i {
            b = rest_b;
        }
    }
    sum.extend_from_slice(a);
    sum.extend_from_slice(b);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn entropy(probabilities: &[f32]) -> f64 {
        probabilities.iter().map(|&p| f64::from(p)).filter(|&p| p > 0.0).map(|p| -p * p.ln()).sum()
    }

    #[test]
    fn the_entropy_is_the_logarithm_of_the_perplexity_at_any_scale() {
        for scale in [1e-60, 1e-8, 1.0, 1e12, 1e60] {
            for perplexity in [1.0 + 1e-3, 2.0, 10.0, 29.9] {
                let squared: Vec<f64> = (0..90).map(|j| scale * (3.0 + (j * j % 97) as f64 * 0.37)).collect();
                let found = entropy(&conditional(&squared, perplexity)).exp();
                assert!((found / perplexity - 1.0).abs() < 1e-5, "{scale} {perplexity}: {found}");
            }
        }
    }

    #[test]
    fn two_distances_have_the_closed_form() {
        // One neighbor at 0 and two at 1: with weights 1 and e^-b the entropy is ln(1 + 2 e^-b) + 2 b e^-b / (1 + 2 e^-b).
        let b: f64 = 1.7;
        let far = (-b).exp();
        let total = 1.0 + 2.0 * far;
        let perplexity = (total.ln() + 2.0 * b * far / total).exp();
        let found = conditional(&[4.0, 5.0, 5.0], perplexity);
        for (found, expected) in found.iter().zip([1.0 / total, far / total, far / total]) {
            assert!((f64::from(*found) - expected).abs() < 1e-7, "{found} {expected}");
        }
    }

    #[test]
    fn ties_share_evenly() {
        assert_eq!(conditional(&[2.0; 6], 2.0), [1.0 / 6.0; 6]);
        // Four at the same least distance: the entropy cannot fall below ln 4.
        let found = conditional(&[0.0, 0.0, 0.0, 0.0, 1.0, 2.0], 2.0);
        assert!(found[..4].iter().all(|p| (p - 0.25).abs() < 1e-6) && found[4] < 1e-6, "{found:?}");
    }

    #[test]
    fn the_matrix_is_symmetric_and_adds_up_to_one() {
        let graph = KnnGraph {
            indices: array![[1, 2], [0, 2], [1, 3], [2, 1]],
            distances: array![[1.0, 2.0], [1.0, 1.5], [1.5, 4.0], [4.0, 5.0]],
            metric: Metric::Euclidean,
            recall: None,
        };
        let affinities = Affinities::new(&graph, 1.5);
        let mut dense = ndarray::Array2::<f32>::zeros((4, 4));
        for i in 0..4 {
            let (targets, weights) = affinities.row(i);
            for (&j, &weight) in targets.as_flattened().iter().zip(weights.as_flattened()) {
                dense[[i, j as usize]] += weight;
            }
        }
        assert!((&dense - &dense.t()).iter().all(|x| x.abs() < 1e-9), "{dense}");
        assert!((dense.sum() - 1.0).abs() < 1e-6 && dense.diag().sum() == 0.0, "{dense}");
        let of_row_0 = conditional(&[1.0, 4.0], 1.5);
        let of_row_1 = conditional(&[1.0, 2.25], 1.5);
        assert!((dense[[0, 1]] - (of_row_0[0] + of_row_1[0]) / 8.0).abs() < 1e-7, "{dense}");
    }
}
