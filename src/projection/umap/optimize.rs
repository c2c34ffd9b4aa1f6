//! Stochastic gradient descent on the layout: edges pull, random others push.
//!
//! An edge's pull acts at once on both its ends, as in umap-learn: moving all points together from one snapshot was
//! measured to tear neighbourhoods (a continuity of .982 against .985 on 10,000 latents). Only the random others push
//! from where they stood when the epoch began. So the points can be split into parts and the edges into blocks, one a
//! pair of parts: the blocks of a round share no part and run side by side (Gemulla et al. 2011, stratified descent).
//! The split does not depend on the number of threads, and so neither do the bits.

use rayon::prelude::*;

use super::forces::Forces;
use super::fuzzy::Graph;
use super::turns::{Place, Standing, Turns};
use crate::lanes;

/// Others that push, for each edge that pulls.
pub(super) const NEGATIVES: usize = 5;
/// The largest move along an axis before it is scaled by the learning rate.
pub(super) const CLIP: f32 = 4.0;
/// Parts of the points, an even number; half as many threads find work in every round.
const PARTS: usize = 4;
/// With fewer points than this all are in one part: rounds would cost more than they save.
const FEW: usize = 2_048;
/// Points that stand together in a part, so that two threads seldom write to one cache line.
const STRIPE: usize = 64;
/// The golden ratio as a fraction of 2^32: its multiples are spread evenly.
pub(super) const GOLDEN: u32 = 0x9E37_79B9;

/// A place in the plane.
pub(super) type Point = [f32; 2];

/// A graph made ready for sampling.
pub(super) struct Optimizer {
    forces: Forces,
    seed: u64,
    n_epochs: usize,
    /// The blocks of a round share no point.
    rounds: Vec<Vec<Block>>,
    standing: Standing,
}

/// `row` is pulled and pushed, `other` only pulled.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Edge {
    pub(super) row: u32,
    pub(super) other: u32,
}

/// Edges between two parts, or within one.
#[derive(Default)]
pub(super) struct Block {
    pub(super) edges: Vec<Edge>,
    /// How often an edge comes up, as a fraction of the epochs in 32-bit fixed point.
    pub(super) rates: Vec<u32>,
    /// The fraction of the rates that the epochs so far add up to. They begin apart, to spread edges of like weight.
    pub(super) phases: Vec<u32>,
    /// Edges that came up but have not had their turn.
    pub(super) waiting: Vec<Edge>,
}

impl Optimizer {
    pub(super) fn new(graph: &Graph, forces: Forces, seed: u64, n_epochs: usize) -> Self {
        let strongest = graph.weights.iter().copied().fold(0.0, f32::max);
        let parts = if graph.n_rows() < FEW { 1 } else { PARTS };
        let part = |row: usize| row / STRIPE % parts;
        let mut blocks: Vec<Block> = (0..PARTS * PARTS).map(|_| Block::default()).collect();
        for (row, edge) in spread(graph) {
            let other = graph.targets[edge];
            let (p, q) = (part(row), part(other as usize));
            let block = &mut blocks[p.min(q) * PARTS + p.max(q)];
            block.edges.push(Edge { row: row as u32, other });
            block.rates.push(fixed_point(graph.weights[edge] / strongest));
            block.phases.push((edge as u32).wrapping_mul(GOLDEN));
        }
        let rounds = schedule()
            .into_iter()
            .map(|round| round.into_iter().map(|(p, q)| std::mem::take(&mut blocks[p * PARTS + q])).collect())
            .collect();
        Optimizer { forces, seed, n_epochs, rounds, standing: Standing::default() }
    }

    /// Gives every edge that comes up in this epoch its turn: both ends move together, the first is pushed by others.
    /// The epochs are to come in their order.
    pub(super) fn epoch(&mut self, epoch: usize, layout: &mut [Point]) {
        self.standing.x.clear();
        self.standing.x.extend(layout.iter().map(|point| point[0]));
        self.standing.y.clear();
        self.standing.y.extend(layout.iter().map(|point| point[1]));
        let moving: Vec<Place> = layout.iter().copied().map(Place::new).collect();

        let (standing, forces) = (&self.standing, self.forces);
        let rate = 1.0 - epoch as f32 / self.n_epochs as f32;
        for (number, round) in self.rounds.iter_mut().enumerate() {
            let seed = mix(self.seed ^ mix(((epoch as u64) << 32) ^ number as u64));
            round.par_iter_mut().enumerate().for_each(|(place, block)| {
                let seed = mix(seed ^ place as u64);
                lanes::dispatch(Turns { block, moving: &moving, standing, forces, rate, seed });
            });
        }
        layout.iter_mut().zip(&moving).for_each(|(point, place)| *point = place.get());
    }
}

