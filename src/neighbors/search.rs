//! Candidates for the nearest neighbours of the rows of one leaf, from all leaves that may hold some.

use ndarray::Array2;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::leaves::{Leaf, lengths, slice, split};
use super::squared_distance;
use super::tile::{Panels, ROWS, Row};

/// Offers after which the farthest candidates are dropped.
const PATIENCE: usize = 8;
/// What a bound is lessened by, lest its own rounding rules out a neighbour.
const CAUTION: f64 = 4e-6;

/// Rows in leaves, ready to be searched.
pub(super) struct Points {
    rows: Array2<f32>,
    lengths: Vec<f64>,
    longest: f64,
    pub(super) leaves: Vec<Leaf>,
    panels: Vec<Panels>,
}

impl Points {
    /// `rows` are to be around the origin: rounding grows with their length.
    pub(super) fn new(rows: Array2<f32>) -> Self {
        let lengths = lengths(&rows);
        let longest = lengths.iter().copied().fold(0.0, f64::max);
        let leaves = split(&rows);
        let members = |leaf: &Leaf| {
            Panels::new(rows.ncols(), leaf.members.iter().map(|&i| Row::new(slice(rows.row(i as usize)))))
        };
        let panels = leaves.par_iter().map(members).collect();
        Points { rows, lengths, longest, leaves, panels }
    }

    /// How far a product's squared distance from row `i` to any row of `to` may be from the true one.
    pub(super) fn rounding(&self, i: u32, to: &Points) -> f64 {
        let largest = (self.lengths[i as usize] + to.longest).powi(2);
        if largest > f64::from(f32::MAX) {
            return f64::INFINITY;
        }
        let terms = self.rows.ncols() as f64 + 10.0;
        terms * f64::from(f32::EPSILON) * largest
    }
}

/// One row's candidates; whatever was dropped lies at `limit`, a squared distance, or beyond.
pub(super) struct Candidates {
    pub(super) near: Vec<(f32, u32)>,
    pub(super) limit: f32,
    /// The root of the limit.
    reach: f32,
}

impl Candidates {
    fn new(keep: usize) -> Self {
        let near = Vec::with_capacity(keep + PATIENCE);
        Candidates { near, limit: f32::INFINITY, reach: f32::INFINITY }
    }

    fn offer(&mut self, squared: f32, other: u32, keep: usize) {
        self.near.push((squared, other));
        if self.near.len() == keep + PATIENCE {
            self.near.select_nth_unstable_by(keep - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            self.near.truncate(keep);
            self.limit = self.near[keep - 1].0;
            self.reach = self.limit.max(0.0).sqrt();
        }
    }
}

/// The search for the rows of a leaf of `from` among the rows of `to`.
pub(super) struct Search<'a> {
    /// The leaf's number.
    pub(super) leaf: usize,
    pub(super) from: &'a Points,
    pub(super) to: &'a Points,
    /// Candidates of a row.
    pub(super) keep: usize,
    pub(super) leave_self_out: bool,
}

impl WithSimd for Search<'_> {
    /// In the order of the leaf's members.
    type Output = Vec<Candidates>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<Candidates> {
        let Search { leaf, from, to, keep, leave_self_out } = self;
        let Leaf { members, center, radius } = &from.leaves[leaf];
        let rows: Vec<Row> = members.iter().map(|&i| Row::new(slice(from.rows.row(i as usize)))).collect();
        let rounding: Vec<f32> = members.iter().map(|&i| from.rounding(i, to) as f32).collect();
        // The nearest leaves first, so that the limits soon rule out the others.
        let distance = |other: &Leaf| squared_distance(center, &other.center).sqrt();
        let mut order: Vec<(f64, usize)> =
            to.leaves.iter().enumerate().map(|(number, other)| (distance(other), number)).collect();
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));

        let mut candidates: Vec<Candidates> = members.iter().map(|_| Candidates::new(keep)).collect();
        let mut near = Vec::with_capacity(ROWS);
        let mut to_centers = vec![0.0f32; ROWS * from.panels[leaf].width()];
        let mut wanting = Vec::with_capacity(members.len());
        for leaves in order.chunks(ROWS) {
            let reach = candidates.iter().fold(0.0, |most: f32, row| most.max(row.reach));
            near.clear();
            near.extend(leaves.iter().filter(|&&(distance, number)| {
                distance * (1.0 - CAUTION)
                    <= f64::from(reach) * (1.0 + CAUTION) + radius + to.leaves[number].radius
            }));
            let Some(&(_, first)) = near.first() else { continue };
            let mut tile = [Row::new(&to.leaves[first].center); ROWS];
            for (place, &(_, number)) in near.iter().enumerate() {
                tile[place] = Row::new(&to.leaves[number].center);
            }
            from.panels[leaf].measure(simd, &tile, &mut to_centers);

            for (&(_, number), to_center) in
                near.iter().zip(to_centers.chunks_exact(from.panels[leaf].width()))
            {
                // A row that is nearer to the leaf than its candidates: by the triangle inequality.
                let radius = to.leaves[number].radius as f32;
                let may_gain = |&r: &usize| {
                    let farthest = candidates[r].reach + radius;
                    to_center[r] - rounding[r] <= farthest * farthest * (1.0 + CAUTION as f32)
                };
                wanting.clear();
                wanting.extend((0..members.len()).filter(may_gain));
                for group in wanting.chunks(ROWS) {
                    let mut tile = [rows[group[0]]; ROWS];
                    let mut limits = [f32::NEG_INFINITY; ROWS];
                    for (place, &r) in group.iter().enumerate() {
                        (tile[place], limits[place]) = (rows[r], candidates[r].limit);
                    }
                    to.panels[number].scan(simd, &tile, &mut limits, |row, column, squared| {
                        let other = to.leaves[number].members[column];
                        let row = group[row];
                        if !(leave_self_out && other == members[row]) {
                            candidates[row].offer(squared, other, keep);
                        }
                        candidates[row].limit
                    });
                }
            }
        }
        candidates
    }
}
