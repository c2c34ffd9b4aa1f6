//! Rows made ready: of unit range, centered, of at most 100 columns; and the starting places.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};
use rand::RngExt;
use rayon::prelude::*;

use super::Point;
use crate::math::linalg::{orthonormalize, without_blas};
use crate::math::pca::Pca;
use crate::math::random::seeded;
use crate::neighbors::Metric;

/// Wider rows are replaced by as many principal components, as in the packages `pacmap` and
/// `trimap`.
const MAX_COLUMNS: usize = 100;
/// Multiplications by the covariance that find the space of the principal components; the package's randomized
/// decomposition takes as many.
const POWER_ITERATIONS: usize = 6;
/// Rows that one task multiplies.
const CHUNK: usize = 1_024;
/// Scale of the principal components in the starting places.
const PCA_SCALE: f32 = 0.01;
/// Rows whose Euclidean distances are those of the metric, up to a common factor.
pub(in crate::projection) struct Prepared {
    /// `[n, d]`, centered, `d` at most 100.
    pub(in crate::projection) rows: Array2<f32>,
    /// What a Euclidean distance of the rows as given is multiplied by; with cosine and correlation, that of their
    /// directions.
    pub(in crate::projection) scale: f64,
    /// Whether there are fewer columns than in the rows as given.
    pub(in crate::projection) is_reduced: bool,
}

impl Prepared {
    /// The unit of length is the range of all values, so that the map does not depend on it.
    pub(in crate::projection) fn new(rows: &Array2<f32>, metric: Metric) -> Prepared {
        let rows = &*metric.centered(rows);
        let unit = |row: ArrayView1<f32>| match metric {
            Metric::Euclidean => 1.0,
            Metric::Cosine | Metric::Correlation => {
                let length = row.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
                if length > 0.0 { 1.0 / length } else { 1.0 }
            }
        };
        let chunks = rows.axis_chunks_iter(Axis(0), CHUNK).into_par_iter();
        let of_chunks: Vec<(f64, f64, Array1<f64>)> = chunks
            .map(|chunk| {
                let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
                let mut sums = Array1::zeros(chunk.ncols());
                for row in chunk.rows() {
                    let unit = unit(row);
                    for (sum, &x) in sums.iter_mut().zip(row) {
                        let x = unit * f64::from(x);
                        (low, high, *sum) = (x.min(low), x.max(high), *sum + x);
                    }
                }
                (low, high, sums)
            })
            .collect();
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut mean = Array1::<f64>::zeros(rows.ncols());
        for (chunk_low, chunk_high, sums) in of_chunks {
            (low, high) = (low.min(chunk_low), high.max(chunk_high));
            mean += &sums;
        }
        mean /= rows.nrows() as f64;
        let scale = if high > low { 1.0 / (high - low) } else { 0.0 };
        let mut ready = Array2::zeros(rows.dim());
        ready.axis_iter_mut(Axis(0)).into_par_iter().zip(rows.axis_iter(Axis(0))).for_each(
            |(mut ready, row)| {
                let unit = unit(row);
                for ((ready, &x), mean) in ready.iter_mut().zip(row).zip(&mean) {
                    *ready = ((unit * f64::from(x) - mean) * scale) as f32;
                }
            },
        );
        let rows = ready;
        let is_reduced = rows.ncols() > MAX_COLUMNS;
        let rows = if is_reduced { principal_components(&rows) } else { rows };
        Prepared { rows, scale, is_reduced }
    }

    /// The first two principal components, scaled by 0.01: where the points start.
    pub(in crate::projection) fn start(&self) -> Vec<Point> {
        let plane = Pca::fit(self.rows.view()).apply(self.rows.view());
        plane.rows().into_iter().map(|row| [PCA_SCALE * row[0], PCA_SCALE * row[1]]).collect()
    }
}

/// Coordinates of centered rows in the space of their leading principal components, by subspace iteration (Halko,
/// Martinsson & Tropp 2011). Within the space the axes are not rotated to the components, which distances do not need.
fn principal_components(rows: &Array2<f32>) -> Array2<f32> {
    // Of views whose columns run backwards, lest a linked BLAS brings threads of its own.
    let rows = without_blas(rows.view());
    let mut rng = seeded(0);
    // A column of the transposed basis lies in one piece, which Gram-Schmidt is much faster on.
    let mut basis = Array2::from_shape_simple_fn((MAX_COLUMNS, rows.ncols()), || rng.random::<f64>() - 0.5);
    for _ in 0..POWER_ITERATIONS {
        let mut columns = times_covariance(rows, &basis.mapv(|x| x as f32)).reversed_axes();
        orthonormalize(&mut columns);
        basis = columns.reversed_axes();
    }
    let axes = basis.mapv(|x| x as f32);
    let mut reduced = Array2::zeros((rows.nrows(), MAX_COLUMNS));
    reduced
        .axis_chunks_iter_mut(Axis(0), CHUNK)
        .into_par_iter()
        .zip(rows.axis_chunks_iter(Axis(0), CHUNK))
        .for_each(|(mut reduced, rows)| reduced.assign(&rows.dot(&axes.t())));
    reduced
}

