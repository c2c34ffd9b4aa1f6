//! Settings of densMAP.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::neighbors::Metric;
use crate::progress::Stop;
use crate::projection::engine_config::EngineConfig;
use crate::projection::layout::Layout;
use crate::projection::surroundings::Surroundings;
use crate::projection::umap::{FEWER_FROM_START, Init, check_keep_epochs, check_min_dist};

/// Up to this many rows more epochs are affordable, and needed, as in UMAP.
const SMALL: usize = 10_000;
/// Default number of epochs up to [`SMALL`] rows, as in umap-learn.
const EPOCHS_OF_SMALL: usize = 700;
/// Default number of epochs beyond [`SMALL`] rows.
const EPOCHS_OF_LARGE: usize = 400;

/// Settings of densMAP (Narayan, Berger & Cho 2021), named as in umap-learn.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct DensmapConfig {
    /// Neighbors per row, the row itself not counted.
    pub n_neighbors: usize,
    /// Distance on the map below which points count as fully similar, from 0 to `spread`, in units of the map.
    pub min_dist: f64,
    /// Distance over which similarity on the map decays, in units of the map.
    pub spread: f64,
    /// Weight of the density term against UMAP's objective. 0 gives a UMAP map.
    pub dens_lambda: f64,
    /// Share of the epochs, the last ones, in which the density term acts, from 0 to 1.
    pub dens_frac: f64,
    /// Added to the variance of the logarithms of the radii on the map: it bounds the density term where all radii are
    /// alike.
    pub dens_var_shift: f64,
    /// Epochs of the optimizer. `None`: 700 up to 10,000 rows, 400 beyond. 0 gives the initial layout.
    pub n_epochs: Option<usize>,
    /// Distance between two rows.
    pub metric: Metric,
    /// The initial layout.
    #[serde(skip)]
    pub init: Init,
    /// Seed of the initial layout and of the negative samples: the same seed gives the same bits at any number of
    /// threads.
    pub seed: u64,
    /// Prints progress, at most one line per second.
    #[serde(skip)]
    pub progress: bool,
    /// Ends the run after the current epoch; the layout reached is kept.
    #[serde(skip)]
    pub stop: Option<Stop>,
    /// Epochs after which the layout is kept as a [`Snapshot`](crate::projection::Snapshot); 0 is the initial layout.
    #[serde(skip)]
    pub keep_epochs: Vec<usize>,
}

impl Default for DensmapConfig {
    fn default() -> Self {
        DensmapConfig {
            n_neighbors: 15,
            min_dist: 0.1,
            spread: 1.0,
            dens_lambda: 2.0,
            dens_frac: 0.3,
            dens_var_shift: 0.1,
            n_epochs: None,
            metric: Metric::Euclidean,
            init: Init::Spectral,
            seed: 42,
            progress: false,
            stop: None,
            keep_epochs: Vec::new(),
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

    fn epochs_on(&self, n_rows: usize) -> Option<usize> {
        Some(self.n_epochs.unwrap_or(default_epochs(n_rows)))
    }

    fn set_keep_epochs(&mut self, epochs: Vec<usize>) {
        self.keep_epochs = epochs;
    }

    fn set_start(&mut self, places: Array2<f32>) -> bool {
        self.n_epochs.get_or_insert(default_epochs(places.nrows()) / FEWER_FROM_START);
        self.init = Init::Given(places);
        true
    }

    fn check(&self) -> Result<()> {
        check_min_dist(self.min_dist, self.spread)?;
        for (name, value) in [("dens_lambda", self.dens_lambda), ("dens_var_shift", self.dens_var_shift)] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(Error::config(name, value, "give zero or a positive number"));
            }
        }
        if !(0.0..=1.0).contains(&self.dens_frac) {
            return Err(Error::config("dens_frac", self.dens_frac, "give a number from 0 to 1"));
        }
        Ok(())
    }

    fn run(&self, rows: &Array2<f32>, surroundings: &Surroundings<'_>) -> Result<Layout> {
        super::run(rows, &*surroundings.neighbors(self.n_neighbors)?, self)
    }
}

impl DensmapConfig {
    /// Epochs of a run on `n_rows` rows; refuses a snapshot after the last of them.
    pub(super) fn n_epochs_for(&self, n_rows: usize) -> Result<usize> {
        let n_epochs = self.n_epochs.unwrap_or(default_epochs(n_rows));
        check_keep_epochs(&self.keep_epochs, n_epochs)?;
        Ok(n_epochs)
    }

    /// The first of `n_epochs` epochs in which the density term acts; `n_epochs` where it acts in none.
    pub(super) fn first_dense_epoch(&self, n_epochs: usize) -> usize {
        if self.dens_lambda == 0.0 {
            return n_epochs;
        }
        n_epochs - ((self.dens_frac * n_epochs as f64).round() as usize).min(n_epochs)
    }
}

/// Epochs where the settings ask for no number.
pub(super) fn default_epochs(n_rows: usize) -> usize {
    if n_rows <= SMALL { EPOCHS_OF_SMALL } else { EPOCHS_OF_LARGE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_density_term_acts_in_the_last_share_of_the_epochs() {
        let with =
            |dens_lambda, dens_frac| DensmapConfig { dens_lambda, dens_frac, ..DensmapConfig::default() };
        assert_eq!(with(2.0, 0.3).first_dense_epoch(800), 560);
        assert_eq!(with(2.0, 1.0).first_dense_epoch(7), 0);
        assert_eq!(with(2.0, 0.0).first_dense_epoch(7), 7);
        assert_eq!(with(0.0, 0.3).first_dense_epoch(800), 800);
    }
}
