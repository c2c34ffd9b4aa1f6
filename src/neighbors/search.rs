//! Candidates for the nearest neighbors of the rows of one leaf, from all leaves that may hold some.

use ndarray::{Array2, ArrayView1, Axis};
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::ball_partition::{Leaf, partition};
use super::distance_tile::{MR, Panels, Row};
use crate::math::distance::squared_distance;

/// Candidates that may gather beyond those kept, before the farthest are dropped in one selection.
const PRUNE_SLACK: usize = 8;
/// Relative margin by which a bound is widened, so that its own rounding rules out no neighbor.
const BOUND_MARGIN: f64 = 4e-6;

/// Rows partitioned into leaves and packed for distance tiles.
pub(super) struct PartitionedRows {
    rows: Array2<f32>,
    norms: Vec<f64>,
    max_norm: f64,
    pub(super) leaves: Vec<Leaf>,
    /// The members of each leaf.
    panels: Vec<Panels>,
}

impl PartitionedRows {
    /// `rows` are in standard layout and centered: rounding grows with their norms.
    pub(super) fn new(rows: Array2<f32>) -> Self {
        let norm = |row: ArrayView1<f32>| row.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
        let norms: Vec<f64> = rows.axis_iter(Axis(0)).map(norm).collect();
        let max_norm = norms.iter().copied().fold(0.0, f64::max);
        let leaves = partition(&rows);
        let members =
            |leaf: &Leaf| Panels::new(rows.ncols(), leaf.members.iter().map(|&i| tile_row(&rows, i)));
        let panels = leaves.par_iter().map(members).collect();
        PartitionedRows { rows, norms, max_norm, leaves, panels }
    }

    /// A bound on the rounding error of a tile's squared distances from row `i` to the rows of `to`.
    pub(super) fn rounding(&self, i: u32, to: &PartitionedRows) -> f64 {
        let largest = (self.norms[i as usize] + to.max_norm).powi(2);
        if largest > f64::from(f32::MAX) {
            return f64::INFINITY;
        }
        let terms = self.rows.ncols() as f64 + 10.0;
        terms * f64::from(f32::EPSILON) * largest
    }

    /// The members of all leaves of `to` that may hold a row within a squared distance of row `i`.
    pub(super) fn within<'a>(
        &'a self,
        i: u32,
        squared: f64,
        to: &'a PartitionedRows,
    ) -> impl Iterator<Item = u32> + 'a {
        let row = self.rows.row(i as usize);
        // Rotated rows are rounded to single precision, each by half of this share of its norm at the most.
        let rounding = f64::from(f32::EPSILON) * (self.norms[i as usize] + to.max_norm);
        let reach = squared.sqrt() + rounding;
        let may_hold = move |leaf: &&Leaf| {
            let distance = squared_distance(row, leaf.center.view()).sqrt();
            distance * (1.0 - BOUND_MARGIN) <= reach + leaf.radius
        };
        to.leaves.iter().filter(may_hold).flat_map(|leaf| leaf.members.iter().copied())
    }
}

fn tile_row(rows: &Array2<f32>, i: u32) -> Row<'_> {
    Row::new(rows.row(i as usize).to_slice().expect("rows are in standard layout"))
}

/// One row's candidates. Every row that was dropped lies at `limit`, a squared distance, or beyond.
pub(super) struct Candidates {
    pub(super) near: Vec<(f32, u32)>,
    pub(super) limit: f32,
    /// The root of `limit`: the search radius.
    radius: f32,
}

impl Candidates {
    fn new(n_candidates: usize) -> Self {
        let near = Vec::with_capacity(n_candidates + PRUNE_SLACK);
        Candidates { near, limit: f32::INFINITY, radius: f32::INFINITY }
    }

