//! Ranks of all points by distance from each point, in both spaces, and how far the two rankings disagree: sums over
//! the co-ranking matrix (Lee & Verleysen 2009).

use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use rayon::prelude::*;

use super::QualityConfig;
use super::classes::{ClassScores, Classes};
use super::order::Sorter;
use crate::error::Result;
use crate::math::linalg::without_blas;
use crate::progress::Tally;

/// Points whose distances to all others are computed together, by one matrix product: each takes a copy of all points in
/// its own order, and fewer blocks take fewer.
const BLOCK: usize = 128;
/// Up to this many columns, squared differences are added directly, which is faster than a matrix product.
const MAX_DIRECT_COLUMNS: usize = 4;

/// Sums over all points. The original's ranks are called true ranks.
pub(super) struct RankTally {
    /// Per point: by how much the true ranks of its `k` neighbors on the map exceed `k`, summed.
    pub intrusions: Vec<f64>,
    /// Per point: by how much the map ranks of its `k` true neighbors exceed `k`, summed.
    pub extrusions: Vec<f64>,
    /// Number of pairs that are within the nearest `K` in both spaces, at index `K - 1`.
    pub shared: Vec<u64>,
    /// Sum of `|true rank - map rank| / map rank` over neighbors on the map.
    pub relative_low: f64,
    /// Sum of `|true rank - map rank| / true rank` over true neighbors.
    pub relative_high: f64,
}

impl RankTally {
    fn new(n: usize) -> Self {
        let (intrusions, extrusions) = (Vec::with_capacity(n), Vec::with_capacity(n));
        RankTally { intrusions, extrusions, shared: vec![0; n - 1], relative_low: 0.0, relative_high: 0.0 }
    }

    /// Mean of `R_NX(K)` from 1 to `n - 2`, each weighted by `1 / K`.
    pub(super) fn r_nx_auc(&self) -> f64 {
        let others = self.shared.len() as f64;
        let n = others + 1.0;
        let (mut area, mut weights) = (0.0, 0.0);
        for (k, &shared) in (1..self.shared.len()).zip(&self.shared) {
            let k = k as f64;
            let q_nx = shared as f64 / (n * k);
            area += (others * q_nx - k) / (others - k) / k;
            weights += 1.0 / k;
        }
        if weights > 0.0 { area / weights } else { 0.0 }
    }
}

/// The sum of relative rank errors when every rank is reversed.
pub(super) fn worst_relative_error(n: usize, k: usize) -> f64 {
    n as f64 * (1..=k).map(|rank| (n as f64 - 2.0 * rank as f64 + 1.0).abs() / rank as f64).sum::<f64>()
}

/// Ranks all points from each point, once, for the sums of ranks and of classes.
pub(super) fn tally(
    high: &Array2<f32>,
    low: &Array2<f32>,
    classes: Option<&Classes>,
    config: &QualityConfig,
) -> Result<(RankTally, ClassScores)> {
    let n = high.nrows();
    let progress = Tally::start("quality", n, "points");
    let (high, low) = (CenteredPoints::new(high), CenteredPoints::new(low));
    let starts: Vec<usize> = (0..n).step_by(BLOCK).collect();
    let blocks: Vec<(RankTally, ClassScores)> = starts
        .into_par_iter()
        .map(|start| {
            if !progress.goes_on() {
                return (RankTally::new(1), ClassScores::default());
            }
            let mut ranks = RankTally::new(n);
            let mut scores = ClassScores::default();
            let (mut sorter, mut true_order, mut map_order) = (Sorter::default(), Vec::new(), Vec::new());
            let points = start..(start + BLOCK).min(n);
            let (from_high, from_low) =
                (high.squared_distances(points.clone()), low.squared_distances(points.clone()));
            for ((i, true_squared), map_squared) in points.zip(from_high.rows()).zip(from_low.rows()) {
                sorter.order(true_squared, i, &mut true_order);
                sorter.order(map_squared, i, &mut map_order);
                add_point(&true_order, &map_order, config.k, &mut ranks);
                let Some(classes) = classes else { continue };
                scores.high.vote(i, &true_order, classes, config.k_vote);
                scores.high.add_silhouette(i, true_squared, classes);
                scores.low.vote(i, &map_order, classes, config.k_vote);
                scores.low.add_silhouette(i, map_squared, classes);
            }
            progress.add(BLOCK.min(n - start));
            (ranks, scores)
        })
        .collect();
    progress.finish()?;
    // Added up in the order of the points, so that the sums do not depend on the threads.
    let mut ranks = RankTally::new(n);
    let mut scores = ClassScores::default();
    for (block, of_block) in blocks {
        ranks.intrusions.extend(block.intrusions);
        ranks.extrusions.extend(block.extrusions);
        ranks.shared.iter_mut().zip(block.shared).for_each(|(total, count)| *total += count);
        ranks.relative_low += block.relative_low;
        ranks.relative_high += block.relative_high;
        scores.high.merge(&of_block.high);
        scores.low.merge(&of_block.low);
    }
    // So far each pair is counted at the larger of its two ranks, the first `K` that shares it: every larger `K` does too.
    let mut total = 0;
    for count in &mut ranks.shared {
        total += *count;
        *count = total;
    }
    Ok((ranks, scores))
}

