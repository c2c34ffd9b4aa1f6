//! What a TriMap map is made with.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::neighbors::Metric;
use crate::progress::Stop;
use crate::projection::engine_config::EngineConfig;
use crate::projection::layout::Layout;
use crate::projection::surroundings::Surroundings;

/// How to make a TriMap map. The defaults are those of the authors' package `trimap` 1.2.0.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct TrimapConfig {
    /// Neighbors per row that are to be nearer than others: the inliers of the paper.
    pub n_neighbors: usize,
    /// Random rows per neighbor that are to be farther than it.
    pub n_outliers: usize,
    /// Triplets per row of two random rows, the nearer of which is to be nearer on the map. They give the map its
    /// global shape.
    pub n_random: usize,
    /// Temperature of the logarithm that evens out the weights of triplets, from 0, which leaves them as they are, to 1,
    /// the natural logarithm. The higher, the more compact are clusters.
    pub weight_temperature: f64,
    /// Steps of the descent.
    pub n_epochs: usize,
    /// Step size of the descent.
    pub learning_rate: f64,
    /// How far apart two rows are. Cosine compares the rows as given; the package `trimap` centers them first.
    pub metric: Metric,
    /// The source of all randomness.
    pub seed: u64,
    /// Prints progress.
    #[serde(skip)]
    pub progress: bool,
    /// Ends the work early, after the current epoch.
    #[serde(skip)]
    pub stop: Option<Stop>,
    /// Epochs at which the places are kept as snapshots. 0 is the start.
    #[serde(skip)]
    pub keep_epochs: Vec<usize>,
}

impl Default for TrimapConfig {
    fn default() -> Self {
        TrimapConfig {
            n_neighbors: 12,
            n_outliers: 4,
            n_random: 3,
            weight_temperature: 0.5,
            n_epochs: 400,
            learning_rate: 0.1,
            metric: Metric::Euclidean,
            seed: 42,
            progress: false,
            stop: None,
            keep_epochs: Vec::new(),
        }
    }
}

impl EngineConfig for TrimapConfig {
    fn name(&self) -> &'static str {
        "trimap"
    }

    fn title(&self) -> &'static str {
        "TriMap"
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

    fn epochs_on(&self, _n_rows: usize) -> Option<usize> {
        Some(self.n_epochs)
    }

    fn set_keep_epochs(&mut self, epochs: Vec<usize>) {
        self.keep_epochs = epochs;
    }

    fn check(&self) -> Result<()> {
        if self.n_outliers == 0 {
            return Err(Error::config("n_outliers", 0, "ask for at least one"));
        }
        if !(0.0..=1.0).contains(&self.weight_temperature) {
            return Err(Error::config(
                "weight_temperature",
                self.weight_temperature,
                "give a number from 0 to 1",
            ));
        }
        if !(self.learning_rate.is_finite() && self.learning_rate > 0.0) {
            return Err(Error::config("learning_rate", self.learning_rate, "give a positive number"));
        }
        if let Some(&late) = self.keep_epochs.iter().find(|&&epoch| epoch > self.n_epochs) {
            return Err(Error::config("keep_epochs", late, format!("there are {} epochs", self.n_epochs)));
        }
        Ok(())
    }

    fn run(&self, rows: &Array2<f32>, surroundings: &Surroundings<'_>) -> Result<Layout> {
        super::run(rows, surroundings, self)
    }
}
