//! The crate annembed: a second opinion on UMAP, where the feature `annembed` is built in.

#[cfg(feature = "annembed")]
mod embed;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::engine_config::EngineConfig;
use super::layout::Layout;
use super::surroundings::Surroundings;
use crate::error::Result;
use crate::neighbors::Metric;

/// Settings of annembed, which takes no seed, shows no progress and cannot be stopped.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct AnnembedConfig {
    /// Neighbors per row, itself not counted; 48 at most.
    pub n_neighbors: usize,
    /// Passes over the edges of all rows; `None` for the default.
    pub n_epochs: Option<usize>,
    /// How far apart two rows are.
    pub metric: Metric,
}

impl Default for AnnembedConfig {
    fn default() -> Self {
        AnnembedConfig { n_neighbors: 15, n_epochs: None, metric: Metric::Euclidean }
    }
}

impl EngineConfig for AnnembedConfig {
    fn name(&self) -> &'static str {
        "annembed"
    }

    fn title(&self) -> &'static str {
        "annembed"
    }

    fn note(&self) -> String {
        format!("{} neighbors, unseeded: another run gives another map", self.n_neighbors)
    }

    fn n_neighbors(&self) -> usize {
        self.n_neighbors
    }

    fn metric(&self) -> Metric {
        self.metric
    }

    fn run(&self, rows: &Array2<f32>, surroundings: &Surroundings<'_>) -> Result<Layout> {
        // annembed searches in an index of its own. Ours refuses rows that the metric cannot measure.
        surroundings.neighbors(self.n_neighbors)?;
        embed::layout(rows, self)
    }
}

/// Where the crate is not built in.
#[cfg(not(feature = "annembed"))]
mod embed {
    use super::*;
    use crate::error::Error;

    pub fn layout(_: &Array2<f32>, _: &AnnembedConfig) -> Result<Layout> {
        let remedy = "it is not built in; build neural-manifold with its feature annembed, or choose umap";
        Err(Error::engine("annembed", remedy))
    }
}
