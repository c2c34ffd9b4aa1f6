//! What another seed would change on a map.

use ndarray::Array1;

use super::procrustes;
use crate::error::{Error, Result};
use crate::neighbors::KnnGraph;
use crate::projection::{Projection, project_with};

/// Maps of the same rows by other seeds, each aligned with one map.
#[derive(Debug, Clone)]
pub struct Stability {
    /// Name of the map that the others are aligned with.
    pub map: String,
    /// The other seeds.
    pub seeds: Vec<u64>,
    /// Per seed: [`Procrustes::disparity`](super::Procrustes::disparity), 0 for the same shape, 1 for unrelated maps.
    pub disparities: Vec<f64>,
    /// Per seed: the median of the points' displacements, in units of the map's radius.
    pub median_displacements: Vec<f32>,
    /// Per seed: the largest displacement of a point, in units of the map's radius.
    pub max_displacements: Vec<f32>,
    /// Per point: its displacement, averaged over the seeds, `[n]`, in units of the map's radius. Points far above the
    /// rest are placed by chance.
    pub displacement: Array1<f32>,
}

impl Stability {
    /// The mean disparity of the seeds.
    pub fn mean_disparity(&self) -> f64 {
        self.disparities.iter().sum::<f64>() / self.disparities.len() as f64
    }

    /// The largest disparity of the seeds.
    pub fn max_disparity(&self) -> f64 {
        self.disparities.iter().copied().fold(0.0, f64::max)
    }
}

impl Projection {
    /// Makes this map again by other seeds, with the same engine, settings and neighbor `graph`, and measures by
    /// [`procrustes`] how far the maps differ in shape. Takes as long as the map did, for each seed.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let rows = Array2::from_shape_fn((80, 3), |(i, axis)| (0.7 * (i * (axis + 1)) as f32).sin());
    /// let latents = Latents::new("curve", rows, None)?;
    /// let graph = neighbors::knn_graph(&latents.vectors, 15, Metric::Euclidean)?;
    /// let umap: Projection = project_with(&latents, &graph, UmapConfig::default())?;
    /// // The same seed gives the same map, another one does not.
    /// let stability = umap.stability(&graph, &[42, 1])?;
    /// assert!(stability.disparities[0] < 1e-12 && stability.disparities[1] > 1e-6);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// No seeds, an engine without one, a graph of other rows, a map whose points all coincide, or work that the
    /// engine's [`Stop`](crate::projection::Stop) ended.
    pub fn stability(&self, graph: &KnnGraph, seeds: &[u64]) -> Result<Stability> {
        if seeds.is_empty() {
            return Err(Error::empty("the list of seeds", "name at least one"));
        }
        // All seeds are tried first, so that an engine without one is refused before any work.
        let engines = seeds.iter().map(|&seed| self.engine.with_seed(seed)).collect::<Result<Vec<_>>>()?;
        let mut totals = Array1::<f64>::zeros(self.coordinates.nrows());
        let (mut disparities, mut medians, mut largest) = (Vec::new(), Vec::new(), Vec::new());
        for (done, engine) in engines.iter().enumerate() {
            let other = project_with(&self.latents, graph, engine)?;
            if other.stopped {
                return Err(Error::Stopped { what: "the comparison of seeds", done, total: seeds.len() });
            }
            let aligned = procrustes(&self.coordinates, &other.coordinates)?;
            let mut sorted = aligned.displacements.to_vec();
            sorted.sort_unstable_by(f32::total_cmp);
            disparities.push(aligned.disparity);
            medians.push(sorted[sorted.len() / 2]);
            largest.push(*sorted.last().expect("a map has at least one point"));
            totals.zip_mut_with(&aligned.displacements, |total, &moved| *total += f64::from(moved));
        }
        Ok(Stability {
            map: self.name.clone(),
            seeds: seeds.to_vec(),
            disparities,
            median_displacements: medians,
            max_displacements: largest,
            displacement: totals.mapv(|total| (total / seeds.len() as f64) as f32),
        })
    }
}
