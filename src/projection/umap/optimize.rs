//! Stochastic gradient descent on the layout: edges pull, random others push.
//!
//! The rows are moved in a few groups, one after the other. Within a group every row is moved by itself along
//! its own edges, all others standing where they stood, so any number of threads gives the same bits. Which
//! edges and which others come up is a function of seed, epoch and edge, not of a generator's state.

use rayon::prelude::*;

use super::curve::Forces;
use super::fuzzy::Graph;

/// Others that push, for each edge that pulls.
const NEGATIVES: usize = 5;
/// The largest move along an axis before it is scaled by the learning rate.
const CLIP: f32 = 4.0;
/// Groups of rows that are moved one after the other.
const GROUPS: usize = 4;
/// Rows a thread takes at a time.
const CHUNK: usize = 128;
/// Epochs and learning rate for a new point on a finished map.
const PLACING_EPOCHS: usize = 100;
const PLACING_RATE: f32 = 0.25;

/// A place in the plane.
pub(super) type Point = [f32; 2];

/// A graph made ready for sampling.
pub(super) struct Optimizer<'g> {
    graph: &'g Graph,
    forces: Forces,
    seed: u64,
    n_epochs: usize,
    /// How often an edge comes up, as a fraction of the epochs in 32-bit fixed point.
    rates: Vec<u32>,
}

impl<'g> Optimizer<'g> {
    pub(super) fn new(graph: &'g Graph, forces: Forces, seed: u64, n_epochs: usize) -> Self {
        let strongest = graph.weights.iter().copied().fold(0.0, f32::max);
        let rates = graph.weights.iter().map(|&weight| fixed_point(weight / strongest)).collect();
        Optimizer { graph, forces, seed, n_epochs, rates }
    }

    /// Moves every point once.
    pub(super) fn epoch(&self, epoch: usize, layout: &mut [Point]) {
        let n = layout.len();
        let rate = 1.0 - epoch as f32 / self.n_epochs as f32;
        let mut moved = vec![Point::default(); n.div_ceil(GROUPS)];
        for first in (0..n).step_by(moved.len().max(1)) {
            let size = moved.len().min(n - first);
            let now = &*layout;
            moved[..size].par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, moved)| {
                for (offset, place) in moved.iter_mut().enumerate() {
                    *place = self.moved(first + chunk * CHUNK + offset, epoch, rate, now);
                }
            });
            layout[first..first + size].copy_from_slice(&moved[..size]);
        }
    }

    fn moved(&self, row: usize, epoch: usize, rate: f32, layout: &[Point]) -> Point {
        let mut at = layout[row];
        for edge in self.graph.offsets[row]..self.graph.offsets[row + 1] {
            if comes_up(edge, self.rates[edge], epoch) {
                let random = mix(self.seed ^ mix(((epoch as u64) << 32) ^ edge as u64));
                let other = self.graph.targets[edge] as usize;
                at = step(at, layout[other], layout, row, &self.forces, rate, random);
            }
        }
        at
    }
}

/// Moves one new point along its edges, `(other, weight)`, among points that stand still.
pub(super) fn place_point(
    start: Point,
    edges: &[(usize, f32)],
    standing: &[Point],
    forces: &Forces,
    seed: u64,
) -> Point {
    let strongest = edges.iter().map(|&(_, weight)| weight).fold(0.0, f32::max);
    let mut at = start;
    for epoch in 0..PLACING_EPOCHS {
        let rate = PLACING_RATE * (1.0 - epoch as f32 / PLACING_EPOCHS as f32);
        for (number, &(other, weight)) in edges.iter().enumerate() {
            if comes_up(number, fixed_point(weight / strongest), epoch) {
                let random = mix(seed ^ mix(((epoch as u64) << 32) ^ number as u64));
                at = step(at, standing[other], standing, usize::MAX, forces, rate, random);
            }
        }
    }
    at
}

/// A share of the epochs in 32-bit fixed point.
fn fixed_point(share: f32) -> u32 {
    (f64::from(share) * f64::from(u32::MAX)) as u32
}

/// Whether an edge is used in this epoch: when its accumulated rate passes the next whole number. A phase of its
/// own spreads edges of like weight over the epochs.
#[inline(always)]
fn comes_up(edge: usize, rate: u32, epoch: usize) -> bool {
    let phase = (edge as u32).wrapping_mul(0x9E37_79B9);
    phase.wrapping_add(rate.wrapping_mul(epoch as u32)).overflowing_add(rate).1
}

/// One edge's turn: `at` is pulled to `friend` and pushed by random others, `row` itself excepted.
#[inline(always)]
fn step(
    mut at: Point,
    friend: Point,
    layout: &[Point],
    row: usize,
    forces: &Forces,
    rate: f32,
    mut random: u64,
) -> Point {
    let (dx, dy) = (at[0] - friend[0], at[1] - friend[1]);
    let force = forces.attraction(dx * dx + dy * dy);
    at = [at[0] + rate * clip(force * dx), at[1] + rate * clip(force * dy)];
    for _ in 0..NEGATIVES {
        // Knuth's linear congruential generator, of which the high half is used.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = (((random >> 32) * layout.len() as u64) >> 32) as usize;
        let (dx, dy) = (at[0] - layout[other][0], at[1] - layout[other][1]);
        let force = if other == row { 0.0 } else { forces.repulsion(dx * dx + dy * dy) };
        at = [at[0] + rate * clip(force * dx), at[1] + rate * clip(force * dy)];
    }
    at
}

#[inline(always)]
fn clip(x: f32) -> f32 {
    x.clamp(-CLIP, CLIP)
}

/// SplitMix64's finalizer (Steele, Lea & Flood 2014): every input bit reaches every output bit.
#[inline(always)]
pub(super) fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}
