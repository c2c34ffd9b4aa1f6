//! UMAP (McInnes, Healy & Melville 2018) with an optimiser of our own: seeded, the same bits at any number of
//! threads.

mod curve;
mod edges;
mod forces;
mod fuzzy;
mod optimize;
mod place;
mod spectral;
mod start;
mod turns;

use ndarray::{Array2, Axis};
use rayon::prelude::*;

pub use self::curve::Curve;

use self::forces::Forces;
use self::fuzzy::Graph;
use self::optimize::{Optimizer, Point};
use self::place::place_point;
use super::{Frame, Layout, Projection, ProjectionConfig};
use crate::error::{Error, Result};
use crate::math::random::splitmix64;
use crate::neighbors::KnnGraph;
use crate::progress::Progress;

/// Up to this many rows more epochs are affordable, and needed: fewer edges are seen in each.
const SMALL: usize = 10_000;

pub(super) fn run(rows: &Array2<f32>, neighbors: &KnnGraph, config: &ProjectionConfig) -> Result<Layout> {
    let n_epochs = config.n_epochs.unwrap_or(if rows.nrows() <= SMALL { 600 } else { 160 });
    if let Some(&late) = config.keep_epochs.iter().find(|&&epoch| epoch > n_epochs) {
        return Err(Error::config("keep_epochs", late, format!("there are {n_epochs} epochs")));
    }
    let graph = Graph::from_neighbors(neighbors);
    let start = start::layout(rows, &graph, config)?;
    let forces = Forces::new(Curve::fit(config.min_dist, config.spread));
    let mut optimizer = Optimizer::new(&graph, &start, forces, config.seed, n_epochs);

    let mut progress = Progress::start("umap", n_epochs, "epochs", config.verbose);
    let mut frames = Vec::new();
    let mut done = 0;
    // From within the pool: a thread outside would be woken after each round, and would wake the others for the next.
    rayon::scope(|_| {
        loop {
            if config.keep_epochs.contains(&done) {
                frames.push(Frame { epoch: done, coordinates: as_array(&optimizer.layout()) });
            }
            if done == n_epochs || config.is_stopped() {
                break;
            }
            optimizer.epoch(done);
            done += 1;
            progress.advance(done);
        }
    });
    if done == n_epochs {
        progress.finish();
    }
    let coordinates = as_array(&optimizer.layout());
    Ok(Layout { coordinates, n_epochs: done, stopped: done < n_epochs, frames })
}

/// Places new rows one by one among points that stand still.
pub(super) fn place(new_rows: &Array2<f32>, neighbors: &KnnGraph, map: &Projection) -> Array2<f32> {
    let starts = weighted_means(neighbors, map);
    let standing = as_points(&map.coordinates);
    let forces = Forces::new(Curve::fit(map.config.min_dist, map.config.spread));
    let mean = mean_distance(map);
    let placed: Vec<Point> = (0..new_rows.nrows())
        .into_par_iter()
        .map(|i| {
            // The row itself seeds its randomness, so that its number in the batch does not matter.
            let bits = new_rows
                .row(i)
                .iter()
                .fold(map.config.seed, |seed, x| splitmix64(seed ^ u64::from(x.to_bits())));
            let edges: Vec<(usize, f32)> = neighbors
                .indices
                .row(i)
                .iter()
                .map(|&j| j as usize)
                .zip(fuzzy::memberships(neighbors.distances.row(i), mean))
                .collect();
            place_point([starts[[i, 0]], starts[[i, 1]]], &edges, &standing, &forces, bits)
        })
        .collect();
    as_array(&placed)
}

/// The mean of the neighbours' places, weighted by how strongly the new row belongs with each.
pub(super) fn weighted_means(neighbors: &KnnGraph, map: &Projection) -> Array2<f32> {
    let mean = mean_distance(map);
    let mut places = Array2::zeros((neighbors.n_rows(), 2));
    for (i, mut place) in places.axis_iter_mut(Axis(0)).enumerate() {
        let weights = fuzzy::memberships(neighbors.distances.row(i), mean);
        let total: f32 = weights.iter().sum();
        for (&j, weight) in neighbors.indices.row(i).iter().zip(weights) {
            place.scaled_add(weight / total, &map.coordinates.row(j as usize));
        }
    }
    places
}

fn mean_distance(map: &Projection) -> f64 {
    f64::from(map.local_distances.mean().unwrap_or(0.0))
}

fn as_points(coordinates: &Array2<f32>) -> Vec<Point> {
    coordinates.rows().into_iter().map(|row| [row[0], row[1]]).collect()
}

fn as_array(points: &[Point]) -> Array2<f32> {
    Array2::from_shape_fn((points.len(), 2), |(row, axis)| points[row][axis])
}
