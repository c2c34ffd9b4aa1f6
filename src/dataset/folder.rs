//! A folder of pictures as a data set.

use std::path::Path;

use super::{Dataset, PictureConfig};
use crate::error::Result;
use crate::table::{Table, TableConfig};

/// Reads a folder of pictures with one subfolder per class, as torchvision's `ImageFolder` has it, or with none; classes
/// are numbered in the order of their names. Sizes may differ: see [`PictureConfig`] for the side and channels that
/// images get. Of each class, `test_fraction` (above 0, below 1) is held out, chosen by `seed`.
///
/// [`Table::open`] and [`Dataset::from_table`] do the same with more to say, and leave out pictures that cannot be
/// decoded.
///
/// # Errors
/// A folder without pictures, or with one alone; a picture that cannot be decoded, by its path; a fraction that is not
/// between 0 and 1.
pub fn load_folder(folder: impl AsRef<Path>, test_fraction: f64, seed: u64) -> Result<Dataset> {
    let table = Table::open_with(folder, &TableConfig { strict: true, ..TableConfig::default() })?;
    Dataset::from_table(&table, &PictureConfig { test_fraction, seed, ..PictureConfig::default() })
}
