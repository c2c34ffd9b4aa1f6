//! Gradient descent on the divergence: all points step at once, by momentum and a gain per coordinate (Jacobs 1988).

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::affinities::Affinities;
use super::attraction::{attraction, kl_divergence};
use super::mesh::Mesh;
use super::{CHUNK, exact};
use crate::math::simd;
use crate::projection::pairwise::Point;

/// Up to this many points the sums over all pairs take less time than the grid.
pub(super) const EXACT_LIMIT: usize = 2_000;
/// The share of a step that the next one keeps, as in openTSNE 1.0.
const MOMENTUM: f32 = 0.8;
/// The longest step of a point.
const MAX_STEP: f32 = 5.0;
const MIN_GAIN: f32 = 0.01;

/// A layout on its way.
pub(super) struct Descent<'a> {
    affinities: &'a Affinities,
    /// Absent for few points.
    mesh: Option<Mesh>,
    points: Vec<Point>,
    steps: Vec<Point>,
    gains: Vec<Point>,
    attraction: Vec<Point>,
    repulsion: Vec<Point>,
}

impl<'a> Descent<'a> {
    pub(super) fn new(affinities: &'a Affinities, start: Vec<Point>) -> Descent<'a> {
        let n = start.len();
        Descent {
            affinities,
            mesh: (n > EXACT_LIMIT).then(Mesh::new),
            points: start,
            steps: vec![[0.0; 2]; n],
            gains: vec![[1.0; 2]; n],
            attraction: vec![[0.0; 2]; n],
            repulsion: vec![[0.0; 2]; n],
        }
    }

    pub(super) fn points(&self) -> &[Point] {
        &self.points
    }

    /// Moves all points once and their mean to zero.
    pub(super) fn epoch(&mut self, exaggeration: f64, learning_rate: f64) {
        let normalizer = self.forces();
        let Descent { points, steps, gains, attraction, repulsion, .. } = self;
        let factors = Factors {
            attraction: exaggeration as f32,
            repulsion: (1.0 / normalizer) as f32,
            learning_rate: learning_rate as f32,
        };
        let sums: Vec<[f64; 2]> = points
            .par_chunks_mut(CHUNK)
            .zip(steps.par_chunks_mut(CHUNK))
            .zip(gains.par_chunks_mut(CHUNK))
            .zip(attraction.par_chunks(CHUNK).zip(repulsion.par_chunks(CHUNK)))
            .map(|(((points, steps), gains), (attraction, repulsion))| {
                simd::dispatch(Move { factors, points, steps, gains, attraction, repulsion })
            })
            .collect();
        let mean = [0, 1].map(|axis| {
            let sum: f64 = sums.iter().map(|sum| sum[axis]).sum();
            (sum / points.len() as f64) as f32
        });
        points.par_chunks_mut(CHUNK).for_each(|points| {
            for point in points {
                *point = [point[0] - mean[0], point[1] - mean[1]];
            }
        });
    }

    /// The divergence of the layout from the affinities.
    pub(super) fn kl_divergence(&mut self) -> f64 {
        let normalizer = self.forces();
        kl_divergence(self.affinities, &self.points, normalizer)
    }

    /// Both forces on every point; gives the sum of the similarities of all pairs.
    fn forces(&mut self) -> f64 {
        let Descent { affinities, mesh, points, attraction: pull, repulsion: push, .. } = self;
        let points = points.as_slice();
        let (normalizer, ()) = rayon::join(
            || match mesh {
                Some(mesh) => mesh.repulsion(points, push),
                None => exact::repulsion(points, push),
            },
            || attraction(affinities, points, pull),
        );
        // Points so far apart that rounding leaves nothing do not push each other either.
        normalizer.max(f64::from(f32::MIN_POSITIVE))
    }
}

/// Factors of the forces and of the step.
#[derive(Clone, Copy)]
struct Factors {
    attraction: f32,
    repulsion: f32,
    learning_rate: f32,
}

/// Moves some points; gives the sums of their coordinates.
struct Move<'a> {
    factors: Factors,
    points: &'a mut [Point],
    steps: &'a mut [Point],
    gains: &'a mut [Point],
    attraction: &'a [Point],
    repulsion: &'a [Point],
}

