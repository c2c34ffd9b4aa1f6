//! Principal components: a map by themselves, and a starting layout for the engines.

use ndarray::{Array1, Array2, ArrayView2, Axis, s};

use super::eigen;

/// Rows added to the covariance at once, so that the double-precision copy stays small.
const CHUNK: usize = 4_096;

/// The plane through the mean along which rows vary the most (Hotelling 1933).
#[derive(Debug, Clone)]
pub struct Pca {
    /// Column means, `[d]`.
    pub mean: Array1<f64>,
    /// Unit vectors that span the plane, `[d, 2]`; zeros where the rows have fewer dimensions.
    pub axes: Array2<f64>,
    /// Share of the variance along each axis.
    pub explained: [f64; 2],
}

impl Pca {
    /// Fits the plane to finite rows, `[n, d]`.
    pub(crate) fn fit(rows: ArrayView2<f32>) -> Pca {
        let (n, d) = rows.dim();
        let mean =
            rows.axis_iter(Axis(0)).fold(Array1::<f64>::zeros(d), |sum, row| sum + row.mapv(f64::from))
                / n as f64;
        let mut covariance = Array2::<f64>::zeros((d, d));
        for start in (0..n).step_by(CHUNK) {
            let centered = rows.slice(s![start..(start + CHUNK).min(n), ..]).mapv(f64::from) - &mean;
            covariance += &(centered.t().dot(&centered) / n as f64);
        }
        let total = covariance.diag().sum();
        let (values, vectors) = eigen::leading(covariance.view(), 2);
        let mut axes = Array2::zeros((d, 2));
        let mut explained = [0.0; 2];
        for (number, vector) in vectors.axis_iter(Axis(1)).enumerate() {
            // An eigenvector's sign is arbitrary: the largest entry is made positive.
            let largest =
                vector.iter().copied().fold(0.0, |most: f64, x| if x.abs() > most.abs() { x } else { most });
            axes.column_mut(number).assign(&(&vector * if largest < 0.0 { -1.0 } else { 1.0 }));
            explained[number] = if total > 0.0 { values[number].max(0.0) / total } else { 0.0 };
        }
        Pca { mean, axes, explained }
    }

    /// Coordinates of rows in the plane, `[n, 2]`.
    ///
    /// Every row is computed by itself, so that it does not matter which others come along.
    pub(crate) fn apply(&self, rows: ArrayView2<f32>) -> Array2<f32> {
        let mut coordinates = Array2::zeros((rows.nrows(), 2));
        for (row, mut place) in rows.axis_iter(Axis(0)).zip(coordinates.axis_iter_mut(Axis(0))) {
            for axis in 0..2 {
                let terms = row.iter().zip(&self.mean).zip(self.axes.column(axis));
                place[axis] =
                    terms.map(|((&x, mean), along)| (f64::from(x) - mean) * along).sum::<f64>() as f32;
            }
        }
        coordinates
    }
}
