//! The fuzzy simplicial set: how strongly each row is joined with its neighbors
//! (McInnes, Healy & Melville 2018, algorithms 2 and 3).

use ndarray::{ArrayView1, Axis};
use rayon::prelude::*;

use crate::neighbors::KnnGraph;

/// The bandwidth `sigma` of a row is at least this share of its mean neighbor distance, as in umap-learn.
const MIN_K_DIST_SCALE: f64 = 1e-3;
/// How far the sum of a row's strengths may be from `log2(k)`, as in umap-learn.
const SMOOTH_K_TOLERANCE: f64 = 1e-5;
/// Steps after which the search for a bandwidth ends in any case, as in umap-learn.
const MAX_BISECTIONS: usize = 64;
/// Rows whose edges are united by one task.
const UNION_CHUNK: usize = 1_024;

/// One entry of a sparse row: the number of another row and the membership strength.
type Entry = (u32, f32);

/// A symmetric weighted graph in compressed sparse rows: the edges of row `i` are numbers
/// `offsets[i]..offsets[i + 1]`.
#[derive(Debug, Clone)]
pub(in crate::projection) struct FuzzyGraph {
    /// Number of the first edge of each row, then the number of edges, `[n + 1]`.
    pub(in crate::projection) offsets: Vec<usize>,
    /// The row at the other end of each edge, ascending within a row.
    pub(in crate::projection) targets: Vec<u32>,
    /// Membership strength of each edge, above 0 and up to 1.
    pub(in crate::projection) weights: Vec<f32>,
}

impl FuzzyGraph {
    pub(in crate::projection) fn n_rows(&self) -> usize {
        self.offsets.len() - 1
    }

    /// The rows joined with row `i`, ascending, and the weights of these edges.
    pub(in crate::projection) fn edges(&self, i: usize) -> impl Iterator<Item = (usize, f32)> {
        let range = self.offsets[i]..self.offsets[i + 1];
        self.targets[range.clone()].iter().map(|&j| j as usize).zip(self.weights[range].iter().copied())
    }

    /// The graph without the edges that would be due less than once in `n_epochs` epochs.
    pub(in crate::projection) fn without_weak(&self, n_epochs: usize) -> FuzzyGraph {
        let least = self.weights.iter().copied().fold(0.0, f32::max) / n_epochs as f32;
        let (mut offsets, mut targets, mut weights) = (vec![0], Vec::new(), Vec::new());
        for i in 0..self.n_rows() {
            for (j, weight) in self.edges(i).filter(|&(_, weight)| weight >= least) {
                targets.push(j as u32);
                weights.push(weight);
            }
            offsets.push(targets.len());
        }
        FuzzyGraph { offsets, targets, weights }
    }

    /// The membership strengths of each row's neighbors, both directions united.
    pub(in crate::projection) fn from_neighbors(neighbors: &KnnGraph) -> FuzzyGraph {
        let (n, k) = neighbors.indices.dim();
        let mean_distance = neighbors.distances.iter().map(|&d| f64::from(d)).sum::<f64>() / (n * k) as f64;
        let mut directed = vec![(0, 0.0); n * k];
        let rows =
            neighbors.distances.axis_iter(Axis(0)).into_par_iter().zip(neighbors.indices.axis_iter(Axis(0)));
        directed.par_chunks_exact_mut(k).zip(rows).for_each(|(row, (distances, indices))| {
            let entries = indices.iter().copied().zip(membership_strengths(distances, mean_distance));
            row.iter_mut().zip(entries).for_each(|(slot, entry)| *slot = entry);
            row.sort_unstable_by_key(|&(j, _)| j);
        });
        let (starts, transposed) = transpose(&directed, n, k);
        let united =
            |i: usize| fuzzy_union(&directed[i * k..(i + 1) * k], &transposed[starts[i]..starts[i + 1]]);
        // Counted before they are filled: for a million rows, lists that grow would take half as much again.
        let mut offsets = vec![0; n + 1];
        offsets[1..].par_iter_mut().enumerate().for_each(|(i, degree)| *degree = united(i).count());
        (0..n).for_each(|i| offsets[i + 1] += offsets[i]);
        let (mut targets, mut weights) = (vec![0; offsets[n]], vec![0.0; offsets[n]]);
        let (mut free_targets, mut free_weights) = (targets.as_mut_slice(), weights.as_mut_slice());
        let mut chunks = Vec::with_capacity(n.div_ceil(UNION_CHUNK));
        for start in (0..n).step_by(UNION_CHUNK) {
            let rows = start..(start + UNION_CHUNK).min(n);
            let len = offsets[rows.end] - offsets[rows.start];
            let room = "room for all edges";
            let targets = free_targets.split_off_mut(..len).expect(room);
            chunks.push((rows, targets, free_weights.split_off_mut(..len).expect(room)));
        }
        chunks.into_par_iter().for_each(|(rows, targets, weights)| {
            let places = targets.iter_mut().zip(weights);
            places.zip(rows.flat_map(united)).for_each(|((target, weight), edge)| (*target, *weight) = edge);
        });
        FuzzyGraph { offsets, targets, weights }
    }
}

