//! The nearest rows of each row, compared by a distance that is scaled by how dense the rows lie around either end.

use std::ops::Range;

use ndarray::{Array2, s};
use pulp::Simd;
use rayon::prelude::*;

use super::prepare::Prepared;
use crate::error::Result;
use crate::math::simd::total;
use crate::neighbors::{KnnGraph, Metric, knn_graph};
use crate::projection::surroundings::Surroundings;

/// The least scale, lest rows that coincide divide by zero.
const MIN_SIGMA: f64 = 1e-10;

/// Candidates for neighbors.
pub(in crate::projection) struct Nearest {
    /// `[n, candidates]`, in order of distance.
    indices: Array2<u32>,
    /// The square of the distances in the unit of the prepared rows.
    squared: Array2<f64>,
    /// The scale of distances around each row.
    sigmas: Vec<f64>,
}

impl Nearest {
    /// The `candidates` nearest rows, or all others when there are fewer. The scale of a row is the mean distance to those
    /// of its nearest rows that `sigma` numbers.
    ///
    /// A graph that is at hand is used when it is large enough. Else wide rows are searched as they were prepared, which
    /// is several times faster, and the others as they are.
    pub(in crate::projection) fn new(
        prepared: &Prepared,
        surroundings: &Surroundings<'_>,
        candidates: usize,
        sigma: Range<usize>,
    ) -> Result<Nearest> {
        let candidates = candidates.min(prepared.rows.nrows() - 1);
        let at_hand = surroundings.at_hand().is_some_and(|graph| graph.n_neighbors() >= candidates);
        let (indices, squared) = if prepared.is_reduced && !at_hand {
            let KnnGraph { indices, distances, .. } =
                knn_graph(&prepared.rows, candidates, Metric::Euclidean)?;
            (indices, distances.mapv(|d| f64::from(d).powi(2)))
        } else {
            let KnnGraph { indices, distances, metric, .. } =
                surroundings.neighbors(candidates)?.into_owned();
            let scale = prepared.scale.powi(2);
            let squared = distances.mapv(|d| scale * metric.squared(f64::from(d).max(0.0)));
            (indices, squared)
        };
        let sigmas = squared.outer_iter().map(|row| {
            // With few rows there may be no such neighbors: the farthest then stands for them.
            let from = sigma.start.min(row.len() - 1);
            let some = row.slice_move(s![from..sigma.end.min(row.len())]);
            (some.iter().map(|d| d.sqrt()).sum::<f64>() / some.len() as f64).max(MIN_SIGMA)
        });
        let sigmas = sigmas.collect();
        Ok(Nearest { indices, squared, sigmas })
    }

    /// The squared distance between rows `i` and `j`, given in the unit of the prepared rows, by the scales of both.
    #[inline(always)]
    pub(in crate::projection) fn scaled(&self, i: usize, j: u32, squared: f64) -> f64 {
        squared / self.sigmas[i] / self.sigmas[j as usize]
    }

    /// The `count` candidates of each row with the least scaled distance, least first, and that distance, `[n, count]`.
    pub(in crate::projection) fn choose(&self, count: usize) -> (Array2<u32>, Array2<f64>) {
        let n = self.squared.nrows();
        let chosen: Vec<Vec<(f64, u32)>> = (0..n)
            .into_par_iter()
            .map(|i| {
                let candidates = self.indices.row(i).into_iter().zip(self.squared.row(i));
                let scaled = candidates.map(|(&j, &squared)| (self.scaled(i, j, squared), j));
                let mut scaled: Vec<(f64, u32)> = scaled.collect();
                // Stable: of equal ones the nearer comes first.
                scaled.sort_by(|a, b| a.0.total_cmp(&b.0));
                scaled.truncate(count);
                scaled
            })
            .collect();
        let indices = Array2::from_shape_fn((n, count), |(i, slot)| chosen[i][slot].1);
        (indices, Array2::from_shape_fn((n, count), |(i, slot)| chosen[i][slot].0))
    }
}

/// The squared Euclidean distance of two rows.
#[inline(always)]
pub(in crate::projection) fn squared_distance<S: Simd>(simd: S, a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (S::as_simd_f32s(a), S::as_simd_f32s(b));
    let mut sum = simd.splat_f32s(0.0);
    for (&a, &b) in a.iter().zip(b) {
        let difference = simd.sub_f32s(a, b);
        sum = simd.mul_add_f32s(difference, difference, sum);
    }
    let mut sum = total(simd, sum);
    for (a, b) in a_rest.iter().zip(b_rest) {
        sum += (a - b) * (a - b);
    }
    sum
}
