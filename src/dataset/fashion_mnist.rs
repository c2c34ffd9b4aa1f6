//! Fashion-MNIST (Xiao, Rasul & Vollgraf 2017): its files, the places where they may lie, and their digests.

use std::path::{Path, PathBuf};

use super::{Dataset, Published, fetch_all, idx};
use crate::error::{Error, Result};

/// Where Zalando Research publishes the files.
pub const PUBLISHER: &str = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com";

/// The class names of Fashion-MNIST, by label.
pub const FASHION_CLASSES: [&str; 10] = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
];

/// Training images, training labels, test images, test labels: file name and SHA-256.
const FILES: [(&str, &str); 4] = [
    ("train-images-idx3-ubyte", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
    ("train-labels-idx1-ubyte", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
    ("t10k-images-idx3-ubyte", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
    ("t10k-labels-idx1-ubyte", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
];

/// Folders in which all of the files may lie already, in the order in which they are looked at.
const PLACES: [&str; 3] = ["data", "../data", "/usr/share/datasets/fashion-mnist"];

/// The files of Fashion-MNIST: training images and labels, then test images and labels.
pub fn fashion_mnist_files() -> Vec<Published> {
    FILES
        .iter()
        .map(|(name, sha256)| Published { name: name.to_string(), sha256: sha256.to_string() })
        .collect()
}

/// Fashion-MNIST (60,000 + 10,000 images of 28 x 28) from the first place that has it.
///
/// Taken from the folder that `NEURAL_MANIFOLD_DATA` names; where none is named, looked for in `data/` (of this folder
/// or the one above, for a notebook's kernel) and where Debian's package `dataset-fashion-mnist` puts it; else
/// downloaded from the publisher into `data/`, where a download that broke off goes on. Digests are checked whichever
/// way it came. `NEURAL_MANIFOLD_IMAGES=N` keeps the first N images of each split, for a quick run through a notebook.
///
/// # Errors
/// Those of [`load_from`] and [`fetch_all`]; a value of `NEURAL_MANIFOLD_IMAGES` that is not a number above 0.
pub fn load() -> Result<Dataset> {
    let dataset = match std::env::var_os("NEURAL_MANIFOLD_DATA") {
        Some(named) => load_from(named),
        None => match PLACES.iter().map(Path::new).find(|place| missing_in(place).is_empty()) {
            Some(place) => load_from(place),
            None => load_from(download()?),
        },
    }?;
    match std::env::var("NEURAL_MANIFOLD_IMAGES") {
        Err(_) => Ok(dataset),
        Ok(cap) => match cap.parse::<usize>() {
            Ok(n) if n > 0 => Ok(dataset.first(n, n)),
            _ => Err(Error::config("NEURAL_MANIFOLD_IMAGES", cap, "give a number of images, 1 or more")),
        },
    }
}

/// Fashion-MNIST from the four published files in a folder, gzipped or plain.
///
/// # Errors
/// A file that is not there, cannot be read, or has another digest than the published one.
pub fn load_from(folder: impl AsRef<Path>) -> Result<Dataset> {
    let folder = folder.as_ref();
    let missing = missing_in(folder);
    if !missing.is_empty() {
        return Err(Error::malformed(folder, format!("has no {}, gzipped or plain", missing.join(", no "))));
    }
    let files = fashion_mnist_files();
    let read = |published: &Published| -> Result<(Vec<u8>, PathBuf)> {
        let path = file_in(folder, &published.name).unwrap_or_else(|| folder.join(&published.name));
        let content = idx::read_plain(&path)?;
        published.check(&content, &path)?;
        Ok((content, path))
    };
    Dataset::new(
        "Fashion-MNIST",
        FASHION_CLASSES.iter().map(|name| name.to_string()).collect(),
        idx::parse_pair("train", read(&files[0])?, read(&files[1])?)?,
        idx::parse_pair("test", read(&files[2])?, read(&files[3])?)?,
    )
}

/// Downloads what is not there yet; from a notebook's folder, the project's `data/` lies one level up.
fn download() -> Result<&'static str> {
    let folder = if Path::new("../Cargo.toml").exists() { "../data" } else { "data" };
    fetch_all(PUBLISHER, &fashion_mnist_files(), folder)?;
    Ok(folder)
}

/// The names of the published files that a folder lacks.
fn missing_in(folder: &Path) -> Vec<&'static str> {
    FILES.iter().map(|(name, _)| *name).filter(|name| file_in(folder, name).is_none()).collect()
}

/// The path of an IDX file in a folder, gzipped or plain.
fn file_in(folder: &Path, name: &str) -> Option<PathBuf> {
    [folder.join(format!("{name}.gz")), folder.join(name)].into_iter().find(|path| path.is_file())
}
