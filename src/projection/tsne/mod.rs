//! t-SNE (van der Maaten & Hinton 2008) by an optimizer of our own: seeded, the same bits at any number of threads.

mod affinities;
mod attraction;
mod config;
mod convolution;
mod descent;
mod exact;
mod fft;
mod kernel;
mod mesh;
mod spline;

use ndarray::Array2;
use rand_distr::{Distribution, StandardNormal};

pub use self::config::TsneConfig;

use self::affinities::Affinities;
use self::descent::Descent;
use super::layout::{Layout, Snapshot};
use super::pairwise::{Point, Prepared, as_array};
use super::surroundings::Surroundings;
use crate::error::Result;
use crate::math::random::seeded;
use crate::progress::{Progress, Stop};

/// Points per task; sums are added up in the order of the tasks, however many threads there are.
const CHUNK: usize = 512;
/// Standard deviation of the start along its first axis: so small that no cluster has a head start.
const START_SIZE: f64 = 1e-4;
/// The noise of the start relative to its size.
const NOISE: f64 = 0.01;

/// Places of finite rows.
fn run(rows: &Array2<f32>, surroundings: &Surroundings<'_>, config: &TsneConfig) -> Result<Layout> {
    let graph = surroundings.neighbors(config.n_affinities())?;
    let affinities = Affinities::new(&graph, config.perplexity);
    Ok(optimize(start(rows, config), &affinities, config))
}

/// The plane of the principal components, scaled down, with noise.
fn start(rows: &Array2<f32>, config: &TsneConfig) -> Vec<Point> {
    let plane = as_array(&Prepared::new(rows, config.metric).start()).mapv(f64::from);
    let size = plane.column(0).std(0.0);
    let (scale, noise) = if size > 0.0 { (START_SIZE / size, NOISE * START_SIZE) } else { (0.0, START_SIZE) };
    let mut rng = seeded(config.seed);
    let mut coordinate = |x: f64| {
        let random: f64 = StandardNormal.sample(&mut rng);
        (scale * x + noise * random) as f32
    };
    plane.rows().into_iter().map(|row| [coordinate(row[0]), coordinate(row[1])]).collect()
}

fn optimize(start: Vec<Point>, affinities: &Affinities, config: &TsneConfig) -> Layout {
    let (n, total) = (start.len() as f64, config.total_epochs());
    let mut descent = Descent::new(affinities, start);
    let mut progress = Progress::of_map("t-sne", total, config.progress);
    let (mut snapshots, mut done) = (Vec::new(), 0);
    // From within the pool: a thread outside would be woken after each pass, and would wake the others for the next.
    rayon::scope(|_| {
        loop {
            if config.keep_epochs.contains(&done) {
                snapshots.push(Snapshot { epoch: done, coordinates: as_array(descent.points()) });
            }
            if done == total || Stop::is_asked(config.stop.as_ref()) {
                break;
            }
            let exaggeration = config.exaggeration(done);
            descent.epoch(exaggeration, config.learning_rate.unwrap_or(n / exaggeration));
            done += 1;
            progress.advance_map(done, || as_array(descent.points()));
        }
        if config.progress {
            let divergence = descent.kl_divergence();
            progress.line(&format!("t-sne  Kullback-Leibler divergence {divergence:.4} after {done} epochs"));
        }
    });
    if done == total {
        progress.finish();
    }
    let stopped = done < total;
    Layout { n_epochs: done, stopped, snapshots, ..Layout::finished(as_array(descent.points())) }
}
