//! t-SNE by the crate manifolds-rs, on our exact neighbors.

use manifolds_rs::{TsneParams, tsne};
use ndarray::Array2;

use super::engine::EngineConfig;
use super::layout::Layout;
use super::manifolds;
use super::surroundings::Surroundings;
use crate::error::{Error, Result};
use crate::neighbors::Metric;

/// Neighbors that are looked at, as a multiple of the perplexity (van der Maaten 2014).
const PER_PERPLEXITY: f64 = 3.0;

/// Settings of t-SNE (van der Maaten & Hinton 2008).
#[derive(Debug, Clone)]
pub struct TsneConfig {
    /// Neighbors that count for each row, as a smooth number.
    pub perplexity: f64,
    /// Steps of the optimizer; `None` for the default.
    pub n_epochs: Option<usize>,
    /// How far apart two rows are.
    pub metric: Metric,
    /// The source of all randomness.
    pub seed: u64,
    /// Prints progress.
    pub progress: bool,
}

impl Default for TsneConfig {
    fn default() -> Self {
        TsneConfig { perplexity: 15.0, n_epochs: None, metric: Metric::Euclidean, seed: 42, progress: false }
    }
}

impl EngineConfig for TsneConfig {
    fn name(&self) -> &'static str {
        "tsne"
    }

    fn title(&self) -> &'static str {
        "t-SNE"
    }

    fn note(&self) -> String {
        format!("perplexity {}, seed {}", self.perplexity, self.seed)
    }

    fn n_neighbors(&self) -> usize {
        self.perplexity.round() as usize
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
        if self.perplexity.is_finite() && self.perplexity >= 1.0 {
            return Ok(());
        }
        Err(Error::config("perplexity", self.perplexity, "give a number from 1 on, 5 to 50 as a rule"))
    }

    fn run(&self, rows: &Array2<f32>, surroundings: &Surroundings<'_>) -> Result<Layout> {
        let graph = surroundings.neighbors((PER_PERPLEXITY * self.perplexity) as usize)?;
        let perplexity = (graph.n_neighbors() as f64 / PER_PERPLEXITY).min(self.perplexity);
        let mut params = TsneParams::new_default_2d(Some(perplexity as f32));
        params.optim_params.n_epochs = self.n_epochs.unwrap_or(params.optim_params.n_epochs);
        manifolds::run(self.name(), rows, |input| {
            let lists = manifolds::to_knn_lists(&graph);
            tsne(input, Some(lists), &params, "bh", self.seed as usize, usize::from(self.progress))
        })
    }
}
