//! The forward pass of a stage for one image.

use pulp::{Simd, WithSimd, bytemuck};

use super::{NO_WINNER, Stage};

pub(super) struct Forward<'a> {
    pub stage: &'a Stage,
    pub window_offsets: &'a [usize],
    pub padded: &'a [f32],
    /// Packed by [`Stage::pack_forward`], as is the bias.
    pub weight: &'a [f32],
    pub bias: &'a [f32],
    /// `[window, to]`, as is the argmax.
    pub pooled: &'a mut [f32],
    pub argmax: &'a mut [u8],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Stage { from, to, .. } = *self.stage;
        let (stride, row_len) = (self.stage.padded_stride(), self.stage.row_len());
        let width = 2 * S::F32_LANES;
        let weight = S::as_simd_f32s(self.weight).0;
        let bias = S::as_simd_f32s(self.bias).0;
        let windows = self.pooled.chunks_exact_mut(to).zip(self.argmax.chunks_exact_mut(to));
        for (offset, (pooled, argmax)) in self.window_offsets.iter().zip(windows) {
            let outputs = pooled.chunks_mut(width).zip(argmax.chunks_mut(width));
            let parameters = bias.chunks_exact(2).zip(weight.chunks_exact(2 * 3 * row_len));
            for ((bias, weight), (pooled, argmax)) in parameters.zip(outputs) {
                // Four pixels of two vectors of channels each: enough sums at once to hide the latency of each.
                let mut sums = [[bias[0], bias[1]]; 4];
                for (y, weight) in weight.chunks_exact(2 * row_len).enumerate() {
                    let row = &self.padded[offset + y * stride..][..stride + from + row_len];
                    let (a, b) = (&row[..row_len], &row[from..][..row_len]);
                    let (c, d) = (&row[stride..][..row_len], &row[stride + from..][..row_len]);
                    let pixels = a.iter().zip(b).zip(c.iter().zip(d));
                    for (weight, ((&a, &b), (&c, &d))) in weight.chunks_exact(2).zip(pixels) {
                        for (sum, pixel) in sums.iter_mut().zip([a, b, c, d]) {
                            let pixel = simd.splat_f32s(pixel);
                            sum[0] = simd.mul_add_f32s(pixel, weight[0], sum[0]);
                            sum[1] = simd.mul_add_f32s(pixel, weight[1], sum[1]);
                        }
                    }
                }
                let [[a, e], [b, f], [c, g], [d, h]] = sums;
                let (first, second) = (largest(simd, [a, b, c, d]), largest(simd, [e, f, g, h]));
                let best = [first.0, second.0];
                pooled.copy_from_slice(&bytemuck::cast_slice(&best)[..pooled.len()]);
                let winner = [first.1, second.1];
                for (target, &winner) in argmax.iter_mut().zip(bytemuck::cast_slice::<_, u32>(&winner)) {
                    *target = winner as u8;
                }
            }
        }
    }
}

/// ReLU and maximum of four pixels, and which pixel it is; the first of equals, as in other libraries.
#[inline(always)]
fn largest<S: Simd>(simd: S, [a, b, c, d]: [S::f32s; 4]) -> (S::f32s, S::u32s) {
    // Zero, or NaN if any of the four is NaN: comparisons alone would drop a NaN.
    let total = simd.add_f32s(simd.add_f32s(a, b), simd.add_f32s(c, d));
    let mut best = simd.mul_f32s(total, simd.splat_f32s(0.0));
    let mut winner = simd.splat_u32s(u32::from(NO_WINNER));
    for (pixel, sum) in [(0, a), (1, b), (2, c), (3, d)] {
        let wins = simd.greater_than_f32s(sum, best);
        best = simd.select_f32s(wins, sum, best);
        winner = simd.select_u32s(wins, simd.splat_u32s(pixel), winner);
    }
    (best, winner)
}
