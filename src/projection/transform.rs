//! New rows on an existing map.

use ndarray::{Array1, Array2};

use super::{Engine, Projection, umap};
use crate::error::Result;
use crate::neighbors::{self, Neighbors};

/// Where new rows lie on a map, and how much they belong there.
#[derive(Debug, Clone)]
pub struct Placement {
    /// Places in the order of the new rows, `[m, 2]`.
    pub coordinates: Array2<f32>,
    /// How far outside the data each row lies, `[m]`: its mean distance to its nearest mapped rows over the mean of
    /// theirs to their own. About 1 inside; 2 is twice as isolated as its surroundings (after the local outlier
    /// factor of Breunig et al. 2000).
    pub isolation: Array1<f32>,
    /// The nearest mapped rows of each new row.
    pub neighbors: Neighbors,
}

impl Projection {
    /// Places new rows, `[m, d]`, and leaves the map as it is.
    ///
    /// Each row is placed by itself: alone or among ten thousand it gets the same bits. UMAP maps optimise the new
    /// point against the standing ones, a PCA map projects it, other maps put it at the mean of its neighbours'
    /// places, weighted by their membership.
    ///
    /// # Errors
    /// No rows, a width other than the map's, a value that is not finite, a row of zeros under the cosine metric.
    pub fn transform(&self, new_rows: &Array2<f32>) -> Result<Placement> {
        neighbors::check_rows("new rows", new_rows)?;
        neighbors::check_width(new_rows, &self.rows)?;
        let n_neighbors = self.config.n_neighbors.min(self.rows.nrows());
        let neighbors = neighbors::find_in(new_rows, &self.rows, n_neighbors, self.config.metric)?;
        let coordinates = match (&self.pca, self.engine) {
            (Some(plane), _) => plane.apply(new_rows.view()),
            (None, Engine::Umap) => umap::embed(new_rows, &neighbors, self.mapped(), &self.config.umap()),
            (None, _) => {
                let map = self.mapped();
                umap::init_transform(&neighbors, map.coordinates, map.mean_knn_distance)
            }
        };
        Ok(Placement { coordinates, isolation: self.isolation(&neighbors), neighbors })
    }

    fn mapped(&self) -> umap::Mapped<'_> {
        let mean_knn_distance = self.local_distances.mean().expect("a map has at least one row");
        umap::Mapped { coordinates: &self.coordinates, mean_knn_distance: f64::from(mean_knn_distance) }
    }

    fn isolation(&self, neighbors: &Neighbors) -> Array1<f32> {
        let rows = neighbors.indices.rows().into_iter().zip(neighbors.distances.rows());
        rows.map(|(indices, distances)| {
            let own = distances.sum();
            let theirs: f32 = indices.iter().map(|&j| self.local_distances[j as usize]).sum();
            match (own > 0.0, theirs > 0.0) {
                (false, _) => 1.0,
                (true, true) => own / theirs,
                (true, false) => f32::INFINITY,
            }
        })
        .collect()
    }
}
