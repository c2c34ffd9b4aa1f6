//! One part of a data set: images and the class of each.

use std::fmt;

use ndarray::{Array, Array1, Array2, Array4, Axis, Dimension, Ix4, s};

use crate::error::{Error, Result};
use crate::labels::Labels;

/// Classes that labels without names may have: far above any data set, and few enough to name each of them.
const MAX_UNNAMED: u32 = 1 << 16;

/// One part of a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// What it is for, such as "train" or "test".
    pub name: String,
    /// The images, `[n, side, side, channels]`: one channel is gray, three are red, green and blue; 0 is dark.
    pub images: Array4<u8>,
    /// The class of each image, `[n]`.
    pub labels: Labels,
}

const CHANNELS_REMEDY: &str = "give 1 (gray) or 3 (red, green, blue)";

/// Why images and labels make no split; who reads them says where they came from.
#[derive(Debug, PartialEq)]
pub(super) enum Fault {
    NoImage,
    NotSquare { height: usize, width: usize },
    Channels(usize),
    Counts { images: usize, labels: usize },
}

impl Fault {
    /// What is wrong with images of these dimensions and so many labels, if anything is.
    pub fn of(
        (images, height, width, channels): (usize, usize, usize, usize),
        labels: usize,
    ) -> Option<Fault> {
        if images == 0 {
            return Some(Fault::NoImage);
        }
        if height != width || height == 0 {
            return Some(Fault::NotSquare { height, width });
        }
        if channels != 1 && channels != 3 {
            return Some(Fault::Channels(channels));
        }
        (images != labels).then_some(Fault::Counts { images, labels })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::NoImage => write!(f, "holds no image"),
            Fault::NotSquare { height, width } => {
                write!(f, "images are {height} x {width}; crop or pad them to squares")
            }
            Fault::Channels(channels) => write!(f, "images have {channels} channels; {CHANNELS_REMEDY}"),
            Fault::Counts { images, labels } => write!(f, "{images} images, {labels} labels"),
        }
    }
}

impl Split {
    /// Pairs images with class codes `[n]`, of u8, u16 or u32. Gray images may be `[n, side, side]`, others are
    /// `[n, side, side, channels]`. The classes are named by their codes, "0", "1", ..; [`super::Dataset::new`] names
    /// them otherwise.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let split = Split::new("train", Array3::<u8>::zeros((2, 28, 28)), ndarray::arr1(&[1u8, 0]))?;
    /// assert_eq!((split.len(), split.side(), split.labels.name(0)), (2, 28, "1"));
    /// let color = Split::new("train", Array4::<u8>::zeros((2, 32, 32, 3)), ndarray::arr1(&[1u8, 0]))?;
    /// assert_eq!((split.channels(), color.channels()), (1, 3));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// An array of other than three or four dimensions; no image; images that are not square, or have neither one
    /// channel nor three; another number of labels than of images; a label of 65,536 or more that is not
    /// [`Labels::MISSING`].
    pub fn new<D: Dimension, L: Copy + Into<u32>>(
        name: &str,
        images: Array<u8, D>,
        labels: Array1<L>,
    ) -> Result<Split> {
        let images = with_channels(images)?;
        match Fault::of(images.dim(), labels.len()) {
            None => {}
            Some(Fault::NoImage) => return Err(Error::empty("the set of images", "give at least one image")),
            Some(Fault::NotSquare { height, width }) => {
                let remedy = "crop or pad the images to squares";
                return Err(Error::config("image size", format!("{height} x {width}"), remedy));
            }
            Some(Fault::Channels(channels)) => {
                return Err(Error::config("channels of the images", channels, CHANNELS_REMEDY));
            }
            Some(Fault::Counts { images, labels }) => {
                let remedy = "give one label per image";
                let (images, labels) = ((images, "the array of images"), (labels, "the array of labels"));
                return Err(Error::mismatch("rows", images, labels, remedy));
            }
        }
        let codes = labels.mapv(Into::into);
        if let Some(code) = codes.iter().find(|&&code| code >= MAX_UNNAMED && code != Labels::MISSING) {
            let remedy = format!("number the classes from 0 to at most {}", MAX_UNNAMED - 1);
            return Err(Error::config("label", code, remedy));
        }
        Ok(Split { name: name.to_string(), images, labels: Labels::unnamed(codes) })
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

    /// Numbers per pixel: 1 for gray, 3 for red, green and blue.
    pub fn channels(&self) -> usize {
        self.images.dim().3
    }

    /// The images as rows of pixels in 0–1, `[n, side * side * channels]`: the rows whose neighbors are found before a
    /// network.
    ///
    /// # Errors
    /// Images that were put in place of others and are not of [`Split::side`] and [`Split::len`].
    pub fn pixel_rows(&self) -> Result<Array2<f32>> {
        let pixels = self.images.iter().map(|&p| p as f32 / 255.0).collect();
        Array2::from_shape_vec((self.len(), self.side() * self.side() * self.channels()), pixels)
            .map_err(|e| Error::dependency("ndarray", e))
    }

    /// The class name of each image: captions for an [`crate::display::ImageGrid`].
    pub fn captions(&self) -> Vec<String> {
        (0..self.len()).map(|row| self.labels.name(row).to_string()).collect()
    }

    /// The first `n` images, or all of them when there are fewer.
    pub fn first(&self, n: usize) -> Split {
        let n = n.min(self.len());
        Split {
            name: self.name.clone(),
            images: self.images.slice(s![..n, .., .., ..]).to_owned(),
            labels: self.labels.first(n),
        }
    }

    /// Chosen images in the order of `rows`, with their labels.
    ///
    /// # Errors
    /// A row that the split does not have.
    pub fn select(&self, rows: &[usize]) -> Result<Split> {
        if let Some(row) = rows.iter().find(|&&row| row >= self.len()) {
            let remedy = format!("the split has {} images, counted from 0", self.len());
            return Err(Error::config("row", row, remedy));
        }
        Ok(Split {
            name: self.name.clone(),
            images: self.images.select(Axis(0), rows),
            labels: self.labels.select(rows),
        })
    }
}

/// The images as `[n, side, side, channels]`.
fn with_channels<D: Dimension>(images: Array<u8, D>) -> Result<Array4<u8>> {
    let images = images.into_dyn();
    let images = if images.ndim() == 3 { images.insert_axis(Axis(3)) } else { images };
    let shape = images.shape().to_vec();
    images.into_dimensionality::<Ix4>().map_err(|_| {
        let remedy = "give [n, side, side] or [n, side, side, channels]";
        Error::config("shape of the images", format!("{shape:?}"), remedy)
    })
}
