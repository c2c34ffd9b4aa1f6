//! Latent vectors of a split: made by the encoder, kept as Parquet; and vectors of any other origin.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use ndarray::{Array1, Array2};
use polars::prelude::*;

use crate::dataset::Split;
use crate::error::{Error, Result};
use crate::files;
use crate::labels::Labels;
use crate::live::PointGroup;
use crate::math::checks::check_counts;
use crate::math::metric::Metric;
use crate::model::Autoencoder;
use crate::table::{Origin, Table, Vectors};

/// One vector per row, with what is known of the rows: what maps, scores and shapes are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Latents {
    /// Name of the split that they were made of, such as "test"; of vectors from elsewhere, any name.
    pub split: String,
    /// `[n, latent_size]`; a copy of the latents, such as a map keeps, shares them.
    pub vectors: Arc<Array2<f32>>,
    /// The class of each row, where it is known.
    pub labels: Option<Labels>,
}

/// Encodes every image of a split, in the images' order.
///
/// # Errors
/// Images of another side than the model was made for.
pub fn encode(model: &Autoencoder, split: &Split) -> Result<Latents> {
    Latents::new(&split.name, model.encode_images(&split.images)?, Some(split.labels.clone()))
}

fn polars_error(error: PolarsError) -> Error {
    Error::dependency("polars", error)
}

impl Latents {
    /// Vectors of any origin, `[n, d]`: another network's layer, pixels, measurements.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let vectors = Array2::from_shape_fn((30, 4), |(row, column)| (row * column) as f32);
    /// let latents = Latents::new("mine", vectors, None)?;
    /// assert_eq!(latents.len(), 30);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// Labels of another count than the vectors.
    pub fn new(split: &str, vectors: impl Into<Arc<Array2<f32>>>, labels: Option<Labels>) -> Result<Latents> {
        let latents = Latents { split: split.to_string(), vectors: vectors.into(), labels };
        latents.check()?;
        Ok(latents)
    }

    /// Refuses labels of another count than the vectors, which public fields allow.
    pub(crate) fn check(&self) -> Result<()> {
        let n_labels = self.labels.as_ref().map_or(self.len(), Labels::len);
        let (labels, vectors) = ((n_labels, "the labels"), (self.len(), "the vectors"));
        check_counts("rows", labels, vectors, "give one label per vector")
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.vectors.nrows()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first `n` rows, or all of them when there are fewer.
    pub fn first(&self, n: usize) -> Latents {
        let vectors = self.vectors.slice(ndarray::s![..n.min(self.len()), ..]).to_owned().into();
        Latents { split: self.split.clone(), vectors, labels: self.labels.as_ref().map(|l| l.first(n)) }
    }

    /// The rows by the color that they have on a map: one group per class, or one of all where there are no labels.
    pub(crate) fn color_groups(&self) -> Vec<PointGroup> {
        match &self.labels {
            Some(labels) => labels.color_groups(),
            None => vec![PointGroup::all(self.len())],
        }
    }

    /// What to call a row: its class and its number, or its number alone.
    pub(crate) fn row_name(&self, row: usize) -> String {
        match &self.labels {
            Some(labels) => format!("{}, item {row}", labels.name(row)),
            None => format!("item {row}"),
        }
    }

    /// One row per vector: `index` (u32), `split`, `label` (u32) and `class` where there are labels, null where a row
    /// has none, `latent` (list of f32).
    ///
    /// # Errors
    /// Labels of another count than the vectors.
    pub fn frame(&self) -> Result<DataFrame> {
        self.check()?;
        let index = Column::new("index".into(), (0..self.len() as u32).collect::<Vec<u32>>());
        let split = Column::new("split".into(), vec![self.split.as_str(); self.len()]);
        let rows = self.vectors.rows().into_iter().map(|row| Series::new("".into(), row.to_vec()));
        let latent = Column::new("latent".into(), rows.collect::<Vec<Series>>());
        let mut columns = vec![index, split];
        if let Some(Labels { codes, names }) = &self.labels {
            let label = codes.iter().map(|&code| (code != Labels::MISSING).then_some(code));
            let class = label.clone().map(|code| code.map(|code| names[code as usize].as_str()));
            columns.push(Column::new("label".into(), label.collect::<Vec<Option<u32>>>()));
            columns.push(Column::new("class".into(), class.collect::<Vec<Option<&str>>>()));
        }
        columns.push(latent);
        DataFrame::new(self.len(), columns).map_err(polars_error)
    }

    /// Writes [`Latents::frame`] to a Parquet file; an existing file is replaced in one step. The names of classes that
    /// no row is of are kept too.
    ///
    /// # Errors
    /// As for [`Latents::frame`]; a place that cannot be written.
    pub fn to_parquet(&self, path: impl AsRef<Path>) -> Result<()> {
        let mut content = Vec::new();
        let names = self.labels.as_ref().map(|labels| serde_json::json!(labels.names).to_string());
        let metadata = KeyValueMetadata::from_static(
            names.map(|names| vec![(CLASS_NAMES.to_string(), names)]).unwrap_or_default(),
        );
        ParquetWriter::new(&mut content)
            .with_compression(ParquetCompression::Uncompressed)
            .with_key_value_metadata(Some(metadata))
            .finish(&mut self.frame()?)
            .map_err(polars_error)?;
        files::write(path.as_ref(), &content)
    }

    /// Reads what [`Latents::to_parquet`] wrote, also by version 0.1, whose classes had no names; labels may be integers
    /// of any width, and latents lists of any numbers, as other programs write them.
    ///
    /// # Errors
    /// The file is not there, is damaged, lacks a column or a value, or has rows of different widths.
    pub fn from_parquet(path: impl AsRef<Path>) -> Result<Latents> {
        let path = path.as_ref();
        let malformed = |reason: String| Error::malformed(path, reason);
        let file = File::open(path).map_err(|e| Error::io("read", path, e))?;
        // Polars can panic on a damaged file; in a notebook that must not take the kernel's variables along.
        let read = || {
            let mut reader = ParquetReader::new(file);
            let names = reader.get_metadata()?.key_value_metadata().as_ref().and_then(|pairs| {
                let pair = pairs.iter().find(|pair| pair.key == CLASS_NAMES)?;
                serde_json::from_str::<Vec<String>>(pair.value.as_deref()?).ok()
            });
            Ok((reader.finish()?, names))
        };
        let (frame, names) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read))
            .map_err(|_| malformed("not a readable Parquet file".to_string()))?
            .map_err(|e: PolarsError| malformed(format!("not a readable Parquet file ({e})")))?;
        let column = |name: &str| {
            frame.column(name).map_err(|_| {
                malformed(format!("has no column {name:?}; its columns are {:?}", frame.get_column_names()))
            })
        };
        let wrong_type = |e: PolarsError| malformed(e.to_string());
        let absent = |name: &str, row: usize| malformed(format!("column {name:?} has no value in row {row}"));
        let split = column("split")?.str().map_err(wrong_type)?.get(0).unwrap_or("").to_string();
        let labels = match frame.column("label") {
            Err(_) => None,
            Ok(label) => {
                let codes = label.strict_cast(&DataType::UInt32).map_err(wrong_type)?;
                let codes = codes.u32().map_err(wrong_type)?;
                let codes: Array1<u32> = codes.iter().map(|code| code.unwrap_or(Labels::MISSING)).collect();
                Some(match names {
                    Some(names) => Labels::new(codes, names).map_err(|e| malformed(e.to_string()))?,
                    None => Labels::unnamed(codes),
                })
            }
        };
        let lists = column("latent")?;
        let item = lists.list().map_err(wrong_type)?.inner_dtype().clone();
        if !item.is_primitive_numeric() {
            return Err(malformed(format!("column \"latent\" has lists of {item}; give lists of numbers")));
        }
        let lists = lists.cast(&DataType::List(Box::new(DataType::Float32))).map_err(wrong_type)?;
        let lists = lists.list().map_err(wrong_type)?;
        let width = lists.get_as_series(0).map_or(0, |first| first.len());
        let mut values = Vec::with_capacity(frame.height() * width);
        for row in 0..frame.height() {
            let series = lists.get_as_series(row).ok_or_else(|| absent("latent", row))?;
            if series.len() != width {
                return Err(malformed(format!("row {row} has {} numbers, row 0 has {width}", series.len())));
            }
            for value in series.f32().map_err(wrong_type)?.iter() {
                values.push(value.ok_or_else(|| absent("latent", row))?);
            }
        }
        let vectors =
            Array2::from_shape_vec((frame.height(), width), values).map_err(|e| malformed(e.to_string()))?;
        Ok(Latents { split, vectors: vectors.into(), labels })
    }
}

