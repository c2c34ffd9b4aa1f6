//! The density term: it moves the points so that the logarithms of the local radii on the map correlate with those
//! among the data.
//!
//! The objective is `lambda W C`: `W` is the sum of all weights of the graph, and `C = cov(r, R) / sqrt(var(r) + shift)`
//! is the correlation of the radii `r` on the map with the standardized radii `R` among the data.
//! With `phi` the similarity at distance `d` and `P_i`, `M_i` row `i`'s sums of `phi` and `phi d^2`,
//! `r_i = ln(M_i / P_i)` and
//!
//! `dr_i / d(d_ij^2) = phi_ij ((1 - b (1 - phi_ij)) / M_i + a b d_ij^(2b - 2) phi_ij / P_i)`.
//!
//! An edge is sampled in proportion to its weight, so its share of the gradient is divided by that.

use pulp::Simd;

use super::DensmapConfig;
use super::radii::{EPSILON, mean_and_variance, standardized_radii, sums_on_map};
use crate::math::simd::{LANES, each_lane, floats};
use crate::neighbors::KnnGraph;
use crate::projection::umap::{AttractionTerm, BlockRows, Edge, Forces, FuzzyGraph, GRADIENT_CLIP, Point};

/// Largest entry of [`Pulls`]: a term that strong is clipped in any case, and its products stay finite.
const MAX_PULL: f64 = 1e15;

/// What the density term needs in every epoch.
pub(super) struct Density<'a> {
    graph: &'a FuzzyGraph,
    forces: Forces,
    /// Standardized logarithms of the radii among the data, `R`.
    original: Vec<f64>,
    /// `lambda W`.
    weight: f64,
    var_shift: f64,
}

/// How strongly each row's radius is to grow, one entry per row: the derivative of the objective by `r_i`, over `M_i`
/// and over `P_i`.
pub(super) struct Pulls(Vec<[f32; 2]>);

impl<'a> Density<'a> {
    pub(super) fn new(
        graph: &'a FuzzyGraph,
        neighbors: &KnnGraph,
        forces: Forces,
        config: &DensmapConfig,
    ) -> Self {
        let total: f64 = graph.weights.iter().map(|&weight| f64::from(weight)).sum();
        Density {
            graph,
            forces,
            original: standardized_radii(graph, neighbors),
            weight: config.dens_lambda * total,
            var_shift: config.dens_var_shift,
        }
    }

    /// The pulls where the points are now.
    pub(super) fn pulls(&self, points: &[Point]) -> Pulls {
        let sums = sums_on_map(self.graph, points, self.forces);
        // The least similarity keeps a row finite all of whose edges are too long for one.
        let similarity = |row: usize| f64::from(sums[row].similarity.max(f32::MIN_POSITIVE));
        let mean_squared = |row: usize| EPSILON + f64::from(sums[row].moment) / similarity(row);
        let radii: Vec<f64> = (0..points.len()).map(|row| mean_squared(row).ln()).collect();
        let (mean, variance) = mean_and_variance(&radii);
        let (n, shifted) = (points.len() as f64, variance + self.var_shift);
        if shifted == 0.0 {
            return Pulls(vec![[0.0; 2]; points.len()]);
        }
        let covariance = radii.iter().zip(&self.original).map(|(r, original)| r * original).sum::<f64>() / n;
        let scale = self.weight / (n * shifted.sqrt());
        let pull = |row: usize| {
            let by_radius = scale * (self.original[row] - covariance * (radii[row] - mean) / shifted);
            let by_similarity = by_radius / similarity(row);
            [by_similarity / mean_squared(row), by_similarity].map(|x| x.clamp(-MAX_PULL, MAX_PULL) as f32)
        };
        Pulls((0..points.len()).map(pull).collect())
    }
}

impl Pulls {
    /// The term for the edges of one block.
    pub(super) fn of_block(&self, rows: BlockRows) -> DensityTerm<'_> {
        DensityTerm { pulls: &self.0, rows }
    }
}

/// The density term of one block of edges.
#[derive(Clone, Copy)]
pub(super) struct DensityTerm<'a> {
    pulls: &'a [[f32; 2]],
    rows: BlockRows,
}

impl DensityTerm<'_> {
    /// The derivative of the objective by the squared length of each edge, over the edge's weight.
    #[inline(always)]
    fn coefficients<S: Simd>(
        &self,
        simd: S,
        edges: &[Edge<f32>; LANES],
        forces: &Forces<S::f32s>,
        squared: S::f32s,
    ) -> S::f32s {
        let (sub, mul) = (|x, y| simd.sub_f32s(x, y), |x, y| simd.mul_f32s(x, y));
        let BlockRows { n_parts, head_part, tail_part } = self.rows;
        let both_ends = each_lane(|lane| {
            let Edge { head, tail, .. } = edges[lane];
            let head = self.pulls[head as usize * n_parts + head_part];
            let tail = self.pulls[tail as usize * n_parts + tail_part];
            [head[0] + tail[0], head[1] + tail[1]]
        });
        let by_moment = floats(simd, each_lane(|lane| both_ends[lane][0]));
        let by_similarity = floats(simd, each_lane(|lane| both_ends[lane][1]));
        let weights = floats(simd, each_lane(|lane| edges[lane].weight));
        let phi = forces.similarity(simd, squared);
        // Minus half of UMAP's attraction is a b d^(2b - 2) phi.
        let slope = mul(simd.splat_f32s(-0.5), forces.attraction(simd, squared));
        let growth = sub(forces.one, mul(forces.b, sub(forces.one, phi)));
        let both = simd.mul_add_f32s(growth, by_moment, mul(slope, by_similarity));
        simd.div_f32s(mul(phi, both), weights)
    }
}

