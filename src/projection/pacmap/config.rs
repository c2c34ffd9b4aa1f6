//! What a PaCMAP map is made with.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::math::checks::check_rows;
use crate::neighbors::Metric;
use crate::progress::Stop;
use crate::projection::engine_config::EngineConfig;
use crate::projection::layout::Layout;
use crate::projection::surroundings::Surroundings;

/// Where the points of a PaCMAP map start.
#[derive(Debug, Clone, Default)]
pub enum PacmapInit {
    /// The first two principal components, scaled by 0.01.
    #[default]
    Pca,
    /// These places, `[n, 2]`; each axis is centered and scaled to a standard deviation of 1e-4, as in the package
    /// `pacmap`.
    Given(Array2<f32>),
}

/// How to make a PaCMAP map. The defaults are those of the authors' package `pacmap` 0.9.1.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct PacmapConfig {
    /// Neighbor pairs per row.
    pub n_neighbors: usize,
    /// Mid-near pairs per neighbor pair. They give the map its global shape.
    pub mn_ratio: f64,
    /// Further pairs per neighbor pair. They push apart what is not near.
    pub fp_ratio: f64,
    /// Epochs of the three phases: global shape, the passage to local shape, local shape alone.
    pub n_epochs: [usize; 3],
    /// Step size of Adam.
    pub learning_rate: f64,
    /// How far apart two rows are. Cosine compares the rows as given; the package `pacmap` centers them first.
    pub metric: Metric,
    /// The starting places.
    #[serde(skip)]
    pub init: PacmapInit,
    /// LocalMAP (Wang, Sun, Huang & Rudin 2025): within this distance on the map, the last phase looks for further
    /// pairs anew and pulls neighbors together more strongly, so that clusters that touch come apart. `None` is PaCMAP.
    pub local_distance: Option<f64>,
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

impl Default for PacmapConfig {
    fn default() -> Self {
        PacmapConfig {
            n_neighbors: 10,
            mn_ratio: 0.5,
            fp_ratio: 2.0,
            n_epochs: [100, 100, 250],
            learning_rate: 1.0,
            metric: Metric::Euclidean,
            init: PacmapInit::Pca,
            local_distance: None,
            seed: 42,
            progress: false,
            stop: None,
            keep_epochs: Vec::new(),
        }
    }
}

impl PacmapConfig {
    /// The settings of LocalMAP: those of PaCMAP with a [`local_distance`](PacmapConfig::local_distance) of 10.
    pub fn localmap() -> Self {
        PacmapConfig { local_distance: Some(10.0), ..PacmapConfig::default() }
    }

    /// Epochs of all phases.
    pub fn total_epochs(&self) -> usize {
        self.n_epochs.iter().sum()
    }

    /// Refuses starting places that are not one per row.
    pub(super) fn check_init(&self, n_rows: usize) -> Result<()> {
        match &self.init {
            PacmapInit::Pca => Ok(()),
            PacmapInit::Given(places) if places.dim() == (n_rows, 2) => check_rows("init", places),
            PacmapInit::Given(places) => {
                let remedy = format!("give one place in the plane for each of the {n_rows} rows");
                Err(Error::config("init", format!("an array of shape {:?}", places.dim()), remedy))
            }
        }
    }
}

impl EngineConfig for PacmapConfig {
    fn name(&self) -> &'static str {
        if self.local_distance.is_some() { "localmap" } else { "pacmap" }
    }

    fn title(&self) -> &'static str {
        if self.local_distance.is_some() { "LocalMAP" } else { "PaCMAP" }
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
        Some(self.total_epochs())
    }

    fn set_keep_epochs(&mut self, epochs: Vec<usize>) {
        self.keep_epochs = epochs;
    }

    fn check(&self) -> Result<()> {
        if !(self.mn_ratio.is_finite() && self.mn_ratio >= 0.0) {
            return Err(Error::config("mn_ratio", self.mn_ratio, "give zero or a positive number"));
        }
        let positive = [
            ("fp_ratio", self.fp_ratio),
            ("learning_rate", self.learning_rate),
            ("local_distance", self.local_distance.unwrap_or(1.0)),
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
