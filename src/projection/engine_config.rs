//! What every engine's settings answer: the side of an engine that the rest of the projection sees.

use ndarray::Array2;

use super::layout::Layout;
use super::surroundings::Surroundings;
use crate::error::Result;
use crate::math::checks::check_n_neighbors;
use crate::math::pca::Pca;
use crate::neighbors::{KnnGraph, Metric};

/// A map as an engine sees it that places new rows on it.
#[derive(Clone, Copy)]
pub(super) struct Mapped<'a> {
    /// Places of the mapped rows, `[n, n_components]`.
    pub coordinates: &'a Array2<f32>,
    /// Mean distance of a mapped row to its neighbors, over all rows.
    pub mean_knn_distance: f64,
}

/// What an engine's settings say of it, and how it is run.
pub(super) trait EngineConfig {
    /// The name that [`Engine::from_str`] understands.
    fn name(&self) -> &'static str;

    /// The name for headings, as its authors write it.
    fn title(&self) -> &'static str;

    /// The settings that shape the map, in one line.
    fn note(&self) -> String;

    /// Neighbors in which a row's surroundings are seen: those by which new rows are placed.
    fn n_neighbors(&self) -> usize;

    /// How far apart two rows are.
    fn metric(&self) -> Metric;

    /// The source of all randomness, where there is one that can be set.
    fn seed(&self) -> Option<u64> {
        None
    }

    /// Sets the seed of an engine that has one.
    fn set_seed(&mut self, _seed: u64) {}

    /// Axes of the map.
    fn n_components(&self) -> usize {
        2
    }

    /// Epochs of a run on `n_rows` rows; `None` for an engine that has none or hides them.
    fn epochs_on(&self, _n_rows: usize) -> Option<usize> {
        None
    }

    /// Keeps the layouts after these epochs, of an engine that has epochs.
    fn set_keep_epochs(&mut self, _epochs: Vec<usize>) {}

    /// Begins at these places, `[n, n_components]`; `false` of an engine that begins in its own way alone.
    fn set_start(&mut self, _places: Array2<f32>) -> bool {
        false
    }

    /// Whether the map depends on who is near whom.
    fn looks_at_neighbors(&self) -> bool {
        true
    }

    /// Refuses so few rows that they lack the neighbors that an engine asks for.
    fn check_n_rows(&self, n_rows: usize) -> Result<()> {
        check_n_neighbors(self.n_neighbors(), n_rows)
    }

    /// Refuses settings that are out of range for any rows; [`EngineConfig::check_n_rows`] comes after.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// Lays out finite rows, `[n, d]`.
    fn run(&self, rows: &Array2<f32>, surroundings: &Surroundings<'_>) -> Result<Layout>;

    /// The plane that the map is, where it is one.
    fn plane(&self, _rows: &Array2<f32>) -> Option<Pca> {
        None
    }

    /// What places new rows, each by itself; `None` where the mean of the neighbors' places is all that the engine
    /// offers.
    fn placing<'a>(&'a self, _map: &Mapped<'a>) -> Option<Box<Place<'a>>> {
        None
    }
}

/// From new rows, `[m, d]`, and their neighbors among the mapped ones to their places, `[m, n_components]`.
pub(super) type Place<'a> = dyn Fn(&Array2<f32>, &KnnGraph) -> Array2<f32> + Send + Sync + 'a;
