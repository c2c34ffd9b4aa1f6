//! Attraction of every row by those that it has an affinity with.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::CHUNK;
use super::affinities::Affinities;
use crate::math::simd::{self, each_lane, floats, total as sum_of};
use crate::projection::pairwise::Point;

/// Writes to `forces` the sum of `p_ij (y_i - y_j) / (1 + d_ij^2)` for each point.
pub(super) fn attraction(affinities: &Affinities, points: &[Point], forces: &mut [Point]) {
    forces.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, forces)| {
        simd::dispatch(Pull { affinities, points, first: chunk * CHUNK, forces });
    });
}

struct Pull<'a> {
    affinities: &'a Affinities,
    points: &'a [Point],
    first: usize,
    forces: &'a mut [Point],
}

impl WithSimd for Pull<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Pull { affinities, points, first, forces } = self;
        let one = simd.splat_f32s(1.0);
        for (i, force) in (first..).zip(forces) {
            let (x, y) = (simd.splat_f32s(points[i][0]), simd.splat_f32s(points[i][1]));
            let (mut sum_x, mut sum_y) = (simd.splat_f32s(0.0), simd.splat_f32s(0.0));
            let (targets, weights) = affinities.row(i);
            for (targets, &weights) in targets.iter().zip(weights) {
                let others = each_lane(|lane| points[targets[lane] as usize]);
                let dx = simd.sub_f32s(x, floats(simd, each_lane(|lane| others[lane][0])));
                let dy = simd.sub_f32s(y, floats(simd, each_lane(|lane| others[lane][1])));
                let below = simd.mul_add_f32s(dx, dx, simd.mul_add_f32s(dy, dy, one));
                let pull = simd.div_f32s(floats(simd, weights), below);
                sum_x = simd.mul_add_f32s(pull, dx, sum_x);
                sum_y = simd.mul_add_f32s(pull, dy, sum_y);
            }
            *force = [sum_of(simd, sum_x), sum_of(simd, sum_y)];
        }
    }
}

/// The Kullback-Leibler divergence of the map's similarities from the affinities, in nats, given the sum over all pairs
/// of `1 / (1 + d^2)`.
pub(super) fn kl_divergence(affinities: &Affinities, points: &[Point], normalizer: f64) -> f64 {
    let of_row = |i: usize| {
        let (targets, weights) = affinities.row(i);
        let pairs = targets.as_flattened().iter().zip(weights.as_flattened());
        let terms = pairs.filter(|&(_, &weight)| weight > 0.0).map(|(&j, &weight)| {
            let [dx, dy] =
                [0, 1].map(|axis| f64::from(points[i][axis]) - f64::from(points[j as usize][axis]));
            f64::from(weight) * (f64::from(weight) * (1.0 + dx * dx + dy * dy) * normalizer).ln()
        });
        terms.sum::<f64>()
    };
    (0..points.len()).into_par_iter().map(of_row).collect::<Vec<f64>>().iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    use crate::neighbors::{KnnGraph, Metric};

    /// Two pairs: each row has its partner for a neighbor, so that all four affinities are a quarter.
    fn pairs() -> Affinities {
        let graph = KnnGraph {
            indices: array![[1], [0], [3], [2]],
            distances: array![[1.0], [1.0], [1.0], [1.0]],
            metric: Metric::Euclidean,
            recall: None,
        };
        Affinities::new(&graph, 1.0)
    }

    #[test]
    fn partners_pull_by_the_formula() {
        let points = [[0.0, 0.0], [3.0, 4.0], [5.0, 5.0], [5.0, 4.0]];
        let mut forces = [[9.0; 2]; 4];
        attraction(&pairs(), &points, &mut forces);
        let expected = [[-0.75 / 26.0, -1.0 / 26.0], [0.75 / 26.0, 1.0 / 26.0], [0.0, 0.125], [0.0, -0.125]];
        for (found, expected) in forces.as_flattened().iter().zip(expected.as_flattened()) {
            assert!((found - expected).abs() < 1e-7, "{forces:?}");
        }
    }

    #[test]
    fn the_divergence_of_equal_distributions_is_zero() {
        // Partners one apart, pairs so far apart that all similarity is between partners.
        let points = [[0.0, 0.0], [1.0, 0.0], [1e6, 0.0], [1e6, 1.0]];
        let found = kl_divergence(&pairs(), &points, 4.0 * 0.5);
        assert!(found.abs() < 1e-9, "{found}");
        // With a normalizer e times as large each q is e times smaller.
        let found = kl_divergence(&pairs(), &points, 2.0 * std::f64::consts::E);
        assert!((found - 1.0).abs() < 1e-9, "{found}");
    }
}
