//! The k-nearest-neighbor graph, made once and used by maps, quality and topology.

mod ball_partition;
mod distance_tile;
mod exact;
mod nn_descent;
mod rotation;
mod search;

use ndarray::{Array2, CowArray, Ix2, s};

use crate::error::{Error, Result};
use crate::math::checks::{check_n_neighbors, check_rows, check_width};
pub use crate::math::metric::Metric;
pub(crate) use crate::math::metric::unit_rows;

/// Up to this many rows the graph is exact; beyond, it is approximate and its recall is measured.
const MAX_EXACT_ROWS: usize = 100_000;

/// The nearest neighbors of every row, the row itself left out.
#[derive(Debug, Clone)]
pub struct KnnGraph {
    /// Row numbers, `[n, k]`, nearest first; equal distances are in order of row number.
    pub indices: Array2<u32>,
    /// Distances in the graph's metric, `[n, k]`, in the order of `indices`.
    pub distances: Array2<f32>,
    /// The metric of `distances`.
    pub metric: Metric,
    /// Share of the true neighbors that were found, measured on a sample of rows; `None` when the graph is exact.
    pub recall: Option<f32>,
}

impl KnnGraph {
    /// Number of rows, `n`.
    pub fn n_rows(&self) -> usize {
        self.indices.nrows()
    }

    /// Neighbors per row, `k`.
    pub fn n_neighbors(&self) -> usize {
        self.indices.ncols()
    }

    /// The graph of the nearest `n_neighbors` alone: what [`knn_graph`] finds for that number, without a search.
    ///
    /// ```
    /// # use neural_manifold::{neighbors::*, external::ndarray::array};
    /// let graph = knn_graph(&array![[0.0], [1.0], [3.0]], 2, Metric::Euclidean)?;
    /// assert_eq!(graph.first(1)?.indices, array![[1], [0], [1]]);
    /// # Ok::<(), neural_manifold::Error>(())
    /// ```
    ///
    /// # Errors
    /// `n_neighbors` is zero or larger than what the graph holds.
    pub fn first(&self, n_neighbors: usize) -> Result<KnnGraph> {
        if n_neighbors == 0 || n_neighbors > self.n_neighbors() {
            let remedy = format!("the graph holds 1 to {} neighbors per row", self.n_neighbors());
            return Err(Error::config("n_neighbors", n_neighbors, remedy));
        }
        Ok(KnnGraph {
            indices: self.indices.slice(s![.., ..n_neighbors]).to_owned(),
            distances: self.distances.slice(s![.., ..n_neighbors]).to_owned(),
            metric: self.metric,
            recall: self.recall,
        })
    }
}

/// Finds the `n_neighbors` nearest rows of every row of `rows`, `[n, d]`.
///
/// Exact up to 100,000 rows: products in single precision propose candidates, which are measured again in double
/// precision. Beyond, by seeded nearest-neighbor descent (Dong, Moses & Li 2011), with the recall on 1,000 rows in
/// [`KnnGraph::recall`]. The result is the same, bit for bit, at any number of threads.
///
/// ```
/// # use neural_manifold::{neighbors::*, external::ndarray::array};
/// let graph = knn_graph(&array![[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]], 2, Metric::Euclidean)?;
/// assert_eq!(graph.indices.row(0).to_vec(), [2, 1]);
/// assert_eq!(graph.distances.row(0).to_vec(), [1.0, 5.0]);
/// # Ok::<(), neural_manifold::Error>(())
/// ```
///
/// # Errors
/// No rows or no columns, a value that is not finite, `n_neighbors` of zero or not below the number of rows,
/// a row of zeros under [`Metric::Cosine`]; an interrupt of the notebook's cell.
pub fn knn_graph(rows: &Array2<f32>, n_neighbors: usize, metric: Metric) -> Result<KnnGraph> {
    check_rows("rows", rows)?;
    check_n_neighbors(n_neighbors, rows.nrows())?;
    let rows = prepared(rows, metric)?;
    let (indices, squared, recall) = if rows.nrows() <= MAX_EXACT_ROWS {
        let (indices, squared) = exact::knn_self(rows.view(), n_neighbors)?;
        (indices, squared, None)
    } else {
        let (indices, squared) = nn_descent::knn_self(rows.view(), n_neighbors)?;
        let recall = nn_descent::sampled_recall(rows.view(), &indices)?;
        (indices, squared, Some(recall))
    };
    Ok(KnnGraph { indices, distances: from_squared(squared, metric), metric, recall })
}

/// Finds, for every row of `queries`, `[m, d]`, the `n_neighbors` nearest rows of `references`, `[n, d]`; always exact.
///
/// A query that equals a reference has it as its first neighbor. The answer to a query does not depend on the other
/// queries.
///
/// ```
/// # use neural_manifold::{neighbors::*, external::ndarray::array};
/// let nearest = knn_query(&array![[2.5]], &array![[0.0], [1.0], [3.0]], 2, Metric::Euclidean)?;
/// assert_eq!(nearest.indices, array![[2, 1]]);
/// assert_eq!(nearest.distances, array![[0.5, 1.5]]);
/// # Ok::<(), neural_manifold::Error>(())
/// ```
///
/// # Errors
/// As for [`knn_graph`], but `n_neighbors` may be the number of references; also when the widths differ.
pub fn knn_query(
    queries: &Array2<f32>,
    references: &Array2<f32>,
    n_neighbors: usize,
    metric: Metric,
) -> Result<KnnGraph> {
    check_rows("queries", queries)?;
    check_rows("references", references)?;
    check_width(queries, references)?;
    check_n_neighbors(n_neighbors, references.nrows() + 1)?;
    let (queries, references) = (prepared(queries, metric)?, prepared(references, metric)?);
    let (indices, squared) = exact::knn_cross(queries.view(), references.view(), n_neighbors)?;
    Ok(KnnGraph { indices, distances: from_squared(squared, metric), metric, recall: None })
}

/// The rows whose squared Euclidean distances order the neighbors by `metric`, in standard layout: for the cosine,
/// rows of length 1, of which half the squared distance is the cosine distance.
fn prepared(rows: &Array2<f32>, metric: Metric) -> Result<CowArray<'_, f32, Ix2>> {
    match metric {
        Metric::Euclidean => Ok(rows.as_standard_layout()),
        Metric::Cosine => Ok(unit_rows(rows)?.into()),
    }
}

fn from_squared(squared: Array2<f64>, metric: Metric) -> Array2<f32> {
    match metric {
        Metric::Euclidean => squared.mapv(|d| d.sqrt() as f32),
        Metric::Cosine => squared.mapv(|d| (d / 2.0) as f32),
    }
}