/// The transpose of `n` sparse rows with `k` entries each, as `(starts, entries)`: row `j` of the transpose
/// is `entries[starts[j]..starts[j + 1]]`, ascending.
fn transpose(directed: &[Entry], n: usize, k: usize) -> (Vec<usize>, Vec<Entry>) {
    let mut starts = vec![0; n + 1];
    for &(j, _) in directed {
        starts[j as usize + 1] += 1;
    }
    for row in 0..n {
        starts[row + 1] += starts[row];
    }
    let mut next = starts.clone();
    let mut transposed = vec![(0, 0.0); directed.len()];
    for (i, row) in directed.chunks_exact(k).enumerate() {
        for &(j, strength) in row {
            let slot = &mut next[j as usize];
            transposed[*slot] = (i as u32, strength);
            *slot += 1;
        }
    }
    (starts, transposed)
}

/// Membership strengths `exp(-(d - rho) / sigma)` of one row's neighbors, at most 1, by their ascending
/// distances `d`, `[k]`.
///
/// `rho` is the distance of the nearest neighbor that is no duplicate, and `sigma` is chosen so that the
/// strengths add up to `log2(k)`. `mean_distance`, over the neighbors of all rows, bounds `sigma` from below
/// when all of these are duplicates.
pub(super) fn membership_strengths(distances: ArrayView1<f32>, mean_distance: f64) -> Vec<f32> {
    let target = (distances.len() as f64).log2();
    let rho = f64::from(distances.iter().copied().find(|&d| d > 0.0).unwrap_or(0.0));
    let total = |sigma: f64| distances.iter().map(|&d| membership_strength(d, rho, sigma)).sum::<f64>();
    let row_mean = distances.iter().map(|&d| f64::from(d)).sum::<f64>() / distances.len() as f64;
    // The search starts at the row's own scale, so that the unit of length does not matter.
    let (mut low, mut high, mut sigma) = (0.0, f64::INFINITY, if row_mean > 0.0 { row_mean } else { 1.0 });
    for _ in 0..MAX_BISECTIONS {
        let excess = total(sigma) - target;
        if excess.abs() < SMOOTH_K_TOLERANCE {
            break;
        }
        if excess > 0.0 {
            high = sigma;
            sigma = (low + high) / 2.0;
        } else {
            low = sigma;
            sigma = if high.is_finite() { (low + high) / 2.0 } else { sigma * 2.0 };
        }
    }
    let sigma = sigma.max(MIN_K_DIST_SCALE * if rho > 0.0 { row_mean } else { mean_distance });
    distances.iter().map(|&d| membership_strength(d, rho, sigma) as f32).collect()
}

fn membership_strength(distance: f32, rho: f64, sigma: f64) -> f64 {
    let beyond = f64::from(distance) - rho;
    if beyond <= 0.0 || sigma <= 0.0 { 1.0 } else { (-beyond / sigma).exp() }
}

