//! In which epochs an edge is sampled: the stronger it is, the more often, as umap-learn's
//! `epochs_per_sample`.

use super::fuzzy_graph::FuzzyGraph;

/// Longest period of a bucket in epochs, as a power of two. Edges that are due more rarely are visited once in
/// this many epochs all the same.
const MAX_LOG2_PERIOD: usize = 6;
/// Buckets of all periods.
const N_BUCKETS: usize = (2 << MAX_LOG2_PERIOD) - 1;
/// The golden ratio as a fraction of 2^32: its multiples modulo 2^32 are spread evenly.
pub(super) const GOLDEN: u32 = 0x9E37_79B9;

/// What an edge tells of its weight when it is applied: nothing in UMAP, whose forces do not depend on it, so
/// that an edge is no larger than its two ends.
pub(in crate::projection) trait EdgeWeight: Copy + Default + Send + Sync {
    fn of(weight: f32) -> Self;
}

impl EdgeWeight for () {
    fn of(_: f32) {}
}

impl EdgeWeight for f32 {
    fn of(weight: f32) -> f32 {
        weight
    }
}

/// An edge from `head`, which is attracted and repelled, to `tail`, which is only attracted. Both are numbers
/// of points within their parts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(in crate::projection) struct Edge<W = ()> {
    pub(in crate::projection) head: u32,
    pub(in crate::projection) tail: u32,
    pub(in crate::projection) weight: W,
}

/// The edges with heads in one part and tails in one part, grouped by how often they are due.
#[derive(Default)]
pub(super) struct EdgeSchedule<W = ()> {
    /// `buckets_by_period[k]` holds, in `2^k` buckets, the edges that are due once in `2^k` to `2^(k + 1)`
    /// epochs. An epoch visits one bucket of each period, and most of the edges that it visits are due.
    buckets_by_period: Vec<Vec<Bucket<W>>>,
    /// Edges that were due in an earlier epoch and are still to be applied.
    pub(super) carried_over: Vec<Edge<W>>,
}

/// Edges that are visited in the same epochs.
#[derive(Default)]
pub(super) struct Bucket<W = ()> {
    pub(super) edges: Vec<Edge<W>>,
    /// Added to `accumulators` at each visit, in units of 2^-32; an overflow means that the edge is due.
    pub(super) increments: Vec<u32>,
    /// They start at different values, so that edges of equal weight are due in different epochs.
    pub(super) accumulators: Vec<u32>,
}

impl<W: EdgeWeight> EdgeSchedule<W> {
    /// The edges whose heads lie in `head_part`, one schedule per part of the tails. Row `i` is point
    /// `i / n_parts` of part `i % n_parts`. The strongest edge of the graph is due in every epoch, the others
    /// in proportion to their weights.
    pub(super) fn by_tail_part(graph: &FuzzyGraph, head_part: usize, n_parts: usize) -> Vec<EdgeSchedule<W>> {
        let strongest = graph.weights.iter().copied().fold(0.0, f32::max);
        let order = interleave_rows(graph, head_part, n_parts);
        let visits = || {
            order.iter().map(|&(row, number)| {
                let (number, target) = (number as usize, graph.targets[number as usize] as usize);
                // Plus one, so that no accumulator starts at 0: it would not overflow in the first epoch even for
                // an edge that is due in every epoch.
                let accumulator = (number as u32 + 1).wrapping_mul(GOLDEN);
                let visit = Visit::of(graph.weights[number] / strongest, accumulator);
                (row as usize, target, graph.weights[number], visit)
            })
        };
        // Counted before they are filled: of a million rows, room for edges that never come would be the largest
        // share of all memory.
        let mut counts = vec![[0; N_BUCKETS]; n_parts];
        visits().for_each(|(_, target, _, visit)| counts[target % n_parts][visit.bucket_number()] += 1);
        let mut schedules: Vec<EdgeSchedule<W>> = counts.iter().map(EdgeSchedule::with_room).collect();
        for (row, target, weight, visit) in visits() {
            let weight = W::of(weight);
            let edge = Edge { head: (row / n_parts) as u32, tail: (target / n_parts) as u32, weight };
            schedules[target % n_parts].push(edge, visit);
        }
        schedules
    }

    /// Empty buckets with room for so many edges each.
    fn with_room(counts: &[usize; N_BUCKETS]) -> Self {
        let bucket = |&count: &usize| Bucket {
            edges: Vec::with_capacity(count),
            increments: Vec::with_capacity(count),
            accumulators: Vec::with_capacity(count),
        };
        let buckets_by_period = (0..=MAX_LOG2_PERIOD)
            .map(|log2_period| {
                counts[(1 << log2_period) - 1..][..1 << log2_period].iter().map(bucket).collect()
            })
            .collect();
        EdgeSchedule { buckets_by_period, carried_over: Vec::new() }
    }

    fn push(&mut self, edge: Edge<W>, visit: Visit) {
        let bucket = &mut self.buckets_by_period[visit.log2_period][visit.bucket];
        bucket.edges.push(edge);
        bucket.increments.push(visit.increment);
        bucket.accumulators.push(visit.accumulator);
    }

    /// The buckets to visit in an epoch, and the edges carried over from the epochs before.
    pub(super) fn due_in(
        &mut self,
        epoch: usize,
    ) -> (impl Iterator<Item = &mut Bucket<W>>, &mut Vec<Edge<W>>) {
        let buckets = self.buckets_by_period.iter_mut().map(move |buckets| {
            let period = buckets.len();
            &mut buckets[epoch % period]
        });
        (buckets, &mut self.carried_over)
    }
}

