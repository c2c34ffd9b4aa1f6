//! What LocalMAP changes in the last phase of PaCMAP.

use ndarray::Array2;
use rayon::prelude::*;

use super::config::PacmapConfig;
use super::descent::Force;
use super::pairs::is_further;
use crate::projection::pairwise::{Point, below, row_rng};

/// Epochs after which the further pairs are sampled anew.
const PERIOD: usize = 10;
/// Rows that are drawn for one further pair before the old one stays.
const MAX_DRAWS: usize = 200;

/// Whether an epoch is of the part of the last phase in which the graph is adjusted. The first epoch is not, as in the
/// package `pacmap`.
fn adjusts(config: &PacmapConfig, epoch: usize) -> bool {
    let [first, second, _] = config.n_epochs;
    epoch > first + second
}

/// Whether the further pairs are sampled anew after this epoch.
pub(super) fn resamples_after(config: &PacmapConfig, epoch: usize) -> bool {
    adjusts(config, epoch) && epoch.is_multiple_of(PERIOD)
}

/// Neighbor pairs pull by half the local distance over the root of `d`: the more, the nearer they are.
pub(super) fn strengthened(force: Force, config: &PacmapConfig, epoch: usize) -> Force {
    match config.local_distance {
        Some(distance) if adjusts(config, epoch) => {
            Force { numerator: force.numerator * (distance / 2.0) as f32, by_root: true, ..force }
        }
        Some(_) | None => force,
    }
}

/// Replaces further pairs by such whose ends are within `distance` on the map, where random draws find some.
pub(super) fn resample(
    far: &mut Array2<u32>,
    near: &Array2<u32>,
    places: &[Point],
    distance: f64,
    seed: u64,
    epoch: usize,
) {
    let count = far.ncols();
    if count == 0 {
        return;
    }
    let limit = (distance * distance) as f32;
    let seed = seed ^ ((epoch as u64) << 32);
    let rows = far.as_slice_mut().expect("further pairs are contiguous").par_chunks_mut(count);
    rows.enumerate().with_min_len(64).for_each(|(i, far)| {
        let mut rng = row_rng(seed, i);
        let mut found = Vec::with_capacity(count);
        let [x, y] = places[i];
        for &old in far.iter() {
            let drawn = (0..MAX_DRAWS).map(|_| below(&mut rng, places.len())).find(|&j| {
                let [other_x, other_y] = places[j as usize];
                let squared = (x - other_x).powi(2) + (y - other_y).powi(2);
                squared <= limit && is_further(near.row(i), &found, i as u32, j)
            });
            found.push(drawn.unwrap_or(old));
        }
        far.copy_from_slice(&found);
    });
}