impl AttractionTerm<f32> for DensityTerm<'_> {
    #[inline(always)]
    fn add<S: Simd>(
        &self,
        simd: S,
        edges: &[Edge<f32>; LANES],
        forces: &Forces<S::f32s>,
        squared: S::f32s,
        [dx, dy]: [S::f32s; 2],
        [x, y]: [S::f32s; 2],
    ) -> [S::f32s; 2] {
        let coefficients = self.coefficients(simd, edges, forces, squared);
        let (low, high) = (simd.splat_f32s(-GRADIENT_CLIP), simd.splat_f32s(GRADIENT_CLIP));
        let clipped = |along| simd.max_f32s(simd.min_f32s(simd.mul_f32s(coefficients, along), high), low);
        [simd.add_f32s(x, clipped(dx)), simd.add_f32s(y, clipped(dy))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neighbors::{Metric, knn_graph};
    use crate::projection::umap::AbCurve;
    use ndarray::Array2;
    use pulp::Scalar256b;

    /// The objective of the module's first lines, by the formula.
    fn objective(graph: &FuzzyGraph, original: &[f64], config: &DensmapConfig, points: &[[f64; 2]]) -> f64 {
        let curve = AbCurve::fit(config.min_dist, config.spread);
        let radius = |i: usize| {
            let (mut similarities, mut moments) = (0.0, 0.0);
            for (j, _) in graph.edges(i) {
                let squared = (points[i][0] - points[j][0]).powi(2) + (points[i][1] - points[j][1]).powi(2);
                let similarity = 1.0 / (1.0 + curve.a * squared.powf(curve.b));
                similarities += similarity;
                moments += similarity * squared;
            }
            (EPSILON + moments / similarities).ln()
        };
        let (n, radii) = (points.len() as f64, (0..points.len()).map(radius).collect::<Vec<f64>>());
        let mean = radii.iter().sum::<f64>() / n;
        let variance = radii.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / n;
        let covariance =
            radii.iter().zip(original).map(|(r, original)| (r - mean) * original).sum::<f64>() / n;
        let total: f64 = graph.weights.iter().map(|&weight| f64::from(weight)).sum();
        config.dens_lambda * total * covariance / (variance + config.dens_var_shift).sqrt()
    }

    #[test]
    fn the_term_is_the_gradient_of_the_objective() {
        let rows = Array2::from_shape_fn((40, 3), |(i, axis)| {
            ((i * i + 3) as f32 * 0.37 * (axis + 1) as f32).sin() * (1.0 + (i / 10) as f32)
        });
        let neighbors = knn_graph(&rows, 6, Metric::Euclidean).expect("finite rows");
        let graph = FuzzyGraph::from_neighbors(&neighbors).without_weak(50);
        let config = DensmapConfig::default();
        let forces = Forces::new(AbCurve::fit(config.min_dist, config.spread));
        let points: Vec<Point> =
            (0..40).map(|i| [(i as f32 * 1.7).sin() * 2.0, (i as f32 * 2.9).cos() * 1.5]).collect();
        let density = Density::new(&graph, &neighbors, forces, &config);
        let pulls = density.pulls(&points);
        let term = pulls.of_block(BlockRows { n_parts: 1, head_part: 0, tail_part: 0 });
        let simd = Scalar256b;
        let splat = forces.splat(simd);
        // What the edges of each row add up to, each as often as it is sampled; both directions move both ends.
        let mut found = vec![[0.0f64; 2]; 40];
        for head in 0..40 {
            for (tail, weight) in graph.edges(head) {
                let edges = each_lane(|_| Edge { head: head as u32, tail: tail as u32, weight });
                let along = [0, 1].map(|axis| points[head][axis] - points[tail][axis]);
                let squared = simd.splat_f32s(along[0] * along[0] + along[1] * along[1]);
                let coefficient =
                    crate::math::simd::array(simd, term.coefficients(simd, &edges, &splat, squared))[0];
                for axis in [0, 1] {
                    let gradient = f64::from(weight) * f64::from(coefficient * along[axis]);
                    found[head][axis] += gradient;
                    found[tail][axis] -= gradient;
                }
            }
        }
        let value = |row: usize, axis: usize, step: f64| {
            let mut points: Vec<[f64; 2]> = points.iter().map(|point| point.map(f64::from)).collect();
            points[row][axis] += step;
            objective(&graph, &density.original, &config, &points)
        };
        let (mut error, mut norm) = (0.0, 0.0);
        for (row, found) in found.iter().enumerate() {
            for axis in [0, 1] {
                let expected = (value(row, axis, 1e-5) - value(row, axis, -1e-5)) / 2e-5;
                error += (found[axis] - expected).powi(2);
                norm += expected.powi(2);
            }
        }
        assert!((error / norm).sqrt() < 0.01, "relative error {}", (error / norm).sqrt());
        assert!(norm > 1.0, "{norm}");
    }
}
