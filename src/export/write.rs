//! The page on the disk: in a folder, or as one file.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::rest::{self, Rest};
use super::{Explorer, page};
use crate::error::{Error, Result};
use crate::files;

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplorerFiles {
    /// What a browser opens.
    pub page: PathBuf,
    /// The script that holds the data; of a page that is one file, that file.
    pub data_js: PathBuf,
    /// Bytes of the data, with those of the file beside it where there is one; of a page that is one file, its size.
    pub bytes: usize,
    /// Points in it.
    pub points: usize,
}

impl Explorer {
    /// Writes the page, `data.js` and `plotly.min.js` into a folder, each file aside and renamed.
    ///
    /// Of much data (some 8 MB of vectors, pictures and texts) `data.js` holds what the first map needs. It is shown, unless
    /// an address asks for more, while the page reads the others from a second file, `data-rest-` with its digest.
    ///
    /// A page in the folder that this library has not written, such as one that is being worked on, stays as it is.
    ///
    /// # Errors
    /// No map; counts that differ; a value that is not finite; a folder that cannot be written; a stop before all was
    /// packed, when nothing is written.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<ExplorerFiles> {
        let (folder, mut document, plotly) = (folder.as_ref(), self.document()?, page::plotly_js()?);
        let (index, data_js) = (folder.join("index.html"), folder.join("data.js"));
        if is_ours(&index)? {
            for (path, content) in page::files() {
                files::write(&folder.join(path), content.as_bytes())?;
            }
        }
        let mut bytes = 0;
        let rest = document.split();
        let rest_name = rest.as_ref().map(Rest::file_name);
        if let (Some(rest), Some(name)) = (&rest, &rest_name) {
            bytes += files::write_by(&folder.join(name), |to| rest.write_script(to))?;
        }
        bytes += files::write_by(&data_js, |to| document.write_script(to))?;
        rest::remove_others(folder, rest_name.as_deref())?;
        files::write(&folder.join("plotly.min.js"), plotly.as_bytes())?;
        Ok(ExplorerFiles { page: index, data_js, bytes: bytes as usize, points: self.points })
    }

    /// Writes the page as one file with all data inside, which can be sent and opened by itself.
    ///
    /// # Errors
    /// As for [`Explorer::write`].
    pub fn write_html(&self, path: impl AsRef<Path>) -> Result<ExplorerFiles> {
        // Packing plotly.js takes as long as packing ten thousand points.
        let (document, plotly) = rayon::join(|| self.document(), || page::packed_plotly(self.gzip));
        let (document, plotly) = (document?, plotly?);
        let data_js = |to: &mut dyn Write| document.write_script(to);
        let bytes = files::write_by(path.as_ref(), |to| page::write_one_file(to, data_js, &plotly))?;
        let path = path.as_ref().to_path_buf();
        Ok(ExplorerFiles { page: path.clone(), data_js: path, bytes: bytes as usize, points: self.points })
    }
}

/// Whether there is no page yet, or one that a version of this library wrote.
fn is_ours(index: &Path) -> Result<bool> {
    match std::fs::read_to_string(index) {
        Ok(text) => Ok(text.contains(page::MARK_START)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(Error::io("read", index, error)),
    }
}
