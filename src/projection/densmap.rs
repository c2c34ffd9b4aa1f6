//! densMAP by the crate manifolds-rs, on our exact neighbors.

use manifolds_rs::prelude::UmapOptimParams;
use manifolds_rs::{DensmapParams, densmap};
use ndarray::Array2;

use super::engine::EngineConfig;
use super::layout::Layout;
use super::manifolds;
use super::surroundings::Surroundings;
use super::umap::check_min_dist;
use crate::error::Result;
use crate::neighbors::Metric;

/// Settings of densMAP (Narayan, Berger & Cho 2021).
#[derive(Debug, Clone)]
pub struct DensmapConfig {
    /// Neighbors per row, itself not counted.
    pub n_neighbors: usize,
    /// How close points may be packed, in units of the map.
    pub min_dist: f64,
    /// The scale of the map.
    pub spread: f64,
    /// Passes over the edges; `None` for the default.
    pub n_epochs: Option<usize>,
    /// How far apart two rows are.
    pub metric: Metric,
    /// The source of all randomness.
    pub seed: u64,
    /// Prints progress.
    pub progress: bool,
}

impl Default for DensmapConfig {
    fn default() -> Self {
        DensmapConfig {
            n_neighbors: 15,
            min_dist: 0.1,
            spread: 1.0,
            n_epochs: None,
            metric: Metric::Euclidean,
            seed: 42,
            progress: false,
        }
    }
}

impl EngineConfig for DensmapConfig {
    fn name(&self) -> &'static str {
        "densmap"
    }

    fn title(&self) -> &'static str {
        "densMAP"
    }

    fn note(&self) -> String {
        format!("{} neighbors, min_dist {}, seed {}", self.n_neighbors, self.min_dist, self.seed)
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
        check_min_dist(self.min_dist, self.spread)
    }

    fn run(&self, rows: &Array2<f32>, surroundings: &Surroundings<'_>) -> Result<Layout> {
        let graph = surroundings.neighbors(self.n_neighbors)?;
        let (min_dist, spread) = (self.min_dist as f32, self.spread as f32);
        let mut params = DensmapParams::new_default_2d(Some(min_dist), Some(spread), None);
        params.umap_params.k = self.n_neighbors;
        params.umap_params.optim_params = UmapOptimParams::from_min_dist_spread(
            min_dist,
            spread,
            None,
            None,
            self.n_epochs,
            None,
            None,
            None,
            None,
        );
        manifolds::run(self.name(), rows, |input| {
            let lists = manifolds::to_knn_lists(&graph);
            densmap(input, Some(lists), &params, self.seed as usize, usize::from(self.progress))
        })
    }
}
