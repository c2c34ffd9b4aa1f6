//! The rows that a job of many machines has placed: a folder that `scale/` writes, whole or refused.

use std::path::Path;

use ndarray::{Array1, Axis};
use polars::prelude::DataType;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::latents::Latents;
use crate::math::checks::check_counts;
use crate::projection::{Projection, UmapConfig};
use crate::table::Table;

const SUCCESS: &str = "_SUCCESS";
const MANIFEST: &str = "_neural_manifold.json";

/// The rows of a finished job: every row's latent vector and its place on the map of a sample.
#[derive(Debug)]
pub struct Placed {
    /// All rows, with their ids, vectors, places, and the columns `isolation` and `error`.
    pub table: Table,
    /// What the job says of itself.
    pub manifest: Manifest,
}

/// What a job says of the rows that it has placed.
#[derive(Debug, Clone, Deserialize)]
pub struct Manifest {
    /// SHA-256 of the [bundle](crate::bundle::Bundle) on whose map they are.
    pub bundle_sha256: String,
    /// SHA-256 of the bundle at whose map this one began; empty where it began anew.
    #[serde(default)]
    pub start: String,
    /// All rows, the bad ones among them.
    pub rows: usize,
    /// Rows that could not be placed; the column `error` says why.
    pub bad_rows: usize,
    /// Rows that are more than twice as far from their neighbors on the map as these are from theirs: the sample has
    /// missed what they are like.
    pub isolated_rows: usize,
}

impl Placed {
    /// Reads the folder that a job has written, all of it: for as many rows as fit into memory.
    ///
    /// # Errors
    /// The job has not ended; rows were lost or added since; what [`Table::open`] refuses.
    pub fn open(folder: impl AsRef<Path>) -> Result<Placed> {
        let folder = folder.as_ref();
        std::fs::metadata(folder).map_err(|e| Error::io("read", folder, e))?;
        for name in [SUCCESS, MANIFEST] {
            if !folder.join(name).exists() {
                let reason = format!("has no {name}: the job that writes it did not end, run it again");
                return Err(Error::malformed(folder, reason));
            }
        }
        let path = folder.join(MANIFEST);
        let text = std::fs::read(&path).map_err(|e| Error::io("read", &path, e))?;
        let manifest: Manifest = serde_json::from_slice(&text)
            .map_err(|e| Error::malformed(&path, format!("is not what a job writes, run it again ({e})")))?;
        let table = Table::open(folder)?;
        let told = (manifest.rows, MANIFEST);
        check_counts("rows", (table.len(), "the folder"), told, "run the job again with --overwrite")?;
        Ok(Placed { table, manifest })
    }

    /// A map of at most `most` rows, evenly drawn in their order, and the isolation of each: about 1 inside of what the
    /// map knows.
    ///
    /// # Errors
    /// Fewer rows were placed than a map needs; the columns are not those that a job writes; `most` is 0.
    pub fn sample(&self, most: usize) -> Result<(Projection, Array1<f32>)> {
        if most == 0 {
            return Err(Error::config("most", most, "ask for 1 row or more"));
        }
        let vectors = self.table.vectors(None)?;
        let Some(places) = self.table.coordinates().first() else {
            return Err(Error::empty("the list of placed rows", "read the column error for what is wrong"));
        };
        // A row has both or neither, but for a vector of zeros, which has no direction.
        let both: Vec<(usize, usize)> = places
            .rows
            .iter()
            .enumerate()
            .filter_map(|(place, row)| Some((place, vectors.rows.binary_search(row).ok()?)))
            .collect();
        let drawn: Vec<(usize, usize)> =
            both.iter().step_by(both.len().div_ceil(most).max(1)).copied().collect();
        let (of_places, of_vectors): (Vec<usize>, Vec<usize>) = drawn.into_iter().unzip();
        let latents = Latents::new("placed", vectors.values.select(Axis(0), &of_vectors), None)?;
        let coordinates = places.values.select(Axis(0), &of_places);
        let isolation = self.isolation()?;
        let isolation = of_places.iter().map(|&place| isolation[places.rows[place]]).collect();
        let default = UmapConfig::default();
        // As many as there are in a job of a few rows.
        let n_neighbors = default.n_neighbors.min(latents.len().saturating_sub(1));
        let map = Projection::of(&latents, coordinates, UmapConfig { n_neighbors, ..default })?;
        Ok((map.named("Placed rows"), isolation))
    }

    /// The isolation of every row of the table; NaN where a row was not placed.
    fn isolation(&self) -> Result<Vec<f32>> {
        self.table.column("isolation")?;
        let column =
            self.table.frame().column("isolation").and_then(|column| column.cast(&DataType::Float32));
        let column = column.map_err(|e| Error::dependency("polars", e))?;
        let values = column.f32().map_err(|e| Error::dependency("polars", e))?;
        Ok(values.iter().map(|value| value.unwrap_or(f32::NAN)).collect())
    }
}
