//! A folder of PNG and JPEG images as a data set: one subfolder per class, as torchvision's `ImageFolder` has it.

use std::path::{Path, PathBuf};

use image::ImageReader;
use ndarray::{Array1, Array3};
use rand::seq::SliceRandom;

use super::split::Fault;
use super::{Dataset, Split};
use crate::error::{Error, Result};
use crate::math::random::seeded;

/// Reads `folder/CLASS/*.png|jpg|jpeg` in gray; classes are numbered in the order of their names.
///
/// Of each class, `test_fraction` (above 0, below 1) goes to the test split, at least one image, chosen by `seed`.
///
/// # Errors
/// No class with two images; an image that cannot be decoded, by its path; images of different sizes, with both
/// sizes and the path; images that are not square.
pub fn load_folder(folder: impl AsRef<Path>, test_fraction: f64, seed: u64) -> Result<Dataset> {
    if !(test_fraction > 0.0 && test_fraction < 1.0) {
        return Err(Error::config(
            "test_fraction",
            test_fraction,
            "give a number between 0 and 1, such as 0.2",
        ));
    }
    let root = folder.as_ref();
    let classes: Vec<PathBuf> = entries(root)?.into_iter().filter(|path| path.is_dir()).collect();
    let mut names = Vec::new();
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for class in &classes {
        let mut images: Vec<PathBuf> = entries(class)?.into_iter().filter(|path| is_image(path)).collect();
        if images.len() < 2 {
            return Err(Error::malformed(
                class,
                format!("a class needs one image to train and one to test, this folder has {}", images.len()),
            ));
        }
        let label = names.len() as u32;
        names.push(class.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()));
        images.shuffle(&mut seeded(seed.wrapping_add(label.into())));
        let held_out = ((images.len() as f64 * test_fraction).round() as usize).clamp(1, images.len() - 1);
        test.extend(images.drain(..held_out).map(|path| (path, label)));
        train.extend(images.into_iter().map(|path| (path, label)));
    }
    if names.is_empty() {
        return Err(Error::malformed(
            root,
            "has no subfolder; put the images of each class into one of its own",
        ));
    }
    let title = root
        .file_name()
        .map_or_else(|| root.display().to_string(), |name| name.to_string_lossy().into_owned());
    let mut size = None;
    let train = decode("train", &train, &mut size)?;
    let test = decode("test", &test, &mut size)?;
    Dataset::new(&title, names, train, test)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let listing = std::fs::read_dir(folder).map_err(|e| Error::io("list", folder, e))?;
    let mut paths = listing
        .map(|entry| entry.map(|entry| entry.path()).map_err(|e| Error::io("list", folder, e)))
        .collect::<Result<Vec<PathBuf>>>()?;
    // Folders are listed in no fixed order; labels and splits must not depend on it.
    paths.sort();
    Ok(paths)
}

fn is_image(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    matches!(extension.as_deref(), Some("png" | "jpg" | "jpeg"))
}

/// Decodes in order; `size` is that of the first image of all, which the others must share.
fn decode(name: &str, files: &[(PathBuf, u32)], size: &mut Option<(u32, u32)>) -> Result<Split> {
    let mut pixels = Vec::new();
    for (path, _) in files {
        let decoded = ImageReader::open(path)
            .and_then(|reader| reader.with_guessed_format())
            .map_err(|e| Error::io("read", path, e))?
            .decode()
            .map_err(|e| Error::malformed(path, format!("cannot be decoded, repair or remove it ({e})")))?
            .into_luma8();
        let (width, height) = *size.get_or_insert(decoded.dimensions());
        if let Some(fault) = Fault::of((1, height as usize, width as usize, 1), 1) {
            return Err(Error::malformed(path, fault.to_string()));
        }
        if decoded.dimensions() != (width, height) {
            let (w, h) = decoded.dimensions();
            let reason =
                format!("is {w} x {h}, the images before it {width} x {height}; bring all to one size");
            return Err(Error::malformed(path, reason));
        }
        pixels.extend(decoded.into_raw());
    }
    let (width, height) = size.expect("each split has an image of each class");
    let images = Array3::from_shape_vec((files.len(), height as usize, width as usize), pixels)
        .expect("each image has the size of the first");
    Split::new(name, images, files.iter().map(|(_, label)| *label).collect::<Array1<u32>>())
}
