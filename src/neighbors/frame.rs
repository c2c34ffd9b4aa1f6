//! Axes along which near and far rows part early.
//!
//! A distance never grows when a rotation leaves some of its terms out: rows that are far by their leading principal
//! components alone need no further look.

use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;

use super::leaves::{dot, mean};

/// Leading components that are looked at first.
pub(super) const HEAD: usize = 8;
/// Rows by which the components are found. Any orthogonal axes are right; those of most variance part rows earliest.
const SAMPLE: usize = 2_048;
const ITERATIONS: usize = 8;

/// An origin, and reflections that turn the leading components into the first axes (Householder 1958).
pub(super) struct Frame {
    origin: Vec<f64>,
    /// Unit vectors; each reflects at the plane that it stands upright on.
    mirrors: Vec<Vec<f64>>,
}

impl Frame {
    pub(super) fn new(rows: ArrayView2<f32>) -> Frame {
        let all: Vec<u32> = (0..rows.nrows() as u32).collect();
        let origin = mean(rows, &all);
        let sample = rows.axis_iter(Axis(0)).step_by(rows.nrows().div_ceil(SAMPLE).max(1));
        let sample: Vec<Vec<f64>> = sample
            .map(|row| row.iter().zip(&origin).map(|(&x, origin)| f64::from(x) - origin).collect())
            .collect();
        Frame { mirrors: mirrors(leading(&sample)), origin }
    }

    /// The rows in this frame.
    pub(super) fn of(&self, rows: ArrayView2<f32>) -> Array2<f32> {
        let mut turned = rows.to_owned();
        turned.axis_iter_mut(Axis(0)).into_par_iter().for_each(|mut row| {
            let mut place: Vec<f64> =
                row.iter().zip(&self.origin).map(|(&x, origin)| f64::from(x) - origin).collect();
            for mirror in &self.mirrors {
                let along = 2.0 * dot(&place, mirror);
                place.iter_mut().zip(mirror).for_each(|(x, v)| *x -= along * v);
            }
            row.iter_mut().zip(place).for_each(|(x, turned)| *x = turned as f32);
        });
        turned
    }
}

/// Orthonormal vectors that nearly span the directions of most variance, by subspace iteration; fewer than [`HEAD`]
/// where the rows have fewer directions.
fn leading(centered: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let step = (centered.len() / HEAD).max(1);
    let mut basis: Vec<Vec<f64>> = centered.iter().step_by(step).take(HEAD).cloned().collect();
    orthonormalise(&mut basis);
    for _ in 0..ITERATIONS {
        basis = basis
            .par_iter()
            .map(|direction| {
                let mut next = vec![0.0; direction.len()];
                for row in centered {
                    let along = dot(row, direction);
                    next.iter_mut().zip(row).for_each(|(sum, x)| *sum += along * x);
                }
                next
            })
            .collect();
        orthonormalise(&mut basis);
    }
    basis
}

/// Gram-Schmidt, twice for accuracy; vectors that depend on those before them are dropped.
fn orthonormalise(basis: &mut Vec<Vec<f64>>) {
    let mut done: Vec<Vec<f64>> = Vec::new();
    for mut vector in basis.drain(..) {
        let before = dot(&vector, &vector);
        for _ in 0..2 {
            for other in &done {
                let along = dot(&vector, other);
                vector.iter_mut().zip(other).for_each(|(x, v)| *x -= along * v);
            }
        }
        let squared = dot(&vector, &vector);
        if squared > 1e-12 * before && squared.is_finite() {
            done.push(vector.into_iter().map(|x| x / squared.sqrt()).collect());
        }
    }
    *basis = done;
}

/// The reflections that turn the vectors into the first axes, one after the other.
fn mirrors(basis: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let mut mirrors: Vec<Vec<f64>> = Vec::new();
    for (axis, mut vector) in basis.into_iter().enumerate() {
        for mirror in &mirrors {
            let along = 2.0 * dot(&vector, mirror);
            vector.iter_mut().zip(mirror).for_each(|(x, v)| *x -= along * v);
        }
        // Away from the axis, so that nothing cancels.
        vector[axis] += 1.0f64.copysign(vector[axis]);
        let length = dot(&vector, &vector).sqrt();
        mirrors.push(vector.into_iter().map(|x| x / length).collect());
    }
    mirrors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neighbors::squared_distance;

    /// Rows that vary most along the last column.
    fn rows(n: usize, d: usize) -> Array2<f32> {
        let value = |i: usize, j: usize| ((i * 37 + j * 101 + i * j * 13) % 97) as f32 / 97.0;
        Array2::from_shape_fn((n, d), |(i, j)| 50.0 + value(i, j) * (1.0 + j as f32))
    }

    #[test]
    fn a_frame_keeps_distances() {
        let equal = Array2::ones((40, 3));
        for rows in [rows(60, 12), rows(30, 5), rows(3, 20), rows(1, 4), rows(50, 1), equal] {
            let turned = Frame::new(rows.view()).of(rows.view());
            for i in 0..rows.nrows() {
                for j in 0..i {
                    let distance = |rows: &Array2<f32>| {
                        squared_distance(&rows.row(i).to_vec(), &rows.row(j).to_vec()).sqrt()
                    };
                    assert!((distance(&rows) - distance(&turned)).abs() < 1e-5, "{:?} {i} {j}", rows.dim());
                }
            }
        }
    }

    #[test]
    fn the_first_axes_hold_most_of_the_variance() {
        let rows = rows(500, 20);
        let turned = Frame::new(rows.view()).of(rows.view());
        let variance = turned.map_axis(Axis(0), |column| column.var(0.0));
        let (head, rest) = variance.as_slice().expect("contiguous").split_at(HEAD);
        let most = rows.map_axis(Axis(0), |column| column.var(0.0)).iter().rev().take(HEAD).sum::<f32>();
        assert!(head.iter().sum::<f32>() > 0.99 * most, "{head:?} {rest:?} {most}");
        assert!(head[0] >= rest.iter().copied().fold(0.0, f32::max));
    }
}
