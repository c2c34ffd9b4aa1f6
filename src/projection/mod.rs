//! From many dimensions to two: six engines behind one function, and new points on an existing map.

mod annembed;
mod config;
mod layout;
mod manifolds;
mod pca;
mod transform;
mod umap;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;
use std::time::Instant;

use ndarray::{Array1, Array2, Axis};

pub use self::config::{Engine, ProjectionConfig, Stop};
pub use self::layout::Snapshot;
pub use self::pca::Pca;
pub use self::transform::Placement;
pub use self::umap::{AbCurve, Init, UmapConfig};

use self::layout::Layout;
use crate::error::{Error, Result};
use crate::neighbors::{self, Neighbors};

/// A map: every row's place in the plane, how it came about, and what is needed to place new rows.
#[derive(Debug, Clone)]
pub struct Projection {
    /// Places in the order of the rows, `[n, 2]`.
    pub coordinates: Array2<f32>,
    /// What made it.
    pub engine: Engine,
    /// The settings that it was made with.
    pub config: ProjectionConfig,
    /// Epochs done: fewer than asked for when it was stopped. 0 for an engine that has none or hides them.
    pub n_epochs: usize,
    /// Whether [`ProjectionConfig::stop`] ended the work early; the layout reached is kept.
    pub stopped: bool,
    /// Layouts at [`ProjectionConfig::keep_epochs`].
    pub frames: Vec<Snapshot>,
    /// What the layout took, and with [`project`] the search for neighbors too, save for PCA, which needs none.
    pub elapsed_secs: f64,
    /// The rows that were mapped, `[n, d]`: new rows are compared with them.
    pub rows: Array2<f32>,
    /// Mean distance of each row to its neighbors, `[n]`.
    pub local_distances: Array1<f32>,
    /// The plane of the PCA engine.
    pub pca: Option<Pca>,
}

/// Maps `rows`, `[n, d]`, to the plane.
///
/// All engines but [`Engine::Annembed`] give the same bits for the same seed at any number of threads.
///
/// # Errors
/// No rows, a value that is not finite, settings out of range, `n_neighbors` not below the number of rows,
/// a row of zeros under the cosine metric, or a failure inside a third-party engine.
pub fn project(rows: &Array2<f32>, config: &ProjectionConfig) -> Result<Projection> {
    config.check()?;
    let started = Instant::now();
    // PCA has no use for neighbors itself: it shall not fail for want of them.
    let n_neighbors = match config.engine {
        Engine::Pca => config.n_neighbors.min(rows.nrows().saturating_sub(1)).max(1),
        _ => config.n_neighbors,
    };
    let neighbors = neighbors::find(rows, n_neighbors, config.metric)?;
    let mut projection = project_with(rows, &neighbors, config)?;
    if config.engine != Engine::Pca {
        projection.elapsed_secs = started.elapsed().as_secs_f64();
    }
    Ok(projection)
}

/// Maps `rows` by a neighbour graph that is already there, of at least [`ProjectionConfig::n_neighbors`].
///
/// annembed and PaCMAP find neighbours in their own way and take from the graph only what
/// [`Projection::transform`] needs.
///
/// # Errors
/// As for [`project`]; also when the graph has another number of rows, too few neighbors or another metric.
pub fn project_with(
    rows: &Array2<f32>,
    neighbors: &Neighbors,
    config: &ProjectionConfig,
) -> Result<Projection> {
    config.check()?;
    neighbors::check_rows("rows", rows)?;
    check_graph(rows, neighbors, config)?;
    let neighbors = &neighbors.truncated(config.n_neighbors.min(neighbors.n_neighbors()))?;
    let started = Instant::now();
    let mut plane = None;
    let layout = match config.engine {
        Engine::Umap => umap::run(rows, neighbors, &config.umap())?,
        Engine::Annembed => Layout::finished(annembed::run(rows, config)?),
        Engine::Tsne | Engine::Pacmap | Engine::Densmap => {
            Layout::finished(manifolds::run(rows, neighbors, config)?)
        }
        Engine::Pca => {
            let fitted = Pca::fit(rows.view());
            let coordinates = fitted.apply(rows.view());
            plane = Some(fitted);
            Layout::finished(coordinates)
        }
    };
    if let Some(((row, column), &value)) = layout.coordinates.indexed_iter().find(|(_, x)| !x.is_finite()) {
        let reason = format!("it placed row {row} at {value} on axis {column}");
        return Err(Error::Engine { engine: config.engine.name(), reason });
    }
    Ok(Projection {
        coordinates: layout.coordinates,
        engine: config.engine,
        config: config.clone(),
        n_epochs: layout.n_epochs,
        stopped: layout.stopped,
        frames: layout.snapshots,
        elapsed_secs: started.elapsed().as_secs_f64(),
        rows: rows.clone(),
        local_distances: neighbors.distances.mean_axis(Axis(1)).unwrap_or_default(),
        pca: plane,
    })
}

thread_local! {
    /// Set while this thread runs code whose panics become errors: what they would print is said by the error.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs third-party code that reports trouble by panics, and makes them errors.
fn guarded<T>(engine: &'static str, run: impl FnOnce() -> Result<T>) -> Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                usual(panic);
            }
        }));
    });
    GUARDED.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(run));
    GUARDED.set(false);
    outcome.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string()));
        Err(Error::Engine { engine, reason: text.unwrap_or_else(|| "it panicked".into()) })
    })
}

fn check_graph(rows: &Array2<f32>, neighbors: &Neighbors, config: &ProjectionConfig) -> Result<()> {
    if neighbors.n_rows() != rows.nrows() {
        return Err(Error::mismatch(
            "the neighbor graph",
            neighbors.n_rows(),
            "the rows",
            rows.nrows(),
            "give the graph of these rows",
        ));
    }
    if config.engine == Engine::Pca {
        return Ok(());
    }
    neighbors::check_n_neighbors(config.n_neighbors, rows.nrows())?;
    if neighbors.n_neighbors() < config.n_neighbors {
        let remedy = format!("the graph holds {} neighbors per row", neighbors.n_neighbors());
        return Err(Error::config("n_neighbors", config.n_neighbors, remedy));
    }
    if neighbors.metric != config.metric {
        let remedy = format!("the graph was made with {:?}", neighbors.metric);
        return Err(Error::config("metric", format!("{:?}", config.metric), remedy));
    }
    Ok(())
}
