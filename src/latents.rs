//! Latent vectors of a split: made by the encoder, kept as Parquet.

use std::fs::File;
use std::path::Path;

use ndarray::{Array1, Array2};
use polars::prelude::*;

use crate::dataset::Split;
use crate::error::{Error, Result};
use crate::files;
use crate::model::Autoencoder;

/// The latent vectors of a split's images, in the images' order.
#[derive(Debug, Clone, PartialEq)]
pub struct Latents {
    /// Name of the split, such as "test".
    pub split: String,
    /// `[n, latent_size]`.
    pub vectors: Array2<f32>,
    /// The class of each image, `[n]`.
    pub labels: Array1<u8>,
}

/// Encodes every image of a split.
pub fn encode(model: &Autoencoder, split: &Split) -> Result<Latents> {
    Ok(Latents {
        split: split.name.clone(),
        vectors: model.encode_images(&split.images)?,
        labels: split.labels.codes.mapv(|code| code as u8),
    })
}

fn polars_error(error: PolarsError) -> Error {
    Error::Engine { engine: "polars", reason: error.to_string() }
}

impl Latents {
    /// The number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// One row an image: `index` (u32), `split`, `label` (u8), `latent` (list of f32).
    pub fn frame(&self) -> Result<DataFrame> {
        let rows = self.vectors.rows().into_iter().map(|row| Series::new("".into(), row.to_vec()));
        df!(
            "index" => (0..self.len() as u32).collect::<Vec<u32>>(),
            "split" => vec![self.split.as_str(); self.len()],
            "label" => self.labels.to_vec(),
            "latent" => rows.collect::<Vec<Series>>(),
        )
        .map_err(polars_error)
    }

    /// Writes [`Latents::frame`] to a Parquet file; an existing file is replaced in one step.
    pub fn to_parquet(&self, path: &str) -> Result<()> {
        let mut content = Vec::new();
        ParquetWriter::new(&mut content)
            .with_compression(ParquetCompression::Uncompressed)
            .finish(&mut self.frame()?)
            .map_err(polars_error)?;
        files::write(Path::new(path), &content)
    }

    /// Reads what [`Latents::to_parquet`] wrote.
    ///
    /// # Errors
    /// The file is not there, is damaged, lacks a column or a value, or has rows of different widths.
    pub fn from_parquet(path: &str) -> Result<Latents> {
        let location = Path::new(path);
        let malformed = |reason: String| Error::malformed(location, reason);
        let file = File::open(location).map_err(|e| Error::io("read", location, e))?;
        // Polars can panic on a damaged file; in a notebook that must not take the kernel's variables along.
        let frame = std::panic::catch_unwind(|| ParquetReader::new(file).finish())
            .map_err(|_| malformed("not a readable Parquet file".to_string()))?
            .map_err(|e| malformed(format!("not a readable Parquet file ({e})")))?;
        let column = |name: &str| {
            frame.column(name).map_err(|_| {
                malformed(format!("has no column {name:?}; its columns are {:?}", frame.get_column_names()))
            })
        };
        let wrong_type = |e: PolarsError| malformed(e.to_string());
        let absent = |name: &str, row: usize| malformed(format!("column {name:?} has no value in row {row}"));
        let labels = column("label")?.u8().map_err(wrong_type)?.iter().enumerate();
        let labels = labels
            .map(|(row, label)| label.ok_or_else(|| absent("label", row)))
            .collect::<Result<Vec<u8>>>()?;
        let split = column("split")?.str().map_err(wrong_type)?.get(0).unwrap_or("").to_string();
        let lists = column("latent")?.list().map_err(wrong_type)?;
        let width = lists.get_as_series(0).map_or(0, |first| first.len());
        let mut values = Vec::with_capacity(labels.len() * width);
        for row in 0..labels.len() {
            let series = lists.get_as_series(row).ok_or_else(|| absent("latent", row))?;
            if series.len() != width {
                return Err(malformed(format!("row {row} has {} numbers, row 0 has {width}", series.len())));
            }
            for value in series.f32().map_err(wrong_type)?.iter() {
                values.push(value.ok_or_else(|| absent("latent", row))?);
            }
        }
        let vectors =
            Array2::from_shape_vec((labels.len(), width), values).map_err(|e| malformed(e.to_string()))?;
        Ok(Latents { split, vectors, labels: Array1::from_vec(labels) })
    }
}
