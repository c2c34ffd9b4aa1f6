//! Stochastic gradient descent on the layout: an edge attracts its two ends, negative samples repel its head.
//!
//! As in umap-learn, an edge moves both of its ends at once: computing all moves of an epoch from the
//! positions at its start was measured to tear neighborhoods apart (continuity .982 against .985 on 10,000
//! latents of Fashion-MNIST). Only the negative samples are read from the start of the epoch. The points can
//! therefore be split into parts, and the edges into one block per pair of parts: the blocks of a stratum
//! have no part in common and run in parallel (stratified descent, Gemulla et al. 2011). The parts do not
//! depend on the number of threads, and so neither do the bits.

use std::cell::Cell;

use rayon::prelude::*;

use super::edge_schedule::{EdgeSchedule, EdgeWeight};
use super::forces::Forces;
use super::fuzzy_graph::FuzzyGraph;
use super::points::Point;
use super::sgd_block::{AttractionTerm, EpochStart, NoTerm, SgdBlock};
use crate::math::random::splitmix64;
use crate::math::simd;

/// Parts that the points are split into, an even number: each stratum keeps half as many threads busy.
const N_PARTS: usize = 4;
/// Below this many points there are two parts and one stratum, on one thread: more threads would cost more
/// than they save.
const TWO_PARTS_BELOW: usize = 2_048;

/// The layout being optimized, and the edges split into blocks.
pub(in crate::projection) struct Optimizer<W = (), const D: usize = 2> {
    forces: Forces,
    seed: u64,
    n_epochs: usize,
    decay: Decay,
    /// Positions of the points of each part: row `i` is point `i / n_parts` of part `i % n_parts`.
    parts: Vec<Vec<Point<D>>>,
    /// Each stratum is a list of pairs that have no part in common; the strata run one after the other.
    strata: Vec<Vec<PartPair<W>>>,
    epoch_start: EpochStart<D>,
}

/// How the learning rate falls from 1 to 0.
#[derive(Clone, Copy)]
pub(in crate::projection) enum Decay {
    /// With the epochs that remain, as in umap-learn.
    Linear,
    /// With their square: with linear decay it took 800 epochs to keep as many neighbors as with 600 on 10,000 latents
    /// of Fashion-MNIST, and 200 for 160 on 70,000.
    Quadratic,
}

impl Decay {
    fn rate(self, epoch: usize, n_epochs: usize) -> f32 {
        let remaining = 1.0 - epoch as f32 / n_epochs as f32;
        match self {
            Decay::Linear => remaining,
            Decay::Quadratic => remaining * remaining,
        }
    }
}

/// Two parts and the blocks of edges that move their points, which run one after the other.
struct PartPair<W> {
    parts: [usize; 2],
    blocks: Vec<Block<W>>,
}

/// Edges whose heads all lie in one part of a [`PartPair`] and whose tails in one part, perhaps the same.
struct Block<W> {
    /// Index into [`PartPair::parts`] of the part that holds the heads.
    head_side: usize,
    /// Index into [`PartPair::parts`] of the part that holds the tails.
    tail_side: usize,
    schedule: EdgeSchedule<W>,
}

/// Which rows a block of edges joins: point `i` of part `p` is row `i n_parts + p`.
#[derive(Clone, Copy)]
pub(in crate::projection) struct BlockRows {
    pub(in crate::projection) n_parts: usize,
    pub(in crate::projection) head_part: usize,
    pub(in crate::projection) tail_part: usize,
}

impl<W: EdgeWeight, const D: usize> Optimizer<W, D> {
    pub(in crate::projection) fn new(
        graph: &FuzzyGraph,
        start: &[Point<D>],
        forces: Forces,
        seed: u64,
        (n_epochs, decay): (usize, Decay),
    ) -> Self {
        let n_parts = if graph.n_rows() < TWO_PARTS_BELOW { 2 } else { N_PARTS };
        let parts =
            (0..n_parts).map(|part| start.iter().copied().skip(part).step_by(n_parts).collect()).collect();
        let mut schedules: Vec<Vec<EdgeSchedule<W>>> = (0..n_parts)
            .into_par_iter()
            .map(|head_part| EdgeSchedule::by_tail_part(graph, head_part, n_parts))
            .collect();
        let mut part_pair = |parts: [usize; 2], sides: &[[usize; 2]]| {
            let block = |&[head_side, tail_side]: &[usize; 2]| {
                let schedule = std::mem::take(&mut schedules[parts[head_side]][parts[tail_side]]);
                Block { head_side, tail_side, schedule }
            };
            PartPair { parts, blocks: sides.iter().map(block).collect() }
        };
        // `[head side, tail side]` of the blocks of a pair. Edges within a part belong to the first stratum,
        // in which every part occurs once.
        let (across, within_and_across) = ([[0, 1], [1, 0]], [[0, 0], [1, 1], [0, 1], [1, 0]]);
        let strata = round_robin(n_parts).into_iter().enumerate().map(|(stratum, pairs)| {
            let sides = if stratum == 0 { within_and_across.as_slice() } else { &across };
            pairs.into_iter().map(|parts| part_pair(parts, sides)).collect()
        });
        let strata = strata.collect();
        Optimizer { forces, seed, n_epochs, decay, parts, strata, epoch_start: EpochStart::new() }
    }

