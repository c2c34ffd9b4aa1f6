//! Points of the plane, two floats side by side, and the arrays that they come from and become.

use ndarray::Array2;

/// A position on the map.
pub(in crate::projection) type Point = [f32; 2];

/// The rows of `coordinates`, `[n, 2]`.
pub(in crate::projection) fn to_points(coordinates: &Array2<f32>) -> Vec<Point> {
    coordinates.rows().into_iter().map(|row| [row[0], row[1]]).collect()
}

/// The points as rows, `[n, 2]`.
pub(in crate::projection) fn to_array(points: &[Point]) -> Array2<f32> {
    Array2::from_shape_fn((points.len(), 2), |(row, axis)| points[row][axis])
}
