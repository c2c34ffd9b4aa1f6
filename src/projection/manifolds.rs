//! t-SNE, PaCMAP and densMAP by the crate manifolds-rs, on our exact neighbours: seeded, single call, no frames.

use std::borrow::Cow;

use manifolds_rs::prelude::{ManifoldsError, UmapOptimParams};
use manifolds_rs::{DensmapParams, PacmapParams, TsneParams, densmap, pacmap, tsne};
use ndarray::Array2;

use super::{Engine, ProjectionConfig, guarded};
use crate::error::{Error, Result};
use crate::neighbors::{self, KnnGraph, Metric};

/// Neighbors that t-SNE looks at, as a multiple of its perplexity (van der Maaten 2014).
const PER_PERPLEXITY: usize = 3;
/// The neighbours among which PaCMAP samples its middle-near pairs.
const PACMAP_CANDIDATES: usize = 50;
/// Fewer rows leave these methods without pairs to sample.
const FEWEST_ROWS: usize = 16;

/// Index and distance lists as the crate takes them.
type Lists = (Vec<Vec<usize>>, Vec<Vec<f32>>);

/// Places of finite rows, `[n, 2]`.
pub(super) fn run(
    rows: &Array2<f32>,
    neighbors: &KnnGraph,
    config: &ProjectionConfig,
) -> Result<Array2<f32>> {
    let n = rows.nrows();
    let engine = config.engine.name();
    if n < FEWEST_ROWS {
        let reason = format!("it needs {FEWEST_ROWS} rows or more, here are {n}");
        return Err(Error::engine(engine, reason));
    }
    let standard = rows.as_standard_layout();
    let input = (standard.as_slice().unwrap_or_default(), n, rows.ncols());
    let (seed, verbose) = (config.seed as usize, usize::from(config.verbose));
    let columns = match config.engine {
        Engine::Tsne => {
            let graph = at_least(rows, neighbors, PER_PERPLEXITY * config.n_neighbors)?;
            let perplexity = graph.n_neighbors() as f32 / PER_PERPLEXITY as f32;
            let mut params = TsneParams::new_default_2d(Some(perplexity));
            params.optim_params.n_epochs = config.n_epochs.unwrap_or(params.optim_params.n_epochs);
            guarded(engine, || {
                described(engine, tsne(input, Some(lists(&graph)), &params, "bh", seed, verbose))
            })
        }
        Engine::Pacmap => {
            let graph = at_least(rows, neighbors, PACMAP_CANDIDATES)?;
            let mut params = PacmapParams::new_default_2d(Some(config.n_neighbors.min(graph.n_neighbors())));
            params.mn_candidate_end = graph.n_neighbors();
            params.optim_params.n_epochs = config.n_epochs.unwrap_or(params.optim_params.n_epochs);
            guarded(engine, || described(engine, pacmap(input, Some(lists(&graph)), &params, seed, verbose)))
        }
        _ => {
            let (min_dist, spread) = (config.min_dist as f32, config.spread as f32);
            let mut params = DensmapParams::new_default_2d(Some(min_dist), Some(spread), None);
            params.umap_params.k = config.n_neighbors;
            params.umap_params.optim_params = UmapOptimParams::from_min_dist_spread(
                min_dist,
                spread,
                None,
                None,
                config.n_epochs,
                None,
                None,
                None,
                None,
            );
            guarded(engine, || {
                described(engine, densmap(input, Some(lists(neighbors)), &params, seed, verbose))
            })
        }
    }?;
    if columns.len() != 2 || columns.iter().any(|column| column.len() != n) {
        return Err(Error::engine(engine, "it returned a map of another shape"));
    }
    Ok(Array2::from_shape_fn((n, 2), |(row, axis)| columns[axis][row]))
}

/// The graph itself when it has `wanted` neighbours, else a larger one, as far as there are rows.
fn at_least<'g>(rows: &Array2<f32>, neighbors: &'g KnnGraph, wanted: usize) -> Result<Cow<'g, KnnGraph>> {
    let wanted = wanted.min(rows.nrows() - 1);
    if neighbors.n_neighbors() >= wanted {
        return Ok(Cow::Borrowed(neighbors));
    }
    neighbors::knn_graph(rows, wanted, neighbors.metric).map(Cow::Owned)
}

/// The crate works on squared Euclidean distances; half the squared distance of directions is the cosine distance.
fn lists(neighbors: &KnnGraph) -> Lists {
    let squared = |&d: &f32| match neighbors.metric {
        Metric::Euclidean => d * d,
        Metric::Cosine => 2.0 * d,
    };
    let indices = neighbors.indices.outer_iter().map(|row| row.iter().map(|&j| j as usize).collect());
    let distances = neighbors.distances.outer_iter().map(|row| row.iter().map(squared).collect());
    (indices.collect(), distances.collect())
}

fn described<T>(engine: &'static str, outcome: std::result::Result<T, ManifoldsError>) -> Result<T> {
    outcome.map_err(|error| Error::engine(engine, error))
}
