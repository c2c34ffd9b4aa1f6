//! Leading eigenvectors of symmetric matrices, without LAPACK.

use ndarray::{Array1, Array2, ArrayView2, Axis};
use rand::RngExt;

use super::linalg::orthonormalize;
use super::random::seeded;

/// Sweeps after which the rotations of [`jacobi`] have long converged.
const MAX_SWEEPS: usize = 60;
/// Vectors iterated beyond those asked for; the more, the fewer iterations.
const EXTRA_VECTORS: usize = 8;
/// Iterations after which [`leading`] takes what it has.
const MAX_ITERATIONS: usize = 300;

/// All eigenvalues, descending, and their vectors as columns, of a small symmetric matrix, by cyclic Jacobi
/// rotations (Golub & Van Loan, *Matrix Computations*, 8.5).
pub(crate) fn jacobi(mut matrix: Array2<f64>) -> (Array1<f64>, Array2<f64>) {
    let n = matrix.nrows();
    let mut vectors = Array2::<f64>::eye(n);
    let scale = matrix.iter().map(|x| x * x).sum::<f64>();
    for _ in 0..MAX_SWEEPS {
        let off: f64 = matrix.indexed_iter().filter(|((i, j), _)| i < j).map(|(_, x)| x * x).sum();
        if off <= f64::EPSILON.powi(2) * scale {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                let apq = matrix[[p, q]];
                if apq == 0.0 {
                    continue;
                }
                let theta = (matrix[[q, q]] - matrix[[p, p]]) / (2.0 * apq);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let cosine = 1.0 / (t * t + 1.0).sqrt();
                let sine = t * cosine;
                for k in 0..n {
                    let (kp, kq) = (matrix[[k, p]], matrix[[k, q]]);
                    matrix[[k, p]] = cosine * kp - sine * kq;
                    matrix[[k, q]] = sine * kp + cosine * kq;
                }
                for k in 0..n {
                    let (pk, qk) = (matrix[[p, k]], matrix[[q, k]]);
                    matrix[[p, k]] = cosine * pk - sine * qk;
                    matrix[[q, k]] = sine * pk + cosine * qk;
                    let (kp, kq) = (vectors[[k, p]], vectors[[k, q]]);
                    vectors[[k, p]] = cosine * kp - sine * kq;
                    vectors[[k, q]] = sine * kp + cosine * kq;
                }
            }
        }
    }
    let values = matrix.diag().to_owned();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    (values.select(Axis(0), &order), vectors.select(Axis(1), &order))
}

/// The `count` largest eigenvalues and vectors (columns) of a positive semi-definite matrix, by subspace
/// iteration with Rayleigh-Ritz steps. Gives fewer when the matrix is smaller.
pub(crate) fn leading(matrix: ArrayView2<f64>, count: usize) -> (Array1<f64>, Array2<f64>) {
    let n = matrix.nrows();
    let width = (count + EXTRA_VECTORS).min(n);
    let count = count.min(n);
    let mut rng = seeded(0);
    let mut basis = Array2::from_shape_simple_fn((n, width), || rng.random::<f64>() - 0.5);
    let mut values = Array1::zeros(width);
    for _ in 0..MAX_ITERATIONS {
        orthonormalize(&mut basis);
        let image = matrix.dot(&basis);
        let (ritz, rotation) = jacobi(basis.t().dot(&image));
        let residual = |c: usize| {
            let error = image.dot(&rotation.column(c)) - basis.dot(&rotation.column(c)) * ritz[c];
            error.dot(&error).sqrt()
        };
        let settled = (0..count).all(|c| residual(c) <= 1e-9 * ritz[0].abs());
        basis = if settled { basis.dot(&rotation) } else { image.dot(&rotation) };
        values = ritz;
        if settled {
            break;
        }
    }
    orthonormalize(&mut basis);
    (values.slice_move(ndarray::s![..count]), basis.slice_move(ndarray::s![.., ..count]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_methods_recover_a_known_spectrum() {
        let turn = std::f64::consts::SQRT_2 / 2.0;
        let vectors = ndarray::array![[turn, turn, 0.0], [turn, -turn, 0.0], [0.0, 0.0, 1.0]];
        let matrix = vectors.dot(&Array2::from_diag(&ndarray::array![3.0, 1.0, 2.0])).dot(&vectors.t());
        for (values, found) in [jacobi(matrix.clone()), leading(matrix.view(), 2)] {
            assert!((values[0] - 3.0).abs() < 1e-12 && (values[1] - 2.0).abs() < 1e-12);
            assert!((found[[0, 0]].abs() - turn).abs() < 1e-9 && (found[[2, 1]].abs() - 1.0).abs() < 1e-9);
        }
    }
}
