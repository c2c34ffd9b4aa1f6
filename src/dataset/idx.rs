//! Splits from the IDX files of the MNIST family, gzipped or plain.

use std::path::{Path, PathBuf};

use ndarray::{Array1, Array4};

use super::Split;
use super::split::Fault;
use crate::error::{Error, Result};
use crate::table::idx::parse;
pub(super) use crate::table::idx::read_plain;

/// Reads a pair of IDX files, gzipped or plain, as the split `name`: square images, and one label per image.
///
/// # Errors
/// A file that cannot be read, is not IDX of bytes, is cut or too long; no image; images that are not square; another
/// number of labels than of images.
pub fn load_idx(name: &str, images: impl AsRef<Path>, labels: impl AsRef<Path>) -> Result<Split> {
    let read = |path: &Path| read_plain(path).map(|bytes| (bytes, path.to_path_buf()));
    parse_pair(name, read(images.as_ref())?, read(labels.as_ref())?)
}

/// The split in the content of an image file and of a label file; their paths are for the errors alone.
pub(super) fn parse_pair(
    name: &str,
    (images, image_path): (Vec<u8>, PathBuf),
    (labels, label_path): (Vec<u8>, PathBuf),
) -> Result<Split> {
    let pixels = parse(images, 3, &image_path)?;
    let labels = parse(labels, 1, &label_path)?;
    let dims = (pixels.dims[0], pixels.dims[1], pixels.dims[2], 1);
    match Fault::of(dims, labels.values.len()) {
        None => {}
        Some(Fault::Counts { images, labels }) => {
            let reason = format!(
                "holds {labels} labels for the {images} images of {}; give the two files of the same split",
                image_path.display()
            );
            return Err(Error::malformed(&label_path, reason));
        }
        Some(fault @ (Fault::NoImage | Fault::NotSquare { .. } | Fault::Channels(_))) => {
            return Err(Error::malformed(&image_path, fault.to_string()));
        }
    }
    let images = Array4::from_shape_vec(dims, pixels.values).expect("as many bytes as the header promised");
    Split::new(name, images, Array1::from_vec(labels.values))
}
