//! Linear algebra without LAPACK: means, orthonormal bases, directions of most variance.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, s};

/// The column means of some rows, `[d]`, added up in the order of the rows.
pub(crate) fn mean_row<'a>(mut rows: impl ExactSizeIterator<Item = ArrayView1<'a, f32>>) -> Array1<f64> {
    let n = rows.len() as f64;
    let first = rows.next().expect("a mean is taken of at least one row").mapv(f64::from);
    rows.fold(first, |mut sum, row| {
        sum.zip_mut_with(&row, |sum, &x| *sum += f64::from(x));
        sum
    }) / n
}

/// Some rows minus `origin`, `[n, d]`.
pub(crate) fn centered_rows<'a>(
    rows: impl ExactSizeIterator<Item = ArrayView1<'a, f32>>,
    origin: &Array1<f64>,
) -> Array2<f64> {
    let mut centered = Array2::zeros((rows.len(), origin.len()));
    for (mut centered, row) in centered.rows_mut().into_iter().zip(rows) {
        centered.zip_mut_with(&row, |centered, &x| *centered = f64::from(x));
        centered -= origin;
    }
    centered
}

/// Orthonormal columns that nearly span the directions of most variance of `centered` rows, `[n, d]`, by subspace
/// iteration from `start`, `[d, count]`. Columns are zero where the rows vary in fewer directions.
///
/// The covariance is never formed: with few iterations its product with a basis is cheaper from the rows.
pub(crate) fn leading_directions(
    centered: ArrayView2<f64>,
    start: Array2<f64>,
    iterations: usize,
) -> Array2<f64> {
    let mut basis = start;
    orthonormalize(&mut basis);
    for _ in 0..iterations {
        let projected = without_blas(centered).dot(&without_blas(basis.t()).t());
        basis = without_blas(centered.t()).dot(&without_blas(projected.t()).t());
        orthonormalize(&mut basis);
    }
    basis
}

/// Makes the columns orthonormal by Gram-Schmidt, twice for accuracy; a column that depends on those before it becomes
/// zero.
pub(crate) fn orthonormalize(basis: &mut Array2<f64>) {
    for column in 0..basis.ncols() {
        let before = basis.column(column).dot(&basis.column(column)).sqrt();
        for _ in 0..2 {
            for earlier in 0..column {
                let overlap = basis.column(earlier).dot(&basis.column(column));
                let shadow = &basis.column(earlier) * overlap;
                let mut column = basis.column_mut(column);
                column -= &shadow;
            }
        }
        let length = basis.column(column).dot(&basis.column(column)).sqrt();
        let scale = if length > 1e-12 * before { 1.0 / length } else { 0.0 };
        basis.column_mut(column).mapv_inplace(|x| x * scale);
    }
}

/// The same columns in reverse, for both operands of a product `a.dot(&b.t())`.
///
/// A crate that links BLAS switches it on in ndarray for all others, with threads that compete with ours. BLAS takes no
/// negative strides, so that ndarray multiplies reversed columns by itself, on the calling thread.
pub(crate) fn without_blas<T>(rows: ArrayView2<'_, T>) -> ArrayView2<'_, T> {
    rows.slice_move(s![.., ..;-1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Axis, array};

    #[test]
    fn means_and_centered_rows_are_those_of_the_definition() {
        let rows = array![[1.0f32, 10.0], [3.0, 30.0], [8.0, 20.0]];
        let mean = mean_row(rows.axis_iter(Axis(0)));
        assert_eq!(mean, array![4.0, 20.0]);
        assert_eq!(
            centered_rows(rows.axis_iter(Axis(0)), &mean),
            array![[-3.0, -10.0], [-1.0, 10.0], [4.0, 0.0]]
        );
    }

    #[test]
    fn orthonormalize_zeroes_a_dependent_column_and_makes_the_others_orthonormal() {
        let mut basis = array![[3.0, 6.0, 1.0], [4.0, 8.0, 1.0], [0.0, 0.0, 2.0]];
        orthonormalize(&mut basis);
        let expected = Array2::from_diag(&array![1.0, 0.0, 1.0]);
        assert!((basis.t().dot(&basis) - expected).iter().all(|x| x.abs() < 1e-14), "{basis}");
        assert!((&basis.column(0) - &array![0.6, 0.8, 0.0]).iter().all(|x| x.abs() < 1e-15), "{basis}");
    }

    #[test]
    fn leading_directions_find_the_axes_of_most_variance() {
        // Variances 100, 25, 1 and 0 along the axes.
        let rows = array![
            [10.0, 0.0, 1.0, 0.0],
            [-10.0, 0.0, 1.0, 0.0],
            [0.0, 5.0, -1.0, 0.0],
            [0.0, -5.0, -1.0, 0.0]
        ];
        let start = array![[1.0, 1.0], [1.0, -1.0], [1.0, 1.0], [1.0, 0.5]];
        let found = leading_directions(rows.view(), start, 30);
        assert!(
            (found[[0, 0]].abs() - 1.0).abs() < 1e-12 && (found[[1, 1]].abs() - 1.0).abs() < 1e-12,
            "{found}"
        );
    }
}