    /// Applies every edge that is due in this epoch. Epochs are counted from 0 and must be run in their
    /// order.
    pub(in crate::projection) fn run_epoch(&mut self, epoch: usize) {
        self.run_epoch_with(epoch, |_| NoTerm);
    }

    /// The same with a term added to the attraction, made for each block.
    pub(in crate::projection) fn run_epoch_with<T: AttractionTerm<W, D>>(
        &mut self,
        epoch: usize,
        term: impl Fn(BlockRows) -> T + Sync,
    ) {
        self.epoch_start.record(&self.parts);
        let n_parts = self.parts.len();
        let Optimizer { forces, seed, n_epochs, decay, ref mut parts, ref mut strata, ref epoch_start } =
            *self;
        let learning_rate = decay.rate(epoch, n_epochs);
        for (number, stratum) in strata.iter_mut().enumerate() {
            let seed = splitmix64(seed ^ splitmix64(((epoch as u64) << 32) ^ number as u64));
            let mut pairs: Vec<([Vec<Point<D>>; 2], &mut PartPair<W>)> = stratum
                .iter_mut()
                .map(|pair| (pair.parts.map(|part| std::mem::take(&mut parts[part])), pair))
                .collect();
            pairs.par_iter_mut().enumerate().for_each(|(pair_number, (points, pair))| {
                let points =
                    points.each_mut().map(|points| Cell::from_mut(points.as_mut_slice()).as_slice_of_cells());
                for (block_number, block) in pair.blocks.iter_mut().enumerate() {
                    let (head_part, tail_part) = (pair.parts[block.head_side], pair.parts[block.tail_side]);
                    simd::dispatch(SgdBlock {
                        schedule: &mut block.schedule,
                        epoch,
                        heads: points[block.head_side],
                        tails: points[block.tail_side],
                        head_offset: epoch_start.part_offsets[head_part],
                        epoch_start,
                        forces,
                        term: term(BlockRows { n_parts, head_part, tail_part }),
                        learning_rate,
                        seed: splitmix64(
                            seed ^ splitmix64(((pair_number as u64) << 32) ^ block_number as u64),
                        ),
                    });
                }
            });
            for (points, pair) in pairs {
                for (part, points) in pair.parts.into_iter().zip(points) {
                    parts[part] = points;
                }
            }
        }
    }

    /// Positions in the order of the rows.
    pub(in crate::projection) fn positions(&self) -> Vec<Point<D>> {
        let (n, n_parts) = (self.parts.iter().map(Vec::len).sum(), self.parts.len());
        (0..n).map(|row| self.parts[row % n_parts][row / n_parts]).collect()
    }
}

/// Strata of pairs of parts, every pair in one stratum and every part once per stratum: the rounds of a
/// round-robin tournament by the circle method. `n_parts` is even.
fn round_robin(n_parts: usize) -> Vec<Vec<[usize; 2]>> {
    let circle = n_parts - 1;
    let stratum = |turn: usize| {
        let pairs = (1..n_parts / 2).map(|step| [(turn + step) % circle, (turn + circle - step) % circle]);
        std::iter::once([turn, circle]).chain(pairs).collect()
    };
    (0..circle).map(stratum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_pair_of_parts_is_in_one_stratum_and_no_part_is_twice_in_a_stratum() {
        for n_parts in [2, 4, 6, 8] {
            let mut seen = BTreeSet::new();
            for stratum in round_robin(n_parts) {
                let parts: BTreeSet<usize> = stratum.iter().flatten().copied().collect();
                assert_eq!(parts.len(), n_parts);
                seen.extend(stratum.into_iter().map(|[p, q]| (p.min(q), p.max(q))));
            }
            assert_eq!(seen.len(), n_parts * (n_parts - 1) / 2);
        }
    }
}
