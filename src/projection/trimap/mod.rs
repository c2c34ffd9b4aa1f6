//! TriMap (Amid & Warmuth 2019, arXiv:1910.00204): seeded, the same bits at any number of threads.

mod config;
mod descent;
mod triplets;

use std::ops::Range;

use ndarray::Array2;

pub use self::config::TrimapConfig;

use self::descent::Descent;
use self::triplets::Triplets;
use super::layout::{Layout, Snapshot};
use super::pairwise::{Nearest, Point, Prepared, as_array};
use super::surroundings::Surroundings;
use crate::error::Result;
use crate::progress::{Progress, Stop};

/// Nearest rows beyond the inliers, among which the scaled distance chooses.
const EXTRA_NEIGHBORS: usize = 49;
/// Of the nearest rows those whose mean distance is the scale of a row: the third to the fifth.
const SIGMA: Range<usize> = 2..5;

/// Places of finite rows.
fn run(rows: &Array2<f32>, surroundings: &Surroundings<'_>, config: &TrimapConfig) -> Result<Layout> {
    let prepared = Prepared::new(rows, config.metric);
    let nearest = Nearest::new(&prepared, surroundings, config.n_neighbors + EXTRA_NEIGHBORS, SIGMA)?;
    let triplets = Triplets::sample(&prepared, &nearest, config);
    Ok(optimize(prepared.start(), &triplets, config))
}

fn optimize(start: Vec<Point>, triplets: &Triplets, config: &TrimapConfig) -> Layout {
    let total = config.n_epochs;
    let mut descent = Descent::new(start, triplets, config.learning_rate);
    let mut progress = Progress::of_map("trimap", total, config.progress);
    let (mut snapshots, mut done) = (Vec::new(), 0);
    // From within the pool: a thread outside would be woken after each epoch, and would wake the others for the next.
    rayon::scope(|_| {
        loop {
            if config.keep_epochs.contains(&done) {
                snapshots.push(Snapshot { epoch: done, coordinates: as_array(&descent.places) });
            }
            if done == total || Stop::is_asked(config.stop.as_ref()) {
                break;
            }
            descent.step(done);
            done += 1;
            progress.advance_map(done, || as_array(&descent.places));
        }
    });
    if done == total {
        progress.finish();
    }
    let stopped = done < total;
    Layout { n_epochs: done, stopped, snapshots, ..Layout::finished(as_array(&descent.places)) }
}

#[cfg(test)]
mod tests;
