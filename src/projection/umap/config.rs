//! Settings of UMAP.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::points::MAX_COMPONENTS;
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::math::checks::{check_counts, check_n_neighbors};
use crate::neighbors::Metric;
use crate::progress::Stop;
use crate::projection::engine_config::{EngineConfig, Mapped, Place};
use crate::projection::layout::Layout;
use crate::projection::surroundings::Surroundings;

/// Up to this many rows more epochs are affordable, and needed, since each of them samples fewer edges.
const SMALL: usize = 10_000;
/// Default number of epochs up to [`SMALL`] rows.
const EPOCHS_OF_SMALL: usize = 600;
/// Default number of epochs beyond [`SMALL`] rows.
const EPOCHS_OF_LARGE: usize = 160;

/// By how much the default number of epochs is divided for a map that begins at an earlier one's places. They are a map
/// already, and each epoch moves the rows further from them.
pub(in crate::projection) const FEWER_FROM_START: usize = 4;

/// The initial layout, from which the epochs start.
#[derive(Debug, Clone, Default)]
pub enum Init {
    /// The first eigenvectors of the neighbor graph's normalized Laplacian, scaled to a side of 10;
    /// principal components where the graph falls into many components.
    #[default]
    Spectral,
    /// The first principal components, scaled to a side of 10.
    Pca,
    /// These coordinates, `[n, n_components]`, as they are.
    Given(Array2<f32>),
}

/// Settings of UMAP (McInnes, Healy & Melville 2018), named as in umap-learn.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct UmapConfig {
    /// Axes of the map, from 1 to 32 and no more than there are rows. A map of other than two is for scores, files and
    /// further computation: pages and figures show a plane.
    pub n_components: usize,
    /// Neighbors per row, the row itself not counted: few show fine structure, many the global shape.
    pub n_neighbors: usize,
    /// Distance on the map below which points count as fully similar, from 0 to `spread`, in units of the
    /// map: the smaller, the denser the clusters.
    pub min_dist: f64,
    /// Distance over which similarity on the map decays, in units of the map.
    pub spread: f64,
    /// Epochs of the optimizer. `None`: 600 up to 10,000 rows, 160 beyond. 0 gives the initial layout.
    pub n_epochs: Option<usize>,
    /// Distance between two rows.
    pub metric: Metric,
    /// Classes that the map is to keep together, one per row: supervised UMAP. A row without one
    /// ([`Labels::MISSING`]) is drawn to its neighbors of any class. `None` looks at the vectors alone.
    #[serde(skip)]
    pub target: Option<Labels>,
    /// How much `target` counts, from 0 to 1, where no edge between two classes is left.
    pub target_weight: f64,
    /// The initial layout.
    #[serde(skip)]
    pub init: Init,
    /// Seed of the initial layout and of the negative samples: the same seed gives the same bits at any
    /// number of threads.
    pub seed: u64,
    /// Prints progress, at most one line per second.
    #[serde(skip)]
    pub progress: bool,
    /// Ends the run after the current epoch; the layout reached is kept.
    #[serde(skip)]
    pub stop: Option<Stop>,
    /// Epochs after which the layout is kept as a [`Snapshot`](crate::projection::Snapshot); 0 is the initial
    /// layout.
    #[serde(skip)]
    pub keep_epochs: Vec<usize>,
}

impl Default for UmapConfig {
    fn default() -> Self {
        UmapConfig {
            n_components: 2,
            n_neighbors: 15,
            min_dist: 0.1,
            spread: 1.0,
            n_epochs: None,
            metric: Metric::Euclidean,
            target: None,
            target_weight: 0.5,
            init: Init::Spectral,
            seed: 42,
            progress: false,
            stop: None,
            keep_epochs: Vec::new(),
        }
    }
}

