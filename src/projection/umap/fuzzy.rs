//! The fuzzy simplicial set: how strongly each row belongs with its neighbours
//! (McInnes, Healy & Melville 2018, algorithms 2 and 3).

use ndarray::{ArrayView1, Axis};
use rayon::prelude::*;

use crate::neighbors::KnnGraph;

/// A bandwidth is never below this share of the mean neighbour distance.
const SMALLEST_BANDWIDTH: f64 = 1e-3;
const BISECTIONS: usize = 64;
/// Rows that are joined one after the other.
const CHUNK: usize = 1_024;

/// A row and how strongly another belongs with it.
type Member = (u32, f32);

/// A weighted graph, symmetric, as compressed sparse rows: the edges of row `i` are `offsets[i]..offsets[i + 1]`.
#[derive(Debug, Clone)]
pub(super) struct Graph {
    pub(super) offsets: Vec<usize>,
    pub(super) targets: Vec<u32>,
    pub(super) weights: Vec<f32>,
}

impl Graph {
    pub(super) fn n_rows(&self) -> usize {
        self.offsets.len() - 1
    }

    /// The rows joined with row `i`, ascending, and the weights.
    pub(super) fn edges(&self, i: usize) -> impl Iterator<Item = (usize, f32)> {
        let range = self.offsets[i]..self.offsets[i + 1];
        self.targets[range.clone()].iter().map(|&j| j as usize).zip(self.weights[range].iter().copied())
    }

    /// Joins the local memberships `p` of both directions by probabilistic union, `p + q - p q`.
    pub(super) fn from_neighbors(neighbors: &KnnGraph) -> Graph {
        let (n, k) = neighbors.indices.dim();
        let mean = neighbors.distances.iter().map(|&d| f64::from(d)).sum::<f64>() / (n * k) as f64;
        let mut forward = vec![(0, 0.0); n * k];
        let rows =
            neighbors.distances.axis_iter(Axis(0)).into_par_iter().zip(neighbors.indices.axis_iter(Axis(0)));
        forward.par_chunks_exact_mut(k).zip(rows).for_each(|(row, (distances, indices))| {
            let members = indices.iter().copied().zip(memberships(distances, mean));
            row.iter_mut().zip(members).for_each(|(slot, member)| *slot = member);
            row.sort_unstable_by_key(|&(j, _)| j);
        });
        let (starts, backward) = transposed(&forward, n, k);
        let parts: Vec<(Vec<usize>, Vec<Member>)> = (0..n.div_ceil(CHUNK))
            .into_par_iter()
            .map(|chunk| {
                let rows = chunk * CHUNK..((chunk + 1) * CHUNK).min(n);
                let (mut ends, mut edges) = (Vec::with_capacity(CHUNK), Vec::with_capacity(2 * CHUNK * k));
                for i in rows {
                    union(&forward[i * k..(i + 1) * k], &backward[starts[i]..starts[i + 1]], &mut edges);
                    ends.push(edges.len());
                }
                (ends, edges)
            })
            .collect();
        let mut offsets = Vec::with_capacity(n + 1);
        offsets.push(0);
        for (ends, _) in &parts {
            let before = offsets[offsets.len() - 1];
            offsets.extend(ends.iter().map(|end| before + end));
        }
        let (targets, weights) = parts.into_iter().flat_map(|(_, edges)| edges).unzip();
        Graph { offsets, targets, weights }
    }
}

/// The memberships by whom they name, in the order of the rows that they come from, and where those that name each row
/// start.
fn transposed(forward: &[Member], n: usize, k: usize) -> (Vec<usize>, Vec<Member>) {
    let mut starts = vec![0; n + 1];
    for &(j, _) in forward {
        starts[j as usize + 1] += 1;
    }
    for row in 0..n {
        starts[row + 1] += starts[row];
    }
    let mut next = starts.clone();
    let mut backward = vec![(0, 0.0); forward.len()];
    for (i, row) in forward.chunks_exact(k).enumerate() {
        for &(j, weight) in row {
            let place = &mut next[j as usize];
            backward[*place] = (i as u32, weight);
            *place += 1;
        }
    }
    (starts, backward)
}

