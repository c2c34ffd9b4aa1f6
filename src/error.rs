//! The one error type: what disagrees, with both numbers, and what to do about it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What went wrong in a stage, in words that name the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
// Each message says what its fields hold.
#[allow(missing_docs)]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("cannot {action}: {source}{}: {}", remedy(source), path.display())]
    Io { action: &'static str, source: std::io::Error, path: PathBuf },

    /// A file is there, but its content is not what its format promises.
    #[error("{reason}: {}", path.display())]
    Malformed { reason: String, path: PathBuf },

    /// A file's digest differs from the published one.
    #[error("SHA-256 is {found}, expected {expected}; delete the file to fetch it again: {}", path.display())]
    Digest { found: String, expected: String, path: PathBuf },

    /// The data set is in none of the places looked at and could not be downloaded.
    #[error(
        "cannot download {url}: {reason}; put the four IDX files into a folder and name it in NEURAL_MANIFOLD_DATA"
    )]
    Download { url: String, reason: String },

    /// Two counts that must agree do not.
    #[error("{left_name} has {left}, {right_name} has {right}; {remedy}")]
    Mismatch { left_name: String, left: usize, right_name: String, right: usize, remedy: String },

    /// A setting is outside its range.
    #[error("{name} is {value}; {remedy}")]
    Config { name: &'static str, value: String, remedy: String },

    /// There is nothing to work on.
    #[error("{what} is empty; {remedy}")]
    Empty { what: String, remedy: String },

    /// A value is NaN or infinite.
    #[error("{what} holds {value} at row {row}, column {column}; remove or repair that row")]
    NonFinite { what: String, value: f32, row: usize, column: usize },

    /// Training met a loss that is NaN or infinite.
    #[error(
        "loss became {loss} in epoch {epoch}, batch {batch}; lower the learning rate and name another checkpoint folder; the checkpoint of the last good epoch stays"
    )]
    Diverged { loss: f32, epoch: usize, batch: usize },

    /// A checkpoint is damaged, of another run, or in use by one.
    #[error("{reason}: {}", path.display())]
    Checkpoint { reason: String, path: PathBuf },

    /// The device was not built in, or its library or hardware is absent.
    #[error("device {name} is not available: {remedy}")]
    Device { name: String, remedy: String },

    /// The work was stopped on request; what it finished is kept.
    #[error("{what} was stopped after {done} of {total}")]
    Stopped { what: &'static str, done: usize, total: usize },

    /// A third-party engine failed.
    #[error("{engine} failed: {reason}")]
    Engine { engine: &'static str, reason: String },
}

/// Shorthand for a result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Attaches the path and the act to an I/O error.
    pub(crate) fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        // In full: what a relative path means depends on the folder in which a notebook's kernel was started.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        Error::Io { action, source, path }
    }

    /// A file whose content is wrong.
    pub(crate) fn malformed(path: &Path, reason: impl Into<String>) -> Self {
        Error::Malformed { reason: reason.into(), path: path.to_path_buf() }
    }

    /// Two counts that disagree.
    pub(crate) fn mismatch(
        left_name: &str,
        left: usize,
        right_name: &str,
        right: usize,
        remedy: impl Into<String>,
    ) -> Self {
        let (left_name, right_name) = (left_name.to_string(), right_name.to_string());
        Error::Mismatch { left_name, left, right_name, right, remedy: remedy.into() }
    }

    /// Nothing to work on.
    pub(crate) fn empty(what: &str, remedy: &str) -> Self {
        Error::Empty { what: what.to_string(), remedy: remedy.to_string() }
    }

    /// A setting outside its range.
    pub(crate) fn config(name: &'static str, value: impl ToString, remedy: impl Into<String>) -> Self {
        Error::Config { name, value: value.to_string(), remedy: remedy.into() }
    }
}

/// What to do about an I/O error, where its kind tells.
fn remedy(source: &std::io::Error) -> &'static str {
    match source.kind() {
        ErrorKind::NotFound => "; check the path",
        ErrorKind::PermissionDenied => "; check who may read and write there",
        ErrorKind::StorageFull => "; make room there",
        _ => "",
    }
}
