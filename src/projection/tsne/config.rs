//! What a t-SNE map is made with.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::neighbors::Metric;
use crate::progress::Stop;
use crate::projection::engine_config::EngineConfig;
use crate::projection::layout::Layout;
use crate::projection::surroundings::Surroundings;

/// Neighbors per unit of perplexity (van der Maaten 2014): farther rows have next to no affinity.
const NEIGHBORS_PER_PERPLEXITY: f64 = 3.0;
/// With fewer rows not even a perplexity of one has its neighbors.
const MIN_ROWS: usize = 4;
/// Epochs, and how many of them have early exaggeration at the most, as in openTSNE.
const N_EPOCHS: usize = 750;
const MAX_EARLY_EPOCHS: usize = 250;
/// Neighbors by which new rows are placed, at the most: as many as there are in a graph made for UMAP.
const MAX_PLACING_NEIGHBORS: usize = 15;

/// How to make a t-SNE map (van der Maaten & Hinton 2008). The defaults are those of openTSNE 1.0.
///
/// ```
/// use neural_manifold::prelude::*;
///
/// let rows = Array2::from_shape_fn((90, 3), |(row, column)| ((row * (column + 1)) as f32 / 9.0).sin());
/// let latents = Latents::new("waves", rows, None)?;
/// let map = project(&latents, TsneConfig { perplexity: 10.0, ..TsneConfig::default() })?;
/// assert_eq!((map.coordinates.dim(), map.n_epochs), ((90, 2), 750));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct TsneConfig {
    /// Effective number of neighbors of each row, from 1 to a third of the number of the other rows; 5 to 50 as a rule.
    pub perplexity: f64,
    /// Factor by which attraction is raised in the first third of the epochs, 250 at the most: clusters form before
    /// they are pushed apart.
    pub early_exaggeration: f64,
    /// Length of a step for a gradient of one. `None`: the number of rows over the exaggeration in force (Belkina et
    /// al. 2019).
    pub learning_rate: Option<f64>,
    /// Steps of all points, those of early exaggeration included. `None`: 750.
    pub n_epochs: Option<usize>,
    /// How far apart two rows are.
    pub metric: Metric,
    /// Seed of the noise in the starting places, by which equal rows come apart.
    pub seed: u64,
    /// Prints progress, and the divergence that is reached.
    #[serde(skip)]
    pub progress: bool,
    /// Ends the work early, after the current epoch.
    #[serde(skip)]
    pub stop: Option<Stop>,
    /// Epochs at which the places are kept as snapshots. 0 is the start.
    #[serde(skip)]
    pub keep_epochs: Vec<usize>,
}

impl Default for TsneConfig {
    fn default() -> Self {
        TsneConfig {
            perplexity: 30.0,
            early_exaggeration: 12.0,
            learning_rate: None,
            n_epochs: None,
            metric: Metric::Euclidean,
            seed: 42,
            progress: false,
            stop: None,
            keep_epochs: Vec::new(),
        }
    }
}

impl TsneConfig {
    /// Neighbors per row that the affinities are made of.
    pub(super) fn n_affinities(&self) -> usize {
        (NEIGHBORS_PER_PERPLEXITY * self.perplexity) as usize
    }

    pub(super) fn total_epochs(&self) -> usize {
        self.n_epochs.unwrap_or(N_EPOCHS)
    }

    /// The factor of attraction in an epoch.
    pub(super) fn exaggeration(&self, epoch: usize) -> f64 {
        let n_early = (self.total_epochs() / 3).min(MAX_EARLY_EPOCHS);
        if epoch < n_early { self.early_exaggeration } else { 1.0 }
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
        (self.perplexity.round() as usize).min(MAX_PLACING_NEIGHBORS)
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
        Some(self.total_epochs())
    }

    fn set_keep_epochs(&mut self, epochs: Vec<usize>) {
        self.keep_epochs = epochs;
    }

    fn check_n_rows(&self, n_rows: usize) -> Result<()> {
        if n_rows < MIN_ROWS {
            let remedy = format!("t-SNE needs {MIN_ROWS} rows or more, here are {n_rows}");
            return Err(Error::config("perplexity", self.perplexity, remedy));
        }
        let most = (n_rows - 1) as f64 / NEIGHBORS_PER_PERPLEXITY;
        if (1.0..=most).contains(&self.perplexity) {
            return Ok(());
        }
        // Cut, not rounded, so that the number told is itself within the range.
        let most = (most * 100.0).floor() / 100.0;
        let remedy = format!("with {n_rows} rows it is from 1 to {most}");
        Err(Error::config("perplexity", self.perplexity, remedy))
    }

    fn check(&self) -> Result<()> {
        let positive = [
            ("early_exaggeration", self.early_exaggeration),
            ("learning_rate", self.learning_rate.unwrap_or(1.0)),
        ];
        for (name, value) in positive {
            if !(value.is_finite() && value > 0.0) {
                return Err(Error::config(name, value, "give a positive number"));
            }
        }
        let total = self.total_epochs();
        match self.keep_epochs.iter().find(|&&epoch| epoch > total) {
            Some(late) => Err(Error::config("keep_epochs", late, format!("there are {total} epochs"))),
            None => Ok(()),
        }
    }

    fn run(&self, rows: &Array2<f32>, surroundings: &Surroundings<'_>) -> Result<Layout> {
        super::run(rows, surroundings, self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_possible_perplexity_is_told_and_taken() {
        for n in 4..200 {
            let error =
                TsneConfig { perplexity: 1e9, ..Default::default() }.check_n_rows(n).expect_err("too large");
            let text = error.to_string();
            let most: f64 = text.rsplit(' ').next().expect("a number").parse().expect("a number");
            let config = TsneConfig { perplexity: most, ..Default::default() };
            config.check_n_rows(n).expect("the number told");
            assert!((1..n).contains(&config.n_affinities()), "{n} {most}");
            assert!(TsneConfig { perplexity: most + 0.34, ..Default::default() }.check_n_rows(n).is_err());
        }
    }
}
