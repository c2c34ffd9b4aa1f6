//! Candidates for the nearest neighbours of the rows of one leaf, from all leaves that may hold some.

use ndarray::{Array2, Axis};
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::leaves::{Leaf, lengths, slice, split};
use super::squared_distance;
use super::tile::{Panels, ROWS};

/// Offers after which the farthest candidates are dropped.
const PATIENCE: usize = 8;
/// What a bound is lessened by, lest its own rounding rules out a neighbour.
const CAUTION: f64 = 1e-6;

/// Rows in leaves, ready to be searched.
pub(super) struct Points {
    rows: Array2<f32>,
    lengths: Vec<f64>,
    longest: f64,
    pub(super) leaves: Vec<Leaf>,
    panels: Vec<Panels>,
    centers: Panels,
}

impl Points {
    /// Moves the origin first: rounding grows with the length of the rows.
    pub(super) fn new(mut rows: Array2<f32>, origin: &[f64]) -> Self {
        rows.axis_iter_mut(Axis(0)).into_par_iter().for_each(|mut row| {
            row.iter_mut().zip(origin).for_each(|(x, origin)| *x = (f64::from(*x) - origin) as f32);
        });
        let lengths = lengths(&rows);
        let longest = lengths.iter().copied().fold(0.0, f64::max);
        let leaves = split(&rows);
        let members = |leaf: &Leaf| {
            Panels::new(rows.ncols(), leaf.members.iter().map(|&i| slice(rows.row(i as usize))))
        };
        let panels = leaves.par_iter().map(members).collect();
        let centers = Panels::new(rows.ncols(), leaves.iter().map(|leaf| leaf.center.as_slice()));
        Points { rows, lengths, longest, leaves, panels, centers }
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

/// One row's candidates; whatever was dropped lies at `limit` or beyond.
pub(super) struct Candidates {
    pub(super) near: Vec<(f32, u32)>,
    pub(super) limit: f32,
}

impl Candidates {
    fn new(keep: usize) -> Self {
        Candidates { near: Vec::with_capacity(keep + PATIENCE), limit: f32::INFINITY }
    }

    fn offer(&mut self, squared: f32, other: u32, keep: usize) {
        self.near.push((squared, other));
        if self.near.len() == keep + PATIENCE {
            self.near.select_nth_unstable_by(keep - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            self.near.truncate(keep);
            self.limit = self.near[keep - 1].0;
        }
    }
}

/// The search for the rows of `leaf`, of `from`, among the rows of `to`.
pub(super) struct Search<'a> {
    pub(super) leaf: &'a Leaf,
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
        let members = &leaf.members;
        let bounds = self.bounds(simd);
        // The nearest leaves first, so that the limits soon rule out the others.
        let distance = |other: &Leaf| squared_distance(&leaf.center, &other.center);
        let mut order: Vec<(f64, usize)> =
            to.leaves.iter().enumerate().map(|(number, other)| (distance(other), number)).collect();
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));

        let mut candidates: Vec<Candidates> = members.iter().map(|_| Candidates::new(keep)).collect();
        let mut tile = Tile::new(from.rows.ncols());
        let mut wanting = Vec::with_capacity(members.len());
        for (_, number) in order {
            let bounds = &bounds[number * members.len()..][..members.len()];
            wanting.clear();
            wanting.extend((0..members.len()).filter(|&r| bounds[r] < candidates[r].limit));
            for group in wanting.chunks(ROWS) {
                tile.fill(from, group.iter().map(|&r| members[r]));
                let mut limits = [f32::NEG_INFINITY; ROWS];
                limits.iter_mut().zip(group).for_each(|(limit, &r)| *limit = candidates[r].limit);
                let Tile { values, squared_lengths } = &tile;
                to.panels[number].scan(simd, values, squared_lengths, &mut limits, |row, column, squared| {
                    let other = to.leaves[number].members[column];
                    let row = group[row];
                    if !(leave_self_out && other == members[row]) {
                        candidates[row].offer(squared, other, keep);
                    }
                    candidates[row].limit
                });
            }
        }
        candidates
    }
}

impl Search<'_> {
    /// The square of the least distance that a row of each leaf of `to` can have from each member, `[leaf, member]`:
    /// the distance of its center less its radius.
    #[inline(always)]
    fn bounds<S: Simd>(&self, simd: S) -> Vec<f32> {
        let Search { leaf, from, to, .. } = self;
        let n_members = leaf.members.len();
        let mut bounds = vec![0.0f32; to.leaves.len() * n_members];
        let mut tile = Tile::new(from.rows.ncols());
        for (number, group) in leaf.members.chunks(ROWS).enumerate() {
            tile.fill(from, group.iter().copied());
            let mut limits = [f32::NEG_INFINITY; ROWS];
            limits[..group.len()].fill(f32::INFINITY);
            to.centers.scan(
                simd,
                &tile.values,
                &tile.squared_lengths,
                &mut limits,
                |row, column, squared| {
                    bounds[column * n_members + number * ROWS + row] = squared;
                    f32::INFINITY
                },
            );
        }
        let rounding: Vec<f64> = leaf.members.iter().map(|&i| from.rounding(i, to)).collect();
        for (bounds, other) in bounds.chunks_exact_mut(n_members).zip(&to.leaves) {
            for (bound, rounding) in bounds.iter_mut().zip(&rounding) {
                let least = (f64::from(*bound) - rounding).max(0.0).sqrt() - other.radius;
                *bound = (least.max(0.0).powi(2) * (1.0 - CAUTION)) as f32;
            }
        }
        bounds
    }
}

/// Rows as [`Panels::scan`] takes them.
struct Tile {
    values: Vec<[f32; ROWS]>,
    squared_lengths: [f32; ROWS],
}

impl Tile {
    fn new(dimensions: usize) -> Self {
        Tile { values: vec![[0.0; ROWS]; dimensions], squared_lengths: [0.0; ROWS] }
    }

    #[inline(always)]
    fn fill(&mut self, from: &Points, members: impl Iterator<Item = u32>) {
        for (row, i) in members.enumerate() {
            for (values, x) in self.values.iter_mut().zip(slice(from.rows.row(i as usize))) {
                values[row] = -2.0 * x;
            }
            self.squared_lengths[row] = from.lengths[i as usize].powi(2) as f32;
        }
    }
}
