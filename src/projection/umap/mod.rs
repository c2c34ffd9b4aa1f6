//! UMAP (McInnes, Healy & Melville 2018) with an optimizer of our own: the same seed gives the same bits at
//! any number of threads.
//!
//! A run goes through the files in this order: `fuzzy_graph` turns neighbor distances into membership
//! strengths, `classes` weakens those between classes, `init` and `spectral` make the initial layout,
//! `ab_curve` and `forces` give attraction and repulsion, `edge_schedule` tells which edges are due in an
//! epoch, `sgd` splits them into blocks that run in parallel, `sgd_block` moves the points of one block. New
//! rows start from `init_transform` and move by `embed_point`.

mod ab_curve;
mod classes;
mod config;
mod edge_schedule;
mod embed_point;
mod forces;
mod fuzzy_graph;
mod init;
mod init_transform;
mod points;
mod sgd;
mod sgd_block;
mod spectral;

use ndarray::Array2;
use rayon::prelude::*;

pub use self::ab_curve::AbCurve;
pub(super) use self::config::{FEWER_FROM_START, check_keep_epochs, check_min_dist};
pub use self::config::{Init, UmapConfig};
pub(super) use self::edge_schedule::{Edge, EdgeWeight};
pub(super) use self::forces::Forces;
pub(super) use self::fuzzy_graph::FuzzyGraph;
pub(super) use self::init::initial_layout;
pub(super) use self::init_transform::init_transform;
pub(super) use self::points::Point;
pub(super) use self::sgd::{BlockRows, Decay, Optimizer};
pub(super) use self::sgd_block::{AttractionTerm, GRADIENT_CLIP};

use self::embed_point::embed_point;
use self::fuzzy_graph::membership_strengths;
use self::points::{in_width, to_array, to_points};
use super::engine_config::{Mapped, Place};
use super::layout::{Layout, Snapshot};
use crate::error::Result;
use crate::math::random::splitmix64;
use crate::neighbors::KnnGraph;
use crate::progress::{Progress, Stop};

/// Maps finite `rows`, `[n, d]`, by the graph of their neighbors.
fn run(rows: &Array2<f32>, graph: &KnnGraph, config: &UmapConfig) -> Result<Layout> {
    in_width!(config.n_components, run_in(rows, graph, config))
}

fn run_in<const D: usize>(rows: &Array2<f32>, graph: &KnnGraph, config: &UmapConfig) -> Result<Layout> {
    let n_epochs = config.n_epochs_for(rows.nrows())?;
    let mut graph = FuzzyGraph::from_neighbors(graph);
    if let Some(target) = &config.target {
        graph = classes::intersect(&graph, target.codes.view(), config.target_weight);
    }
    let start = initial_layout::<D>(rows, &graph, &config.init, config.n_components, config.seed)?;
    let forces = Forces::new(AbCurve::fit(config.min_dist, config.spread));
    let optimizer =
        Optimizer::<(), D>::new(&graph, &start, forces, config.seed, (n_epochs, Decay::Quadratic));
    drop(graph);
    let epochs = Epochs {
        name: "umap",
        n_components: config.n_components,
        n_epochs,
        progress: config.progress,
        stop: config.stop.as_ref(),
        keep_epochs: &config.keep_epochs,
    };
    Ok(epochs.run(optimizer, Optimizer::run_epoch))
}

/// How many epochs are run, and what is told and kept of them.
pub(super) struct Epochs<'a> {
    pub(super) name: &'static str,
    pub(super) n_components: usize,
    pub(super) n_epochs: usize,
    pub(super) progress: bool,
    pub(super) stop: Option<&'a Stop>,
    pub(super) keep_epochs: &'a [usize],
}

impl Epochs<'_> {
    /// Runs the epochs in their order, up to the last or until it is asked to stop.
    pub(super) fn run<W: EdgeWeight, const D: usize>(
        &self,
        mut optimizer: Optimizer<W, D>,
        mut run_epoch: impl FnMut(&mut Optimizer<W, D>, usize) + Send,
    ) -> Layout {
        let Epochs { name, n_components, n_epochs, progress, stop, keep_epochs } = *self;
        let mut progress = Progress::of_map(name, n_epochs, progress);
        let mut snapshots = Vec::new();
        let mut done = 0;
        // Run inside the thread pool: a thread outside it would be woken after each stratum to start the next.
        rayon::scope(|_| {
            loop {
                if keep_epochs.contains(&done) {
                    let coordinates = to_array(&optimizer.positions(), n_components);
                    snapshots.push(Snapshot { epoch: done, coordinates });
                }
                if done == n_epochs || Stop::is_asked(stop) {
                    break;
                }
                run_epoch(&mut optimizer, done);
                done += 1;
                // It is seen forming on the first two axes, however many there are.
                progress.advance_map(done, || to_array(&optimizer.positions(), 2));
            }
        });
        if done == n_epochs {
            progress.finish();
        }
        let coordinates = to_array(&optimizer.positions(), n_components);
        let stopped = done < n_epochs;
        Layout { n_epochs: done, stopped, snapshots, ..Layout::finished(coordinates) }
    }
}

/// What places new rows on a map whose points are held fixed. Every row is embedded by itself: it gets the same bits
/// whichever others come along.
fn placing<'a>(map: Mapped<'a>, config: &UmapConfig) -> Box<Place<'a>> {
    in_width!(map.coordinates.ncols(), placing_in(map, config))
}

fn placing_in<'a, const D: usize>(map: Mapped<'a>, config: &UmapConfig) -> Box<Place<'a>> {
    let forces = Forces::new(AbCurve::fit(config.min_dist, config.spread));
    let positions: Vec<Point<D>> = to_points(map.coordinates);
    let seed = config.seed;
    Box::new(move |new_rows, neighbors| {
        let starts = to_points(&init_transform(neighbors, &map));
        let embedded: Vec<Point<D>> = (0..new_rows.nrows())
            .into_par_iter()
            .map(|i| {
                // The seed is made from the row's values, so that its number in the batch does not matter.
                let values = new_rows.row(i);
                let seed = values.iter().fold(seed, |seed, x| splitmix64(seed ^ u64::from(x.to_bits())));
                let tails = neighbors.indices.row(i).into_iter().map(|&j| j as usize);
                let strengths = membership_strengths(neighbors.distances.row(i), map.mean_knn_distance);
                let edges: Vec<(usize, f32)> = tails.zip(strengths).collect();
                embed_point(starts[i], &edges, &positions, &forces, seed)
            })
            .collect();
        to_array(&embedded, map.coordinates.ncols())
    })
}
