//! A table of whatever people bring: rows with names, columns, pictures, vectors and maps, read from the files they
//! have.
//!
//! [`Table::open`] looks at a path's ending and content: Parquet, CSV, TSV, JSON lines, npy and npz, safetensors, IDX,
//! and folders of pictures or of Parquet files. It guesses what is what, and [`Table::report`] tells what was read,
//! guessed and left out; a [`TableConfig`] says it instead.
//!
//! ```no_run
//! use neural_manifold::prelude::*;
//!
//! let table = Table::open("products.parquet")?;
//! println!("{}", table.report());
//! let umap = project(&table.latents(None)?, UmapConfig::default())?;
//! # Ok::<(), Error>(())
//! ```

mod arrays;
mod arrow;
mod build;
mod column;
mod config;
mod dates;
mod delimited;
mod folder;
mod guess;
pub(crate) mod idx;
mod jsonl;
mod measures;
mod npy;
mod open;
mod parquet;
mod picture;
mod pictures;
mod raw;
mod report;
mod roles;
mod safetensors;
mod text;
mod values;
mod vector_columns;
mod vectors;
mod zip;

use std::sync::Arc;

use ndarray::Array2;
use polars::prelude::DataFrame;

use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::math::checks::check_counts;
use crate::math::metric::Metric;
pub use column::{Column, ColumnKind};
pub use config::{Fit, TableConfig};
pub use picture::Picture;
use pictures::{Decoding, Source};
use roles::Roles;
pub use vectors::{Coordinates, LeftOut, Origin, Vectors};

/// Rows with names, columns, pictures, sets of vectors and maps; each part but the rows may be absent.
#[derive(Debug, Clone)]
pub struct Table {
    name: String,
    /// Of each row the number that it had when the data were read.
    numbers: Vec<usize>,
    /// Without the columns that became vectors, coordinates or pictures.
    frame: DataFrame,
    columns: Vec<Column>,
    roles: Roles,
    pictures: Option<Pictures>,
    vectors: Vec<Vectors>,
    coordinates: Vec<Coordinates>,
    /// What was read, guessed and left out, one sentence each.
    notes: Vec<String>,
}

/// The pictures of the rows, and how they are shown.
#[derive(Debug, Clone)]
struct Pictures {
    sources: Arc<Vec<Option<Source>>>,
    decoding: Decoding,
    /// The side of all pictures, where they are squares of one size.
    side: Option<usize>,
    fit: Fit,
    thumb_side: usize,
}

impl Table {
    /// A table of vectors of any origin, `[n, d]`, with their classes where these are known.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let vectors = Array2::from_shape_fn((30, 4), |(row, column)| (row * column) as f32);
    /// let table = Table::from_vectors("mine", vectors, None, &TableConfig::default())?;
    /// // A row of zeros is kept: these lengths differ, so that distances are Euclidean.
    /// assert_eq!(table.latents(None)?.len(), 30);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// Labels of another count than the vectors; no row or no column.
    pub fn from_vectors(
        name: &str,
        vectors: Array2<f32>,
        labels: Option<&Labels>,
        config: &TableConfig,
    ) -> Result<Table> {
        build::from_raw(name, raw::Raw::of_vectors(name, &vectors, labels)?, config)
    }

    /// A table of the columns of a frame: lists of numbers become vectors.
    ///
    /// # Errors
    /// As for [`Table::open_with`]; a column of a type that is neither text, number, truth value nor a list of these.
    pub fn from_frame(name: &str, frame: &DataFrame, config: &TableConfig) -> Result<Table> {
        build::from_raw(name, raw::Raw::of_frame(frame)?, config)
    }

    /// What a title calls it: the name of its file or folder.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.frame.height()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The columns, one row per row of the table; those that became vectors, coordinates or pictures are not in it.
    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    /// What each column of the frame is, in its order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of a name.
    ///
    /// # Errors
    /// There is none; the nearest name is told.
    pub fn column(&self, name: &str) -> Result<&Column> {
        let names = || self.columns.iter().map(|column| column.name.as_str());
        self.columns.iter().find(|column| column.name == name).ok_or_else(|| raw::no_column(name, names()))
    }

    /// The sets of vectors, the first being what [`Table::latents`] takes when none is named.
    pub fn vector_sets(&self) -> &[Vectors] {
        &self.vectors
    }

    /// A set of vectors by name; `None` is the first.
    ///
    /// # Errors
    /// There is no set, or none of this name; the names are told.
    pub fn vectors(&self, name: Option<&str>) -> Result<&Vectors> {
        let Some(first) = self.vectors.first() else {
            let remedy = match self.has_pictures() {
                true => "make vectors of its pictures by with_pixels, or give some by with_vectors",
                false => {
                    "name their columns (TableConfig::vectors), or give some by with_measures or with_vectors"
                }
            };
            return Err(Error::empty(&format!("the list of vectors of {}", self.name), remedy));
        };
        let Some(name) = name else { return Ok(first) };
        let names = || self.vectors.iter().map(|set| set.name.as_str());
        self.vectors.iter().find(|set| set.name == name).ok_or_else(|| raw::no_column(name, names()))
    }

    /// Rows of the table that the latents of a set are of, ascending.
    ///
    /// # Errors
    /// There is no such set.
    pub fn vectors_rows(&self, name: Option<&str>) -> Result<&[usize]> {
        Ok(&self.vectors(name)?.rows)
    }

