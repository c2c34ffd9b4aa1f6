//! One new point among points that stand still.

use pulp::Scalar;

use super::edges::{GOLDEN, fixed_point};
use super::forces::Forces;
use super::optimize::{CLIP, NEGATIVES, Point};
use crate::math::random::{lcg_below as next_random, splitmix64 as mix};

/// Epochs and learning rate: the start is good already.
const EPOCHS: usize = 100;
const RATE: f32 = 0.25;

/// Moves a new point along its edges, `(other, weight)`.
pub(super) fn place_point(
    start: Point,
    edges: &[(usize, f32)],
    standing: &[Point],
    forces: &Forces,
    seed: u64,
) -> Point {
    let strongest = edges.iter().map(|&(_, weight)| weight).fold(0.0, f32::max);
    let mut at = start;
    for epoch in 0..EPOCHS {
        let rate = RATE * (1.0 - epoch as f32 / EPOCHS as f32);
        for (number, &(other, weight)) in edges.iter().enumerate() {
            if comes_up(number, fixed_point(weight / strongest), epoch) {
                let [x, y] = along(at, standing[other], |squared| forces.attraction(Scalar, squared));
                at = [at[0] + rate * x, at[1] + rate * y];
                let random = mix(seed ^ mix(((epoch as u64) << 32) ^ number as u64));
                let [x, y] = pushes(at, standing, forces, random);
                at = [at[0] + rate * x, at[1] + rate * y];
            }
        }
    }
    at
}

/// Whether an edge's rates pass a whole number in this epoch. A phase of its own spreads edges of like weight.
fn comes_up(edge: usize, rate: u32, epoch: usize) -> bool {
    let phase = (edge as u32).wrapping_mul(GOLDEN);
    phase.wrapping_add(rate.wrapping_mul(epoch as u32)).overflowing_add(rate).1
}

/// The sum of the pushes of random others.
fn pushes(at: Point, standing: &[Point], forces: &Forces, mut random: u64) -> Point {
    (0..NEGATIVES).fold([0.0, 0.0], |sum, _| {
        let other = standing[next_random(&mut random, standing.len())];
        let [x, y] = along(at, other, |squared| forces.repulsion(Scalar, squared));
        [sum[0] + x, sum[1] + y]
    })
}

fn along(at: Point, other: Point, force: impl Fn(f32) -> f32) -> Point {
    let (dx, dy) = (at[0] - other[0], at[1] - other[1]);
    let force = force(dx * dx + dy * dy);
    [(force * dx).clamp(-CLIP, CLIP), (force * dy).clamp(-CLIP, CLIP)]
}
