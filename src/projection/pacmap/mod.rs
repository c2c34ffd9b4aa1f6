//! PaCMAP (Wang, Huang, Rudin & Shaposhnik 2021, JMLR 22/201) and LocalMAP (Wang, Sun, Huang & Rudin 2025): seeded, the
//! same bits at any number of threads.

mod config;
mod descent;
mod local;
mod pairs;
mod partners;

use std::ops::Range;

use ndarray::{Array2, Axis};

pub use self::config::{PacmapConfig, PacmapInit};

use self::descent::{Descent, Force};
use self::pairs::{PairCounts, further_pairs, mid_near_pairs};
use self::partners::Partners;
use super::layout::{Layout, Snapshot};
use super::pairwise::{Nearest, Point, Prepared, as_array};
use super::surroundings::Surroundings;
use crate::error::Result;
use crate::progress::{Progress, Stop};

/// Nearest rows beyond the neighbor pairs, among which the scaled distance chooses.
const EXTRA_NEIGHBORS: usize = 50;
/// Of the nearest rows those whose mean distance is the scale of a row: the fourth to the sixth.
const SIGMA: Range<usize> = 3..6;
/// Standard deviation of starting places that the caller gives.
const GIVEN_SCALE: f64 = 1e-4;

/// Places of finite rows.
fn run(rows: &Array2<f32>, surroundings: &Surroundings<'_>, config: &PacmapConfig) -> Result<Layout> {
    config.check_init(rows.nrows())?;
    let prepared = Prepared::new(rows, config.metric);
    let pairs = Pairs::new(&prepared, surroundings, config)?;
    let start = match &config.init {
        PacmapInit::Pca => prepared.start(),
        PacmapInit::Given(places) => standardized(places),
    };
    Ok(optimize(start, pairs, config))
}

/// Places of the caller, each axis centered and scaled to the standard deviation [`GIVEN_SCALE`].
fn standardized(places: &Array2<f32>) -> Vec<Point> {
    let mut places = places.mapv(f64::from);
    for mut axis in places.axis_iter_mut(Axis(1)) {
        let (mean, deviation) = (axis.mean().expect("there is a row"), axis.std(0.0));
        let scale = if deviation > 0.0 { GIVEN_SCALE / deviation } else { 0.0 };
        axis.mapv_inplace(|x| (x - mean) * scale);
    }
    places.rows().into_iter().map(|row| [row[0] as f32, row[1] as f32]).collect()
}

/// Partners that the rows chose, each `[n, count]`.
struct Pairs {
    near: Array2<u32>,
    mid: Array2<u32>,
    far: Array2<u32>,
}

impl Pairs {
    fn new(prepared: &Prepared, surroundings: &Surroundings<'_>, config: &PacmapConfig) -> Result<Pairs> {
        let n = prepared.rows.nrows();
        let counts = PairCounts::new(config, n);
        let nearest = Nearest::new(prepared, surroundings, counts.near + EXTRA_NEIGHBORS, SIGMA)?;
        let (near, _) = nearest.choose(counts.near);
        let mid = mid_near_pairs(&prepared.rows, counts.mid, config.seed);
        let far = further_pairs(&near, counts.far, config.seed.wrapping_add(1));
        Ok(Pairs { near, mid, far })
    }
}

fn optimize(start: Vec<Point>, pairs: Pairs, config: &PacmapConfig) -> Layout {
    let total = config.total_epochs();
    let Pairs { near, mid, mut far } = pairs;
    let (near_partners, mid_partners) = (Partners::new(&near), Partners::new(&mid));
    let mut far_partners = Partners::new(&far);
    let mut descent = Descent::new(start, config.learning_rate);
    let mut progress = Progress::of_map("pacmap", total, config.progress);
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
            let [near_force, mid_force, far_force] = forces(config, done);
            let kinds =
                [(&near_partners, near_force), (&mid_partners, mid_force), (&far_partners, far_force)];
            descent.step(&kinds, done);
            if let Some(distance) = config.local_distance
                && local::resamples_after(config, done)
            {
                local::resample(&mut far, &near, &descent.places, distance, config.seed, done);
                far_partners = Partners::new(&far);
            }
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

/// How neighbor, mid-near and further pairs act in an epoch: the derivatives of `w d / (10 + d)`, `w d / (10000 + d)`
/// and `w / (1 + d)`, with the weights `w` of the epoch's phase.
fn forces(config: &PacmapConfig, epoch: usize) -> [Force; 3] {
    let [first, second, _] = config.n_epochs;
    let (near, mid) = if epoch < first {
        let along = epoch as f64 / first as f64;
        (2.0, (1.0 - along) * 1000.0 + along * 3.0)
    } else if epoch < first + second {
        (3.0, 3.0)
    } else {
        (1.0, 0.0)
    };
    let pull = |weight: f64, offset: f32| {
        let numerator = (weight * 2.0 * f64::from(offset)) as f32;
        Force { numerator, offset, by_root: false }
    };
    let push = Force { numerator: -2.0, offset: 1.0, by_root: false };
    [local::strengthened(pull(near, 10.0), config, epoch), pull(mid, 10_000.0), push]
}

#[cfg(test)]
mod tests;
