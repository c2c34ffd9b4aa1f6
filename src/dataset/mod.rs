//! Images and their classes, from IDX files, folders of pictures or arrays; as arrays and as a polars frame.
//!
//! ```no_run
//! use neural_manifold::dataset;
//! let fashion = dataset::load()?;
//! assert_eq!(fashion.train.images.dim(), (60_000, 28, 28));
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

/// One part of a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// What it is for, such as "train" or "test".
    pub name: String,
    /// Grey images, `[n, side, side]`, 0 is black.
    pub images: Array3<u8>,
    /// The class of each image, `[n]`.
    pub labels: Array1<u8>,
}

/// Fashion-MNIST (60,000 + 10,000 images of 28 x 28) from the first place that has it.
///
/// Taken from the folder that `NEURAL_MANIFOLD_DATA` names; where none is named, looked for in `data/` (of this folder
/// or the one above, for a notebook's kernel) and where Debian's package `dataset-fashion-mnist` puts it; else
/// downloaded from the publisher into `data/`, where a download that broke off goes on. Digests are checked whichever
/// way it came. `NEURAL_MANIFOLD_IMAGES=N` keeps the first N images of each split, for a quick run through a notebook.
pub fn load() -> Result<Dataset> {
    let dataset = match std::env::var_os("NEURAL_MANIFOLD_DATA") {
        Some(named) => load_from(&named.to_string_lossy()),
        None => {
            let folder = match download::places().into_iter().find(|place| missing_in(place).is_empty()) {
                Some(folder) => folder,
                None => download_data()?,
            };
            load_from(&folder.to_string_lossy())
        }
    }?;
    match std::env::var("NEURAL_MANIFOLD_IMAGES") {
        Err(_) => Ok(dataset),
        Ok(cap) => match cap.parse::<usize>() {
            Ok(n) if n > 0 => Ok(dataset.first(n, n)),
            _ => Err(Error::config("NEURAL_MANIFOLD_IMAGES", cap, "give a number of images, 1 or more")),
        },
    }
}

/// Fashion-MNIST from the four published files in a folder, gzipped or plain, their digests checked.
pub fn load_from(folder: &str) -> Result<Dataset> {
    let folder = Path::new(folder);
    let missing = missing_in(folder);
    if !missing.is_empty() {
        return Err(Error::malformed(folder, format!("has no {}, gzipped or plain", missing.join(", no "))));
    }
    let read = |published: &Published| -> Result<(Vec<u8>, PathBuf)> {
        let path = file_in(folder, &published.name).unwrap_or_else(|| folder.join(&published.name));
        let content = idx::read_plain(&path)?;
        download::check_digest(&content, &published.sha256, &path)?;
        Ok((content, path))
    };
    let files = fashion_mnist();
    Dataset::new(
        "Fashion-MNIST",
        FASHION_CLASSES.iter().map(|name| name.to_string()).collect(),
        Split::parse("train", read(&files[0])?, read(&files[1])?)?,
        Split::parse("test", read(&files[2])?, read(&files[3])?)?,
    )
}

/// Downloads what is not there yet; from a notebook's folder, the project's `data/` lies one level up.
fn download_data() -> Result<PathBuf> {
    let folder = PathBuf::from(if Path::new("../Cargo.toml").exists() { "../data" } else { "data" });
    fetch_all(PUBLISHER, &fashion_mnist(), &folder)?;
    Ok(folder)
}

/// The published files that a folder lacks.
fn missing_in(folder: &Path) -> Vec<String> {
    fashion_mnist().into_iter().map(|file| file.name).filter(|name| file_in(folder, name).is_none()).collect()
}

/// The path of an IDX file in a folder, gzipped or plain.
fn file_in(folder: &Path, name: &str) -> Option<PathBuf> {
    [folder.join(format!("{name}.gz")), folder.join(name)].into_iter().find(|path| path.is_file())
}

