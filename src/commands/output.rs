//! What the program says: results on the standard output, all else on the standard error.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use ndarray::Array2;
use neural_manifold::external::polars::prelude::{DataFrame, ParquetWriter, Series};
use neural_manifold::{Error, Result};
use serde_json::{Value, json};

use neural_manifold::neighbors::KnnGraph;
use neural_manifold::quality::Quality;

/// How much is said, and in what form.
#[derive(Args)]
pub struct Output {
    /// Say nothing but results and errors
    #[arg(long, global = true)]
    pub quiet: bool,
    /// Print results as JSON
    #[arg(long, global = true)]
    json: bool,
}

impl Output {
    /// Tells what is being done, or what was guessed.
    pub fn note(&self, line: &str) {
        if !self.quiet {
            eprintln!("{line}");
        }
    }

    /// Prints what the command was asked for.
    pub fn result(&self, text: &str, value: &Value) {
        match self.json {
            true => print(&format!("{value:#}\n")),
            false => print(&format!("{}\n", text.trim_end())),
        }
    }
}

/// Prints; a reader that has seen enough (`| head`) may leave.
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// How the neighbors were searched, in one line.
pub fn graph_line(graph: &KnnGraph) -> String {
    let k = graph.n_neighbors();
    match graph.recall {
        None => format!("neighbors: exact search for {k} per row"),
        Some(recall) => {
            format!(
                "neighbors: approximate search for {k} per row, recall {recall:.4} as measured on a sample"
            )
        }
    }
}

/// The same as JSON; `recall` is null for an exact search.
pub fn graph_json(graph: Option<&KnnGraph>) -> Value {
    graph.map_or(Value::Null, |graph| {
        let search = if graph.recall.is_some() { "approximate" } else { "exact" };
        json!({ "k": graph.n_neighbors(), "search": search, "recall": graph.recall })
    })
}

/// The scores of a map in one line.
pub fn scores_line(name: &str, quality: &Quality) -> String {
    let Quality { k, trustworthiness, continuity, recall, n_points, sampled, .. } = quality;
    let of = if *sampled { format!(" (a sample of {n_points} rows)") } else { String::new() };
    format!(
        "{name}: trustworthiness {trustworthiness:.4}, continuity {continuity:.4}, recall {recall:.4} at {k} neighbors{of}"
    )
}

/// The same as JSON.
pub fn scores_json(name: &str, quality: Option<&Quality>) -> Value {
    match quality {
        None => json!({ "name": name }),
        Some(quality) => json!({
            "name": name,
            "k": quality.k,
            "rows": quality.n_points,
            "sampled": quality.sampled,
            "trustworthiness": quality.trustworthiness,
            "continuity": quality.continuity,
            "recall": quality.recall,
            "knn_accuracy": quality.knn_accuracy_low,
            "knn_accuracy_of_vectors": quality.knn_accuracy_high,
        }),
    }
}

/// Writes a file aside and renames it, so that it is there as a whole or not at all.
///
/// # Errors
/// A place that cannot be written.
fn write(path: &Path, content: &[u8]) -> Result<()> {
    let io = |source| Error::Io { action: "write", source, path: path.to_path_buf() };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut aside = builder.prefix(".neural-manifold-").tempfile_in(folder).map_err(io)?;
    aside.write_all(content).and_then(|()| aside.as_file().sync_all()).map_err(io)?;
    aside.persist(path).map_err(|error| io(error.error))?;
    Ok(())
}

/// Refuses a file that could not be written in the end, and makes the folders on the way, before the work begins.
///
/// # Errors
/// Another ending than that of a format; a folder that cannot be made.
pub fn prepare(path: &Path) -> Result<()> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    if !matches!(ending.as_deref(), None | Some("parquet" | "npy")) {
        let remedy = "a name that ends in .parquet or .npy says what is written".to_string();
        return Err(Error::Config { name: "output", value: path.display().to_string(), remedy });
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let io = |source| Error::Io { action: "create", source, path: folder.to_path_buf() };
    std::fs::create_dir_all(folder).map_err(io)
}

/// Adds a column; one of the same name gives way.
///
/// # Errors
/// Another number of values than of rows.
pub fn add_column(frame: &mut DataFrame, column: Series) -> Result<()> {
    frame.with_column(column.into()).map(|_| ()).map_err(polars)
}

/// Writes a frame as a Parquet file, as a whole or not at all.
///
/// # Errors
/// A place that cannot be written.
pub fn write_frame(path: &Path, frame: &mut DataFrame) -> Result<()> {
    let mut content = Vec::new();
    ParquetWriter::new(&mut content).finish(frame).map_err(polars)?;
    write(path, &content)
}

/// Writes rows as an array of numpy's, as a whole or not at all.
///
/// # Errors
/// A place that cannot be written.
fn write_npy(path: &Path, rows: &Array2<f32>) -> Result<()> {
    let (n, width) = rows.dim();
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({n}, {width}), }}");
    // The values begin at a multiple of 64 (numpy.lib.format).
    let padding = 63 - (NPY_START.len() + 2 + header.len()) % 64;
    header.push_str(&" ".repeat(padding));
    header.push('\n');
    let mut content = NPY_START.to_vec();
    content.extend((header.len() as u16).to_le_bytes());
    content.extend(header.as_bytes());
    content.extend(rows.iter().flat_map(|value| value.to_le_bytes()));
    write(path, &content)
}

/// Writes places as numpy's array with a row for each of the `n_read` rows of the data, NaN for those that were left out,
/// and tells so.
///
/// # Errors
/// A place that cannot be written.
pub fn write_places(
    path: &Path,
    places: &Array2<f32>,
    numbers: &[usize],
    n_read: usize,
    output: &Output,
) -> Result<ExitCode> {
    let mut all = Array2::from_elem((n_read, places.ncols()), f32::NAN);
    for (place, &row) in places.rows().into_iter().zip(numbers) {
        all.row_mut(row).assign(&place);
    }
    write_npy(path, &all)?;
    let text = format!("{}: the places of {} rows", path.display(), places.nrows());
    output.result(&text, &json!({ "file": path, "rows": n_read, "placed": places.nrows() }));
    Ok(ExitCode::SUCCESS)
}

/// numpy's magic and the first version of its format.
const NPY_START: &[u8] = b"\x93NUMPY\x01\x00";

/// Whether a path asks for numpy's format.
pub fn is_npy(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("npy"))
}

pub fn polars(error: impl ToString) -> Error {
    Error::Dependency { crate_name: "polars", reason: error.to_string() }
}
