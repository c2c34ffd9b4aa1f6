//! The distance of two rows, in double precision and, to choose rows by, in single precision.

use ndarray::ArrayView1;
use pulp::Simd;

use super::simd::total;

/// Squared Euclidean distance in double precision, its terms added in a fixed order, whatever the memory layout.
#[inline]
pub(crate) fn squared_distance(a: ArrayView1<f32>, b: ArrayView1<f32>) -> f64 {
    match (a.to_slice(), b.to_slice()) {
        (Some(a), Some(b)) => of_slices(a, b),
        // The rows of a transposed array are strided.
        (_, _) => of_slices(&a.to_vec(), &b.to_vec()),
    }
}

#[inline]
fn of_slices(a: &[f32], b: &[f32]) -> f64 {
    // Four running sums, so that an addition need not wait for the one before it.
    let mut sums = [0.0f64; 4];
    let (a4, b4) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest = a4.remainder().iter().zip(b4.remainder());
    let tail: f64 = rest.map(|(&x, &y)| (f64::from(x) - f64::from(y)).powi(2)).sum();
    for (x, y) in a4.zip(b4) {
        for lane in 0..4 {
            sums[lane] += (f64::from(x[lane]) - f64::from(y[lane])).powi(2);
        }
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + tail
}

/// Squared Euclidean distance in double precision, its terms added one after the other.
///
/// For scores and shapes, whose ties make the order matter: which of two equal distances comes out smaller is decided by
/// the rounding of the sum.
pub(crate) fn squared_distance_in_order(a: ArrayView1<f32>, b: ArrayView1<f32>) -> f64 {
    a.iter().zip(b).map(|(&x, &y)| (f64::from(x) - f64::from(y)).powi(2)).sum()
}

/// Squared Euclidean distance in single precision, of rows of the same width.
#[inline(always)]
pub(crate) fn rounded_squared_distance<S: Simd>(simd: S, a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (S::as_simd_f32s(a), S::as_simd_f32s(b));
    let ((a4, a1), (b4, b1)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    // Four running sums, so that an addition need not wait for the one before it.
    let mut sums = [simd.splat_f32s(0.0); 4];
    for (x, y) in a4.iter().zip(b4) {
        for lane in 0..4 {
            let difference = simd.sub_f32s(x[lane], y[lane]);
            sums[lane] = simd.mul_add_e_f32s(difference, difference, sums[lane]);
        }
    }
    for (&x, &y) in a1.iter().zip(b1) {
        let difference = simd.sub_f32s(x, y);
        sums[0] = simd.mul_add_e_f32s(difference, difference, sums[0]);
    }
    let mut rest = 0.0;
    for (x, y) in a_rest.iter().zip(b_rest) {
        rest += (x - y) * (x - y);
    }
    total(simd, simd.add_f32s(simd.add_f32s(sums[0], sums[2]), simd.add_f32s(sums[1], sums[3]))) + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use pulp::Scalar256b;

    #[test]
    fn a_distance_is_the_sum_of_squares_in_any_memory_layout() {
        for width in 1..=43 {
            // Whole numbers, whose sums are exact.
            let rows = Array2::from_shape_fn((2, width), |(i, j)| (i * (j + 3)) as f32);
            let expected: usize = (0..width).map(|j| (j + 3) * (j + 3)).sum();
            let strided = rows.t().as_standard_layout().reversed_axes().to_owned();
            assert_eq!(squared_distance(rows.row(0), rows.row(1)), expected as f64);
            assert_eq!(squared_distance(strided.row(0), strided.row(1)), expected as f64);
            assert_eq!(squared_distance_in_order(strided.row(0), rows.row(1)), expected as f64);
            let rows = rows.as_slice().expect("standard layout");
            let rounded = rounded_squared_distance(Scalar256b, &rows[..width], &rows[width..]);
            assert_eq!(rounded, expected as f32);
        }
    }
}
