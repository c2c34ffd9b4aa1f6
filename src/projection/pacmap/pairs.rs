//! The three kinds of pairs that PaCMAP pulls together or pushes apart.

use ndarray::{Array2, ArrayView1};
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::config::PacmapConfig;
use crate::math::simd;
use crate::projection::pairwise::{below, row_rng, squared_distance};

/// Random rows of which the second nearest makes a mid-near pair.
const MID_NEAR_SAMPLE: usize = 6;
/// Rows that one task samples for.
const BLOCK: usize = 256;

/// Pairs of each kind per row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PairCounts {
    pub(super) near: usize,
    pub(super) mid: usize,
    pub(super) far: usize,
}

impl PairCounts {
    /// What the ratios ask for; when that is more than there are rows, all three kinds shrink together.
    pub(super) fn new(config: &PacmapConfig, n_rows: usize) -> PairCounts {
        let (others, n) = (n_rows - 1, n_rows as f64);
        let times = |ratio: f64| (config.n_neighbors as f64 * ratio).round_ties_even() as usize;
        let near = config.n_neighbors.min(others);
        let (mid, far) = (times(config.mn_ratio).min(others), times(config.fp_ratio).min(others - near));
        if near + mid + far < n_rows {
            return PairCounts { near, mid, far };
        }
        let share = n / (1.0 + config.mn_ratio + config.fp_ratio);
        let near = (share as usize).max(1);
        let mid = ((share * config.mn_ratio) as usize).min(others);
        let far = ((share * config.fp_ratio) as usize).min(others - near);
        PairCounts { near, mid, far }
    }
}

/// The `count` mid-near partners of each row, `[n, count]`: of six random rows the second nearest.
pub(super) fn mid_near_pairs(rows: &Array2<f32>, count: usize, seed: u64) -> Array2<u32> {
    let mut pairs = Array2::zeros((rows.nrows(), count));
    if count > 0 {
        let rows = rows.as_standard_layout();
        let values = rows.as_slice().expect("rows in standard layout are contiguous");
        let blocks = pairs.as_slice_mut().expect("a new array is contiguous").par_chunks_mut(BLOCK * count);
        blocks.enumerate().for_each(|(block, pairs)| {
            simd::dispatch(MidNear {
                values,
                width: rows.ncols(),
                n_rows: rows.nrows(),
                first: block * BLOCK,
                pairs,
                count,
                seed,
            })
        });
    }
    pairs
}

/// The mid-near pairs of some rows that follow each other.
struct MidNear<'a> {
    /// `[n_rows, width]`.
    values: &'a [f32],
    width: usize,
    n_rows: usize,
    first: usize,
    /// `[rows, count]`.
    pairs: &'a mut [u32],
    count: usize,
    seed: u64,
}

impl WithSimd for MidNear<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let MidNear { values, width, n_rows, first, pairs, count, seed } = self;
        let row = |i: u32| &values[i as usize * width..][..width];
        let mut sample = Vec::with_capacity(MID_NEAR_SAMPLE);
        for (offset, pairs) in pairs.chunks_exact_mut(count).enumerate() {
            let i = (first + offset) as u32;
            let mut rng = row_rng(seed, i as usize);
            for slot in 0..count {
                sample.clear();
                let left = n_rows - 1 - slot;
                while sample.len() < MID_NEAR_SAMPLE.min(left) {
                    let j = below(&mut rng, n_rows);
                    let taken = pairs[..slot].contains(&j) || sample.iter().any(|&(_, other)| other == j);
                    if j != i && !taken {
                        sample.push((squared_distance(simd, row(i), row(j)), j));
                    }
                }
                sample.sort_by(|a, b| a.0.total_cmp(&b.0));
                pairs[slot] = sample[1.min(sample.len() - 1)].1;
            }
        }
    }
}

/// The `count` further partners of each row, `[n, count]`: random rows that are not among its neighbor pairs.
pub(super) fn further_pairs(near: &Array2<u32>, count: usize, seed: u64) -> Array2<u32> {
    let n_rows = near.nrows();
    let mut pairs = Array2::zeros((n_rows, count));
    if count > 0 {
        let rows = pairs.as_slice_mut().expect("a new array is contiguous").par_chunks_mut(count);
        rows.enumerate().with_min_len(BLOCK).for_each(|(i, pairs)| {
            let mut rng = row_rng(seed, i);
            for slot in 0..count {
                pairs[slot] = loop {
                    let j = below(&mut rng, n_rows);
                    if is_further(near.row(i), &pairs[..slot], i as u32, j) {
                        break j;
                    }
                };
            }
        });
    }
    pairs
}

/// Whether row `j` may become a further partner of row `i`.
pub(super) fn is_further(near: ArrayView1<u32>, chosen: &[u32], i: u32, j: u32) -> bool {
    j != i && !chosen.contains(&j) && !near.iter().any(|&neighbor| neighbor == j)
}
