//! The IDX file format of the MNIST family, gzipped or plain.
//!
//! Big-endian: two zero bytes, the type (8 is u8), the number of dimensions, one u32 per dimension, the data.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use ndarray::{Array1, Array3};

use super::Split;
use super::split::Fault;
use crate::error::{Error, Result};

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
    let dims = (pixels.dims[0], pixels.dims[1], pixels.dims[2]);
    match Fault::of(dims, labels.values.len()) {
        None => {}
        Some(Fault::Counts { images, labels }) => {
            let reason = format!(
                "holds {labels} labels for the {images} images of {}; give the two files of the same split",
                image_path.display()
            );
            return Err(Error::malformed(&label_path, reason));
        }
        Some(fault @ (Fault::NoImage | Fault::NotSquare { .. })) => {
            return Err(Error::malformed(&image_path, fault.to_string()));
        }
    }
    let images = Array3::from_shape_vec(dims, pixels.values).expect("as many bytes as the header promised");
    Split::new(name, images, Array1::from_vec(labels.values))
}

/// The dimensions and bytes of an IDX file.
struct Idx {
    dims: Vec<usize>,
    values: Vec<u8>,
}

/// The content of a file, inflated when it starts with gzip's two magic bytes.
pub(super) fn read_plain(path: &Path) -> Result<Vec<u8>> {
    let raw = fs::read(path).map_err(|e| Error::io("read", path, e))?;
    if !raw.starts_with(&[0x1f, 0x8b]) {
        return Ok(raw);
    }
    let mut plain = Vec::new();
    flate2::read::MultiGzDecoder::new(raw.as_slice())
        .read_to_end(&mut plain)
        .map_err(|e| Error::malformed(path, format!("gzip is corrupt after {} bytes ({e})", plain.len())))?;
    Ok(plain)
}

/// Parses the bytes of an IDX file with `rank` dimensions; `path` is for the errors alone.
fn parse(mut bytes: Vec<u8>, rank: u8, path: &Path) -> Result<Idx> {
    let header = 4 + 4 * rank as usize;
    if bytes.len() < header {
        return Err(Error::malformed(
            path,
            format!("file has {} bytes, an IDX header of rank {rank} takes {header}", bytes.len()),
        ));
    }
    if bytes[..4] != [0, 0, 8, rank] {
        return Err(Error::malformed(
            path,
            format!("magic is {:02x?}, expected [00, 00, 08, {rank:02x}] (u8, rank {rank})", &bytes[..4]),
        ));
    }
    let dims: Vec<usize> = bytes[4..header]
        .chunks_exact(4)
        .map(|c| u32::from_be_bytes([c[0], c[1], c[2], c[3]]) as usize)
        .collect();
    // The product of hostile dimensions can pass usize; u128 holds three u32 factors.
    let expected = header as u128 + dims.iter().map(|&d| d as u128).product::<u128>();
    if bytes.len() as u128 != expected {
        return Err(Error::malformed(
            path,
            format!("file has {} bytes, its header {dims:?} promises {expected}", bytes.len()),
        ));
    }
    Ok(Idx { dims, values: bytes.split_off(header) })
}
