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
        let (mean, axes, shares) = principal_axes(rows, 2);
        Pca { mean, axes, explained: [shares[0], shares[1]] }
    }

    /// Coordinates of rows in the plane, `[n, 2]`.
    ///
    /// Every row is computed by itself, so that it does not matter which others come along.
    pub(crate) fn apply(&self, rows: ArrayView2<f32>) -> Array2<f32> {
        along(rows, &self.mean, &self.axes)
    }
}

/// Coordinates of finite rows along the directions in which they vary the most, `[n, count]`; zeros behind those that
/// there are.
pub(crate) fn principal_coordinates(rows: ArrayView2<f32>, count: usize) -> Array2<f32> {
    let (mean, axes, _) = principal_axes(rows, count);
    along(rows, &mean, &axes)
}

/// The mean, the leading directions, `[d, count]`, and the share of the variance along each.
fn principal_axes(rows: ArrayView2<f32>, count: usize) -> (Array1<f64>, Array2<f64>, Vec<f64>) {
    let (n, d) = rows.dim();
    let mean = rows.axis_iter(Axis(0)).fold(Array1::<f64>::zeros(d), |sum, row| sum + row.mapv(f64::from))
        / n as f64;
    let mut covariance = Array2::<f64>::zeros((d, d));
    for start in (0..n).step_by(CHUNK) {
        let centered = rows.slice(s![start..(start + CHUNK).min(n), ..]).mapv(f64::from) - &mean;
        covariance += &(centered.t().dot(&centered) / n as f64);
    }
    let total = covariance.diag().sum();
    let (values, vectors) = eigen::leading(covariance.view(), count);
    let mut axes = Array2::zeros((d, count));
    let mut shares = vec![0.0; count];
    for (number, vector) in vectors.axis_iter(Axis(1)).enumerate() {
        // An eigenvector's sign is arbitrary: the largest entry is made positive.
        let largest =
            vector.iter().copied().fold(0.0, |most: f64, x| if x.abs() > most.abs() { x } else { most });
        axes.column_mut(number).assign(&(&vector * if largest < 0.0 { -1.0 } else { 1.0 }));
        shares[number] = if total > 0.0 { values[number].max(0.0) / total } else { 0.0 };
    }
    (mean, axes, shares)
}

fn along(rows: ArrayView2<f32>, mean: &Array1<f64>, axes: &Array2<f64>) -> Array2<f32> {
    let mut coordinates = Array2::zeros((rows.nrows(), axes.ncols()));
    for (row, mut place) in rows.axis_iter(Axis(0)).zip(coordinates.axis_iter_mut(Axis(0))) {
        for (axis, place) in axes.axis_iter(Axis(1)).zip(&mut place) {
            let terms = row.iter().zip(mean).zip(axis);
            *place = terms.map(|((&x, mean), along)| (f64::from(x) - mean) * along).sum::<f64>() as f32;
        }
    }
    coordinates
}
