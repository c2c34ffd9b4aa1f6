//! New rows on an existing map.

use ndarray::{Array1, Array2};

use std::sync::OnceLock;

use super::engine_config::{Mapped, Place};
use super::umap::init_transform;
use super::{Engine, Projection};
use crate::error::Result;
use crate::latents::Latents;
use crate::math::checks::{check_counts, check_rows};
use crate::neighbors::{KnnGraph, KnnIndex};

/// Where new rows lie on a map, and how much they belong there.
#[derive(Debug, Clone)]
pub struct Placement {
    /// Places in the order of the new rows, `[m, n_components]`.
    pub coordinates: Array2<f32>,
    /// How far outside the data each row lies, `[m]`: its mean distance to its nearest mapped rows over the mean of
    /// theirs to their own. About 1 inside; 2 is twice as isolated as its surroundings (after the local outlier
    /// factor of Breunig et al. 2000).
    pub outlier_score: Array1<f32>,
    /// The nearest mapped rows of each new row.
    pub neighbors: KnnGraph,
}

impl Projection {
    /// A map that was made before, from its rows, their places, `[n, n_components]`, and the engine that made it with its
    /// settings: new rows are placed on it as on the map itself.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let waves = Array2::from_shape_fn((60, 3), |(row, column)| ((row * (column + 1)) as f32 / 9.0).sin());
    /// let latents = Latents::new("waves", waves, None)?;
    /// let map = project(&latents, UmapConfig::default())?;
    /// let kept = Projection::of(&latents, map.coordinates.clone(), UmapConfig::default())?;
    /// let new_rows = latents.vectors.mapv(|x| x + 0.01);
    /// assert_eq!(kept.transform(&new_rows)?.coordinates, map.transform(&new_rows)?.coordinates);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// No rows, a value that is not finite, another number of places than of rows, settings out of range.
    pub fn of(latents: &Latents, coordinates: Array2<f32>, engine: impl Into<Engine>) -> Result<Projection> {
        let engine = engine.into();
        super::check(latents, &engine)?;
        check_rows("places", &coordinates)?;
        let (places, rows) = ((coordinates.nrows(), "the places"), (latents.len(), "the data"));
        check_counts("rows", places, rows, "give each row its place")?;
        let wanted = (engine.config().n_components(), "a map by these settings");
        check_counts("columns", (coordinates.ncols(), "the places"), wanted, "give a number per axis")?;
        let plane = engine.config().plane(&latents.vectors);
        Ok(Projection {
            name: engine.title().to_string(),
            engine,
            coordinates,
            n_epochs: 0,
            stopped: false,
            snapshots: Vec::new(),
            elapsed_secs: 0.0,
            latents: latents.clone(),
            plane,
            mean_knn_distance: OnceLock::new(),
        })
    }

    /// The same with the mean distance of each row to its neighbors, `[n]`, which is then not searched for.
    pub(crate) fn kept(
        latents: &Latents,
        coordinates: Array2<f32>,
        engine: Engine,
        mean_knn_distance: Array1<f32>,
    ) -> Result<Projection> {
        let (found, rows) = ((mean_knn_distance.len(), "the distances"), (latents.len(), "the data"));
        check_counts("rows", found, rows, "give each row its mean distance")?;
        let map = Projection::of(latents, coordinates, engine)?;
        Ok(Projection { mean_knn_distance: OnceLock::from(mean_knn_distance), ..map })
    }

    /// Places new rows, `[m, d]`, and leaves the map as it is.
    ///
    /// Each row is placed by itself: alone or among ten thousand it gets the same bits. UMAP maps optimize the new
    /// point against the fixed ones, a PCA map projects it, other maps put it at the mean of its neighbors' places,
    /// weighted by their membership.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let line = Array2::from_shape_fn((40, 2), |(row, column)| (row * (column + 1)) as f32);
    /// let map = project(&Latents::new("line", line.clone(), None)?, PcaConfig)?;
    /// let placed = map.transform(&line)?;
    /// assert!((&placed.coordinates - &map.coordinates).iter().all(|off| off.abs() < 1e-4));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// No rows, a width other than the map's, a value that is not finite, a row of zeros under the cosine metric.
    pub fn transform(&self, new_rows: &Array2<f32>) -> Result<Placement> {
        self.placer()?.place(new_rows)
    }

    /// What places new rows, batch after batch: the index of the mapped rows is made once, where
    /// [`Projection::transform`] makes it at each call.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let waves = Array2::from_shape_fn((60, 3), |(row, column)| ((row * (column + 1)) as f32 / 9.0).sin());
    /// let map = project(&Latents::new("waves", waves.clone(), None)?, UmapConfig::default())?;
    /// let placer = map.placer()?;
    /// assert_eq!(placer.place(&waves)?.coordinates, map.transform(&waves)?.coordinates);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// A mapped row of zeros under the cosine metric.
    pub fn placer(&self) -> Result<Placer<'_>> {
        let index = KnnIndex::new(&self.latents.vectors, self.engine.metric())?;
        let mean_knn_distance = self.mean_knn_distance();
        let mean = f64::from(mean_knn_distance.mean().expect("a map has a row"));
        let map = Mapped { coordinates: &self.coordinates, mean_knn_distance: mean };
        let placing: Box<Place<'_>> = match self.pca() {
            Some(plane) => Box::new(|new_rows, _| plane.apply(new_rows.view())),
            None => {
                let by_mean = move |_: &Array2<f32>, neighbors: &KnnGraph| init_transform(neighbors, &map);
                self.engine.config().placing(&map).unwrap_or_else(|| Box::new(by_mean))
            }
        };
        let n_neighbors = self.engine.n_neighbors().clamp(1, self.latents.len());
        Ok(Placer { index, n_neighbors, mean_knn_distance, placing })
    }
}

/// A map to which new rows come batch after batch; made by [`Projection::placer`].
pub struct Placer<'a> {
    index: KnnIndex<'a>,
    n_neighbors: usize,
    mean_knn_distance: &'a Array1<f32>,
    placing: Box<Place<'a>>,
}

impl Placer<'_> {
    /// Places new rows, `[m, d]`, as [`Projection::transform`] does.
    ///
    /// # Errors
    /// Those of [`Projection::transform`].
    pub fn place(&self, new_rows: &Array2<f32>) -> Result<Placement> {
        check_rows("new rows", new_rows)?;
        let neighbors = self.index.nearest(new_rows, self.n_neighbors)?;
        let outlier_score = outlier_scores(&neighbors, self.mean_knn_distance);
        Ok(Placement { coordinates: (self.placing)(new_rows, &neighbors), outlier_score, neighbors })
    }
}

/// Mean distance of each new row to its neighbors over the mean of theirs.
fn outlier_scores(neighbors: &KnnGraph, mean_knn_distance: &Array1<f32>) -> Array1<f32> {
    let rows = neighbors.indices.rows().into_iter().zip(neighbors.distances.rows());
    rows.map(|(indices, distances)| {
        let own = distances.sum();
        let theirs: f32 = indices.iter().map(|&j| mean_knn_distance[j as usize]).sum();
        match (own > 0.0, theirs > 0.0) {
            (false, _) => 1.0,
            (true, true) => own / theirs,
            (true, false) => f32::INFINITY,
        }
    })
    .collect()
}