/// Reads a pair of IDX files, gzipped or plain, as the split `name`: square images whose side divides by 4, and one label an image.
pub fn load_idx(name: &str, images: &str, labels: &str) -> Result<Split> {
    let read = |path: &str| idx::read_plain(Path::new(path)).map(|bytes| (bytes, PathBuf::from(path)));
    Split::parse(name, read(images)?, read(labels)?)
}

impl Split {
    fn parse(name: &str, images: (Vec<u8>, PathBuf), labels: (Vec<u8>, PathBuf)) -> Result<Split> {
        let (pixels, image_path) = (idx::parse(images.0, 3, &images.1)?, images.1);
        let classes = idx::parse(labels.0, 1, &labels.1)?;
        let (count, height, width) = (pixels.dims[0], pixels.dims[1], pixels.dims[2]);
        let array = Array3::from_shape_vec((count, height, width), pixels.values)
            .map_err(|e| Error::malformed(&image_path, e.to_string()))?;
        Split::new(name, array, Array1::from_vec(classes.values)).map_err(|error| match error {
            Error::Config { value, remedy, .. } => {
                Error::malformed(&image_path, format!("images are {value}; {remedy}"))
            }
            other => other,
        })
    }

    /// Pairs images `[n, side, side]` with labels `[n]`, after checking that they fit each other and the network.
    pub fn new(name: &str, images: Array3<u8>, labels: Array1<u8>) -> Result<Split> {
        let (count, height, width) = images.dim();
        if count == 0 {
            return Err(Error::empty("the set of images", "give at least one image"));
        }
        if height != width || height == 0 || !height.is_multiple_of(4) {
            return Err(Error::config(
                "image size",
                format!("{height} x {width}"),
                "the encoder halves the side twice: crop or pad to a square whose side divides by 4",
            ));
        }
        if labels.len() != count {
            return Err(Error::mismatch(
                "entries",
                (count, "the images"),
                (labels.len(), "the labels"),
                "give the images and the labels of one split",
            ));
        }
        Ok(Split { name: name.to_string(), images, labels })
    }

    /// The number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no image.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Pixels from one side of an image to the other.
    pub fn side(&self) -> usize {
        self.images.dim().1
    }

    /// The images as rows of pixels in 0–1, `[n, side * side]`: what the neighbours of pixels are found in.
    pub fn pixel_rows(&self) -> Result<Array2<f32>> {
        let pixels = self.images.iter().map(|&p| p as f32 / 255.0).collect();
        Array2::from_shape_vec((self.len(), self.side() * self.side()), pixels)
            .map_err(|e| Error::dependency("ndarray", e))
    }

    /// The first `n` images, or all of them when there are fewer.
    pub fn first(&self, n: usize) -> Split {
        let n = n.min(self.len());
        Split {
            name: self.name.clone(),
            images: self.images.slice(s![..n, .., ..]).to_owned(),
            labels: self.labels.slice(s![..n]).to_owned(),
        }
    }
}

impl Dataset {
    /// Joins two splits of one image size under a name; `class_names` become the names of both splits' labels.
    ///
    /// # Errors
    /// Splits of different image sizes; a label without a class name.
    pub fn new(name: &str, class_names: Vec<String>, train: Split, test: Split) -> Result<Dataset> {
        if train.side() != test.side() {
            return Err(Error::mismatch(
                "pixels per side",
                (train.side(), "the training images"),
                (test.side(), "the test images"),
                "bring both splits to one size",
            ));
        }
        let highest = train.labels.iter().chain(&test.labels).copied().max().unwrap_or(0) as usize;
        if highest >= class_names.len() {
            return Err(Error::mismatch(
                "classes",
                (highest + 1, "the labels"),
                (class_names.len(), "the class names"),
                "name every class",
            ));
        }
        Ok(Dataset { name: name.to_string(), class_names, train, test })
    }

    /// The data set cut to the first images of each split.
    pub fn first(&self, n_train: usize, n_test: usize) -> Dataset {
        Dataset { train: self.train.first(n_train), test: self.test.first(n_test), ..self.clone() }
    }

    /// Pixels from one side of an image to the other.
    pub fn side(&self) -> usize {
        self.train.side()
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