/// In which epochs an edge is visited, and in which of these it is due.
struct Visit {
    log2_period: usize,
    /// Among the buckets of that period.
    bucket: usize,
    increment: u32,
    accumulator: u32,
}

impl Visit {
    /// For an edge that is due in a share `frequency` of the epochs.
    fn of(frequency: f32, accumulator: u32) -> Visit {
        let mut log2_period = 0;
        while log2_period < MAX_LOG2_PERIOD && frequency * (1 << log2_period) as f32 <= 0.5 {
            log2_period += 1;
        }
        let period = 1 << log2_period;
        // Low bits of the accumulator choose the bucket, so that its high bits, which decide when an edge is
        // due, still differ within a bucket.
        let bucket = (accumulator >> 8) as usize % period;
        Visit { log2_period, bucket, increment: fixed_point(frequency * period as f32), accumulator }
    }

    /// Among the buckets of all periods, the shortest first.
    fn bucket_number(&self) -> usize {
        (1 << self.log2_period) - 1 + self.bucket
    }
}

/// The edges whose heads lie in `head_part`, as `(row, number of the edge)`, ordered so that the edges of
/// each row are spread evenly over the whole list: edges that are moved together then rarely share a head.
fn interleave_rows(graph: &FuzzyGraph, head_part: usize, n_parts: usize) -> Vec<(u32, u32)> {
    let rows = || (head_part..graph.n_rows()).step_by(n_parts);
    let degree = |row: usize| graph.offsets[row + 1] - graph.offsets[row];
    // No row has more edges than there are slots, so that no two edges of a row share a slot.
    let n_slots = rows().map(degree).max().unwrap_or(0);
    let slots = |row: usize| {
        let shift = ((row as u32).wrapping_mul(GOLDEN) as usize * n_slots) >> 32;
        let degree = degree(row);
        (0..degree).map(move |rank| (rank * n_slots + shift) / degree)
    };
    // Counting sort by slot.
    let mut next = vec![0; n_slots + 1];
    rows().flat_map(slots).for_each(|slot| next[slot + 1] += 1);
    (0..n_slots).for_each(|slot| next[slot + 1] += next[slot]);
    let mut order = vec![(0u32, 0u32); next[n_slots]];
    for row in rows() {
        for (number, slot) in (graph.offsets[row]..).zip(slots(row)) {
            order[next[slot]] = (row as u32, number as u32);
            next[slot] += 1;
        }
    }
    order
}

/// A number from 0 to 1 in units of 2^-32.
pub(super) fn fixed_point(frequency: f32) -> u32 {
    (f64::from(frequency) * f64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// A path of `n` rows, the first of which has edges to and from all others.
    fn fan(n: u32) -> FuzzyGraph {
        let (mut offsets, mut targets) = (vec![0], Vec::new());
        for row in 0..n {
            targets.extend((0..n).filter(|&j| j != row && (row == 0 || j == 0 || j.abs_diff(row) == 1)));
            offsets.push(targets.len());
        }
        FuzzyGraph { offsets, weights: vec![1.0; targets.len()], targets }
    }

    #[test]
    fn interleaving_keeps_all_edges_and_parts_those_of_a_row() {
        let graph = fan(40);
        let mut numbers = BTreeSet::new();
        for part in 0..2 {
            let order = interleave_rows(&graph, part, 2);
            for &(row, number) in &order {
                let (row, number) = (row as usize, number as usize);
                assert!(row % 2 == part && (graph.offsets[row]..graph.offsets[row + 1]).contains(&number));
                assert!(numbers.insert(number));
            }
            assert!(order.windows(2).all(|pair| pair[0].0 != pair[1].0));
        }
        assert_eq!(numbers.len(), graph.targets.len());
    }

    #[test]
    fn edges_are_due_as_often_as_they_weigh() {
        let mut graph = fan(40);
        for (number, weight) in graph.weights.iter_mut().enumerate() {
            *weight = [1.0, 0.75, 0.5, 0.3, 0.11, 0.013][number % 6];
        }
        let n_epochs = 1_000;
        for head_part in 0..2 {
            let schedules = EdgeSchedule::<()>::by_tail_part(&graph, head_part, 2);
            for (tail_part, mut schedule) in schedules.into_iter().enumerate() {
                let mut counts = std::collections::BTreeMap::new();
                for epoch in 0..n_epochs {
                    for Bucket { edges, increments, accumulators } in schedule.due_in(epoch).0 {
                        for ((edge, &increment), accumulator) in
                            edges.iter().zip(increments.iter()).zip(accumulators)
                        {
                            let (sum, is_due) = accumulator.overflowing_add(increment);
                            *accumulator = sum;
                            *counts.entry((edge.head, edge.tail)).or_insert(0) += u32::from(is_due);
                        }
                    }
                }
                for ((head, tail), count) in counts {
                    let (row, target) = (head as usize * 2 + head_part, tail as usize * 2 + tail_part);
                    let (_, weight) =
                        graph.edges(row).find(|&(j, _)| j == target).expect("an edge of the graph");
                    assert!((count as f32 - weight * n_epochs as f32).abs() <= 2.0, "{count} {weight}");
                }
            }
        }
    }
}
