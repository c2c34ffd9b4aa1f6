//! Which loader a path is for, by its ending and its content.

use std::path::Path;

use super::raw::Raw;
use super::{Table, TableConfig, build};
use crate::error::{Error, Result};

impl Table {
    /// Reads a file or a folder, with everything guessed.
    ///
    /// # Errors
    /// As for [`Table::open_with`].
    pub fn open(path: impl AsRef<Path>) -> Result<Table> {
        Table::open_with(path, &TableConfig::default())
    }

    /// Reads a file or a folder.
    ///
    /// # Errors
    /// It is not there, is of no format that is known, or is not what its format promises; a column that the
    /// configuration names is not there or cannot be what it is called; no row; ids that are not unique; vectors of
    /// different lengths.
    pub fn open_with(path: impl AsRef<Path>, config: &TableConfig) -> Result<Table> {
        Table::open_all(&[path.as_ref()], config)
    }

    /// Reads several files as one table: those of the same columns one behind another (shards), others side by side,
    /// row by row (vectors in one file and their words in another).
    ///
    /// # Errors
    /// As for [`Table::open_with`]; no path; files of other columns that differ in their number of rows.
    pub fn open_all<P: AsRef<Path>>(paths: &[P], config: &TableConfig) -> Result<Table> {
        let Some(first) = paths.first() else {
            return Err(Error::empty("the list of files", "name at least one"));
        };
        let mut raw = read(first.as_ref(), config)?;
        for path in &paths[1..] {
            let path = path.as_ref();
            let other = read(path, config)?;
            raw.join(other, first.as_ref(), path)?;
        }
        build::from_raw(&name_of(first.as_ref()), raw, config)
    }
}

/// What a title calls a path: its name without the ending.
fn name_of(path: &Path) -> String {
    let name = if path.is_dir() { path.file_name() } else { path.file_stem() };
    name.map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn read(path: &Path, _config: &TableConfig) -> Result<Raw> {
    std::fs::metadata(path).map_err(|e| Error::io("read", path, e))?;
    Err(Error::malformed(
        path,
        "of a format that is not known; give Parquet, CSV, npy or a folder of pictures",
    ))
}
