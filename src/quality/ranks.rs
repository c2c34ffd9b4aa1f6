//! The ranks of all points as seen from each, in both spaces, and what they disagree on.

use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use rayon::prelude::*;

use super::classes::class_numbers;
use super::{BothClasses, QualityConfig};
use crate::math::linalg::without_blas;

/// Points whose distances to all others are computed at once, by one matrix product.
const BLOCK: usize = 32;
/// Up to this many columns, differences are squared and added one by one.
const FEW_COLUMNS: usize = 4;

/// Sums over all points, in terms of the co-ranking matrix (Lee & Verleysen 2009).
pub(super) struct RankTally {
    /// Of each point: by how much the true ranks of its `k` neighbours on the map exceed `k`.
    pub intrusions: Vec<f64>,
    /// Of each point: by how much the ranks on the map of its `k` true neighbours exceed `k`.
    pub extrusions: Vec<f64>,
    /// Pairs that are within the nearest `K` in both spaces, at index `K - 1`.
    pub shared: Vec<u64>,
    /// Sum of `|true rank - rank on map| / rank on map` over neighbours on the map.
    pub relative_low: f64,
    /// Sum of `|true rank - rank on map| / true rank` over true neighbours.
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

/// Goes through all points once.
pub(super) fn tally(
    high: &Array2<f32>,
    low: &Array2<f32>,
    labels: &Array1<u8>,
    config: &QualityConfig,
) -> (RankTally, BothClasses) {
    let n = high.nrows();
    let (high, low) = (Space::new(high), Space::new(low));
    let (classes, n_classes) = class_numbers(labels);
    let starts: Vec<usize> = (0..n).step_by(BLOCK).collect();
    let blocks: Vec<(RankTally, BothClasses)> = starts
        .into_par_iter()
        .map(|start| {
            let mut ranks = RankTally::new(n);
            let mut both = BothClasses::default();
            let points = start..(start + BLOCK).min(n);
            let (from_high, from_low) =
                (high.squared_distances(points.clone()), low.squared_distances(points.clone()));
            for ((i, true_squared), map_squared) in points.zip(from_high.rows()).zip(from_low.rows()) {
                let true_order = order(true_squared.as_slice().unwrap_or_default(), i);
                let map_order = order(map_squared.as_slice().unwrap_or_default(), i);
                compare(&true_order, &map_order, config.k, &mut ranks);
                for (tally, order, squared) in
                    [(&mut both.high, &true_order, true_squared), (&mut both.low, &map_order, map_squared)]
                {
                    tally.vote(i, &order[..config.k_classes], labels);
                    tally.add_silhouette(i, squared, &classes, n_classes);
                }
            }
            (ranks, both)
        })
        .collect();
    // Added up in the order of the points, so that the sums do not depend on the threads.
    let mut ranks = RankTally::new(n);
    let mut both = BothClasses::default();
    for (block, classes) in blocks {
        ranks.intrusions.extend(block.intrusions);
        ranks.extrusions.extend(block.extrusions);
        ranks.shared.iter_mut().zip(block.shared).for_each(|(total, count)| *total += count);
        ranks.relative_low += block.relative_low;
        ranks.relative_high += block.relative_high;
        both.high.merge(&classes.high);
        both.low.merge(&classes.low);
    }
    // So far a pair is counted at its larger rank alone; it is shared from there on.
    let mut total = 0;
    for count in &mut ranks.shared {
        total += *count;
        *count = total;
    }
    (ranks, both)
}

/// Adds one point, given all others from near to far in both spaces.
fn compare(true_order: &[u32], map_order: &[u32], k: usize, tally: &mut RankTally) {
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

/// The points other than `i` from near to far, equal distances in the order of the points.
fn order(squared: &[f64], i: usize) -> Vec<u32> {
    // Distance and number in one integer: the bits of a non-negative float sort as the float does.
    let key = |(j, &d): (usize, &f64)| (u64::from((d as f32).to_bits()) << 32) | j as u64;
    let mut keys: Vec<u64> = squared.iter().enumerate().filter(|&(j, _)| j != i).map(key).collect();
    keys.sort_unstable();
    keys.into_iter().map(|key| key as u32).collect()
}

/// Points in double precision, moved to their mean and scaled, with their squared lengths.
struct Space {
    points: Array2<f64>,
    lengths: Array1<f64>,
}

impl Space {
    fn new(points: &Array2<f32>) -> Self {
        let largest = points.iter().fold(0.0, |most: f32, x| most.max(x.abs()));
        let mut points = points.mapv(f64::from);
        let mean = points.mean_axis(Axis(0)).unwrap_or_default();
        points -= &mean;
        // To the size of 1, so that no squared distance leaves the range of the single precision that they are sorted
        // in; by a power of two, which rounds nothing.
        if largest > 0.0 {
            points *= (-f64::from(largest).log2().floor()).exp2();
        }
        let lengths = points.map_axis(Axis(1), |point| point.dot(&point));
        Space { points, lengths }
    }

    /// From some points to all, `[points, n]`.
    fn squared_distances(&self, points: std::ops::Range<usize>) -> Array2<f64> {
        let from: ArrayView2<f64> = self.points.slice(s![points.clone(), ..]);
        if from.ncols() <= FEW_COLUMNS {
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
