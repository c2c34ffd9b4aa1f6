//! annembed, called so that none of its rough edges is reached.
//!
//! It has no seed; it panics without its diffusion-map start and on NaN, and never returns when there are too few
//! rows. Its quality estimate writes files into the current folder and is not called.

use annembed::fromhnsw::kgproj::KGraphProjection;
use annembed::fromhnsw::kgraph::{KGraph, kgraph_from_hnsw_all};
use annembed::prelude::{Embedder, EmbedderParams};
use hnsw_rs::anndists::dist::{DistCosine, DistL2, Distance};
use hnsw_rs::hnsw::Hnsw;
use ndarray::Array2;

use super::AnnembedConfig;
use crate::error::{Error, Result};
use crate::neighbors::Metric;
use crate::projection::guard::catch_panic;
use crate::projection::layout::Layout;

/// The most neighbors that a row of annembed's index can have.
const MAX_NEIGHBORS: usize = 48;
/// Connections per row in the search index, twice as many on its ground layer. One row in this many is on a higher
/// layer too and serves as a landmark: 48 connections find some more neighbors, but leave too few landmarks.
const CONNECTIONS: usize = 24;
const LAYERS: usize = 16;
/// Candidates looked at when a row is added to the index: 400 took twice as long for hardly more neighbors.
const EF_CONSTRUCTION: usize = 200;
/// Fewer landmarks hardly sketch the whole.
const MIN_LANDMARKS: usize = 100;
/// Fewer rows leave its singular value decomposition without the 27 vectors that it asks for.
const MIN_ROWS: usize = 64;
/// Now and then its random start ends in an assertion of its own; being unseeded, it starts elsewhere the next time.
const ATTEMPTS: usize = 4;

/// Lays out finite rows, `[n, d]`, that the metric can measure.
pub fn layout(rows: &Array2<f32>, config: &AnnembedConfig) -> Result<Layout> {
    if config.n_neighbors > MAX_NEIGHBORS {
        let remedy = format!("annembed's index holds {MAX_NEIGHBORS} neighbors per row at most");
        return Err(Error::config("n_neighbors", config.n_neighbors, remedy));
    }
    if rows.nrows() < MIN_ROWS {
        return Err(failure(format!("it needs {MIN_ROWS} rows or more, here are {}", rows.nrows())));
    }
    if rows.outer_iter().skip(1).all(|row| row == rows.row(0)) {
        return Err(failure("all rows are equal".into()));
    }
    let rows = &*config.metric.centered(rows);
    let attempt = || {
        catch_panic("annembed", || match config.metric {
            Metric::Euclidean => embed(rows, config, DistL2 {}),
            Metric::Cosine | Metric::Correlation => embed(rows, config, DistCosine {}),
        })
    };
    let coordinates = (1..ATTEMPTS).fold(attempt(), |outcome, _| outcome.or_else(|_| attempt()))?;
    if coordinates.dim() != (rows.nrows(), 2) {
        return Err(failure(format!("it returned a map of shape {:?}", coordinates.dim())));
    }
    Ok(Layout::finished(coordinates))
}

fn embed<D: Distance<f32> + Send + Sync>(
    rows: &Array2<f32>,
    config: &AnnembedConfig,
    distance: D,
) -> Result<Array2<f32>> {
    let vectors: Vec<Vec<f32>> = rows.outer_iter().map(|row| row.to_vec()).collect();
    let numbered: Vec<(&Vec<f32>, usize)> = vectors.iter().zip(0..).collect();
    let connections = CONNECTIONS.max(config.n_neighbors);
    let mut index = Hnsw::new(connections, vectors.len(), LAYERS, EF_CONSTRUCTION, distance);
    // Without this a row in a dense place may be left with too few edges for the graph.
    index.set_keeping_pruned(true);
    index.parallel_insert(&numbered);

    let mut params = params();
    if let Some(n_epochs) = config.n_epochs {
        params.set_nb_gradient_batch(n_epochs.max(1));
    }
    if let Some(graph) = landmark_graph(&index, config.n_neighbors) {
        return coordinates(Embedder::from_hkgraph(&graph, params));
    }
    let graph: KGraph<f32> =
        kgraph_from_hnsw_all(&index, config.n_neighbors).map_err(|error| failure(error.to_string()))?;
    coordinates(Embedder::new(&graph, params))
}

