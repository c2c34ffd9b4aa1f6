//! A linear layer whose result for a row is the same, bit for bit, whichever rows come along.
//!
//! burn's matrix product adds in an order that depends on the number of rows and on the processor's caches. Training
//! goes through it, for its gradients, and takes from here what comes after it; what is made of a trained network goes
//! through the whole layer.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::{CHUNK, lanes};

/// Rows that are multiplied together: with two vectors each, enough sums at once to hide the latency of each.
const ROWS: usize = 4;
/// Terms that are added before the sum goes to the total: the rounding of long sums stays small. burn's product adds so
/// as well where there are many rows.
const MAX_TERMS: usize = 512;

/// `rows`, `[n, from]`, times `weight`, `[from, to]`, plus `bias`, `[to]`, with ReLU where `relu`: `[n, to]`.
pub(in crate::model) fn forward(rows: &[f32], weight: &[f32], bias: &[f32], relu: bool) -> Vec<f32> {
    let to = bias.len();
    let from = weight.len() / to;
    let panels = panels(weight, from, to);
    let mut out = vec![0.0; rows.len() / from * to];
    rows.par_chunks(CHUNK * from).zip(out.par_chunks_mut(CHUNK * to)).for_each(|(rows, out)| {
        Arch::new().dispatch(Forward { rows, panels: &panels, bias, from, relu, out });
    });
    out
}

/// What is no number stays none, so that a network that has diverged is seen to have.
#[inline(always)]
fn activated(value: f32, relu: bool) -> f32 {
    if relu && value <= 0.0 { 0.0 } else { value }
}

/// A product of matrices, `[n, to]`, plus `bias`, `[to]`, with ReLU where `relu`.
pub(in crate::model) fn add_bias(product: &[f32], bias: &[f32], relu: bool) -> Vec<f32> {
    let mut out = product.to_vec();
    out.par_chunks_mut(CHUNK * bias.len()).for_each(|rows| {
        for row in rows.chunks_exact_mut(bias.len()) {
            row.iter_mut().zip(bias).for_each(|(value, bias)| *value = activated(*value + bias, relu));
        }
    });
    out
}

/// The gradient of the loss by what `add_bias` takes, product and bias, from its gradient by what came out: of what
/// ReLU has set to zero, nothing. `out` is given where there was a ReLU.
pub(in crate::model) fn backward(gradient: &[f32], out: Option<&[f32]>, to: usize) -> (Vec<f32>, Vec<f32>) {
    let mut back = gradient.to_vec();
    if let Some(out) = out {
        back.par_chunks_mut(CHUNK * to).zip(out.par_chunks(CHUNK * to)).for_each(|(back, out)| {
            back.iter_mut().zip(out).for_each(|(back, &out)| *back = if out <= 0.0 { 0.0 } else { *back });
        });
    }
    let mut bias = vec![0.0; to];
    for row in back.chunks_exact(to) {
        bias.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    (back, bias)
}

/// The weight in panels of two vectors' columns, `[panel, from, width]`, with zeros up to whole panels.
fn panels(weight: &[f32], from: usize, to: usize) -> Vec<f32> {
    let width = 2 * lanes();
    let mut panels = vec![0.0; to.div_ceil(width) * from * width];
    for (panel, first) in panels.chunks_exact_mut(from * width).zip((0..to).step_by(width)) {
        let used = width.min(to - first);
        for (packed, row) in panel.chunks_exact_mut(width).zip(weight.chunks_exact(to)) {
            packed[..used].copy_from_slice(&row[first..][..used]);
        }
    }
    panels
}

struct Forward<'a> {
    rows: &'a [f32],
    panels: &'a [f32],
    bias: &'a [f32],
    from: usize,
    relu: bool,
    out: &'a mut [f32],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Forward { rows, panels, bias, from, relu, out } = self;
        let (to, width) = (bias.len(), 2 * S::F32_LANES);
        let n_terms = from.div_ceil(from.div_ceil(MAX_TERMS));
        for (number, panel) in panels.chunks_exact(from * width).enumerate() {
            let first = number * width;
            let used = width.min(to - first);
            for (rows, out) in rows.chunks(ROWS * from).zip(out.chunks_mut(ROWS * to)) {
                let n_rows = rows.len() / from;
                // A row beyond the last repeats that one, and its result is dropped.
                let row = |number: usize| &rows[number.min(n_rows - 1) * from..][..from];
                let rows: [&[f32]; ROWS] = std::array::from_fn(row);
                let mut totals = [[simd.splat_f32s(0.0); 2]; ROWS];
                for start in (0..from).step_by(n_terms) {
                    let end = (start + n_terms).min(from);
                    let [a, b, c, d] = rows.map(|row| &row[start..end]);
                    let terms = a.iter().zip(b).zip(c.iter().zip(d));
                    let weights = S::as_simd_f32s(&panel[start * width..end * width]).0;
                    let mut sums = [[simd.splat_f32s(0.0); 2]; ROWS];
                    for (weight, ((&a, &b), (&c, &d))) in weights.chunks_exact(2).zip(terms) {
                        for (sum, term) in sums.iter_mut().zip([a, b, c, d]) {
                            let term = simd.splat_f32s(term);
                            sum[0] = simd.mul_add_f32s(term, weight[0], sum[0]);
                            sum[1] = simd.mul_add_f32s(term, weight[1], sum[1]);
                        }
                    }
                    for (total, sum) in totals.iter_mut().zip(sums) {
                        *total = [simd.add_f32s(total[0], sum[0]), simd.add_f32s(total[1], sum[1])];
                    }
                }
                for (out, total) in out.chunks_exact_mut(to).zip(totals) {
                    let total = pulp::bytemuck::cast_slice::<_, f32>(&total);
                    for ((out, &total), &bias) in
                        out[first..][..used].iter_mut().zip(total).zip(&bias[first..])
                    {
                        *out = activated(total + bias, relu);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::random::seeded;
    use rand::RngExt;

    #[test]
    fn it_is_the_matrix_product_for_any_shape() {
        for (n, from, to) in [(1, 1, 1), (5, 7, 3), (9, 24, 5), (13, 1568, 32), (6, 32, 100), (2, 1025, 17)] {
            let mut random = seeded(7);
            let mut numbers =
                |count: usize| -> Vec<f32> { (0..count).map(|_| random.random_range(-1.0..1.0)).collect() };
            let (rows, weight, bias) = (numbers(n * from), numbers(from * to), numbers(to));
            let found = forward(&rows, &weight, &bias, false);
            assert_eq!(found.len(), n * to);
            for (place, &found) in found.iter().enumerate() {
                let (row, column) = (place / to, place % to);
                let terms =
                    (0..from).map(|k| f64::from(rows[row * from + k]) * f64::from(weight[k * to + column]));
                let exact = terms.sum::<f64>() + f64::from(bias[column]);
                assert!((f64::from(found) - exact).abs() < 1e-4, "{n} x {from} x {to}: {found}, {exact}");
            }
        }
    }
}
