//! The one error type: what disagrees, with both numbers, and what to do about it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What went wrong, in words that name the remedy.
///
/// One enum serves the whole crate. A notebook's cell calls several stages and prints whichever error comes first, so
/// that a type per stage would only add conversions. The price is that a signature does not tell which variants its
/// function can return: the section `# Errors` of its documentation does.
#[derive(thiserror::Error)]
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
    #[error("{left} {unit} in {left_name}, {right} in {right_name}; {remedy}")]
    Mismatch {
        /// The plural of what is counted, such as "rows".
        unit: &'static str,
        left: usize,
        left_name: String,
        right: usize,
        right_name: String,
        remedy: String,
    },

    /// A setting is outside its range.
    #[error("{name} is {value}; {remedy}")]
    Config { name: &'static str, value: String, remedy: String },

    /// A column is not there, or is not what was asked of it.
    #[error("column {name:?}: {remedy}")]
    Column { name: String, remedy: String },

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

    /// An engine of [`projection`](crate::projection) made no map.
    #[error("{engine} failed: {reason}")]
    Engine { engine: &'static str, reason: String },

    /// A crate or a program that this one relies on failed, such as polars, burn or Chromium.
    #[error("{crate_name} failed: {reason}")]
    Dependency { crate_name: &'static str, reason: String },
}

/// The sentence, as in [`Display`](std::fmt::Display): a result that a cell shows, or that `unwrap` panics with, reads as
/// one.
impl std::fmt::Debug for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
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

    /// Two counts of `unit` that disagree, each with the name of what was counted.
    pub(crate) fn mismatch(
        unit: &'static str,
        (left, left_name): (usize, &str),
        (right, right_name): (usize, &str),
        remedy: impl Into<String>,
    ) -> Self {
        let (left_name, right_name) = (left_name.to_string(), right_name.to_string());
        Error::Mismatch { unit, left, left_name, right, right_name, remedy: remedy.into() }
    }

    /// A projection engine that made no map.
    pub(crate) fn engine(engine: &'static str, reason: impl ToString) -> Self {
        Error::Engine { engine, reason: reason.to_string() }
    }

    /// A crate or program that failed.
    pub(crate) fn dependency(crate_name: &'static str, reason: impl ToString) -> Self {
        Error::Dependency { crate_name, reason: reason.to_string() }
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

/// What to say of a name that is not among `names`: the one that is most like it, or some of what there is.
pub(crate) fn offer<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> String {
    const LISTED: usize = 12;
    let names: Vec<&str> = names.collect();
    let wanted = name.to_lowercase();
    let likeness = |other: &str| match other.to_lowercase() {
        // "genre" means "Major Genre".
        other if wanted.len() > 2 && other.contains(&wanted) => 1.0,
        other => strsim::jaro_winkler(&wanted, &other),
    };
    let nearest = names.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match nearest {
        None => "there is none of any name".to_string(),
        Some(nearest) if likeness(nearest) > 0.7 => format!("did you mean {nearest:?}?"),
        Some(_) => {
            let listed = names.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
            match names.len().saturating_sub(LISTED) {
                0 => format!("there are {listed}"),
                more => format!("there are {listed} and {more} more"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_that_is_shown_reads_as_a_sentence() {
        let shown: Result<()> = Err(Error::config("k", 0, "give 1 or more"));
        assert_eq!(format!("{shown:?}"), "Err(k is 0; give 1 or more)");
    }

    #[test]
    fn a_name_that_holds_the_one_given_is_offered_and_others_are_counted() {
        assert_eq!(offer("genre", ["Gender", "Major Genre"].into_iter()), "did you mean \"Major Genre\"?");
        let names: Vec<String> = (0..15).map(|n| format!("{n}{n}")).collect();
        let said = offer("zz", names.iter().map(String::as_str));
        assert!(said.starts_with("there are 00, 11") && said.ends_with("1111 and 3 more"), "{said}");
    }

    #[test]
    fn two_counts_are_told_with_what_is_counted() {
        let error =
            Error::mismatch("rows", (60, "the graph"), (63, "the data"), "give the graph of these rows");
        let message = "60 rows in the graph, 63 in the data; give the graph of these rows";
        assert_eq!(error.to_string(), message);
    }
}
