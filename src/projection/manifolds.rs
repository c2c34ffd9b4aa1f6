//! What the engines of the crate manifolds-rs have in common: seeded, one call, no snapshots.

use manifolds_rs::prelude::ManifoldsError;
use ndarray::Array2;

use super::guard::catch_panic;
use super::layout::Layout;
use crate::error::{Error, Result};
use crate::neighbors::{KnnGraph, Metric};

/// Fewer rows leave these methods without pairs to sample.
const MIN_ROWS: usize = 16;

/// Rows as the crate takes them: values in standard layout, their number and width.
type Input<'a> = (&'a [f32], usize, usize);
/// Index and distance lists as the crate takes them.
type Lists = (Vec<Vec<usize>>, Vec<Vec<f32>>);

/// Runs an engine that gives one list of coordinates per axis.
pub(super) fn run(
    engine: &'static str,
    rows: &Array2<f32>,
    call: impl FnOnce(Input<'_>) -> std::result::Result<Vec<Vec<f32>>, ManifoldsError>,
) -> Result<Layout> {
    let n = rows.nrows();
    let failure = |reason: String| Error::Engine { engine, reason };
    if n < MIN_ROWS {
        return Err(failure(format!("it needs {MIN_ROWS} rows or more, here are {n}")));
    }
    let standard = rows.as_standard_layout();
    let values = standard.as_slice().expect("rows are in standard layout");
    let outcome =
        catch_panic(engine, || call((values, n, rows.ncols())).map_err(|error| failure(error.to_string())));
    let axes = outcome?;
    if axes.len() != 2 || axes.iter().any(|axis| axis.len() != n) {
        return Err(failure("it returned a map of another shape".into()));
    }
    Ok(Layout::finished(Array2::from_shape_fn((n, 2), |(row, axis)| axes[axis][row])))
}

/// The crate works on squared Euclidean distances; half the squared distance of directions is the cosine distance.
pub(super) fn to_knn_lists(graph: &KnnGraph) -> Lists {
    let squared = |&d: &f32| match graph.metric {
        Metric::Euclidean => d * d,
        Metric::Cosine => 2.0 * d,
    };
    let indices = graph.indices.outer_iter().map(|row| row.iter().map(|&j| j as usize).collect());
    let distances = graph.distances.outer_iter().map(|row| row.iter().map(squared).collect());
    (indices.collect(), distances.collect())
}