/// Adds one point, given all others from near to far in both spaces.
fn add_point(true_order: &[u32], map_order: &[u32], k: usize, tally: &mut RankTally) {
    let n = true_order.len() + 1;
    let mut true_rank = vec![0u32; n];
    for (rank, &j) in (1..).zip(true_order) {
        true_rank[j as usize] = rank;
    }
    let (mut intrusion, mut extrusion) = (0, 0);
    for (map, &j) in (1u32..).zip(map_order) {
        let truth = true_rank[j as usize];
        tally.shared[truth.max(map) as usize - 1] += 1;
        let difference = f64::from(truth.abs_diff(map));
        if map as usize <= k {
            intrusion += (truth as usize).saturating_sub(k);
            tally.relative_low += difference / f64::from(map);
        }
        if truth as usize <= k {
            extrusion += (map as usize).saturating_sub(k);
            tally.relative_high += difference / f64::from(truth);
        }
    }
    tally.intrusions.push(intrusion as f64);
    tally.extrusions.push(extrusion as f64);
}

/// Points in double precision, centered at their mean and scaled, with their squared lengths.
struct CenteredPoints {
    points: Array2<f64>,
    lengths: Array1<f64>,
}

impl CenteredPoints {
    fn new(points: &Array2<f32>) -> Self {
        let largest = points.iter().fold(0.0, |most: f32, x| most.max(x.abs()));
        let mut points = points.mapv(f64::from);
        let mean = points.mean_axis(Axis(0)).expect("there is at least one point");
        points -= &mean;
        // Scaled to about 1, because squared distances are sorted in single precision and must stay within its range. A
        // power of two rounds nothing.
        if largest > 0.0 {
            points *= (-f64::from(largest).log2().floor()).exp2();
        }
        let lengths = points.map_axis(Axis(1), |point| point.dot(&point));
        CenteredPoints { points, lengths }
    }

    /// Squared distances from some points to all, `[points, n]`.
    fn squared_distances(&self, points: std::ops::Range<usize>) -> Array2<f64> {
        let from: ArrayView2<f64> = self.points.slice(s![points.clone(), ..]);
        if from.ncols() <= MAX_DIRECT_COLUMNS {
            let mut squared = Array2::zeros((from.nrows(), self.points.nrows()));
            for (point, mut row) in from.rows().into_iter().zip(squared.rows_mut()) {
                for (&at, column) in point.iter().zip(self.points.columns()) {
                    row.zip_mut_with(&column, |sum, &x| *sum += (x - at).powi(2));
                }
            }
            return squared;
        }
        let mut squared = without_blas(from).dot(&without_blas(self.points.view()).t());
        for (length, mut row) in self.lengths.slice(s![points]).iter().zip(squared.rows_mut()) {
            row.zip_mut_with(&self.lengths, |product, other| {
                *product = (length + other - 2.0 * *product).max(0.0)
            });
        }
        squared
    }
}
