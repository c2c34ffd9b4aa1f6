//! Stochastic gradient descent for one new point while the points of the map are held fixed.

use pulp::Scalar;

use super::edge_schedule::{GOLDEN, fixed_point};
use super::forces::Forces;
use super::points::Point;
use super::sgd_block::{GRADIENT_CLIP, NEGATIVE_SAMPLE_RATE};
use crate::math::random::{lcg_below, splitmix64};

/// Few epochs suffice, since the point starts among its neighbors.
const N_EPOCHS: usize = 100;
/// Learning rate of the first epoch, low for the same reason; it decays linearly to 0.
const LEARNING_RATE: f32 = 0.25;

/// Moves a new point from `start` along its `edges`, `(index into positions, membership strength)`, by
/// attraction to their tails and repulsion from negative samples among all `positions`.
pub(super) fn embed_point<const D: usize>(
    start: Point<D>,
    edges: &[(usize, f32)],
    positions: &[Point<D>],
    forces: &Forces,
    seed: u64,
) -> Point<D> {
    let strongest = edges.iter().map(|&(_, strength)| strength).fold(0.0, f32::max);
    let mut head = start;
    for epoch in 0..N_EPOCHS {
        let learning_rate = LEARNING_RATE * (1.0 - epoch as f32 / N_EPOCHS as f32);
        let moved = |head: Point<D>, along: Point<D>| -> Point<D> {
            std::array::from_fn(|axis| head[axis] + learning_rate * along[axis])
        };
        for (number, &(tail, strength)) in edges.iter().enumerate() {
            if is_due(number, fixed_point(strength / strongest), epoch) {
                let attraction =
                    gradient(head, positions[tail], |squared| forces.attraction(Scalar, squared));
                head = moved(head, attraction);
                let random = splitmix64(seed ^ splitmix64(((epoch as u64) << 32) ^ number as u64));
                head = moved(head, repulsion(head, positions, forces, random));
            }
        }
    }
    head
}

/// Whether the edge's accumulator overflows in this epoch, as in
/// [`EdgeSchedule`](super::edge_schedule::EdgeSchedule). Accumulators of different edges start at different
/// values, so that edges of equal strength are due in different epochs.
fn is_due(edge: usize, increment: u32, epoch: usize) -> bool {
    let start = (edge as u32).wrapping_mul(GOLDEN);
    start.wrapping_add(increment.wrapping_mul(epoch as u32)).overflowing_add(increment).1
}

/// The summed repulsion from the negative samples of one edge.
fn repulsion<const D: usize>(
    head: Point<D>,
    positions: &[Point<D>],
    forces: &Forces,
    mut random: u64,
) -> Point<D> {
    (0..NEGATIVE_SAMPLE_RATE).fold([0.0; D], |sum, _| {
        let negative = positions[lcg_below(&mut random, positions.len())];
        let along = gradient(head, negative, |squared| forces.repulsion(Scalar, squared));
        std::array::from_fn(|axis| sum[axis] + along[axis])
    })
}

/// The force along the difference of two points, clipped per axis; `coefficient` takes their squared
/// distance.
fn gradient<const D: usize>(head: Point<D>, other: Point<D>, coefficient: impl Fn(f32) -> f32) -> Point<D> {
    let differences: Point<D> = std::array::from_fn(|axis| head[axis] - other[axis]);
    let coefficient = coefficient(differences.iter().map(|difference| difference * difference).sum());
    differences.map(|difference| (coefficient * difference).clamp(-GRADIENT_CLIP, GRADIENT_CLIP))
}
