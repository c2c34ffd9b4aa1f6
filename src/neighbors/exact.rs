//! Exact neighbours: single precision proposes candidates, double precision decides among them.
//!
//! Rows are put into leaves of near ones. A leaf in which even the nearest possible row lies farther than a row's
//! candidates is left out (Fukunaga & Narendra 1975); distances to the rows of the others come from products, fast but
//! rounded, along the leading principal components first. Each row therefore keeps more candidates than asked for; they are measured again, and when the rounding
//! bound does not rule out a neighbour that was dropped, that row is measured against all others.

use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;

use super::frame::Frame;
use super::leaves::slice;
use super::search::{Candidates, Points, Search};
use super::squared_distance;
use crate::math::simd;

/// Candidates kept beyond those asked for, so that rounding seldom decides.
const SPARE: usize = 9;

/// The `k` nearest other rows of every row: row numbers and squared distances, `[n, k]`.
pub(super) fn self_join(rows: ArrayView2<f32>, k: usize) -> (Array2<u32>, Array2<f64>) {
    let rows = rows.as_standard_layout();
    let points = Points::new(Frame::new(rows.view()).of(rows.view()));
    Join {
        from: &points,
        to: &points,
        queries: rows.view(),
        references: rows.view(),
        k,
        leave_self_out: true,
    }
    .run()
}

/// The `k` nearest references of every query: row numbers and squared distances, `[m, k]`.
pub(super) fn cross_join(
    queries: ArrayView2<f32>,
    references: ArrayView2<f32>,
    k: usize,
) -> (Array2<u32>, Array2<f64>) {
    let (queries, references) = (queries.as_standard_layout(), references.as_standard_layout());
    let frame = Frame::new(references.view());
    let from = Points::new(frame.of(queries.view()));
    let to = Points::new(frame.of(references.view()));
    Join {
        from: &from,
        to: &to,
        queries: queries.view(),
        references: references.view(),
        k,
        leave_self_out: false,
    }
    .run()
}

/// `queries` and `references` are in standard layout, `from` and `to` the same rows in leaves.
struct Join<'a> {
    from: &'a Points,
    to: &'a Points,
    queries: ArrayView2<'a, f32>,
    references: ArrayView2<'a, f32>,
    k: usize,
    leave_self_out: bool,
}

impl Join<'_> {
    fn run(&self) -> (Array2<u32>, Array2<f64>) {
        let &Join { from, to, k, leave_self_out, .. } = self;
        let of_leaves: Vec<Vec<Vec<(f64, u32)>>> = from
            .leaves
            .par_iter()
            .enumerate()
            .map(|(number, leaf)| {
                let search = Search { leaf: number, from, to, keep: k + SPARE, leave_self_out };
                let candidates = simd::dispatch(search);
                leaf.members.iter().zip(candidates).map(|(&i, near)| self.decide(i, &near)).collect()
            })
            .collect();
        let n = self.queries.nrows();
        let (mut indices, mut squared) = (Array2::zeros((n, k)), Array2::zeros((n, k)));
        for (leaf, of_members) in from.leaves.iter().zip(of_leaves) {
            for (&i, nearest) in leaf.members.iter().zip(of_members) {
                for (slot, (distance, j)) in nearest.into_iter().enumerate() {
                    indices[[i as usize, slot]] = j;
                    squared[[i as usize, slot]] = distance;
                }
            }
        }
        (indices, squared)
    }

    /// Measures a row's candidates in double precision and keeps the nearest `k`, equal ones by row number.
    fn decide(&self, i: u32, candidates: &Candidates) -> Vec<(f64, u32)> {
        let k = self.k;
        let query = slice(self.queries.index_axis(Axis(0), i as usize));
        let measure =
            |j: u32| (squared_distance(query, slice(self.references.index_axis(Axis(0), j as usize))), j);
        let mut near: Vec<(f64, u32)> = candidates.near.iter().map(|&(_, j)| measure(j)).collect();
        near.sort_unstable_by(by_distance);
        let certain = |kth: f64| kth + self.from.rounding(i, self.to) < f64::from(candidates.limit);
        if near.len() < k || !certain(near[k - 1].0) {
            let all = 0..self.references.nrows() as u32;
            near = all.filter(|&j| !(self.leave_self_out && j == i)).map(measure).collect();
            near.select_nth_unstable_by(k - 1, by_distance);
            near.truncate(k);
            near.sort_unstable_by(by_distance);
        }
        near.truncate(k);
        near
    }
}

fn by_distance(a: &(f64, u32), b: &(f64, u32)) -> std::cmp::Ordering {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
}
