//! Principal components as an engine: the linear baseline.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::engine_config::EngineConfig;
use super::layout::Layout;
use super::surroundings::Surroundings;
use crate::error::Result;
use crate::math::pca::Pca;
use crate::neighbors::Metric;

/// Neighbors by which it is told how far outside the data a new row lies.
const N_NEIGHBORS: usize = 15;

/// PCA has nothing to set: no neighbors, no seed, no epochs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PcaConfig;

impl EngineConfig for PcaConfig {
    fn name(&self) -> &'static str {
        "pca"
    }

    fn title(&self) -> &'static str {
        "PCA"
    }

    fn note(&self) -> String {
        "the two directions of greatest variance".into()
    }

    fn n_neighbors(&self) -> usize {
        N_NEIGHBORS
    }

    fn metric(&self) -> Metric {
        Metric::Euclidean
    }

    fn looks_at_neighbors(&self) -> bool {
        false
    }

    fn run(&self, rows: &Array2<f32>, _: &Surroundings<'_>) -> Result<Layout> {
        let plane = Pca::fit(rows.view());
        let coordinates = plane.apply(rows.view());
        Ok(Layout { plane: Some(plane), ..Layout::finished(coordinates) })
    }

    fn plane(&self, rows: &Array2<f32>) -> Option<Pca> {
        Some(Pca::fit(rows.view()))
    }
}
