//! The fuzzy simplicial set: how strongly each row belongs with its neighbours
//! (McInnes, Healy & Melville 2018, algorithms 2 and 3).

use ndarray::{ArrayView1, Axis};
use rayon::prelude::*;

use crate::neighbors::Neighbors;

/// A bandwidth is never below this share of the mean neighbour distance.
const SMALLEST_BANDWIDTH: f64 = 1e-3;
const BISECTIONS: usize = 64;

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
    pub(super) fn from_neighbors(neighbors: &Neighbors) -> Graph {
        let (n, k) = neighbors.indices.dim();
        let mean = neighbors.distances.iter().map(|&d| f64::from(d)).sum::<f64>() / (n * k) as f64;
        let forward: Vec<Vec<(u32, f32)>> = neighbors
            .distances
            .axis_iter(Axis(0))
            .into_par_iter()
            .zip(neighbors.indices.axis_iter(Axis(0)))
            .map(|(distances, indices)| {
                let mut row: Vec<(u32, f32)> =
                    indices.iter().copied().zip(memberships(distances, mean)).collect();
                row.sort_unstable_by_key(|&(j, _)| j);
                row
            })
            .collect();
        let mut backward: Vec<Vec<(u32, f32)>> = vec![Vec::with_capacity(k); n];
        for (i, row) in forward.iter().enumerate() {
            for &(j, weight) in row {
                backward[j as usize].push((i as u32, weight));
            }
        }
        let rows: Vec<Vec<(u32, f32)>> =
            forward.par_iter().zip(&backward).map(|(p, q)| union(p, q)).collect();
        let mut offsets = Vec::with_capacity(n + 1);
        offsets.push(0);
        for row in &rows {
            offsets.push(offsets[offsets.len() - 1] + row.len());
        }
        let (targets, weights) = rows.into_iter().flatten().unzip();
        Graph { offsets, targets, weights }
    }
}

/// Memberships `exp(-(d - rho) / sigma)` of one row's neighbours, whose sum is `log2(k)`; `rho` is the distance
/// of the nearest that is not a duplicate. `mean` is the mean distance over all rows.
pub(super) fn memberships(distances: ArrayView1<f32>, mean: f64) -> Vec<f32> {
    let target = (distances.len() as f64).log2();
    let rho = f64::from(distances.iter().copied().find(|&d| d > 0.0).unwrap_or(0.0));
    let total = |sigma: f64| distances.iter().map(|&d| membership(d, rho, sigma)).sum::<f64>();
    let (mut low, mut high, mut sigma) = (0.0, f64::INFINITY, 1.0f64);
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
    let local = distances.iter().map(|&d| f64::from(d)).sum::<f64>() / distances.len() as f64;
    let sigma = sigma.max(SMALLEST_BANDWIDTH * if rho > 0.0 { local } else { mean });
    distances.iter().map(|&d| membership(d, rho, sigma) as f32).collect()
}

fn membership(distance: f32, rho: f64, sigma: f64) -> f64 {
    let beyond = f64::from(distance) - rho;
    if beyond <= 0.0 || sigma <= 0.0 { 1.0 } else { (-beyond / sigma).exp() }
}

/// Merges two ascending lists.
fn union(p: &[(u32, f32)], q: &[(u32, f32)]) -> Vec<(u32, f32)> {
    let mut merged = Vec::with_capacity(p.len() + q.len());
    let (mut p, mut q) = (p.iter().peekable(), q.iter().peekable());
    loop {
        let next = match (p.peek(), q.peek()) {
            (Some(&&(i, _)), Some(&&(j, _))) => i.min(j),
            (Some(&&(i, _)), None) => i,
            (None, Some(&&(j, _))) => j,
            (None, None) => return merged,
        };
        let there = p.next_if(|&&(i, _)| i == next).map_or(0.0, |&(_, weight)| weight);
        let back = q.next_if(|&&(j, _)| j == next).map_or(0.0, |&(_, weight)| weight);
        let weight = there + back - there * back;
        if weight > 0.0 {
            merged.push((next, weight));
        }
    }
}
