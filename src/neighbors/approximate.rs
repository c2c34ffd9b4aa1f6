//! Approximate neighbours for sets too large for all pairs: seeded nearest-neighbour descent.

use manifolds_rs::prelude::{ManifoldsMatrix, NearestNeighbourParams, run_ann_search};
use ndarray::{Array2, Axis};
use rayon::prelude::*;

use super::{exact, sample_rows, squared_distance};
use crate::error::{Error, Result};

const SEED: u64 = 42;
/// Rows whose true neighbours are computed to measure the recall.
const SAMPLE: usize = 1_000;

/// Row numbers and squared distances, `[n, k]`, and the recall on a sample of rows.
pub(super) fn self_join(rows: &Array2<f32>, k: usize) -> Result<(Array2<u32>, Array2<f64>, f32)> {
    let rows = rows.as_standard_layout();
    let (n, d) = rows.dim();
    let flat = rows.as_slice().unwrap_or_default();
    let input = (flat, n, d);
    let proposed = run_ann_search(
        input.to_mat_input().as_mat_ref(),
        k,
        "nndescent".into(),
        &NearestNeighbourParams::default(),
        SEED as usize,
        0,
    );
    let (proposed, _) = proposed.map_err(|error| Error::dependency("manifolds-rs", error))?;

    let mut indices = Array2::zeros((n, k));
    let mut squared = Array2::zeros((n, k));
    let row = |i: usize| &flat[i * d..(i + 1) * d];
    let complete = indices
        .axis_iter_mut(Axis(0))
        .into_par_iter()
        .zip(squared.axis_iter_mut(Axis(0)))
        .zip(&proposed)
        .enumerate()
        .map(|(i, ((mut indices, mut squared), near))| {
            let measure = |&j: &usize| (squared_distance(row(i), row(j)), j as u32);
            let mut near: Vec<(f64, u32)> = near.iter().filter(|&&j| j != i && j < n).map(measure).collect();
            near.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            near.dedup_by_key(|&mut (_, j)| j);
            for (slot, &(distance, j)) in near.iter().take(k).enumerate() {
                indices[slot] = j;
                squared[slot] = distance;
            }
            near.len() >= k
        })
        .reduce(|| true, |a, b| a && b);
    if !complete {
        let reason = format!("it found fewer than {k} neighbors for some rows");
        return Err(Error::dependency("manifolds-rs", reason));
    }
    let recall = sampled_recall(&rows.to_owned(), &indices);
    Ok((indices, squared, recall))
}

fn sampled_recall(rows: &Array2<f32>, indices: &Array2<u32>) -> f32 {
    let k = indices.ncols();
    let chosen = sample_rows(rows.nrows(), SAMPLE, SEED);
    let (truth, _) = exact::cross_join(rows.select(Axis(0), &chosen).view(), rows.view(), k + 1);
    let hits: usize = chosen
        .iter()
        .zip(truth.rows())
        .map(|(&i, truth)| {
            let others = truth.iter().filter(|&&j| j as usize != i).take(k);
            others.filter(|j| indices.row(i).iter().any(|found| found == *j)).count()
        })
        .sum();
    hits as f32 / (chosen.len() * k) as f32
}