/// The probabilistic union `p + q - p q` of two sparse rows, both ascending, as is the union; an entry that is absent
/// counts as 0.
fn fuzzy_union<'a>(p: &'a [Entry], q: &'a [Entry]) -> impl Iterator<Item = Entry> + 'a {
    let (mut p, mut q) = (p.iter().peekable(), q.iter().peekable());
    let entries = std::iter::from_fn(move || {
        let next = match (p.peek(), q.peek()) {
            (Some(&&(i, _)), Some(&&(j, _))) => i.min(j),
            (Some(&&(i, _)), None) => i,
            (None, Some(&&(j, _))) => j,
            (None, None) => return None,
        };
        let in_p = p.next_if(|&&(i, _)| i == next).map_or(0.0, |&(_, strength)| strength);
        let in_q = q.next_if(|&&(j, _)| j == next).map_or(0.0, |&(_, strength)| strength);
        Some((next, in_p + in_q - in_p * in_q))
    });
    entries.filter(|&(_, strength)| strength > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neighbors::{Metric, knn_graph};
    use ndarray::Array2;
    use rand::RngExt;

    fn rows() -> Array2<f32> {
        let mut random = crate::math::random::seeded(3);
        Array2::from_shape_simple_fn((1_500, 3), || random.random::<f32>())
    }

    #[test]
    fn strengths_of_a_row_add_up_to_the_logarithm_of_their_number() {
        let neighbors = knn_graph(&rows(), 15, Metric::Euclidean).expect("finite rows");
        for distances in neighbors.distances.rows() {
            let strengths = membership_strengths(distances, 1.0);
            assert!((f64::from(strengths.iter().sum::<f32>()) - 15f64.log2()).abs() < 1e-4);
            assert_eq!(strengths[0], 1.0);
            assert!(strengths.windows(2).all(|pair| pair[0] >= pair[1]));
        }
    }

    #[test]
    fn strengths_do_not_depend_on_the_unit_of_length() {
        let distances = ndarray::array![0.5f32, 0.75, 1.0, 1.5, 2.25];
        for unit in [1e-30f32, 1.0, 1e30].map(|unit| 2f32.powi(unit.log2() as i32)) {
            let scaled = membership_strengths((&distances * unit).view(), 1.0);
            assert_eq!(scaled, membership_strengths(distances.view(), 1.0), "{unit}");
        }
    }

    #[test]
    fn a_graph_is_the_probabilistic_union_of_both_directions() {
        let rows = rows();
        let neighbors = knn_graph(&rows, 8, Metric::Euclidean).expect("finite rows");
        let graph = FuzzyGraph::from_neighbors(&neighbors);
        let mean =
            neighbors.distances.iter().map(|&d| f64::from(d)).sum::<f64>() / neighbors.distances.len() as f64;
        let (n, mut directed) = (rows.nrows(), std::collections::BTreeMap::new());
        for (i, distances) in neighbors.distances.rows().into_iter().enumerate() {
            for (&j, strength) in neighbors.indices.row(i).iter().zip(membership_strengths(distances, mean)) {
                directed.insert((i, j as usize), strength);
            }
        }
        let strength = |i, j| directed.get(&(i, j)).copied().unwrap_or(0.0);
        let mut count = 0;
        for i in 0..n {
            let edges: Vec<(usize, f32)> = graph.edges(i).collect();
            assert!(edges.windows(2).all(|pair| pair[0].0 < pair[1].0));
            for (j, weight) in edges {
                let (p, q) = (strength(i, j), strength(j, i));
                assert_eq!(weight, p + q - p * q, "{i} {j}");
                count += 1;
            }
        }
        let joined =
            directed.keys().flat_map(|&(i, j)| [(i, j), (j, i)]).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(
            count,
            joined.iter().filter(|&&(i, j)| strength(i, j) > 0.0 || strength(j, i) > 0.0).count()
        );
    }
}