/// `basis X' X`, the sum over rows in double precision and in a fixed order.
fn times_covariance(rows: ArrayView2<f32>, basis: &Array2<f32>) -> Array2<f64> {
    let starts: Vec<usize> = (0..rows.nrows()).step_by(CHUNK).collect();
    let mut sum = Array2::<f64>::zeros(basis.dim());
    // A few products at a time, so that they need not all be held.
    for starts in starts.chunks(8) {
        let products: Vec<Array2<f32>> = starts
            .par_iter()
            .map(|&start| {
                let rows = rows.slice(s![start..(start + CHUNK).min(rows.nrows()), ..]);
                basis.dot(&rows.t()).dot(&rows)
            })
            .collect();
        for product in products {
            sum.zip_mut_with(&product, |sum, &x| *sum += f64::from(x));
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: usize, d: usize, width: impl Fn(usize) -> f32) -> Array2<f32> {
        let mut rng = seeded(1);
        Array2::from_shape_fn((n, d), |(_, column)| width(column) * (rng.random::<f32>() - 0.5))
    }

    fn squared(rows: &Array2<f32>, i: usize, j: usize) -> f64 {
        rows.row(i).iter().zip(rows.row(j)).map(|(a, b)| f64::from(a - b).powi(2)).sum()
    }

    #[test]
    fn wide_rows_keep_their_distances_in_the_space_in_which_they_lie() {
        // 150 columns that are sums of 60 hidden ones: 100 components hold everything.
        let rows = noise(300, 60, |_| 1.0).dot(&noise(60, 150, |_| 1.0)) + 7.0;
        let prepared = Prepared::new(&rows, Metric::Euclidean);
        assert_eq!(prepared.rows.dim(), (300, 100));
        for (i, j) in [(0, 1), (5, 99), (299, 12)] {
            let ratio = squared(&prepared.rows, i, j) / squared(&rows, i, j) / prepared.scale.powi(2);
            assert!((ratio - 1.0).abs() < 1e-4, "{ratio}");
        }
    }

    #[test]
    fn what_wide_rows_lose_is_the_least() {
        let rows = noise(400, 130, |column| if column < 90 { 1.0 } else { 0.01 });
        let prepared = Prepared::new(&rows, Metric::Euclidean);
        let variance = |rows: &Array2<f32>| rows.var_axis(Axis(0), 0.0).sum() as f64;
        let kept = variance(&prepared.rows) / (variance(&rows) * prepared.scale.powi(2));
        // All of the 90 wide columns and a share of the 40 narrow ones.
        let narrow = 40.0 * 0.01f64.powi(2) / (90.0 + 40.0 * 0.01f64.powi(2));
        assert!(kept > 1.0 - narrow && kept < 1.0, "{kept}");
    }

    #[test]
    fn the_unit_of_length_does_not_matter_and_cosine_looks_at_directions() {
        let rows = noise(50, 6, |_| 1.0) + 0.2;
        let plain = Prepared::new(&rows, Metric::Euclidean);
        for unit in [1e-17, 1e17] {
            let other = Prepared::new(&(&rows * unit), Metric::Euclidean);
            assert!((&plain.rows - &other.rows).iter().all(|x| x.abs() < 1e-6));
        }
        let mut longer = rows.clone();
        longer.row_mut(3).mapv_inplace(|x| 5.0 * x);
        let [cosine, same] = [&rows, &longer].map(|rows| Prepared::new(rows, Metric::Cosine));
        assert!((&cosine.rows - &same.rows).iter().all(|x| x.abs() < 1e-6));
        let angle = |i: usize, j: usize| {
            let (a, b) = (rows.row(i).mapv(f64::from), rows.row(j).mapv(f64::from));
            a.dot(&b) / (a.dot(&a) * b.dot(&b)).sqrt()
        };
        let chord = squared(&cosine.rows, 3, 8) / cosine.scale.powi(2);
        assert!((chord - 2.0 * (1.0 - angle(3, 8))).abs() < 1e-5);
    }
}
