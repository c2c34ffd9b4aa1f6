//! The distance of two rows in double precision.

use ndarray::ArrayView1;

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

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn a_distance_is_the_sum_of_squares_in_any_memory_layout() {
        for width in 1..=11 {
            // Whole numbers, whose sums are exact.
            let rows = Array2::from_shape_fn((2, width), |(i, j)| (i * (j + 3)) as f32);
            let expected: usize = (0..width).map(|j| (j + 3) * (j + 3)).sum();
            let strided = rows.t().as_standard_layout().reversed_axes().to_owned();
            assert_eq!(squared_distance(rows.row(0), rows.row(1)), expected as f64);
            assert_eq!(squared_distance(strided.row(0), strided.row(1)), expected as f64);
            assert_eq!(squared_distance_in_order(strided.row(0), rows.row(1)), expected as f64);
        }
    }
}
