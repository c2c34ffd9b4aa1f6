//! The edges of the graph in the order of their turns.

use super::fuzzy::Graph;

/// Edges that come up more seldom than once in so many epochs, a power of two, are looked at as often as that.
const MOST_SHARES: usize = 64;
/// The golden ratio as a fraction of 2^32: its multiples are spread evenly.
pub(super) const GOLDEN: u32 = 0x9E37_79B9;

/// `row` is pulled and pushed, `other` only pulled: numbers within their parts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Edge {
    pub(super) row: u32,
    pub(super) other: u32,
}

/// Edges from the rows of one part to those of one part.
#[derive(Default)]
pub(super) struct Edges {
    /// `octaves[k]` holds in `2^k` shares the edges that come up once in `2^k` to `2^(k + 1)` epochs. An epoch looks at
    /// one share of each octave: most of what it sees there is due.
    octaves: Vec<Vec<Share>>,
    /// Edges that came up but have not had their turn.
    pub(super) waiting: Vec<Edge>,
}

/// Edges that are looked at in the same epochs.
#[derive(Default)]
pub(super) struct Share {
    pub(super) edges: Vec<Edge>,
    /// How often an edge comes up, as a fraction of the looks at it in 32-bit fixed point.
    pub(super) rates: Vec<u32>,
    /// The fraction of the rates that the looks so far add up to. They begin apart, to spread edges of like weight.
    pub(super) phases: Vec<u32>,
}

impl Edges {
    /// The edges from the rows of `part` to those of each part: row `i` is number `i / n_parts` of part `i % n_parts`.
    pub(super) fn from_part(graph: &Graph, part: usize, n_parts: usize) -> Vec<Edges> {
        let strongest = graph.weights.iter().copied().fold(0.0, f32::max);
        let mut to_parts: Vec<Edges> = (0..n_parts).map(|_| Edges::default()).collect();
        for (row, number) in spread(graph, part, n_parts) {
            let other = graph.targets[number] as usize;
            let edge = Edge { row: (row / n_parts) as u32, other: (other / n_parts) as u32 };
            // None begins at 0, where even an edge of every epoch would wait for one.
            let phase = (number as u32 + 1).wrapping_mul(GOLDEN);
            to_parts[other % n_parts].push(edge, graph.weights[number] / strongest, phase);
        }
        to_parts
    }

    /// Adds an edge that comes up in a share `often` of the epochs.
    fn push(&mut self, edge: Edge, often: f32, phase: u32) {
        let (mut octave, mut n_shares) = (0, 1);
        while n_shares < MOST_SHARES && often * n_shares as f32 <= 0.5 {
            (octave, n_shares) = (octave + 1, 2 * n_shares);
        }
        while self.octaves.len() <= octave {
            self.octaves.push((0..1 << self.octaves.len()).map(|_| Share::default()).collect());
        }
        // By other bits of the phase than those in which the edges of a share are to differ.
        let share = &mut self.octaves[octave][(phase >> 8) as usize % n_shares];
        share.edges.push(edge);
        share.rates.push(fixed_point(often * n_shares as f32));
        share.phases.push(phase);
    }

    /// What to look at in an epoch, and the edges that wait.
    pub(super) fn of_epoch(&mut self, epoch: usize) -> (impl Iterator<Item = &mut Share>, &mut Vec<Edge>) {
        let shares = self.octaves.iter_mut().map(move |shares| {
            let n_shares = shares.len();
            &mut shares[epoch % n_shares]
        });
        (shares, &mut self.waiting)
    }
}

/// The edges of a part's rows as `(row, number)`, each row's spread evenly over the whole: edges that follow each other
/// then start from different rows.
fn spread(graph: &Graph, part: usize, n_parts: usize) -> impl Iterator<Item = (usize, usize)> {
    let rows = || (part..graph.n_rows()).step_by(n_parts);
    let degree = |row: usize| graph.offsets[row + 1] - graph.offsets[row];
    // A row has no more edges than there are slots, so that no two of them share one.
    let n_slots = rows().map(degree).max().unwrap_or(0);
    let slots = |row: usize| {
        let phase = ((row as u32).wrapping_mul(GOLDEN) as usize * n_slots) >> 32;
        let degree = degree(row);
        (0..degree).map(move |place| (place * n_slots + phase) / degree)
    };
    let mut ends = vec![0; n_slots + 1];
    rows().flat_map(slots).for_each(|slot| ends[slot + 1] += 1);
    (0..n_slots).for_each(|slot| ends[slot + 1] += ends[slot]);
    let mut order = vec![(0u32, 0u32); ends[n_slots]];
    for row in rows() {
        for (number, slot) in (graph.offsets[row]..).zip(slots(row)) {
            order[ends[slot]] = (row as u32, number as u32);
            ends[slot] += 1;
        }
    }
    order.into_iter().map(|(row, number)| (row as usize, number as usize))
}

/// A share of the epochs in 32-bit fixed point.
pub(super) fn fixed_point(share: f32) -> u32 {
    (f64::from(share) * f64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Row 0 is joined with everyone, the others with it and the two beside them.
    fn star(n: u32) -> Graph {
        let (mut offsets, mut targets) = (vec![0], Vec::new());
        for row in 0..n {
            targets.extend((0..n).filter(|&j| j != row && (row == 0 || j == 0 || j.abs_diff(row) == 1)));
            offsets.push(targets.len());
        }
        Graph { offsets, weights: vec![1.0; targets.len()], targets }
    }

    #[test]
    fn spread_edges_are_all_there_and_those_of_a_row_lie_apart() {
        let graph = star(40);
        let mut numbers = BTreeSet::new();
        for part in 0..2 {
            let order: Vec<(usize, usize)> = spread(&graph, part, 2).collect();
            for &(row, number) in &order {
                assert!(row % 2 == part && (graph.offsets[row]..graph.offsets[row + 1]).contains(&number));
                assert!(numbers.insert(number));
            }
            assert!(order.windows(2).all(|pair| pair[0].0 != pair[1].0));
        }
        assert_eq!(numbers.len(), graph.targets.len());
    }

    #[test]
    fn edges_come_up_as_often_as_they_weigh() {
        let mut graph = star(40);
        for (number, weight) in graph.weights.iter_mut().enumerate() {
            *weight = [1.0, 0.75, 0.5, 0.3, 0.11, 0.013][number % 6];
        }
        let n_epochs = 1_000;
        for part in 0..2 {
            for (to, mut edges) in Edges::from_part(&graph, part, 2).into_iter().enumerate() {
                let mut counts = std::collections::BTreeMap::new();
                for epoch in 0..n_epochs {
                    for Share { edges, rates, phases } in edges.of_epoch(epoch).0 {
                        for ((edge, &rate), phase) in edges.iter().zip(rates.iter()).zip(phases) {
                            let (next, comes_up) = phase.overflowing_add(rate);
                            *phase = next;
                            *counts.entry((edge.row, edge.other)).or_insert(0) += u32::from(comes_up);
                        }
                    }
                }
                for ((row, other), count) in counts {
                    let (row, other) = (row as usize * 2 + part, other as usize * 2 + to);
                    let (_, weight) =
                        graph.edges(row).find(|&(j, _)| j == other).expect("an edge of the graph");
                    assert!((count as f32 - weight * n_epochs as f32).abs() <= 2.0, "{count} {weight}");
                }
            }
        }
    }
}
