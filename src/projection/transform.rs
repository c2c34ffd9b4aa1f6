//! New rows on an existing map.

use ndarray::{Array1, Array2};

use std::sync::OnceLock;

use super::engine_config::Mapped;
use super::umap::init_transform;
use super::{Engine, Projection};
use crate::error::Result;
use crate::latents::Latents;
use crate::math::checks::{check_counts, check_rows, check_width};
use crate::neighbors::{KnnGraph, KnnIndex};

/// Where new rows lie on a map, and how much they belong there.
#[derive(Debug, Clone)]
pub struct Placement {
    /// Places in the order of the new rows, `[m, 2]`.
    pub coordinates: Array2<f32>,
    /// How far outside the data each row lies, `[m]`: its mean distance to its nearest mapped rows over the mean of
    /// theirs to their own. About 1 inside; 2 is twice as isolated as its surroundings (after the local outlier
    /// factor of Breunig et al. 2000).
    pub outlier_score: Array1<f32>,
    /// The nearest mapped rows of each new row.
    pub neighbors: KnnGraph,
}

impl Projection {
    /// A map that was made before, from its rows, their places, `[n, 2]`, and the engine that made it with its settings:
    /// new rows are placed on it as on the map itself.
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
        let (found, wanted) = ((coordinates.ncols(), "the places"), (2, "a map"));
        check_counts("columns", found, wanted, "give an x and a y per row")?;
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

    /// The map made ready for rows that come one after the other: what [`Projection::transform`] prepares at each call,
    /// .3 s for 60,000 rows, is prepared once.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let waves = Array2::from_shape_fn((60, 3), |(row, column)| ((row * (column + 1)) as f32 / 9.0).sin());
    /// let map = project(&Latents::new("waves", waves.clone(), None)?, UmapConfig::default())?;
    /// let placer = map.placer()?;
    /// let all = map.transform(&waves)?.coordinates;
    /// for row in 0..60 {
    ///     let one = waves.slice(s![row..=row, ..]).to_owned();
    ///     assert_eq!(placer.place(&one)?.coordinates.row(0), all.row(row));
    /// }
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// A row of zeros on the map under the cosine metric.
    pub fn placer(&self) -> Result<Placer<'_>> {
        let index = KnnIndex::new(&self.latents.vectors, self.engine.metric())?;
        let mean_knn_distance = self.mean_knn_distance();
        let mean = f64::from(mean_knn_distance.mean().expect("a map has a row"));
        Ok(Placer { map: self, index, mean_knn_distance, mean })
    }
}

/// A map on which rows are placed, see [`Projection::placer`].
pub struct Placer<'a> {
    map: &'a Projection,
    index: KnnIndex<'a>,
    mean_knn_distance: &'a Array1<f32>,
    /// Over all rows of the map.
    mean: f64,
}

impl Placer<'_> {
    /// Places new rows, `[m, d]`, as [`Projection::transform`] does.
    ///
    /// # Errors
    /// As for [`Projection::transform`].
    pub fn place(&self, new_rows: &Array2<f32>) -> Result<Placement> {
        check_rows("new rows", new_rows)?;
        check_width(new_rows, &self.map.latents.vectors)?;
        let Projection { engine, latents, coordinates, .. } = self.map;
        let neighbors = self.index.query(new_rows, engine.n_neighbors().clamp(1, latents.len()))?;
        let coordinates = match self.map.pca() {
            Some(plane) => plane.apply(new_rows.view()),
            None => {
                let map = Mapped { coordinates, mean_knn_distance: self.mean };
                let placed = engine.config().place(new_rows, &neighbors, &map);
                placed.unwrap_or_else(|| init_transform(&neighbors, &map))
            }
        };
        let outlier_score = outlier_scores(&neighbors, self.mean_knn_distance);
        Ok(Placement { coordinates, outlier_score, neighbors })
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