impl EngineConfig for UmapConfig {
    fn name(&self) -> &'static str {
        "umap"
    }

    fn title(&self) -> &'static str {
        "UMAP"
    }

    fn note(&self) -> String {
        let supervised = match &self.target {
            Some(target) => format!("{} classes at a weight of {}, ", target.n_classes(), self.target_weight),
            None => String::new(),
        };
        format!(
            "{} neighbors, min_dist {}, {supervised}seed {}: the same map every time",
            self.n_neighbors, self.min_dist, self.seed
        )
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

    fn n_components(&self) -> usize {
        self.n_components
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
        if !(1..=MAX_COMPONENTS).contains(&self.n_components) {
            let remedy = format!("give a number from 1 to {MAX_COMPONENTS}");
            return Err(Error::config("n_components", self.n_components, remedy));
        }
        if !(0.0..=1.0).contains(&self.target_weight) {
            return Err(Error::config("target_weight", self.target_weight, "give a number from 0 to 1"));
        }
        Ok(())
    }

    fn check_n_rows(&self, n_rows: usize) -> Result<()> {
        check_n_neighbors(self.n_neighbors, n_rows)?;
        if self.n_components > n_rows {
            let remedy = format!("there are {n_rows} rows, and a map of no more axes");
            return Err(Error::config("n_components", self.n_components, remedy));
        }
        match &self.target {
            Some(target) => {
                let (classes, rows) = ((target.len(), "the target"), (n_rows, "the data"));
                check_counts("rows", classes, rows, "give one class per row, or Labels::MISSING")
            }
            None => Ok(()),
        }
    }

    fn run(&self, rows: &Array2<f32>, surroundings: &Surroundings<'_>) -> Result<Layout> {
        super::run(rows, &*surroundings.neighbors(self.n_neighbors)?, self)
    }

    fn placing<'a>(&'a self, map: &Mapped<'a>) -> Option<Box<Place<'a>>> {
        Some(super::placing(*map, self))
    }
}

/// Refuses a `min_dist` and a `spread` for which no curve of similarity can be fitted.
pub(in crate::projection) fn check_min_dist(min_dist: f64, spread: f64) -> Result<()> {
    if !(spread.is_finite() && spread > 0.0) {
        return Err(Error::config("spread", spread, "give a positive number"));
    }
    if !(0.0..=spread).contains(&min_dist) {
        let remedy = format!("give a number from 0 to spread, which is {spread}");
        return Err(Error::config("min_dist", min_dist, remedy));
    }
    Ok(())
}

impl UmapConfig {
    /// Epochs of a run on `n_rows` rows; refuses a snapshot after the last of them.
    pub(super) fn n_epochs_for(&self, n_rows: usize) -> Result<usize> {
        let n_epochs = self.n_epochs.unwrap_or(default_epochs(n_rows));
        check_keep_epochs(&self.keep_epochs, n_epochs)?;
        Ok(n_epochs)
    }
}

/// Epochs where the settings ask for no number.
fn default_epochs(n_rows: usize) -> usize {
    if n_rows <= SMALL { EPOCHS_OF_SMALL } else { EPOCHS_OF_LARGE }
}

/// Refuses a snapshot after the last epoch.
pub(in crate::projection) fn check_keep_epochs(keep_epochs: &[usize], n_epochs: usize) -> Result<()> {
    match keep_epochs.iter().find(|&&epoch| epoch > n_epochs) {
        Some(&late) => Err(Error::config("keep_epochs", late, format!("there are {n_epochs} epochs"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_out_of_range_are_refused_with_their_remedy() {
        let refusal = |config: UmapConfig| config.check().expect_err("out of range").to_string();
        let defaults = UmapConfig::default;
        assert!(defaults().check().is_ok());
        for spread in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(refusal(UmapConfig { spread, ..defaults() }).ends_with("; give a positive number"));
        }
        for min_dist in [-0.1, 1.5, f64::NAN] {
            assert!(
                refusal(UmapConfig { min_dist, ..defaults() }).ends_with("0 to spread, which is 1"),
                "{min_dist}"
            );
        }
    }

    #[test]
    fn large_sets_get_fewer_epochs_and_no_snapshot_after_the_last() {
        let config = UmapConfig { keep_epochs: vec![0, 160], ..UmapConfig::default() };
        assert_eq!(config.n_epochs_for(10_000).expect("160 is below 600"), 600);
        assert_eq!(config.n_epochs_for(10_001).expect("160 is the last"), 160);
        let short = UmapConfig { n_epochs: Some(159), ..config };
        let error = short.n_epochs_for(100).expect_err("160 is after the last").to_string();
        assert_eq!(error, "keep_epochs is 160; there are 159 epochs");
    }
}
