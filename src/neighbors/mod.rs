//! One k-nearest-neighbour graph, made once and used by maps, quality and topology.

mod approximate;
mod exact;
mod frame;
mod leaves;
mod search;
mod tile;

use ndarray::{Array2, ArrayView2, Axis, s};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::error::{Error, Result};

/// Up to this many rows the graph is exact; beyond, it is approximate and says how well it did.
const EXACT_LIMIT: usize = 100_000;

/// How far apart two rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Metric {
    /// Straight-line distance.
    #[default]
    Euclidean,
    /// One minus the cosine of the angle between two rows, from 0 (same direction) to 2 (opposite).
    Cosine,
}

/// The nearest neighbours of every row, itself left out.
#[derive(Debug, Clone)]
pub struct Neighbors {
    /// Row numbers, `[n, k]`, nearest first; equal distances are in order of row number.
    pub indices: Array2<u32>,
    /// Distances in the graph's metric, `[n, k]`, in the order of `indices`.
    pub distances: Array2<f32>,
    /// The metric of `distances`.
    pub metric: Metric,
    /// Share of true neighbours found, measured on a sample; `None` when the graph is exact.
    pub recall: Option<f32>,
}

impl Neighbors {
    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.indices.nrows()
    }

    /// Neighbours per row.
    pub fn n_neighbors(&self) -> usize {
        self.indices.ncols()
    }

    /// The graph of the nearest `n_neighbors` alone.
    ///
    /// # Errors
    /// `n_neighbors` is zero or larger than what the graph holds.
    pub fn truncated(&self, n_neighbors: usize) -> Result<Neighbors> {
        if n_neighbors == 0 || n_neighbors > self.n_neighbors() {
            let remedy = format!("the graph holds 1 to {} neighbors per row", self.n_neighbors());
            return Err(Error::config("n_neighbors", n_neighbors, remedy));
        }
        let nearest = |columns: usize| s![.., ..columns];
        Ok(Neighbors {
            indices: self.indices.slice(nearest(n_neighbors)).to_owned(),
            distances: self.distances.slice(nearest(n_neighbors)).to_owned(),
            metric: self.metric,
            recall: self.recall,
        })
    }
}

/// Finds the `n_neighbors` nearest rows of every row of `rows`, `[n, d]`.
///
/// Exact up to 100,000 rows, by products in single precision whose candidates are measured again in double
/// precision. Beyond, by seeded nearest-neighbour descent (Dong et al. 2011), with the recall on 1,000 rows
/// in [`Neighbors::recall`]. The result is the same, bit for bit, at any number of threads.
///
/// # Errors
/// No rows or no columns, a value that is not finite, `n_neighbors` of zero or not below the number of rows,
/// a row of zeros under [`Metric::Cosine`].
pub fn find(rows: &Array2<f32>, n_neighbors: usize, metric: Metric) -> Result<Neighbors> {
    check_rows("rows", rows)?;
    check_n_neighbors(n_neighbors, rows.nrows())?;
    let directions;
    let rows = match metric {
        Metric::Euclidean => rows,
        Metric::Cosine => {
            directions = unit_rows(rows)?;
            &directions
        }
    };
    if rows.nrows() <= EXACT_LIMIT {
        let (indices, squared) = exact::self_join(rows.view(), n_neighbors);
        Ok(Neighbors { indices, distances: from_squared(squared, metric), metric, recall: None })
    } else {
        let (indices, squared, recall) = approximate::self_join(rows, n_neighbors)?;
        Ok(Neighbors { indices, distances: from_squared(squared, metric), metric, recall: Some(recall) })
    }
}

/// Finds, for every row of `queries`, `[m, d]`, the nearest rows of `references`, `[n, d]`; always exact.
///
/// A query that equals a reference has it as its first neighbour. Each answer is independent of the other
/// queries.
///
/// # Errors
/// As for [`find`]; also when the widths differ.
pub fn find_in(
    queries: &Array2<f32>,
    references: &Array2<f32>,
    n_neighbors: usize,
    metric: Metric,
) -> Result<Neighbors> {
    check_rows("queries", queries)?;
    check_rows("references", references)?;
    check_width(queries, references)?;
    check_n_neighbors(n_neighbors, references.nrows() + 1)?;
    let (indices, squared) = match metric {
        Metric::Euclidean => exact::cross_join(queries.view(), references.view(), n_neighbors),
        Metric::Cosine => {
            exact::cross_join(unit_rows(queries)?.view(), unit_rows(references)?.view(), n_neighbors)
        }
    };
    Ok(Neighbors { indices, distances: from_squared(squared, metric), metric, recall: None })
}

