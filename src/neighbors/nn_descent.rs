//! Approximate neighbors for sets too large for all pairs: nearest-neighbor descent (Dong, Moses & Li 2011), seeded.

use manifolds_rs::prelude::{ManifoldsMatrix, NearestNeighbourParams, run_ann_search};
use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;

use super::exact;
use crate::error::{Error, Result};
use crate::math::distance::squared_distance;
use crate::math::random::sample_rows;

const SEED: u64 = 42;
/// Rows whose true neighbors are computed to measure the recall.
const RECALL_SAMPLE: usize = 1_000;

/// Row numbers and squared distances, `[n, k]`, of rows in standard layout. The distances are measured again in double
/// precision.
pub(super) fn knn_self(rows: ArrayView2<f32>, k: usize) -> Result<(Array2<u32>, Array2<f64>)> {
    let proposed = propose(rows, k)?;
    let n = rows.nrows();
    let mut indices = Array2::zeros((n, k));
    let mut squared = Array2::zeros((n, k));
    let complete = indices
        .axis_iter_mut(Axis(0))
        .into_par_iter()
        .zip(squared.axis_iter_mut(Axis(0)))
        .zip(&proposed)
        .enumerate()
        .map(|(i, ((mut indices, mut squared), near))| {
            let measure = |&j: &usize| (squared_distance(rows.row(i), rows.row(j)), j as u32);
            let mut near: Vec<(f64, u32)> = near.iter().filter(|&&j| j != i && j < n).map(measure).collect();
            near.sort_unstable_by(exact::by_distance);
            near.dedup_by_key(|&mut (_, j)| j);
            for (slot, &(distance, j)) in near.iter().take(k).enumerate() {
                indices[slot] = j;
                squared[slot] = distance;
            }
            near.len() >= k
        })
        .reduce(|| true, |a, b| a && b);
    if complete {
        Ok((indices, squared))
    } else {
        Err(Error::dependency("manifolds-rs", format!("it found fewer than {k} neighbors for some rows")))
    }
}

/// Row numbers that may be neighbors, per row; perhaps with the row itself or one number twice.
fn propose(rows: ArrayView2<f32>, k: usize) -> Result<Vec<Vec<usize>>> {
    let flat = rows.to_slice().expect("rows are in standard layout");
    let input = (flat, rows.nrows(), rows.ncols());
    let found = run_ann_search(
        input.to_mat_input().as_mat_ref(),
        k,
        "nndescent".into(),
        &NearestNeighbourParams::default(),
        SEED as usize,
        0,
    );
    let (proposed, _) = found.map_err(|error| Error::dependency("manifolds-rs", error))?;
    Ok(proposed)
}

/// Share of the true neighbors of a sample of rows that are among `indices`, `[n, k]`.
pub(super) fn sampled_recall(rows: ArrayView2<f32>, indices: &Array2<u32>) -> Result<f32> {
    let k = indices.ncols();
    let sample = sample_rows(rows.nrows(), RECALL_SAMPLE, SEED);
    let (truth, _) = exact::knn_cross(rows.select(Axis(0), &sample).view(), rows, k + 1)?;
    let hits: usize = sample
        .iter()
        .zip(truth.rows())
        .map(|(&i, truth)| {
            let others = truth.iter().filter(|&&j| j as usize != i).take(k);
            others.filter(|j| indices.row(i).iter().any(|found| found == *j)).count()
        })
        .sum();
    Ok(hits as f32 / (sample.len() * k) as f32)
}