    fn offer(&mut self, squared: f32, other: u32, n_candidates: usize) {
        self.near.push((squared, other));
        if self.near.len() == n_candidates + PRUNE_SLACK {
            let farthest = n_candidates - 1;
            self.near.select_nth_unstable_by(farthest, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            self.near.truncate(n_candidates);
            self.limit = self.near[farthest].0;
            self.radius = self.limit.max(0.0).sqrt();
        }
    }
}

/// The search for the members of one leaf of `from` among the rows of `to`.
pub(super) struct LeafSearch<'a> {
    /// The leaf's number.
    pub(super) leaf: usize,
    pub(super) from: &'a PartitionedRows,
    pub(super) to: &'a PartitionedRows,
    /// Candidates to keep per row.
    pub(super) n_candidates: usize,
    pub(super) leave_self_out: bool,
}

impl WithSimd for LeafSearch<'_> {
    /// In the order of the leaf's members.
    type Output = Vec<Candidates>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<Candidates> {
        let LeafSearch { leaf, from, to, n_candidates, leave_self_out } = self;
        let Leaf { members, center, radius } = &from.leaves[leaf];
        let rows: Vec<Row> = members.iter().map(|&i| tile_row(&from.rows, i)).collect();
        let rounding: Vec<f32> = members.iter().map(|&i| from.rounding(i, to) as f32).collect();
        // The nearest leaves come first, so that the limits soon rule out the others.
        let distance = |other: &Leaf| squared_distance(center.view(), other.center.view()).sqrt();
        let mut order: Vec<(f64, usize)> =
            to.leaves.iter().enumerate().map(|(number, other)| (distance(other), number)).collect();
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));

        let mut candidates: Vec<Candidates> = members.iter().map(|_| Candidates::new(n_candidates)).collect();
        let width = from.panels[leaf].width();
        let mut near = Vec::with_capacity(MR);
        let mut to_centers = vec![0.0f32; MR * width];
        let mut active = Vec::with_capacity(members.len());
        for leaves in order.chunks(MR) {
            // Skip leaves that lie beyond the search radius of every member.
            let largest = candidates.iter().fold(0.0, |most: f32, row| most.max(row.radius));
            near.clear();
            near.extend(leaves.iter().filter(|&&(distance, number)| {
                distance * (1.0 - BOUND_MARGIN)
                    <= f64::from(largest) * (1.0 + BOUND_MARGIN) + radius + to.leaves[number].radius
            }));
            let Some(&(_, first)) = near.first() else { continue };
            let center = |number: usize| to.leaves[number].center.as_slice().expect("a center is contiguous");
            let mut tile = [Row::new(center(first)); MR];
            for (place, &(_, number)) in near.iter().enumerate() {
                tile[place] = Row::new(center(number));
            }
            from.panels[leaf].squared_distances(simd, &tile, &mut to_centers);

            for (&(_, number), to_center) in near.iter().zip(to_centers.chunks_exact(width)) {
                // Skip rows for which the triangle inequality rules out every member of this leaf.
                let radius = to.leaves[number].radius as f32;
                let may_gain = |&r: &usize| {
                    let farthest = candidates[r].radius + radius;
                    to_center[r] - rounding[r] <= farthest * farthest * (1.0 + BOUND_MARGIN as f32)
                };
                active.clear();
                active.extend((0..members.len()).filter(may_gain));
                for group in active.chunks(MR) {
                    let mut tile = [rows[group[0]]; MR];
                    let mut limits = [f32::NEG_INFINITY; MR];
                    for (place, &r) in group.iter().enumerate() {
                        (tile[place], limits[place]) = (rows[r], candidates[r].limit);
                    }
                    to.panels[number].for_each_below(simd, &tile, &mut limits, |row, column, squared| {
                        let other = to.leaves[number].members[column];
                        let row = group[row];
                        if !(leave_self_out && other == members[row]) {
                            candidates[row].offer(squared, other, n_candidates);
                        }
                        candidates[row].limit
                    });
                }
            }
        }
        candidates
    }
}
