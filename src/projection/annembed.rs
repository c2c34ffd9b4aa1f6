//! The crate annembed, called so that none of its rough edges is reached.
//!
//! It has no seed; it panics without its diffusion-map start and on NaN, and never returns when there are too few
//! rows. Its quality estimate writes files into the current folder and is not called.

use annembed::fromhnsw::kgraph::{KGraph, kgraph_from_hnsw_all};
use annembed::prelude::{Embedder, EmbedderParams};
use hnsw_rs::anndists::dist::{DistCosine, DistL2, Distance};
use hnsw_rs::hnsw::Hnsw;
use ndarray::Array2;

use super::{ProjectionConfig, guarded};
use crate::error::{Error, Result};
use crate::neighbors::Metric;

/// Connections of a row in the search index; also the most neighbours a row of the graph can have.
const CONNECTIONS: usize = 48;
const LAYERS: usize = 16;
/// Candidates looked at when a row is added to the index.
const EF_CONSTRUCTION: usize = 400;
/// Fewer rows leave its singular value decomposition without the 27 vectors that it asks for.
const FEWEST_ROWS: usize = 64;
/// Now and then its random start ends in an assertion of its own; being unseeded, it starts elsewhere the next time.
const ATTEMPTS: usize = 4;

/// Places of finite rows, `[n, 2]`.
pub(super) fn run(rows: &Array2<f32>, config: &ProjectionConfig) -> Result<Array2<f32>> {
    if rows.nrows() < FEWEST_ROWS {
        return Err(failure(format!("it needs {FEWEST_ROWS} rows or more, here are {}", rows.nrows())));
    }
    if config.n_neighbors > CONNECTIONS {
        let remedy = format!("annembed's index holds {CONNECTIONS} neighbors at the most");
        return Err(Error::config("n_neighbors", config.n_neighbors, remedy));
    }
    if rows.outer_iter().skip(1).all(|row| row == rows.row(0)) {
        return Err(failure("all rows are equal".into()));
    }
    let attempt = || {
        guarded("annembed", || match config.metric {
            Metric::Euclidean => embed(rows, config, DistL2 {}),
            Metric::Cosine => embed(rows, config, DistCosine {}),
        })
    };
    let coordinates = (1..ATTEMPTS).fold(attempt(), |outcome, _| outcome.or_else(|_| attempt()))?;
    if coordinates.dim() != (rows.nrows(), 2) {
        return Err(failure(format!("it returned a map of shape {:?}", coordinates.dim())));
    }
    Ok(coordinates)
}

fn embed<D: Distance<f32> + Send + Sync>(
    rows: &Array2<f32>,
    config: &ProjectionConfig,
    distance: D,
) -> Result<Array2<f32>> {
    let vectors: Vec<Vec<f32>> = rows.outer_iter().map(|row| row.to_vec()).collect();
    let numbered: Vec<(&Vec<f32>, usize)> = vectors.iter().zip(0..).collect();
    let mut index = Hnsw::new(CONNECTIONS, vectors.len(), LAYERS, EF_CONSTRUCTION, distance);
    // Without this a row in a dense place may be left with too few edges for the graph.
    index.set_keeping_pruned(true);
    index.parallel_insert(&numbered);
    let graph: KGraph<f32> =
        kgraph_from_hnsw_all(&index, config.n_neighbors).map_err(|error| failure(error.to_string()))?;

    let mut params = EmbedderParams::default();
    params.set_dim(2);
    params.set_dmap_init(true);
    if let Some(n_epochs) = config.n_epochs {
        params.set_nb_gradient_batch(n_epochs.max(1));
    }
    let mut embedder = Embedder::new(&graph, params);
    embedder.embed().map_err(|code| failure(format!("its optimisation ended with code {code}")))?;
    // In the order of the rows; `get_embedded` is in the order of the index.
    Ok(embedder.get_embedded_reindexed())
}

fn failure(reason: String) -> Error {
    Error::Engine { engine: "annembed", reason }
}
