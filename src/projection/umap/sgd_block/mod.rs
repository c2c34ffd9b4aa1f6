//! The moves of one block of edges in one epoch, eight edges at a time.

#[cfg(test)]
mod tests;

use std::cell::Cell;

use pulp::{Simd, WithSimd};

use super::edge_schedule::{Bucket, Edge, EdgeSchedule, EdgeWeight};
use super::forces::Forces;
use super::points::Point;
use crate::math::random::{lcg_below, splitmix64};
use crate::math::simd::{LANES, array, each_lane, floats};

/// Negative samples per sampled edge, as in umap-learn.
pub(super) const NEGATIVE_SAMPLE_RATE: usize = 5;
/// Largest gradient along an axis, before it is scaled by the learning rate, as in umap-learn.
pub(in crate::projection) const GRADIENT_CLIP: f32 = 4.0;
/// Edges scanned per chunk: the due ones are first compacted into a buffer, then moved, so that neither loop
/// has an unpredictable branch.
const EDGE_CHUNK: usize = 256;

/// Positions of all points at the start of the epoch, from which negative samples are read. The axes are kept
/// apart, so that a register loads eight consecutive points.
pub(super) struct EpochStart<const D: usize = 2> {
    /// Coordinates on each axis, one part after the other.
    axes: [Vec<f32>; D],
    /// Index of the first point of each part.
    pub(super) part_offsets: Vec<usize>,
}

impl<const D: usize> EpochStart<D> {
    pub(super) fn new() -> Self {
        EpochStart { axes: std::array::from_fn(|_| Vec::new()), part_offsets: Vec::new() }
    }

    /// Replaces the positions by those of `parts`.
    pub(super) fn record(&mut self, parts: &[Vec<Point<D>>]) {
        let EpochStart { axes, part_offsets } = self;
        axes.iter_mut().for_each(Vec::clear);
        part_offsets.clear();
        for part in parts {
            part_offsets.push(axes[0].len());
            for (axis, coordinates) in axes.iter_mut().enumerate() {
                coordinates.extend(part.iter().map(|point| point[axis]));
            }
        }
    }
}

/// A term added to the attraction of the edges of one block.
pub(in crate::projection) trait AttractionTerm<W, const D: usize = 2>: Copy {
    /// The gradients along the axes with this term added: `attraction` are the clipped ones of `edges` by
    /// UMAP, `difference` the heads minus the tails, `squared` their squared distances.
    fn add<S: Simd>(
        &self,
        simd: S,
        edges: &[Edge<W>; LANES],
        forces: &Forces<S::f32s>,
        squared: S::f32s,
        difference: [S::f32s; D],
        attraction: [S::f32s; D],
    ) -> [S::f32s; D];
}

/// Attraction as in UMAP.
#[derive(Clone, Copy)]
pub(in crate::projection) struct NoTerm;

impl<W, const D: usize> AttractionTerm<W, D> for NoTerm {
    #[inline(always)]
    fn add<S: Simd>(
        &self,
        _: S,
        _: &[Edge<W>; LANES],
        _: &Forces<S::f32s>,
        _: S::f32s,
        _: [S::f32s; D],
        attraction: [S::f32s; D],
    ) -> [S::f32s; D] {
        attraction
    }
}

/// One block of edges in one epoch; running it applies every edge that is due.
pub(super) struct SgdBlock<'a, W, T, const D: usize> {
    pub(super) schedule: &'a mut EdgeSchedule<W>,
    pub(super) epoch: usize,
    /// Points of the part that holds the heads of the edges.
    pub(super) heads: &'a [Cell<Point<D>>],
    /// Points of the part that holds the tails. Both are cells, since the two parts may be the same.
    pub(super) tails: &'a [Cell<Point<D>>],
    /// Index of the first of `heads` in `epoch_start`.
    pub(super) head_offset: usize,
    pub(super) epoch_start: &'a EpochStart<D>,
    pub(super) forces: Forces,
    pub(super) term: T,
    pub(super) learning_rate: f32,
    /// Seed of the negative samples, another one for each block and epoch.
    pub(super) seed: u64,
}

