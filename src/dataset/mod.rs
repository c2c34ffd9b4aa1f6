//! Images and their classes, from IDX files, folders of pictures or arrays; as arrays and as a polars frame.
//!
//! ```no_run
//! use neural_manifold::dataset;
//! let fashion = dataset::load()?;
//! assert_eq!(fashion.train.images.dim(), (60_000, 28, 28, 1));
//! # Ok::<(), neural_manifold::Error>(())
//! ```

mod download;
mod fashion_mnist;
mod folder;
mod idx;
mod split;

use ndarray::Axis;
use polars::prelude::*;

use crate::error::{Error, Result};
use crate::labels::Labels;
pub use download::{Published, fetch_all};
pub use fashion_mnist::{FASHION_CLASSES, PUBLISHER, fashion_mnist_files, load, load_from};
pub use folder::load_folder;
pub use idx::load_idx;
pub use split::Split;

/// A data set: training and test images with their classes.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// What a title calls it.
    pub name: String,
    /// What the network is trained on.
    pub train: Split,
    /// What the network never sees in training.
    pub test: Split,
}

impl Dataset {
    /// Joins two splits of one image size, both gray or both in color, under a name; `class_names` become the names of
    /// both splits' labels.
    ///
    /// # Errors
    /// Splits of different image sizes or channels; a label without a class name.
    pub fn new(name: &str, class_names: Vec<String>, train: Split, test: Split) -> Result<Dataset> {
        if train.side() != test.side() {
            let sizes = [&train, &test].map(|split| format!("{0} x {0} in {1}", split.side(), split.name));
            return Err(Error::config("image size", sizes.join(" and "), "bring both splits to one size"));
        }
        if train.channels() != test.channels() {
            let channels = [&train, &test].map(|split| format!("{} in {}", split.channels(), split.name));
            let remedy = "bring both splits to gray or both to color";
            return Err(Error::config("channels", channels.join(" and "), remedy));
        }
        let named = |split: Split| -> Result<Split> {
            Ok(Split { labels: Labels::new(split.labels.codes, class_names.clone())?, ..split })
        };
        Ok(Dataset { name: name.to_string(), train: named(train)?, test: named(test)? })
    }

    /// The name of each class, by label.
    pub fn class_names(&self) -> &[String] {
        &self.train.labels.names
    }

    /// The data set cut to the first images of each split.
    pub fn first(&self, n_train: usize, n_test: usize) -> Dataset {
        Dataset { train: self.train.first(n_train), test: self.test.first(n_test), ..self.clone() }
    }

    /// Pixels from one side of an image to the other.
    pub fn side(&self) -> usize {
        self.train.side()
    }

    /// Numbers per pixel: 1 for gray, 3 for red, green and blue.
    pub fn channels(&self) -> usize {
        self.train.channels()
    }

    /// One row per image: `index` (u32, within its split), `split`, `label` (u32), `class`, `mean_intensity` (f32,
    /// 0–1). An image without a class has the label [`Labels::MISSING`] and the class "missing".
    ///
    /// # Errors
    /// Splits whose images and labels, put in place of others, differ in number.
    pub fn frame(&self) -> Result<DataFrame> {
        let splits = [&self.train, &self.test];
        let index: Vec<u32> = splits.iter().flat_map(|split| 0..split.len() as u32).collect();
        let names: Vec<&str> =
            splits.iter().flat_map(|split| std::iter::repeat_n(split.name.as_str(), split.len())).collect();
        let label: Vec<u32> = splits.iter().flat_map(|split| split.labels.codes.iter().copied()).collect();
        let class: Vec<&str> =
            splits.iter().flat_map(|split| (0..split.len()).map(|row| split.labels.name(row))).collect();
        let intensity: Vec<f32> = splits
            .iter()
            .flat_map(|split| split.images.axis_iter(Axis(0)))
            .map(|image| image.iter().map(|&p| p as f32).sum::<f32>() / (255.0 * image.len() as f32))
            .collect();
        let frame = df!(
            "index" => index,
            "split" => names,
            "label" => label,
            "class" => class,
            "mean_intensity" => intensity,
        );
        frame.map_err(|e| Error::dependency("polars", e))
    }
}
