//! densMAP (Narayan, Berger & Cho 2021): UMAP whose last epochs also make the local radii on the map follow those of
//! the data, so that dense regions look dense.
//!
//! The graph, the initial layout, the forces and the optimizer are UMAP's. `radii` measures how far the neighbors of
//! each row lie, among the data and on the map; `density` turns the correlation of the two into a force along edges.

mod config;
mod density;
mod radii;

use ndarray::Array2;

pub use self::config::DensmapConfig;

use self::config::default_epochs;
use self::density::Density;
use super::layout::Layout;
use super::umap::{AbCurve, Decay, Epochs, Forces, FuzzyGraph, Optimizer, initial_layout};
use crate::error::Result;
use crate::neighbors::KnnGraph;

/// Up to this many epochs, an edge is dropped as if there were the default number: few epochs would leave few edges.
const FEW_EPOCHS: usize = 10;

/// Maps finite `rows`, `[n, d]`, by the graph of their neighbors.
fn run(rows: &Array2<f32>, neighbors: &KnnGraph, config: &DensmapConfig) -> Result<Layout> {
    let n_epochs = config.n_epochs_for(rows.nrows())?;
    let full = FuzzyGraph::from_neighbors(neighbors);
    let start = initial_layout(rows, &full, &config.init, 2, config.seed)?;
    // The radii on the map count every edge alike, and the density term of an edge is divided by its weight: edges too
    // weak to be due once in a run would distort both. umap-learn drops them too.
    let graph =
        full.without_weak(if n_epochs > FEW_EPOCHS { n_epochs } else { default_epochs(rows.nrows()) });
    let forces = Forces::new(AbCurve::fit(config.min_dist, config.spread));
    let density = Density::new(&graph, neighbors, forces, config);
    // The density term goes on longer at a rate that falls linearly, as its authors have it: local radii follow better.
    let optimizer = Optimizer::<f32>::new(&graph, &start, forces, config.seed, (n_epochs, Decay::Linear));
    let first_dense = config.first_dense_epoch(n_epochs);
    let epochs = Epochs {
        name: "densmap",
        n_components: 2,
        n_epochs,
        progress: config.progress,
        stop: config.stop.as_ref(),
        keep_epochs: &config.keep_epochs,
    };
    Ok(epochs.run(optimizer, |optimizer, epoch| {
        if epoch < first_dense {
            optimizer.run_epoch(epoch);
        } else {
            let pulls = density.pulls(&optimizer.positions());
            optimizer.run_epoch_with(epoch, |block| pulls.of_block(block));
        }
    }))
}
