//! The k-nearest-neighbor graph, made once and used by maps, quality and topology.

mod approximate;
mod ball_partition;
mod candidates;
mod cells;
mod distance_tile;
mod exact;
mod probe;
mod recall;
mod refine;
mod rotation;
mod screen;
mod search;

use std::borrow::Cow;

use ndarray::{Array2, CowArray, Ix2, s};

use crate::error::{Error, Result};
use crate::math::checks::{check_n_neighbors, check_rows, check_width};
pub use crate::math::metric::{Metric, to_unit_length};

/// The search is exact up to this many rows, and up to this many numbers in all pairs of rows: 100,000 rows of 40
/// columns, or 22,600 of 784. That takes a few seconds at the most, of which an approximate search would save about half.
const MAX_EXACT_ROWS: usize = 100_000;
const MAX_EXACT_WORK: f64 = 4e11;

/// How the neighbors of a graph are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Search {
    /// Exact up to 100,000 rows of 40 columns, or 22,600 of 784; approximate beyond.
    #[default]
    Auto,
    /// All true neighbors, at any size.
    Exact,
    /// Nearly all of the true neighbors, with the share measured: [`KnnGraph::recall`].
    Approximate,
}

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

/// Finds the `n_neighbors` nearest rows of every row of `rows`, `[n, d]`, by [`Search::Auto`].
///
/// The result is the same, bit for bit, at any number of threads.
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
/// a row of zeros under [`Metric::Cosine`] or of equal numbers under
/// [`Metric::Correlation`]; an interrupt of the notebook's cell.
pub fn knn_graph(rows: &Array2<f32>, n_neighbors: usize, metric: Metric) -> Result<KnnGraph> {
    knn_graph_with(rows, n_neighbors, metric, Search::Auto)
}

/// Finds the `n_neighbors` nearest rows of every row of `rows`, `[n, d]`, by the search named.
///
/// The exact search proposes candidates by products in single precision and decides among them in double precision. The
/// approximate one looks into the cells of near rows in which most neighbors lie and at neighbors of neighbors (Dong,
/// Moses & Li 2011); how far it goes is set, and its recall told, on 150 rows each whose true neighbors are known.
///
/// ```
/// # use neural_manifold::{neighbors::*, external::ndarray::Array2};
/// let rows = Array2::from_shape_fn((400, 3), |(i, j)| (i * (j + 2)) as f32);
/// let graph = knn_graph_with(&rows, 5, Metric::Euclidean, Search::Approximate)?;
/// assert!(graph.recall.expect("an approximate search tells its recall") > 0.95);
/// assert_eq!(knn_graph_with(&rows, 5, Metric::Euclidean, Search::Exact)?.recall, None);
/// # Ok::<(), neural_manifold::Error>(())
/// ```
///
/// # Errors
/// Those of [`knn_graph`].
pub fn knn_graph_with(
    rows: &Array2<f32>,
    n_neighbors: usize,
    metric: Metric,
    search: Search,
) -> Result<KnnGraph> {
    check_rows("rows", rows)?;
    check_n_neighbors(n_neighbors, rows.nrows())?;
    let rows = prepared(rows, metric)?;
    let exact = match search {
        Search::Auto => {
            let work = (rows.nrows() as f64).powi(2) * rows.ncols() as f64;
            rows.nrows() <= MAX_EXACT_ROWS && work <= MAX_EXACT_WORK
        }
        Search::Exact => true,
        Search::Approximate => false,
    };
    let (indices, distances, recall) = if exact {
        let (indices, squared) = exact::knn_self(rows.view(), n_neighbors)?;
        (indices, from_squared(squared, metric), None)
    } else {
        let (indices, distances, recall) = approximate::knn_self(rows.view(), n_neighbors, metric)?;
        (indices, distances, Some(recall))
    };
    Ok(KnnGraph { indices, distances, metric, recall })
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
    check_width(queries.ncols(), references.ncols())?;
    KnnIndex::new(references, metric)?.nearest(queries, n_neighbors)
}

/// Rows among which the nearest of others are searched again and again; always exact.
pub(crate) struct KnnIndex<'a> {
    references: exact::References<'a>,
    width: usize,
    n_rows: usize,
    metric: Metric,
}

impl<'a> KnnIndex<'a> {
    /// # Errors
    /// No rows or no columns, a value that is not finite, a row of zeros under [`Metric::Cosine`].
    pub(crate) fn new(references: &'a Array2<f32>, metric: Metric) -> Result<Self> {
        check_rows("references", references)?;
        let (n_rows, width) = references.dim();
        let references = exact::References::new(prepared(references, metric)?);
        Ok(KnnIndex { references, width, n_rows, metric })
    }

    /// The answer of [`knn_query`].
    pub(crate) fn nearest(&self, queries: &Array2<f32>, n_neighbors: usize) -> Result<KnnGraph> {
        check_rows("queries", queries)?;
        check_width(queries.ncols(), self.width)?;
        check_n_neighbors(n_neighbors, self.n_rows + 1)?;
        let queries = prepared(queries, self.metric)?;
        let (indices, squared) = self.references.nearest(queries.view(), n_neighbors)?;
        let distances = from_squared(squared, self.metric);
        Ok(KnnGraph { indices, distances, metric: self.metric, recall: None })
    }
}

/// The rows whose squared Euclidean distances order the neighbors by `metric`, in standard layout.
fn prepared(rows: &Array2<f32>, metric: Metric) -> Result<CowArray<'_, f32, Ix2>> {
    Ok(match metric.ready(rows)? {
        Cow::Borrowed(rows) => rows.as_standard_layout(),
        Cow::Owned(rows) => rows.into(),
    })
}

fn from_squared(squared: Array2<f64>, metric: Metric) -> Array2<f32> {
    squared.mapv(|squared| metric.of_squared(squared) as f32)
}