/// Refuses rows that are absent, of width zero, or not finite.
pub(crate) fn check_rows(what: &str, rows: &Array2<f32>) -> Result<()> {
    if rows.is_empty() {
        let remedy = format!("its shape is {:?}, give at least one row and one column", rows.dim());
        return Err(Error::Empty { what: what.into(), remedy });
    }
    match rows.indexed_iter().find(|(_, value)| !value.is_finite()) {
        Some(((row, column), &value)) => Err(Error::NonFinite { what: what.into(), value, row, column }),
        None => Ok(()),
    }
}

/// Refuses two sets of rows of different widths.
pub(crate) fn check_width(queries: &Array2<f32>, references: &Array2<f32>) -> Result<()> {
    if queries.ncols() == references.ncols() {
        return Ok(());
    }
    Err(Error::mismatch(
        "columns",
        (queries.ncols(), "the queries"),
        (references.ncols(), "the references"),
        "give rows of the same width",
    ))
}

/// Refuses a neighbour count of zero, or one that `n_rows` rows cannot give when each leaves itself out.
pub(crate) fn check_n_neighbors(n_neighbors: usize, n_rows: usize) -> Result<()> {
    match n_neighbors {
        0 => Err(Error::config("n_neighbors", 0, "ask for at least one neighbor")),
        k if k >= n_rows => {
            let remedy = format!("there are {n_rows} rows, so it is {} at the most", n_rows - 1);
            Err(Error::config("n_neighbors", k, remedy))
        }
        _ => Ok(()),
    }
}

/// Rows scaled to length 1, so that half their squared distance is the cosine distance.
fn unit_rows(rows: &Array2<f32>) -> Result<Array2<f32>> {
    let mut unit = rows.clone();
    for (number, mut row) in unit.axis_iter_mut(Axis(0)).enumerate() {
        let length = row.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
        if length == 0.0 {
            let remedy =
                format!("row {number} is all zeros and has no direction: remove it or use euclidean");
            return Err(Error::config("metric", "cosine", remedy));
        }
        row.mapv_inplace(|x| (f64::from(x) / length) as f32);
    }
    Ok(unit)
}

fn from_squared(squared: Array2<f64>, metric: Metric) -> Array2<f32> {
    match metric {
        Metric::Euclidean => squared.mapv(|d| d.sqrt() as f32),
        Metric::Cosine => squared.mapv(|d| (d / 2.0) as f32),
    }
}

/// Squared Euclidean distance in double precision, its terms added in a fixed order.
#[inline]
fn squared_distance(a: &[f32], b: &[f32]) -> f64 {
    // Four running sums, so that the additions need not wait for each other.
    let mut sums = [0.0f64; 4];
    let (a4, b4) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest = a4.remainder().iter().zip(b4.remainder());
    let tail: f64 = rest.map(|(&x, &y)| (f64::from(x) - f64::from(y)).powi(2)).sum();
    for (x, y) in a4.zip(b4) {
        for lane in 0..4 {
            sums[lane] += (f64::from(x[lane]) - f64::from(y[lane])).powi(2);
        }
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + tail
}

/// Numbers of `count` of `n_rows` rows, drawn without repetition, in ascending order; all of them when `count`
/// is not below `n_rows`.
pub(crate) fn sample_rows(n_rows: usize, count: usize, seed: u64) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..n_rows).collect();
    if count < n_rows {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        for place in 0..count {
            rows.swap(place, rng.random_range(place..n_rows));
        }
        rows.truncate(count);
        rows.sort_unstable();
    }
    rows
}

/// The same columns in reverse, for both operands of a product: BLAS takes no negative strides, so that ndarray
/// multiplies by itself, on the calling thread. A crate that links BLAS would else switch it on for all, with threads
/// of its own that fight ours.
pub(crate) fn beside_blas<T>(rows: ArrayView2<'_, T>) -> ArrayView2<'_, T> {
    rows.slice_move(s![.., ..;-1])
}
