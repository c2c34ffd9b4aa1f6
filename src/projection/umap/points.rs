//! Points of the map, their floats side by side, and the arrays that they come from and become.

use ndarray::Array2;

/// The most axes that a map may have.
pub(in crate::projection) const MAX_COMPONENTS: usize = 32;

/// A position on the map. `D` is one of a few widths, for each of which the loops are compiled: a map of fewer axes
/// has zeros on those behind, where no force acts.
pub(in crate::projection) type Point<const D: usize = 2> = [f32; D];

/// Calls a function with the least width that `$n_components` axes fit into, as the constant `D`.
macro_rules! in_width {
    ($n_components:expr, $function:ident($($argument:expr),* $(,)?)) => {
        match $n_components {
            ..=2 => $function::<2>($($argument),*),
            3..=4 => $function::<4>($($argument),*),
            5..=8 => $function::<8>($($argument),*),
            9..=16 => $function::<16>($($argument),*),
            _ => $function::<32>($($argument),*),
        }
    };
}
pub(super) use in_width;

/// The rows of `coordinates`, `[n, d]` of `D` axes at the most.
pub(in crate::projection) fn to_points<const D: usize>(coordinates: &Array2<f32>) -> Vec<Point<D>> {
    let point =
        |row: ndarray::ArrayView1<f32>| std::array::from_fn(|axis| row.get(axis).copied().unwrap_or(0.0));
    coordinates.rows().into_iter().map(point).collect()
}

/// The first axes of the points as rows, `[n, n_components]`.
pub(in crate::projection) fn to_array<const D: usize>(
    points: &[Point<D>],
    n_components: usize,
) -> Array2<f32> {
    Array2::from_shape_fn((points.len(), n_components), |(row, axis)| points[row][axis])
}