impl<W: EdgeWeight, T: AttractionTerm<W, D>, const D: usize> WithSimd for SgdBlock<'_, W, T, D> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let batch = EdgeBatch {
            heads: self.heads,
            tails: self.tails,
            head_offset: self.head_offset as u32,
            epoch_start: self.epoch_start,
            forces: self.forces.splat(simd),
            term: self.term,
            learning_rate: simd.splat_f32s(self.learning_rate),
        };
        let SgdBlock { schedule, epoch, seed, .. } = self;
        let (buckets, carried_over) = schedule.due_in(epoch);
        let mut due_edges = [Edge::<W>::default(); EDGE_CHUNK + LANES];
        let mut n_due = carried_over.len();
        due_edges[..n_due].copy_from_slice(carried_over);
        let mut batch_number = 0;
        for Bucket { edges, increments, accumulators } in buckets {
            for ((edges, increments), accumulators) in edges
                .chunks(EDGE_CHUNK)
                .zip(increments.chunks(EDGE_CHUNK))
                .zip(accumulators.chunks_mut(EDGE_CHUNK))
            {
                for ((&edge, &increment), accumulator) in edges.iter().zip(increments).zip(accumulators) {
                    let (sum, is_due) = accumulator.overflowing_add(increment);
                    *accumulator = sum;
                    // Written in any case and kept only if due: a store is cheaper than a branch.
                    due_edges[n_due] = edge;
                    n_due += usize::from(is_due);
                }
                let (batches, rest) = due_edges[..n_due].as_chunks::<LANES>();
                for edges in batches {
                    let random = splitmix64(seed ^ splitmix64(batch_number));
                    batch.apply(simd, edges, random);
                    batch_number += 1;
                }
                let n_rest = rest.len();
                due_edges.copy_within(n_due - n_rest..n_due, 0);
                n_due = n_rest;
            }
        }
        // Edges too few for a batch are applied first in the next epoch.
        carried_over.clear();
        carried_over.extend_from_slice(&due_edges[..n_due]);
    }
}

/// What all batches of eight edges of a block have in common; `F` is a register of eight floats.
struct EdgeBatch<'a, F, T, const D: usize> {
    heads: &'a [Cell<Point<D>>],
    tails: &'a [Cell<Point<D>>],
    head_offset: u32,
    epoch_start: &'a EpochStart<D>,
    forces: Forces<F>,
    term: T,
    learning_rate: F,
}

