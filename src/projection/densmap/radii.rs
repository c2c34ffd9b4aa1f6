//! Local radii: how far the neighbors of each row lie, on the average over its edges.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use crate::math::simd::{self, LANES, each_lane, floats, total};
use crate::neighbors::KnnGraph;
use crate::projection::umap::{Forces, FuzzyGraph, Point};

/// Added to a mean squared distance before its logarithm is taken, as in umap-learn: the radius of a row all of whose
/// neighbors are duplicates stays finite.
pub(super) const EPSILON: f64 = 1e-8;
/// Larger squared distances on the map count as this one, so that their products stay finite.
const MAX_SQUARED_DISTANCE: f32 = 1e30;
/// Rows that are measured by one task.
const CHUNK: usize = 512;

/// The logarithm of each row's local radius among the data, `ln(sum_j w_ij d_ij^2 / sum_j w_ij)` over the edges `w` of
/// `graph`, standardized to mean 0 and variance 1, `[n]`. All are 0 where all rows have the same radius.
///
/// [`EPSILON`] is in units of the mean squared distance, so that the unit of length does not matter.
pub(super) fn standardized_radii(graph: &FuzzyGraph, neighbors: &KnnGraph) -> Vec<f64> {
    let squared = |from: usize, to: usize| {
        let mut there = neighbors.indices.row(from).into_iter().zip(neighbors.distances.row(from));
        there.find(|(j, _)| **j as usize == to).map(|(_, &d)| f64::from(d).powi(2))
    };
    let means: Vec<f64> = (0..graph.n_rows())
        .into_par_iter()
        .map(|i| {
            let (mut moment, mut weights) = (0.0, 0.0);
            for (j, weight) in graph.edges(i) {
                let squared = squared(i, j).or_else(|| squared(j, i)).expect("an edge joins neighbors");
                moment += f64::from(weight) * squared;
                weights += f64::from(weight);
            }
            if weights > 0.0 { moment / weights } else { 0.0 }
        })
        .collect();
    let n = means.len() as f64;
    let scale = means.iter().sum::<f64>() / n;
    if scale == 0.0 {
        return vec![0.0; means.len()];
    }
    let logs: Vec<f64> = means.iter().map(|mean| (EPSILON + mean / scale).ln()).collect();
    let (mean, variance) = mean_and_variance(&logs);
    // Rounding leaves a variance above 0 where all radii are the same.
    let deviation = if variance > 1e-12 { variance.sqrt() } else { f64::INFINITY };
    logs.iter().map(|log| (log - mean) / deviation).collect()
}

/// The mean and the variance, divided by the number of values; summed up in their order.
pub(super) fn mean_and_variance(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n)
}

/// Sums over one row's edges on the map.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RowSums {
    /// Of the similarities `phi`.
    pub(super) similarity: f32,
    /// Of `phi d^2`.
    pub(super) moment: f32,
}

/// The sums of every row over its edges, `[n]`.
pub(super) fn sums_on_map(graph: &FuzzyGraph, points: &[Point], forces: Forces) -> Vec<RowSums> {
    let mut sums = vec![RowSums::default(); points.len()];
    sums.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, sums)| {
        simd::dispatch(Chunk { graph, points, forces, first_row: chunk * CHUNK, sums });
    });
    sums
}

/// The rows from `first_row` whose sums are wanted.
struct Chunk<'a> {
    graph: &'a FuzzyGraph,
    points: &'a [Point],
    forces: Forces,
    first_row: usize,
    sums: &'a mut [RowSums],
}

impl WithSimd for Chunk<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Chunk { graph, points, forces, first_row, sums } = self;
        let forces = forces.splat(simd);
        let (zero, most) = (simd.splat_f32s(0.0), simd.splat_f32s(MAX_SQUARED_DISTANCE));
        for (row, sums) in (first_row..).zip(sums) {
            let [x, y] = points[row].map(|x| simd.splat_f32s(x));
            let (mut similarities, mut moments) = (zero, zero);
            for targets in graph.targets[graph.offsets[row]..graph.offsets[row + 1]].chunks(LANES) {
                // Lanes without an edge repeat the last one and count for nothing.
                let last = targets.len() - 1;
                let others = each_lane(|lane| points[targets[lane.min(last)] as usize]);
                let counts = floats(simd, each_lane(|lane| if lane <= last { 1.0 } else { 0.0 }));
                let dx = simd.sub_f32s(x, floats(simd, each_lane(|lane| others[lane][0])));
                let dy = simd.sub_f32s(y, floats(simd, each_lane(|lane| others[lane][1])));
                let squared = simd.add_f32s(simd.mul_f32s(dx, dx), simd.mul_f32s(dy, dy));
                let squared = simd.min_f32s(squared, most);
                let similarity = simd.mul_f32s(counts, forces.similarity(simd, squared));
                similarities = simd.add_f32s(similarities, similarity);
                moments = simd.add_f32s(moments, simd.mul_f32s(similarity, squared));
            }
            *sums = RowSums { similarity: total(simd, similarities), moment: total(simd, moments) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neighbors::{Metric, knn_graph};
    use crate::projection::umap::AbCurve;
    use ndarray::Array2;

    fn rows() -> Array2<f32> {
        Array2::from_shape_fn((60, 2), |(i, axis)| {
            ((i * i) as f32 * 0.3 + axis as f32).sin() * (1 + i) as f32
        })
    }

    #[test]
    fn radii_are_standardized_and_do_not_depend_on_the_unit_of_length() {
        let of = |unit: f32| {
            let neighbors = knn_graph(&(rows() * unit), 5, Metric::Euclidean).expect("finite rows");
            standardized_radii(&FuzzyGraph::from_neighbors(&neighbors), &neighbors)
        };
        let radii = of(1.0);
        let (mean, variance) = mean_and_variance(&radii);
        assert!(mean.abs() < 1e-9 && (variance - 1.0).abs() < 1e-9, "{mean} {variance}");
        for (radius, scaled) in radii.iter().zip(of(1.0 / 1024.0)) {
            assert!((radius - scaled).abs() < 1e-6, "{radius} {scaled}");
        }
    }

    #[test]
    fn sums_on_the_map_are_those_of_the_formula() {
        let neighbors = knn_graph(&rows(), 5, Metric::Euclidean).expect("finite rows");
        let graph = FuzzyGraph::from_neighbors(&neighbors);
        let points: Vec<Point> = (0..60).map(|i| [(i as f32).sin() * 3.0, (i as f32 * 2.0).cos()]).collect();
        let curve = AbCurve::fit(0.1, 1.0);
        let sums = sums_on_map(&graph, &points, Forces::new(curve));
        for (i, sums) in sums.into_iter().enumerate() {
            let (mut similarities, mut moments) = (0.0, 0.0);
            for (j, _) in graph.edges(i) {
                let squared =
                    (0..2).map(|axis| f64::from(points[i][axis] - points[j][axis]).powi(2)).sum::<f64>();
                let similarity = 1.0 / (1.0 + curve.a * squared.powf(curve.b));
                similarities += similarity;
                moments += similarity * squared;
            }
            for (found, expected) in [(sums.similarity, similarities), (sums.moment, moments)] {
                assert!((f64::from(found) / expected - 1.0).abs() < 0.005, "{i} {found} {expected}");
            }
        }
    }
}
