//! Triplets of rows: the second is to be nearer to the first than the third.

use ndarray::{Array2, ArrayView1};
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::config::TrimapConfig;
use crate::math::simd;
use crate::projection::pairwise::{Nearest, Prepared, below, row_rng, squared_distance};

/// What the weights of random triplets are multiplied by.
const RANDOM_SCALE: f64 = 0.1;
/// The largest weight before the logarithm. Only rows that coincide come near it: their scaled distances have no bound.
const MAX_WEIGHT: f64 = 1e6;
/// Rows that one task samples for.
const BLOCK: usize = 256;

/// The triplets of each row, `[n, triplets]`: those of its inliers, then random ones.
pub(super) struct Triplets {
    /// The second row of each triplet.
    pub(super) similar: Array2<u32>,
    /// The third row of each triplet.
    pub(super) outlier: Array2<u32>,
    pub(super) weights: Array2<f32>,
}

impl Triplets {
    /// Draws triplets. With fewer than three rows there are none.
    pub(super) fn sample(prepared: &Prepared, nearest: &Nearest, config: &TrimapConfig) -> Triplets {
        let n = prepared.rows.nrows();
        // One row must be left to be an outlier.
        let (inliers, scaled) = nearest.choose(config.n_neighbors.min(n.saturating_sub(2)));
        let n_random = if n < 3 { 0 } else { config.n_random };
        let count = inliers.ncols() * config.n_outliers + n_random;
        let mut triplets = vec![Triplet::default(); n * count];
        if count > 0 {
            let rows = prepared.rows.as_standard_layout();
            let values = rows.as_slice().expect("rows in standard layout are contiguous");
            triplets.par_chunks_mut(BLOCK * count).enumerate().for_each(|(block, triplets)| {
                simd::dispatch(Sample {
                    values,
                    width: rows.ncols(),
                    nearest,
                    inliers: &inliers,
                    scaled: &scaled,
                    n_outliers: config.n_outliers,
                    first: block * BLOCK,
                    triplets,
                    count,
                    seed: config.seed,
                })
            });
        }
        let least = triplets.iter().map(|triplet| triplet.weight).fold(f64::INFINITY, f64::min);
        let at = |i: usize, slot: usize| triplets[i * count + slot];
        Triplets {
            similar: Array2::from_shape_fn((n, count), |(i, slot)| at(i, slot).similar),
            outlier: Array2::from_shape_fn((n, count), |(i, slot)| at(i, slot).outlier),
            weights: Array2::from_shape_fn((n, count), |(i, slot)| {
                tempered_log_1p(at(i, slot).weight - least, config.weight_temperature) as f32
            }),
        }
    }
}

/// The logarithm of `1 + x` at a temperature of 1; the power's own slope below.
fn tempered_log_1p(x: f64, temperature: f64) -> f64 {
    let rest = 1.0 - temperature;
    if rest < 1e-5 { x.ln_1p() } else { ((1.0 + x).powf(rest) - 1.0) / rest }
}

#[derive(Clone, Copy, Default)]
struct Triplet {
    similar: u32,
    outlier: u32,
    /// How much farther the outlier is, in scaled squared distance.
    weight: f64,
}

/// The triplets of some rows that follow each other.
struct Sample<'a> {
    /// `[n, width]`.
    values: &'a [f32],
    width: usize,
    nearest: &'a Nearest,
    /// `[n, inliers]`, and their scaled distances.
    inliers: &'a Array2<u32>,
    scaled: &'a Array2<f64>,
    n_outliers: usize,
    first: usize,
    /// `[rows, count]`.
    triplets: &'a mut [Triplet],
    count: usize,
    seed: u64,
}

impl WithSimd for Sample<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Sample { values, width, nearest, inliers, scaled, n_outliers, first, triplets, count, seed } =
            self;
        let n = inliers.nrows();
        let row = |i: usize| &values[i * width..][..width];
        for (offset, triplets) in triplets.chunks_exact_mut(count).enumerate() {
            let i = first + offset;
            let mut rng = row_rng(seed, i);
            let mut other_than = |taken: ArrayView1<u32>, more: u32| {
                loop {
                    let j = below(&mut rng, n);
                    if j as usize != i && j != more && !taken.iter().any(|&other| other == j) {
                        return j;
                    }
                }
            };
            let distance =
                |j: u32| nearest.scaled(i, j, f64::from(squared_distance(simd, row(i), row(j as usize))));
            let (of_inliers, random) = triplets.split_at_mut(inliers.ncols() * n_outliers);
            for (slot, triplet) in of_inliers.iter_mut().enumerate() {
                let inlier = slot / n_outliers;
                let similar = inliers[[i, inlier]];
                let outlier = other_than(inliers.row(i).slice_move(ndarray::s![..inlier]), similar);
                let weight = (distance(outlier) - scaled[[i, inlier]]).clamp(-MAX_WEIGHT, MAX_WEIGHT);
                *triplet = Triplet { similar, outlier, weight };
            }
            let nobody = || ArrayView1::from(&[][..]);
            for triplet in random {
                let one = other_than(nobody(), i as u32);
                let other = other_than(nobody(), one);
                let [near, far] = [one, other].map(|j| (distance(j), j));
                let (near, far) = if near.0 <= far.0 { (near, far) } else { (far, near) };
                let weight = RANDOM_SCALE * (far.0 - near.0).min(MAX_WEIGHT);
                *triplet = Triplet { similar: near.1, outlier: far.1, weight };
            }
        }
    }
}