impl Table {
    /// Adds the latent vectors of the pictures by a network, as the set of vectors "latent"; a row without a picture has
    /// none.
    ///
    /// # Errors
    /// There are no pictures; one cannot be decoded; the table has vectors of that name.
    pub fn with_encoded(mut self, model: &Autoencoder) -> Result<Table> {
        let config = &model.config;
        let split = Split::from_table(&self, config.image_size, config.image_channels)?;
        let latents = model.encode_images(&split.images)?;
        let mut values = Array2::from_elem((self.len(), config.latent_size), f32::NAN);
        for (row, latent) in self.rows_with_picture().into_iter().zip(latents.rows()) {
            values.row_mut(row).assign(&latent);
        }
        let origin = Origin::Latent("autoencoder".to_string());
        self.add_vectors(Vectors::sifted("latent", values, None, Some(Metric::Euclidean), origin))?;
        Ok(self)
    }
}

impl Table {
    /// The vectors of a set as latents, with the labels of their rows: what maps, scores and shapes are made of. Under
    /// the cosine metric each row has length 1, so that Euclidean distances order the rows as cosines do.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let vectors = ndarray::array![[3.0, 4.0, 0.0], [0.0, 0.0, 0.0], [0.0, 2.0, 0.0]];
    /// let cosine = TableConfig { metric: Some(Metric::Cosine), ..TableConfig::default() };
    /// let table = Table::from_vectors("mine", vectors, None, &cosine)?;
    /// // The row of zeros has no direction and is left out.
    /// assert_eq!(*table.latents(None)?.vectors, ndarray::array![[0.6, 0.8, 0.0], [0.0, 1.0, 0.0]]);
    /// assert_eq!(table.vectors_rows(None)?, [0, 2]);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// There is no such set, or no row of it can be used.
    pub fn latents(&self, name: Option<&str>) -> Result<Latents> {
        let set = self.vectors(name)?;
        if set.rows.is_empty() {
            let what = format!("{} after {} rows that cannot be used", set.name, set.left_out.total());
            return Err(Error::empty(&what, "give vectors of finite numbers that are not all zero"));
        }
        let vectors = match set.metric {
            Metric::Euclidean => set.values.clone(),
            metric => metric.ready(&set.values)?.into_owned().into(),
        };
        Latents::new(self.name(), vectors, self.labels().map(|labels| labels.select(&set.rows)))
    }
}

/// The key under which a file of latents keeps the names of its classes, as JSON.
const CLASS_NAMES: &str = "neural-manifold.class_names";