impl WithSimd for Move<'_> {
    type Output = [f64; 2];

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> [f64; 2] {
        let Move { factors, points, steps, gains, attraction, repulsion } = self;
        for ((step, gain), (pull, push)) in steps.iter_mut().zip(gains).zip(attraction.iter().zip(repulsion))
        {
            for axis in 0..2 {
                let gradient = factors.attraction * pull[axis] - factors.repulsion * push[axis];
                let onward = step[axis] * gradient < 0.0 || step[axis] == 0.0;
                gain[axis] = if onward { gain[axis] + 0.2 } else { gain[axis] * 0.8 + MIN_GAIN };
                step[axis] = MOMENTUM * step[axis] - factors.learning_rate * gain[axis] * gradient;
            }
            let length = (step[0] * step[0] + step[1] * step[1]).sqrt();
            let shorten = if length > MAX_STEP { MAX_STEP / length } else { 1.0 };
            *step = [step[0] * shorten, step[1] * shorten];
        }
        let mut sums = [0.0; 2];
        for (point, step) in points.iter_mut().zip(steps) {
            for axis in 0..2 {
                point[axis] += step[axis];
                sums[axis] += f64::from(point[axis]);
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    use crate::neighbors::{Metric, knn_graph};

    fn random(count: usize, scale: f32) -> Vec<Point> {
        let mut state = 3u32;
        let mut next = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 8) as f32 / (1 << 24) as f32 - 0.5) * scale
        };
        (0..count).map(|_| [next(), next()]).collect()
    }

    fn affinities(n: usize) -> Affinities {
        let points = random(n, 9.0);
        let rows = Array2::from_shape_fn((n, 2), |(i, axis)| points[i][axis] + (i % 3 * 20) as f32);
        Affinities::new(&knn_graph(&rows, 15, Metric::Euclidean).expect("a graph"), 5.0)
    }

    /// The divergence by the definition, in double precision.
    fn divergence(affinities: &Affinities, points: &[[f64; 2]]) -> f64 {
        let below = |i: usize, j: usize| {
            1.0 + (points[i][0] - points[j][0]).powi(2) + (points[i][1] - points[j][1]).powi(2)
        };
        let n = points.len();
        let pairs = || (0..n).flat_map(|i| (0..n).filter(move |&j| j != i).map(move |j| (i, j)));
        let normalizer: f64 = pairs().map(|(i, j)| 1.0 / below(i, j)).sum();
        let mut sum = 0.0;
        for i in 0..n {
            let (targets, weights) = affinities.row(i);
            for (&j, &p) in targets.as_flattened().iter().zip(weights.as_flattened()) {
                if p > 0.0 {
                    let p = f64::from(p);
                    sum += p * (p * below(i, j as usize) * normalizer).ln();
                }
            }
        }
        sum
    }

    #[test]
    fn the_forces_are_the_gradient_of_the_divergence() {
        let affinities = affinities(40);
        let start = random(40, 6.0);
        let mut descent = Descent::new(&affinities, start.clone());
        let normalizer = descent.forces();
        let at: Vec<[f64; 2]> = start.iter().map(|point| point.map(f64::from)).collect();
        let expected = divergence(&affinities, &at);
        assert!((descent.kl_divergence() / expected - 1.0).abs() < 1e-5, "{expected}");
        for i in 0..40 {
            for axis in 0..2 {
                let moved = |by: f64| {
                    let mut at = at.clone();
                    at[i][axis] += by;
                    divergence(&affinities, &at)
                };
                let slope = (moved(1e-4) - moved(-1e-4)) / 2e-4;
                let (pull, push) = (descent.attraction[i][axis], descent.repulsion[i][axis]);
                // The factor of four is in the learning rate.
                let found = 4.0 * (f64::from(pull) - f64::from(push) / normalizer);
                assert!((found - slope).abs() < 1e-5, "{i}, {axis}: {found} {slope}");
            }
        }
    }

    #[test]
    fn the_divergence_falls_by_the_grid_and_by_pairs() {
        for n in [300, EXACT_LIMIT + 100] {
            let affinities = affinities(n);
            let mut descent = Descent::new(&affinities, random(n, 1e-4));
            let mut last = descent.kl_divergence();
            for _ in 0..5 {
                for _ in 0..40 {
                    descent.epoch(1.0, n as f64 / 12.0);
                }
                let now = descent.kl_divergence();
                assert!(now < last, "{n}: {now} after {last}");
                last = now;
            }
            assert!(last < 0.6 * (n as f64).ln(), "{n}: {last}");
        }
    }
}