/// What was better than the defaults, on 10,000 latents of Fashion-MNIST: mean scores of several runs.
fn params() -> EmbedderParams {
    let mut params = EmbedderParams::default();
    params.set_dim(2);
    params.set_dmap_init(true);
    // Half the default step: where every pull covers half the way, near neighbors are never sorted out.
    params.grad_step = 1.0;
    // Half the default width of the edges' weights: the nearest neighbors count for more.
    params.scale_rho = 0.5;
    // A similarity that falls more steeply: it keeps the continuity that the smaller step alone would cost.
    params.b = 1.3;
    // Epochs of the landmarks for one of all rows.
    params.grad_factor = 5;
    params
}

/// The graph with landmarks, which are laid out first, from an exact decomposition: that of all rows is randomized and
/// stopped early, and tears the map in another place with every run. `None` where there are too few of them, or where
/// annembed would end the process or divide by zero.
fn landmark_graph<D: Distance<f32> + Send + Sync>(
    index: &Hnsw<f32, D>,
    n_neighbors: usize,
) -> Option<KGraphProjection<f32>> {
    let layers = index.get_point_indexation();
    let upper = 1..=usize::from(index.get_max_level_observed());
    if upper.map(|layer| layers.get_layer_nb_point(layer)).sum::<usize>() < MIN_LANDMARKS {
        return None;
    }
    let graph = KGraphProjection::new(index, n_neighbors, 1);
    let joined = |graph: &KGraph<f32>| graph.get_neighbours().iter().all(|edges| !edges.is_empty());
    let apart = graph.get_projection_distance_quant().query(0.5).is_some_and(|(_, median)| median > 0.0);
    (apart && joined(graph.get_small_graph()) && joined(graph.get_large_graph())).then_some(graph)
}

fn coordinates(mut embedder: Embedder<f32>) -> Result<Array2<f32>> {
    embedder.embed().map_err(|code| failure(format!("its optimization ended with code {code}")))?;
    // In the order of the rows; `get_embedded` is in the order of the index.
    Ok(embedder.get_embedded_reindexed())
}

fn failure(reason: String) -> Error {
    Error::engine("annembed", reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::random::seeded;
    use rand::RngExt;

    fn run(rows: &Array2<f32>, n_epochs: usize) -> Result<Array2<f32>> {
        let config = AnnembedConfig { n_epochs: Some(n_epochs), ..Default::default() };
        layout(rows, &config).map(|layout| layout.coordinates)
    }

    /// More than [`MIN_LANDMARKS`] asks for; beyond 5,000 all that annembed does is sparse and quick.
    const ROWS: usize = 6_000;

    #[test]
    fn enough_rows_start_from_landmarks_and_keep_their_order() {
        // Rows alternate between two far clusters: their places must, too.
        let mut random = seeded(1);
        let rows = Array2::from_shape_fn((ROWS, 8), |(row, _)| {
            random.random_range(0.0..1.0) + 5.0 * (row % 2) as f32
        });
        let places = run(&rows, 4).unwrap();
        let neighbors = crate::neighbors::knn_graph(&places, 5, Metric::Euclidean).unwrap();
        let strays =
            neighbors.indices.indexed_iter().filter(|&((row, _), &other)| row % 2 != other as usize % 2);
        assert!(strays.count() < neighbors.indices.len() / 50);
    }

    #[test]
    fn rows_that_are_mostly_copies_are_mapped_all_the_same() {
        let rows =
            Array2::from_shape_fn(
                (ROWS, 3),
                |(row, axis)| {
                    if row % 4 == 0 { (row * (axis + 1)) as f32 } else { 1.0 }
                },
            );
        let outcome = run(&rows, 2);
        assert!(outcome.is_ok_and(|places| places.iter().all(|x| x.is_finite())));
    }
}
