//! From many dimensions to two: several engines behind one function, and new points on an existing map.
//!
//! | engine | settings | when to use it |
//! |---|---|---|
//! | UMAP | [`UmapConfig`] | first: seconds, and it keeps near neighbors and most of the large picture |
//! | t-SNE | [`TsneConfig`] | when near neighbors count most; distances between clusters mean little |
//! | PaCMAP | [`PacmapConfig`] | when the large picture counts as much as the near neighbors |
//! | TriMap | [`TrimapConfig`] | when the order of distances between clusters counts most |
//! | densMAP | [`DensmapConfig`] | when dense and sparse regions are to look so |
//! | annembed | [`AnnembedConfig`] | as a second opinion on UMAP; it has no seed |
//! | PCA | [`PcaConfig`] | as the baseline: linear, instant, with axes that mean something |

mod annembed;
mod densmap;
mod engine;
mod engine_config;
#[cfg(feature = "annembed")]
mod guard;
mod layout;
mod pacmap;
mod pairwise;
mod pca;
mod start;
mod surroundings;
mod transform;
mod trimap;
mod tsne;
mod umap;

use std::sync::OnceLock;
use std::time::Instant;

use ndarray::{Array1, Array2, Axis};

pub use self::annembed::AnnembedConfig;
pub use self::densmap::DensmapConfig;
pub use self::engine::Engine;
pub use self::layout::{Snapshot, axis_names};
pub use self::pacmap::{PacmapConfig, PacmapInit};
pub use self::pca::PcaConfig;
pub use self::start::Start;
pub use self::transform::{Placement, Placer};
pub use self::trimap::TrimapConfig;
pub use self::tsne::TsneConfig;
pub use self::umap::{AbCurve, Init, UmapConfig};
pub use crate::math::pca::Pca;
pub use crate::progress::Stop;

use self::surroundings::Surroundings;
use crate::error::{Error, Result};
use crate::latents::Latents;
use crate::math::checks::{check_counts, check_rows};
use crate::neighbors::{KnnGraph, knn_graph};
use crate::progress;

/// A map: every row's place, how it came about, and what is needed to place new rows.
#[derive(Debug, Clone)]
pub struct Projection {
    /// What it is called in figures, tables and the explorer; the engine's title unless it was [named](Self::named).
    pub name: String,
    /// What made it, with its settings.
    pub engine: Engine,
    /// Places in the order of the rows, `[n, 2]`, or as many columns as [`UmapConfig::n_components`] says.
    pub coordinates: Array2<f32>,
    /// Epochs done: fewer than asked for when it was stopped. 0 for an engine that has none or hides them.
    pub n_epochs: usize,
    /// Whether a [`Stop`] ended the work early; the layout reached is kept.
    pub stopped: bool,
    /// Layouts at the epochs that the settings asked to keep.
    pub snapshots: Vec<Snapshot>,
    /// What the layout took, with the search for neighbors where the graph was not given.
    pub elapsed_secs: f64,
    /// The rows that were mapped, with their labels: new rows are compared with them.
    pub latents: Latents,
    plane: Option<Pca>,
    /// Found at first need where the engine looks at no neighbors.
    mean_knn_distance: OnceLock<Array1<f32>>,
}

/// Maps `latents` to the plane.
///
/// All engines but annembed give the same bits for the same seed at any number of threads.
///
/// ```
/// use neural_manifold::prelude::*;
///
/// let spiral = Array2::from_shape_fn((200, 3), |(row, column)| ((row * (column + 1)) as f32 / 20.0).sin());
/// let latents = Latents::new("spiral", spiral, None)?;
/// let umap = project(&latents, UmapConfig { n_neighbors: 10, ..UmapConfig::default() })?;
/// assert_eq!(umap.coordinates.dim(), (200, 2));
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// No rows, a value that is not finite, settings out of range, `n_neighbors` not below the number of rows, a row of
/// zeros under the cosine metric, or a failure inside a third-party engine.
pub fn project(latents: &Latents, engine: impl Into<Engine>) -> Result<Projection> {
    let engine = engine.into();
    check(latents, &engine)?;
    lay_out(latents, None, engine)
}

/// Maps `latents` by a neighbor graph that is already there.
///
/// The graph holds at least [`Engine::n_neighbors`]. An engine that wants more, such as t-SNE for a large perplexity,
/// searches again; annembed searches in its own way, and PCA looks at no neighbors.
///
/// ```
/// use neural_manifold::prelude::*;
///
/// let rows = Array2::from_shape_fn((90, 3), |(row, column)| ((row * (column + 1)) as f32 / 9.0).sin());
/// let latents = Latents::new("waves", rows, None)?;
/// let graph = neighbors::knn_graph(&latents.vectors, 15, Metric::Euclidean)?;
/// let [first, second] = [1, 2].map(|seed| UmapConfig { seed, ..UmapConfig::default() });
/// let maps = [project_with(&latents, &graph, first)?, project_with(&latents, &graph, second)?];
/// assert_ne!(maps[0].coordinates, maps[1].coordinates);
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// As for [`project`]; also when the graph has another number of rows, too few neighbors or another metric.
pub fn project_with(latents: &Latents, graph: &KnnGraph, engine: impl Into<Engine>) -> Result<Projection> {
    let engine = engine.into();
    check(latents, &engine)?;
    check_graph(latents, graph, &engine)?;
    lay_out(latents, Some(graph), engine)
}

