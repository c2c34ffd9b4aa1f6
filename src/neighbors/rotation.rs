//! A rotation onto the principal axes, so that most pairs are rejected after eight of their terms.
//!
//! A squared distance never grows when some of its terms are left out. The leading principal components hold most of the
//! variance, so that their terms alone usually exceed what a row's candidates allow.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

use super::distance_tile::LEADING_AXES;
use crate::math::linalg::{centered_rows, leading_directions, mean_row};

/// Rows from which the principal components are estimated. Any rotation gives the same neighbors; the closer to the
/// principal axes it turns, the more pairs are rejected early.
const SAMPLE: usize = 2_048;
const ITERATIONS: usize = 8;

/// A move of the mean to the origin, then Householder reflections (Householder 1958), whose product turns the leading
/// components into the first axes.
pub(super) struct PcaRotation {
    mean: Array1<f64>,
    /// Unit normals of the mirror planes, applied in order.
    reflectors: Vec<Array1<f64>>,
}

impl PcaRotation {
    pub(super) fn fit(rows: ArrayView2<f32>) -> PcaRotation {
        let mean = mean_row(rows.axis_iter(Axis(0)));
        let step = rows.nrows().div_ceil(SAMPLE);
        let sample = centered_rows(rows.axis_iter(Axis(0)).step_by(step), &mean);
        let step = (sample.nrows() / LEADING_AXES).max(1);
        let start: Vec<usize> = (0..sample.nrows()).step_by(step).take(LEADING_AXES).collect();
        let start = sample.select(Axis(0), &start).reversed_axes();
        let directions = leading_directions(sample.view(), start, ITERATIONS);
        PcaRotation { mean, reflectors: reflectors(&directions) }
    }

    /// The rows in the rotated coordinates, `[n, d]`, in standard layout.
    pub(super) fn apply(&self, rows: ArrayView2<f32>) -> Array2<f32> {
        let mut rotated = Array2::zeros(rows.dim());
        rotated.axis_iter_mut(Axis(0)).into_par_iter().zip(rows.axis_iter(Axis(0))).for_each(
            |(mut rotated, row)| {
                rotated.zip_mut_with(&self.apply_to(row), |rotated, &x| *rotated = x as f32);
            },
        );
        rotated
    }

    /// One row in the rotated coordinates, `[d]`.
    pub(super) fn apply_to(&self, row: ArrayView1<f32>) -> Array1<f64> {
        let mut position = row.mapv(f64::from) - &self.mean;
        self.reflectors.iter().for_each(|normal| reflect(&mut position, normal));
        position
    }
}

/// The reflectors that turn orthonormal columns into the first axes, one after the other; columns of zeros are left out.
fn reflectors(directions: &Array2<f64>) -> Vec<Array1<f64>> {
    let mut reflectors: Vec<Array1<f64>> = Vec::new();
    for direction in directions.axis_iter(Axis(1)).filter(|direction| direction.iter().any(|&x| x != 0.0)) {
        let mut normal = direction.to_owned();
        reflectors.iter().for_each(|earlier| reflect(&mut normal, earlier));
        // Of the two axes, plus and minus, to the one on the other side: the sum then cancels no digits.
        let axis = reflectors.len();
        normal[axis] += 1.0f64.copysign(normal[axis]);
        let length = normal.dot(&normal).sqrt();
        reflectors.push(normal / length);
    }
    reflectors
}

fn reflect(position: &mut Array1<f64>, normal: &Array1<f64>) {
    let along = 2.0 * position.dot(normal);
    position.scaled_add(-along, normal);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::distance::squared_distance;

    /// Rows that vary most along the last column.
    fn rows(n: usize, d: usize) -> Array2<f32> {
        let value = |i: usize, j: usize| ((i * 37 + j * 101 + i * j * 13) % 97) as f32 / 97.0;
        Array2::from_shape_fn((n, d), |(i, j)| 50.0 + value(i, j) * (1.0 + j as f32))
    }

    #[test]
    fn a_rotation_keeps_distances() {
        let equal = Array2::ones((40, 3));
        for rows in [rows(60, 12), rows(30, 5), rows(3, 20), rows(1, 4), rows(50, 1), equal] {
            let rotated = PcaRotation::fit(rows.view()).apply(rows.view());
            for i in 0..rows.nrows() {
                for j in 0..i {
                    let distance = |rows: &Array2<f32>| squared_distance(rows.row(i), rows.row(j)).sqrt();
                    assert!((distance(&rows) - distance(&rotated)).abs() < 1e-5, "{:?} {i} {j}", rows.dim());
                }
            }
        }
    }

    #[test]
    fn the_first_axes_hold_most_of_the_variance() {
        let rows = rows(500, 20);
        let rotated = PcaRotation::fit(rows.view()).apply(rows.view());
        let variance = rotated.map_axis(Axis(0), |column| column.var(0.0));
        let (leading, rest) = variance.as_slice().expect("contiguous").split_at(LEADING_AXES);
        let largest = rows.map_axis(Axis(0), |column| column.var(0.0));
        let most = largest.iter().rev().take(LEADING_AXES).sum::<f32>();
        assert!(leading.iter().sum::<f32>() > 0.99 * most, "{leading:?} {rest:?} {most}");
        assert!(leading[0] >= rest.iter().copied().fold(0.0, f32::max));
    }
}
