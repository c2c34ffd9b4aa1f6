//! Exact neighbors: single precision proposes candidates, double precision decides among them.
//!
//! The rows are partitioned into balls, the leaves. A leaf is skipped when even its nearest possible member lies farther
//! than a row's current candidates (Fukunaga & Narendra 1975). Within the other leaves, squared distances come from
//! matrix products along the leading principal components first: fast, but rounded. Each row therefore keeps more
//! candidates than asked for, and these are measured again. When the rounding bound does not rule out that a neighbor was
//! dropped, as on a map whose rows are far nearer to each other than to its middle, the row is measured against all of the
//! leaves that reach as near as its candidates.

use ndarray::{Array2, ArrayView2, CowArray, Ix2};
use rayon::prelude::*;

use super::rotation::PcaRotation;
use super::search::{Candidates, LeafSearch, PartitionedRows};
use crate::error::Result;
use crate::math::distance::squared_distance;
use crate::math::simd;
use crate::progress::Tally;

/// Candidates kept beyond those asked for, so that rounding seldom forces a row to be measured again.
const EXTRA_CANDIDATES: usize = 9;

/// The `k` nearest other rows of every row: row numbers and squared distances, `[n, k]`.
pub(super) fn knn_self(rows: ArrayView2<f32>, k: usize) -> Result<(Array2<u32>, Array2<f64>)> {
    let partitioned = PartitionedRows::new(PcaRotation::fit(rows).apply(rows));
    KnnJoin { from: &partitioned, to: &partitioned, queries: rows, references: rows, k, leave_self_out: true }
        .run()
}

/// References that are searched again and again: rotated, partitioned and packed once.
pub(super) struct References<'a> {
    rows: CowArray<'a, f32, Ix2>,
    rotation: PcaRotation,
    partitioned: PartitionedRows,
}

impl<'a> References<'a> {
    pub(super) fn new(rows: CowArray<'a, f32, Ix2>) -> Self {
        let rotation = PcaRotation::fit(rows.view());
        let partitioned = PartitionedRows::new(rotation.apply(rows.view()));
        References { rows, rotation, partitioned }
    }

    /// The `k` nearest references of every query: row numbers and squared distances, `[m, k]`.
    pub(super) fn nearest(&self, queries: ArrayView2<f32>, k: usize) -> Result<(Array2<u32>, Array2<f64>)> {
        let from = PartitionedRows::new(self.rotation.apply(queries));
        let (to, references) = (&self.partitioned, self.rows.view());
        KnnJoin { from: &from, to, queries, references, k, leave_self_out: false }.run()
    }
}

/// The search for all queries; `from` and `to` hold the same rows, rotated and partitioned.
struct KnnJoin<'a> {
    from: &'a PartitionedRows,
    to: &'a PartitionedRows,
    queries: ArrayView2<'a, f32>,
    references: ArrayView2<'a, f32>,
    k: usize,
    leave_self_out: bool,
}

impl KnnJoin<'_> {
    fn run(&self) -> Result<(Array2<u32>, Array2<f64>)> {
        let &KnnJoin { from, to, k, leave_self_out, .. } = self;
        let tally = Tally::start("neighbors", self.queries.nrows(), "rows");
        let nearest_by_leaf: Vec<Vec<Vec<(f64, u32)>>> = from
            .leaves
            .par_iter()
            .enumerate()
            .map(|(number, leaf)| {
                if !tally.goes_on() {
                    return Vec::new();
                }
                let search =
                    LeafSearch { leaf: number, from, to, n_candidates: k + EXTRA_CANDIDATES, leave_self_out };
                let candidates = simd::dispatch(search);
                let nearest =
                    leaf.members.iter().zip(candidates).map(|(&i, near)| self.rerank(i, &near)).collect();
                tally.add(leaf.members.len());
                nearest
            })
            .collect();
        tally.finish()?;
        let n = self.queries.nrows();
        let (mut indices, mut squared) = (Array2::zeros((n, k)), Array2::zeros((n, k)));
        for (leaf, nearest_by_member) in from.leaves.iter().zip(nearest_by_leaf) {
            for (&i, nearest) in leaf.members.iter().zip(nearest_by_member) {
                for (slot, (distance, j)) in nearest.into_iter().enumerate() {
                    indices[[i as usize, slot]] = j;
                    squared[[i as usize, slot]] = distance;
                }
            }
        }
        Ok((indices, squared))
    }

    /// Measures a query's candidates in double precision and keeps the nearest `k`, equal ones by row number.
    fn rerank(&self, i: u32, candidates: &Candidates) -> Vec<(f64, u32)> {
        let k = self.k;
        let query = self.queries.row(i as usize);
        let measure = |j: u32| (squared_distance(query, self.references.row(j as usize)), j);
        let mut near: Vec<(f64, u32)> = candidates.near.iter().map(|&(_, j)| measure(j)).collect();
        near.sort_unstable_by(by_distance);
        let farthest = near.get(k - 1).map_or(f64::INFINITY, |&(squared, _)| squared);
        if farthest + self.from.rounding(i, self.to) >= f64::from(candidates.limit) {
            let others = self.from.within(i, farthest, self.to).filter(|&j| !(self.leave_self_out && j == i));
            near = others.map(measure).collect();
            near.select_nth_unstable_by(k - 1, by_distance);
            near.truncate(k);
            near.sort_unstable_by(by_distance);
            // The vector has room for all that were measured.
            near.shrink_to_fit();
        }
        near.truncate(k);
        near
    }
}

/// Nearest first, equal distances by row number.
pub(super) fn by_distance(a: &(f64, u32), b: &(f64, u32)) -> std::cmp::Ordering {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
}
