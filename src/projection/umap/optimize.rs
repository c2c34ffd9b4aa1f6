//! Stochastic gradient descent on the layout: edges pull, random others push.
//!
//! An edge's pull acts at once on both its ends, as in umap-learn: moving all points together from one snapshot was
//! measured to tear neighbourhoods (a continuity of .982 against .985 on 10,000 latents). Only the random others push
//! from where they stood when the epoch began. So the points can be split into parts and the edges into blocks, one a
//! pair of parts: the blocks of a round share no part and run side by side (Gemulla et al. 2011, stratified descent).
//! The split does not depend on the number of threads, and so neither do the bits.

use std::cell::Cell;

use rayon::prelude::*;

use super::edges::Edges;
use super::forces::Forces;
use super::fuzzy::Graph;
use super::turns::{Standing, Turns};
use crate::math::random::splitmix64 as mix;
use crate::math::simd;

/// Others that push, for each edge that pulls.
pub(super) const NEGATIVES: usize = 5;
/// The largest move along an axis before it is scaled by the learning rate.
pub(super) const CLIP: f32 = 4.0;
/// Parts of the points, an even number; half as many threads find work in every round.
const PARTS: usize = 4;
/// With fewer points than this there are two parts and one round: more would cost more than they save.
const FEW: usize = 2_048;

/// A place in the plane.
pub(super) type Point = [f32; 2];

/// A layout and a graph made ready for sampling.
pub(super) struct Optimizer {
    forces: Forces,
    seed: u64,
    n_epochs: usize,
    /// The points of each part: row `i` is number `i / n_parts` of part `i % n_parts`.
    parts: Vec<Vec<Point>>,
    /// The meetings of a round share no part.
    rounds: Vec<Vec<Meeting>>,
    standing: Standing,
}

/// Two parts and the edges that move them.
struct Meeting {
    parts: [usize; 2],
    blocks: Vec<Block>,
}

/// Edges and which of the parts that meet, 0 or 1, holds their rows and which their others.
struct Block {
    sides: [usize; 2],
    edges: Edges,
}

impl Optimizer {
    pub(super) fn new(graph: &Graph, start: &[Point], forces: Forces, seed: u64, n_epochs: usize) -> Self {
        let n_parts = if graph.n_rows() < FEW { 2 } else { PARTS };
        let parts =
            (0..n_parts).map(|part| start.iter().copied().skip(part).step_by(n_parts).collect()).collect();
        let mut edges: Vec<Vec<Edges>> =
            (0..n_parts).into_par_iter().map(|part| Edges::from_part(graph, part, n_parts)).collect();
        let mut meeting = |parts: [usize; 2], sides: &[[usize; 2]]| {
            let block = |&sides: &[usize; 2]| {
                let [from, to] = sides.map(|side| parts[side]);
                Block { sides, edges: std::mem::take(&mut edges[from][to]) }
            };
            Meeting { parts, blocks: sides.iter().map(block).collect() }
        };
        // In the first round each part also moves within itself.
        let (within, across) = ([[0, 0], [1, 1], [0, 1], [1, 0]], [[0, 1], [1, 0]]);
        let rounds = schedule(n_parts).into_iter().enumerate().map(|(round, pairs)| {
            let sides = if round == 0 { within.as_slice() } else { &across };
            pairs.into_iter().map(|parts| meeting(parts, sides)).collect()
        });
        let rounds = rounds.collect();
        Optimizer { forces, seed, n_epochs, parts, rounds, standing: Standing::default() }
    }

    /// Gives every edge that comes up in this epoch its turn: both ends move together, the first is pushed by others.
    /// The epochs are to come in their order.
    pub(super) fn epoch(&mut self, epoch: usize) {
        self.standing.take(&self.parts);
        let Optimizer { forces, seed, n_epochs, ref mut parts, ref mut rounds, ref standing } = *self;
        // Squared: with the straight line of umap-learn as many epochs keep fewer neighbours, and need more to settle.
        let rate = (1.0 - epoch as f32 / n_epochs as f32).powi(2);
        for (number, round) in rounds.iter_mut().enumerate() {
            let seed = mix(seed ^ mix(((epoch as u64) << 32) ^ number as u64));
            let mut meetings: Vec<([Vec<Point>; 2], &mut Meeting)> = round
                .iter_mut()
                .map(|meeting| (meeting.parts.map(|part| std::mem::take(&mut parts[part])), meeting))
                .collect();
            meetings.par_iter_mut().enumerate().for_each(|(place, (points, meeting))| {
                let points =
                    points.each_mut().map(|points| Cell::from_mut(points.as_mut_slice()).as_slice_of_cells());
                for (block, Block { sides, edges }) in meeting.blocks.iter_mut().enumerate() {
                    simd::dispatch(Turns {
                        edges,
                        epoch,
                        rows: points[sides[0]],
                        others: points[sides[1]],
                        first_row: standing.starts[meeting.parts[sides[0]]],
                        standing,
                        forces,
                        rate,
                        seed: mix(seed ^ mix(((place as u64) << 32) ^ block as u64)),
                    });
                }
            });
            for (points, meeting) in meetings {
                for (part, points) in meeting.parts.into_iter().zip(points) {
                    parts[part] = points;
                }
            }
        }
    }

    /// Where the points are, in the order of the rows.
    pub(super) fn layout(&self) -> Vec<Point> {
        let (n, n_parts) = (self.parts.iter().map(Vec::len).sum(), self.parts.len());
        (0..n).map(|row| self.parts[row % n_parts][row / n_parts]).collect()
    }
}

/// Rounds of pairs of parts, every pair once, no part twice in a round: a round-robin tournament by the circle method.
fn schedule(n_parts: usize) -> Vec<Vec<[usize; 2]>> {
    let circle = n_parts - 1;
    let round = |round: usize| {
        let pairs = (1..n_parts / 2).map(|step| [(round + step) % circle, (round + circle - step) % circle]);
        std::iter::once([round, circle]).chain(pairs).collect()
    };
    (0..circle).map(round).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_pair_of_parts_meets_once_and_no_part_is_twice_in_a_round() {
        for n_parts in [2, 4, 6, 8] {
            let mut met = BTreeSet::new();
            for round in schedule(n_parts) {
                let busy: BTreeSet<usize> = round.iter().flatten().copied().collect();
                assert_eq!(busy.len(), n_parts);
                met.extend(round.into_iter().map(|[p, q]| (p.min(q), p.max(q))));
            }
            assert_eq!(met.len(), n_parts * (n_parts - 1) / 2);
        }
    }
}
