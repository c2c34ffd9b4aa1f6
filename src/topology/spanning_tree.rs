//! The minimum spanning tree of points: by its edges alone, in the order of their lengths, the points join into connected
//! components as the scale grows (single linkage, Gower & Ross 1969).

use ndarray::{Array2, ArrayView1};
use rayon::prelude::*;

use crate::error::Result;
use crate::math::distance::squared_distance_in_order;
use crate::progress::Tally;

/// Points that one thread looks at, at the least.
const MIN_POINTS_PER_TASK: usize = 512;

/// An edge of the tree.
pub(super) struct Edge {
    pub ends: [usize; 2],
    pub length: f64,
}

/// The minimum spanning tree of points by their Euclidean distances.
pub(super) fn spanning_tree(points: &Array2<f32>) -> Result<Vec<Edge>> {
    spanning_tree_by(points.nrows(), |i, j| distance(points.row(i), points.row(j)))
}

/// The minimum spanning tree, grown from the first point (Prim 1957); of edges of equal length the one to the first point
/// is taken.
pub(super) fn spanning_tree_by(
    n_points: usize,
    length: impl Fn(usize, usize) -> f64 + Sync,
) -> Result<Vec<Edge>> {
    let tally = Tally::start("topology", n_points, "points");
    // Per point outside the tree, the shortest edge to it; `None` for points in the tree.
    let mut shortest: Vec<Option<Edge>> =
        (0..n_points).map(|i| Some(Edge { ends: [0, i], length: f64::INFINITY })).collect();
    let mut newest = 0;
    shortest[newest] = None;
    let mut tree = Vec::with_capacity(n_points);
    loop {
        let shorten = |(i, edge): (usize, &mut Option<Edge>)| {
            let edge = edge.as_mut()?;
            let length = length(newest, i);
            if length < edge.length {
                *edge = Edge { ends: [newest, i], length };
            }
            Some((edge.length, i))
        };
        let outside =
            shortest.par_iter_mut().enumerate().with_min_len(MIN_POINTS_PER_TASK).filter_map(shorten);
        let Some((_, next)) = outside.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))) else {
            return tally.finish().map(|()| tree);
        };
        tree.extend(shortest[next].take());
        if !tally.add(1) {
            return tally.finish().map(|()| tree);
        }
        newest = next;
    }
}

/// Euclidean distance in double precision.
pub(super) fn distance(a: ArrayView1<f32>, b: ArrayView1<f32>) -> f64 {
    squared_distance_in_order(a, b).sqrt()
}