/// Runs an engine on rows, settings and a graph that were checked.
fn lay_out(latents: &Latents, graph: Option<&KnnGraph>, engine: Engine) -> Result<Projection> {
    let started = Instant::now();
    let surroundings = Surroundings::new(&latents.vectors, engine.metric(), graph);
    let run = || engine.config().run(&latents.vectors, &surroundings);
    let layout = progress::in_colors(|| latents.color_groups(), run)?;
    if let Some(((row, column), &value)) = layout.coordinates.indexed_iter().find(|(_, x)| !x.is_finite()) {
        let reason = format!("it placed row {row} at {value} on axis {column}");
        return Err(Error::Engine { engine: engine.name(), reason });
    }
    let mean_knn_distance = OnceLock::new();
    let n_neighbors = engine.n_neighbors().min(latents.len() - 1);
    if surroundings.at_hand().is_some_and(|graph| (1..=graph.n_neighbors()).contains(&n_neighbors)) {
        let means = mean_distances(&*surroundings.neighbors(n_neighbors)?);
        mean_knn_distance.set(means).expect("it was made just now");
    }
    Ok(Projection {
        name: engine.title().to_string(),
        engine,
        coordinates: layout.coordinates,
        n_epochs: layout.n_epochs,
        stopped: layout.stopped,
        snapshots: layout.snapshots,
        elapsed_secs: started.elapsed().as_secs_f64(),
        latents: latents.clone(),
        plane: layout.plane,
        mean_knn_distance,
    })
}

impl Projection {
    /// The map under a name of its own, so that two maps of one engine can be told apart.
    pub fn named(mut self, name: &str) -> Projection {
        self.name = name.to_string();
        self
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.coordinates.nrows()
    }

    /// Number of axes: 2 but where [`UmapConfig::n_components`] says otherwise.
    pub fn n_components(&self) -> usize {
        self.coordinates.ncols()
    }

    /// Refuses a map of other than two axes where only a plane can be shown or kept.
    pub(crate) fn check_plane(&self, taken_by: &str) -> Result<()> {
        match self.n_components() {
            2 => Ok(()),
            n => Err(Error::config("n_components", n, format!("{taken_by} takes maps of 2"))),
        }
    }

    /// Whether there is no point.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The plane of a PCA map.
    pub fn pca(&self) -> Option<&Pca> {
        self.plane.as_ref()
    }

    /// Mean distance of each row to its [`Engine::n_neighbors`] nearest, `[n]`: small where the data are dense.
    ///
    /// A PCA map, which looks at no neighbors, finds them at the first call.
    pub fn mean_knn_distance(&self) -> &Array1<f32> {
        self.mean_knn_distance.get_or_init(|| {
            let rows = &self.latents.vectors;
            match self.engine.n_neighbors().min(rows.nrows() - 1) {
                0 => Array1::zeros(rows.nrows()),
                k => {
                    mean_distances(&knn_graph(rows, k, self.engine.metric()).expect("these rows were mapped"))
                }
            }
        })
    }
}

fn mean_distances(graph: &KnnGraph) -> Array1<f32> {
    graph.distances.mean_axis(Axis(1)).expect("a graph holds at least one neighbor per row")
}

/// Refuses rows and settings that no engine could work with.
fn check(latents: &Latents, engine: &Engine) -> Result<()> {
    check_rows("rows", &latents.vectors)?;
    latents.check()?;
    engine.config().check()?;
    if engine.config().looks_at_neighbors() {
        engine.config().check_n_rows(latents.len())?;
    }
    Ok(())
}

fn check_graph(latents: &Latents, graph: &KnnGraph, engine: &Engine) -> Result<()> {
    let (of_graph, of_data) = ((graph.n_rows(), "the neighbor graph"), (latents.len(), "the data"));
    check_counts("rows", of_graph, of_data, "give the graph of these rows")?;
    if !engine.config().looks_at_neighbors() {
        return Ok(());
    }
    if graph.n_neighbors() < engine.n_neighbors() {
        let remedy = format!("the graph holds {} neighbors per row", graph.n_neighbors());
        return Err(Error::config("n_neighbors", engine.n_neighbors(), remedy));
    }
    if graph.metric != engine.metric() {
        let remedy = format!("the graph was made with {:?}", graph.metric);
        return Err(Error::config("metric", format!("{:?}", engine.metric()), remedy));
    }
    Ok(())
}