impl<F: Copy, T, const D: usize> EdgeBatch<'_, F, T, D> {
    /// Attracts the heads and tails of eight edges to each other and repels the heads from negative samples.
    ///
    /// If two of the eight edges share a point, one of its two moves is lost; the order of the edges makes
    /// that rare.
    #[inline(always)]
    fn apply<S: Simd<f32s = F>, W: EdgeWeight>(&self, simd: S, edges: &[Edge<W>; LANES], mut random: u64)
    where
        T: AttractionTerm<W, D>,
    {
        let EdgeBatch { heads, tails, head_offset, epoch_start, ref forces, term, learning_rate } = *self;
        let (add, sub, mul) =
            (|x, y| simd.add_f32s(x, y), |x, y| simd.sub_f32s(x, y), |x, y| simd.mul_f32s(x, y));
        let zero = simd.splat_f32s(0.0);
        let (low, high) = (simd.splat_f32s(-GRADIENT_CLIP), simd.splat_f32s(GRADIENT_CLIP));
        let clip = |x| simd.max_f32s(simd.min_f32s(x, high), low);

        let squared = |differences: &[F; D]| {
            let mut sum = mul(differences[0], differences[0]);
            for &difference in &differences[1..] {
                sum = add(sum, mul(difference, difference));
            }
            sum
        };

        let head = gather(simd, each_lane(|lane| edges[lane].head), heads);
        let tail = gather(simd, each_lane(|lane| edges[lane].tail), tails);
        let difference: [F; D] = each_axis(|axis| sub(head[axis], tail[axis]));
        let distance = squared(&difference);
        let force = forces.attraction(simd, distance);
        let attraction = each_axis(|axis| clip(mul(force, difference[axis])));
        let gradient: [F; D] = term.add(simd, edges, forces, distance, difference, attraction);
        let step: [F; D] = each_axis(|axis| mul(learning_rate, gradient[axis]));
        let head: [F; D] = each_axis(|axis| add(head[axis], step[axis]));
        let tail: [F; D] = each_axis(|axis| sub(tail[axis], step[axis]));

        // All negative samples act on the head where attraction left it, so that no sample waits for the move
        // of the one before.
        let head_numbers: S::u32s = pulp::cast_lossy(each_lane(|lane| head_offset + edges[lane].head));
        let mut repulsion = [zero; D];
        for _ in 0..NEGATIVE_SAMPLE_RATE {
            let first = lcg_below(&mut random, epoch_start.axes[0].len());
            let (negative, negative_numbers) = eight_from(simd, epoch_start, first);
            let difference: [F; D] = each_axis(|axis| sub(head[axis], negative[axis]));
            let force = forces.repulsion(simd, squared(&difference));
            let is_itself = simd.equal_u32s(head_numbers, negative_numbers);
            let force = simd.select_f32s(is_itself, zero, force);
            repulsion = each_axis(|axis| add(repulsion[axis], clip(mul(force, difference[axis]))));
        }
        let head: [_; D] =
            each_axis(|axis| array(simd, add(head[axis], mul(learning_rate, repulsion[axis]))));
        let tail: [_; D] = each_axis(|axis| array(simd, tail[axis]));
        for (lane, edge) in edges.iter().enumerate() {
            tails[edge.tail as usize].set(each_axis(|axis| tail[axis][lane]));
            heads[edge.head as usize].set(each_axis(|axis| head[axis][lane]));
        }
    }
}

/// One value per axis, inlined into code for wider registers, as [`each_lane`] is.
#[inline(always)]
fn each_axis<T: Copy, const D: usize>(value: impl Fn(usize) -> T) -> [T; D] {
    let mut values = [value(0); D];
    for (axis, slot) in values.iter_mut().enumerate().skip(1) {
        *slot = value(axis);
    }
    values
}

/// The coordinates of eight points, one register per axis.
#[inline(always)]
fn gather<S: Simd, const D: usize>(
    simd: S,
    numbers: [u32; LANES],
    points: &[Cell<Point<D>>],
) -> [S::f32s; D] {
    let points = each_lane(|lane| points[numbers[lane] as usize].get());
    each_axis(|axis| floats(simd, each_lane(|lane| points[lane][axis])))
}

/// The coordinates of the eight consecutive points from `first`, and their numbers; the last point is
/// followed by the first. One random number thus gives a negative sample for each edge of a batch, and a
/// register loads them at once.
#[inline(always)]
fn eight_from<S: Simd, const D: usize>(
    simd: S,
    epoch_start: &EpochStart<D>,
    first: usize,
) -> ([S::f32s; D], S::u32s) {
    let axes = &epoch_start.axes;
    let n = axes[0].len();
    if first + LANES <= n {
        let chunk = |axis: usize| *axes[axis][first..].first_chunk().expect("all axes are of one length");
        let numbers = pulp::cast_lossy(each_lane(|lane| (first + lane) as u32));
        (each_axis(|axis| floats(simd, chunk(axis))), numbers)
    } else {
        let wrapped = each_lane(|lane| (first + lane) % n);
        let axis = |axis: usize| floats(simd, each_lane(|lane| axes[axis][wrapped[lane]]));
        (each_axis(axis), pulp::cast_lossy(each_lane(|lane| wrapped[lane] as u32)))
    }
}