/// Memberships `exp(-(d - rho) / sigma)` of one row's neighbours, whose sum is `log2(k)`; `rho` is the distance
/// of the nearest that is not a duplicate. `mean` is the mean distance over all rows.
pub(super) fn memberships(distances: ArrayView1<f32>, mean: f64) -> Vec<f32> {
    let target = (distances.len() as f64).log2();
    let rho = f64::from(distances.iter().copied().find(|&d| d > 0.0).unwrap_or(0.0));
    let total = |sigma: f64| distances.iter().map(|&d| membership(d, rho, sigma)).sum::<f64>();
    let local = distances.iter().map(|&d| f64::from(d)).sum::<f64>() / distances.len() as f64;
    let (mut low, mut high, mut sigma) = (0.0, f64::INFINITY, if local > 0.0 { local } else { 1.0 });
    for _ in 0..BISECTIONS {
        let excess = total(sigma) - target;
        if excess.abs() < 1e-5 {
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
    let sigma = sigma.max(SMALLEST_BANDWIDTH * if rho > 0.0 { local } else { mean });
    distances.iter().map(|&d| membership(d, rho, sigma) as f32).collect()
}

fn membership(distance: f32, rho: f64, sigma: f64) -> f64 {
    let beyond = f64::from(distance) - rho;
    if beyond <= 0.0 || sigma <= 0.0 { 1.0 } else { (-beyond / sigma).exp() }
}

/// Merges two ascending lists behind `merged`.
fn union(p: &[Member], q: &[Member], merged: &mut Vec<Member>) {
    let (mut p, mut q) = (p.iter().peekable(), q.iter().peekable());
    loop {
        let next = match (p.peek(), q.peek()) {
            (Some(&&(i, _)), Some(&&(j, _))) => i.min(j),
            (Some(&&(i, _)), None) => i,
            (None, Some(&&(j, _))) => j,
            (None, None) => return,
        };
        let there = p.next_if(|&&(i, _)| i == next).map_or(0.0, |&(_, weight)| weight);
        let back = q.next_if(|&&(j, _)| j == next).map_or(0.0, |&(_, weight)| weight);
        let weight = there + back - there * back;
        if weight > 0.0 {
            merged.push((next, weight));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::random::seeded;
    use crate::neighbors::{Metric, knn_graph};
    use ndarray::Array2;
    use rand::RngExt;

    fn rows() -> Array2<f32> {
        let mut random = seeded(3);
        Array2::from_shape_simple_fn((1_500, 3), || random.random::<f32>())
    }

    #[test]
    fn memberships_of_a_row_add_up_to_the_logarithm_of_their_number() {
        let neighbors = knn_graph(&rows(), 15, Metric::Euclidean).expect("finite rows");
        for distances in neighbors.distances.rows() {
            let memberships = memberships(distances, 1.0);
            assert!((f64::from(memberships.iter().sum::<f32>()) - 15f64.log2()).abs() < 1e-4);
            assert_eq!(memberships[0], 1.0);
            assert!(memberships.windows(2).all(|pair| pair[0] >= pair[1]));
        }
    }

    #[test]
    fn memberships_do_not_depend_on_the_unit_of_length() {
        let distances = ndarray::array![0.5f32, 0.75, 1.0, 1.5, 2.25];
        for unit in [1e-30f32, 1.0, 1e30].map(|unit| 2f32.powi(unit.log2() as i32)) {
            let scaled = memberships((&distances * unit).view(), 1.0);
            assert_eq!(scaled, memberships(distances.view(), 1.0), "{unit}");
        }
    }

    #[test]
    fn a_graph_is_the_probabilistic_union_of_both_directions() {
        let rows = rows();
        let neighbors = knn_graph(&rows, 8, Metric::Euclidean).expect("finite rows");
        let graph = Graph::from_neighbors(&neighbors);
        let mean =
            neighbors.distances.iter().map(|&d| f64::from(d)).sum::<f64>() / neighbors.distances.len() as f64;
        let (n, mut directed) = (rows.nrows(), std::collections::BTreeMap::new());
        for (i, distances) in neighbors.distances.rows().into_iter().enumerate() {
            for (&j, membership) in neighbors.indices.row(i).iter().zip(memberships(distances, mean)) {
                directed.insert((i, j as usize), membership);
            }
        }
        let way = |i, j| directed.get(&(i, j)).copied().unwrap_or(0.0);
        let mut count = 0;
        for i in 0..n {
            let edges: Vec<(usize, f32)> = graph.edges(i).collect();
            assert!(edges.windows(2).all(|pair| pair[0].0 < pair[1].0));
            for (j, weight) in edges {
                let (p, q) = (way(i, j), way(j, i));
                assert_eq!(weight, p + q - p * q, "{i} {j}");
                count += 1;
            }
        }
        let joined =
            directed.keys().flat_map(|&(i, j)| [(i, j), (j, i)]).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(count, joined.iter().filter(|&&(i, j)| way(i, j) > 0.0 || way(j, i) > 0.0).count());
    }
}
