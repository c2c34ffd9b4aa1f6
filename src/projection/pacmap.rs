//! PaCMAP by the crate manifolds-rs, on our exact neighbors.

use manifolds_rs::{PacmapParams, pacmap};
use ndarray::Array2;

use super::engine::EngineConfig;
use super::layout::Layout;
use super::manifolds;
use super::surroundings::Surroundings;
use crate::error::Result;
use crate::neighbors::Metric;

/// The neighbors among which the middle-near pairs are sampled.
const CANDIDATES: usize = 50;

/// Settings of PaCMAP (Wang, Huang, Rudin & Shaposhnik 2021).
#[derive(Debug, Clone)]
pub struct PacmapConfig {
    /// Neighbors per row, itself not counted.
    pub n_neighbors: usize,
    /// Steps of the optimizer; `None` for the default.
    pub n_epochs: Option<usize>,
    /// How far apart two rows are.
    pub metric: Metric,
    /// The source of all randomness.
    pub seed: u64,
    /// Prints progress.
    pub progress: bool,
}

impl Default for PacmapConfig {
    fn default() -> Self {
        PacmapConfig { n_neighbors: 15, n_epochs: None, metric: Metric::Euclidean, seed: 42, progress: false }
    }
}

impl EngineConfig for PacmapConfig {
    fn name(&self) -> &'static str {
        "pacmap"
    }

    fn title(&self) -> &'static str {
        "PaCMAP"
    }

    fn note(&self) -> String {
        format!("{} neighbors, seed {}", self.n_neighbors, self.seed)
    }

    fn n_neighbors(&self) -> usize {
        self.n_neighbors
    }

    fn metric(&self) -> Metric {
        self.metric
    }

    fn seed(&self) -> Option<u64> {
        Some(self.seed)
    }

    fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
    }

    fn check(&self) -> Result<()> {
        Ok(())
    }

    fn run(&self, rows: &Array2<f32>, surroundings: &Surroundings<'_>) -> Result<Layout> {
        let graph = surroundings.neighbors(CANDIDATES.max(self.n_neighbors))?;
        let mut params = PacmapParams::new_default_2d(Some(self.n_neighbors.min(graph.n_neighbors())));
        params.mn_candidate_end = graph.n_neighbors();
        params.optim_params.n_epochs = self.n_epochs.unwrap_or(params.optim_params.n_epochs);
        manifolds::run(self.name(), rows, |input| {
            let lists = manifolds::to_knn_lists(&graph);
            pacmap(input, Some(lists), &params, self.seed as usize, usize::from(self.progress))
        })
    }
}