/// The edges as `(row, number)`, each row's spread evenly over the whole: edges that follow each other then
/// start from different rows.
fn spread(graph: &Graph) -> Vec<(usize, usize)> {
    let degrees: Vec<usize> = graph.offsets.windows(2).map(|ends| ends[1] - ends[0]).collect();
    let n_slots = degrees.iter().copied().max().unwrap_or(0);
    // A row has no more edges than there are slots, so that no two of them share one.
    let slot = |row: usize, place: usize| {
        let phase = ((row as u32).wrapping_mul(GOLDEN) as usize * n_slots) >> 32;
        (place * n_slots + phase) / degrees[row]
    };
    let edges =
        || degrees.iter().enumerate().flat_map(|(row, &degree)| (0..degree).map(move |place| (row, place)));
    let mut ends = vec![0; n_slots + 1];
    edges().for_each(|(row, place)| ends[slot(row, place) + 1] += 1);
    (0..n_slots).for_each(|number| ends[number + 1] += ends[number]);
    let mut order = vec![(0, 0); graph.targets.len()];
    for (row, place) in edges() {
        let end = &mut ends[slot(row, place)];
        order[*end] = (row, graph.offsets[row] + place);
        *end += 1;
    }
    order
}

/// Rounds of pairs of parts, every pair once, no part twice in a round: each part with itself, then a round-robin
/// tournament by the circle method.
fn schedule() -> Vec<Vec<(usize, usize)>> {
    let circle = PARTS - 1;
    let within = (0..PARTS).map(|p| (p, p)).collect();
    let between = (0..circle).map(|round| {
        let pairs = (1..PARTS / 2).map(|step| ((round + step) % circle, (round + circle - step) % circle));
        pairs.chain([(round, circle)]).map(|(p, q)| (p.min(q), p.max(q))).collect()
    });
    std::iter::once(within).chain(between).collect()
}

/// A share of the epochs in 32-bit fixed point.
pub(super) fn fixed_point(share: f32) -> u32 {
    (f64::from(share) * f64::from(u32::MAX)) as u32
}

/// A number below `n`, from Knuth's linear congruential generator, of which the high half is used.
#[inline(always)]
pub(super) fn next_random(state: &mut u64, n: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (((*state >> 32) * n as u64) >> 32) as usize
}

/// SplitMix64's finalizer (Steele, Lea & Flood 2014): every input bit reaches every output bit.
#[inline(always)]
pub(super) fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_pair_of_parts_meets_once_and_no_part_is_twice_in_a_round() {
        let mut met = BTreeSet::new();
        for round in schedule() {
            let mut busy = BTreeSet::new();
            for (p, q) in round {
                assert!(busy.insert(p) && (p == q || busy.insert(q)));
                assert!(met.insert((p, q)));
            }
        }
        assert_eq!(met.len(), PARTS * (PARTS + 1) / 2);
    }

    #[test]
    fn spread_edges_are_all_there_and_those_of_a_row_lie_apart() {
        // Row 0 is joined with everyone, the others with it and the two beside them.
        let n = 40u32;
        let (mut offsets, mut targets) = (vec![0], Vec::new());
        for row in 0..n {
            targets.extend((0..n).filter(|&j| j != row && (row == 0 || j == 0 || j.abs_diff(row) == 1)));
            offsets.push(targets.len());
        }
        let graph = Graph { offsets, weights: vec![1.0; targets.len()], targets };
        let order = spread(&graph);
        let numbers: BTreeSet<usize> = order.iter().map(|&(_, edge)| edge).collect();
        assert_eq!(numbers.len(), graph.targets.len());
        assert!(
            order.iter().all(|&(row, edge)| (graph.offsets[row]..graph.offsets[row + 1]).contains(&edge))
        );
        assert!(order.windows(2).all(|pair| pair[0].0 != pair[1].0));
    }
}