    /// Maps that came with the data.
    pub fn coordinates(&self) -> &[Coordinates] {
        &self.coordinates
    }

    /// Whether rows have pictures.
    pub fn has_pictures(&self) -> bool {
        self.pictures.is_some()
    }

    /// The picture of a row in its own size, decoded now; `None` where the row has none.
    ///
    /// # Errors
    /// No such row; a picture that cannot be decoded, by its path.
    pub fn picture(&self, row: usize) -> Result<Option<Picture>> {
        self.check_row(row)?;
        let Some(pictures) = &self.pictures else { return Ok(None) };
        let Some(source) = &pictures.sources[row] else { return Ok(None) };
        let picture = source.decode(&pictures.decoding).map_err(|reason| {
            let reason =
                format!("row {row}: {} cannot be decoded, repair or remove it ({reason})", source.name());
            Error::malformed(std::path::Path::new(&self.name), reason)
        })?;
        Ok(Some(picture))
    }

    /// The picture of a row in a square of [`TableConfig::thumb_side`]; `None` where the row has none.
    ///
    /// # Errors
    /// As for [`Table::picture`].
    pub fn thumbnail(&self, row: usize) -> Result<Option<Picture>> {
        let Some(pictures) = &self.pictures else { return self.picture(row) };
        self.square(row, pictures.thumb_side)
    }

    /// Pixels from one side to the other in which all rows' pictures are shown: those of the first picture where it is a
    /// smaller square than a thumbnail.
    pub(crate) fn shown_side(&self) -> Result<usize> {
        let side = self.pictures.as_ref().map_or(0, |pictures| pictures.thumb_side);
        let with_picture = |&row: &usize| self.pictures.as_ref().is_some_and(|p| p.sources[row].is_some());
        let first = (0..self.len()).find(with_picture).map(|row| self.picture(row)).transpose()?.flatten();
        let small = first.filter(|picture| picture.width() == picture.height() && picture.width() < side);
        Ok(small.map_or(side, |picture| picture.width()))
    }

    /// How pictures become squares, and on which ground.
    pub(crate) fn fit(&self) -> (Fit, [u8; 3]) {
        self.pictures.as_ref().map_or((Fit::Pad, [255; 3]), |p| (p.fit, p.decoding.ground))
    }

    /// The picture of a row in a square of `side` pixels; `None` where the row has none.
    pub(crate) fn square(&self, row: usize, side: usize) -> Result<Option<Picture>> {
        let (fit, ground) = self.fit();
        Ok(self.picture(row)?.map(|picture| picture.fitted(side, fit, ground)))
    }

    fn check_row(&self, row: usize) -> Result<()> {
        match row < self.len() {
            true => Ok(()),
            false => {
                let remedy = format!("the table has {} rows, counted from 0", self.len());
                Err(Error::config("row", row, remedy))
            }
        }
    }

    /// Adds a set of vectors, `[n, d]`, one per row of the table.
    ///
    /// # Errors
    /// Another number of vectors than of rows; no dimension; a name that is taken.
    pub fn with_vectors(mut self, name: &str, values: Array2<f32>, metric: Option<Metric>) -> Result<Table> {
        self.add_vectors(Vectors::sifted(name, values, None, metric, Origin::Given))?;
        Ok(self)
    }

    /// Adds a map that is there already, `[n, 2]`, one place per row of the table.
    ///
    /// # Errors
    /// Another number of places than of rows, or other than two numbers per place.
    pub fn with_coordinates(mut self, name: &str, values: Array2<f32>) -> Result<Table> {
        let (places, rows) = ((values.nrows(), name), (self.len(), self.name.as_str()));
        check_counts("rows", places, rows, "give one place per row of the table")?;
        check_counts("columns", (values.ncols(), name), (2, "a map"), "give two numbers per row")?;
        self.coordinates.push(Coordinates::sifted(name, values));
        Ok(self)
    }

    /// Adds the pixels of all pictures, scaled to `side` x `side` and to 0–1, as the set of vectors "pixels".
    ///
    /// # Errors
    /// There are no pictures; one cannot be decoded; a side of zero.
    pub fn with_pixels(mut self, side: usize) -> Result<Table> {
        self.add_vectors(self.pixels(side)?)?;
        Ok(self)
    }

    pub(crate) fn add_vectors(&mut self, set: Vectors) -> Result<()> {
        let given = set.rows.len() + set.left_out.total();
        let (vectors, rows) = ((given, set.name.as_str()), (self.len(), self.name.as_str()));
        check_counts("rows", vectors, rows, "give one vector per row of the table")?;
        if set.width() == 0 {
            return Err(Error::empty(&set.name, "give vectors of at least one number"));
        }
        if self.vectors.iter().any(|other| other.name == set.name) {
            return Err(Error::config("name of vectors", &set.name, "it is taken; give another"));
        }
        self.vectors.push(set);
        Ok(())
    }

    /// Chosen rows in the order of `rows`, with all that belongs to them.
    ///
    /// # Errors
    /// A row that the table does not have, or that is chosen twice.
    pub fn select(&self, rows: &[usize]) -> Result<Table> {
        let mut seen = vec![false; self.len()];
        for &row in rows {
            self.check_row(row)?;
            if std::mem::replace(&mut seen[row], true) {
                return Err(Error::config("row", row, "it is chosen twice; name each row once"));
            }
        }
        self.selected(rows)
    }
}
