//! What PaCMAP and TriMap share: rows made ready, their nearest rows by scaled distance, random numbers per row.

mod nearest;
mod prepare;
mod random;

pub(super) use self::nearest::{Nearest, squared_distance};
pub(super) use self::prepare::Prepared;
pub(super) use self::random::{below, row_rng};

use ndarray::Array2;

/// A place in the plane.
pub(super) type Point = [f32; 2];

pub(super) fn as_array(points: &[Point]) -> Array2<f32> {
    Array2::from_shape_fn((points.len(), 2), |(row, axis)| points[row][axis])
}
