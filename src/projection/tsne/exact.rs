//! Repulsion by the sums over all pairs, for few points.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use crate::math::simd::{self, LANES, floats, total as sum_of};
use crate::projection::pairwise::Point;

/// Points per task: each of them takes a pass over all points.
const TASK: usize = 64;

/// Writes to `forces` the sum of `(y_i - y_j) / (1 + d_ij^2)^2` for each point; gives the sum over all pairs of
/// `1 / (1 + d_ij^2)`.
pub(super) fn repulsion(points: &[Point], forces: &mut [Point]) -> f64 {
    // What fills the last register is so far away that its similarity is zero.
    let padded = points.len().next_multiple_of(LANES);
    let axis = |axis: usize| -> Vec<[f32; LANES]> {
        let values = points.iter().map(|point| point[axis]).chain(std::iter::repeat(1e25));
        let values: Vec<f32> = values.take(padded).collect();
        values.as_chunks().0.to_vec()
    };
    let (x, y) = (axis(0), axis(1));
    let sums = forces
        .par_chunks_mut(TASK)
        .zip(points.par_chunks(TASK))
        .map(|(forces, points)| simd::dispatch(Pairs { x: &x, y: &y, points, forces }));
    // Each point met itself too.
    sums.collect::<Vec<f64>>().iter().sum::<f64>() - points.len() as f64
}

struct Pairs<'a> {
    x: &'a [[f32; LANES]],
    y: &'a [[f32; LANES]],
    points: &'a [Point],
    forces: &'a mut [Point],
}

impl WithSimd for Pairs<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let one = simd.splat_f32s(1.0);
        let mut total = 0.0;
        for (point, force) in self.points.iter().zip(self.forces) {
            let (x, y) = (simd.splat_f32s(point[0]), simd.splat_f32s(point[1]));
            let zero = simd.splat_f32s(0.0);
            let (mut sum, mut sum_x, mut sum_y) = (zero, zero, zero);
            for (&other_x, &other_y) in self.x.iter().zip(self.y) {
                let dx = simd.sub_f32s(x, floats(simd, other_x));
                let dy = simd.sub_f32s(y, floats(simd, other_y));
                let below = simd.mul_add_f32s(dx, dx, simd.mul_add_f32s(dy, dy, one));
                let similarity = simd.div_f32s(one, below);
                let squared = simd.mul_f32s(similarity, similarity);
                sum = simd.add_f32s(sum, similarity);
                sum_x = simd.mul_add_f32s(squared, dx, sum_x);
                sum_y = simd.mul_add_f32s(squared, dy, sum_y);
            }
            total += f64::from(sum_of(simd, sum));
            *force = [sum_of(simd, sum_x), sum_of(simd, sum_y)];
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_is_counted_by_the_formula() {
        let points: Vec<Point> = (0..21).map(|i| [(i * i % 11) as f32, (i % 5) as f32 - 2.0]).collect();
        let mut forces = vec![[0.0; 2]; points.len()];
        let total = repulsion(&points, &mut forces);
        let mut expected_total = 0.0;
        for (i, force) in forces.iter().enumerate() {
            let mut expected = [0.0; 2];
            for (_, other) in points.iter().enumerate().filter(|&(j, _)| j != i) {
                let [dx, dy] = [0, 1].map(|axis| f64::from(points[i][axis]) - f64::from(other[axis]));
                let similarity = 1.0 / (1.0 + dx * dx + dy * dy);
                expected_total += similarity;
                expected[0] += similarity * similarity * dx;
                expected[1] += similarity * similarity * dy;
            }
            for axis in 0..2 {
                assert!((f64::from(force[axis]) - expected[axis]).abs() < 1e-5, "{i} {force:?} {expected:?}");
            }
        }
        assert!((total / expected_total - 1.0).abs() < 1e-6, "{total} {expected_total}");
    }
}
