//! One image forward through a stage.

use pulp::{Simd, WithSimd, bytemuck};

use super::{DEAD, Stage};

pub(super) struct Forward<'a> {
    pub stage: &'a Stage,
    pub corners: &'a [usize],
    pub frame: &'a [f32],
    /// Of `pack_forward`, as the bias.
    pub weight: &'a [f32],
    pub bias: &'a [f32],
    /// `[window, to]`, as the winners.
    pub pooled: &'a mut [f32],
    pub winners: &'a mut [u8],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Stage { from, to, .. } = *self.stage;
        let (line, reach) = (self.stage.line(), self.stage.reach());
        let width = 2 * S::F32_LANES;
        let weight = S::as_simd_f32s(self.weight).0;
        let bias = S::as_simd_f32s(self.bias).0;
        let windows = self.pooled.chunks_exact_mut(to).zip(self.winners.chunks_exact_mut(to));
        for (corner, (pooled, winners)) in self.corners.iter().zip(windows) {
            let outputs = pooled.chunks_mut(width).zip(winners.chunks_mut(width));
            let parameters = bias.chunks_exact(2).zip(weight.chunks_exact(2 * 3 * reach));
            for ((bias, weight), (pooled, winners)) in parameters.zip(outputs) {
                // Four pixels of two vectors of channels each: enough sums at once to hide the latency of each.
                let mut sums = [[bias[0], bias[1]]; 4];
                for (y, weight) in weight.chunks_exact(2 * reach).enumerate() {
                    let row = &self.frame[corner + y * line..][..line + from + reach];
                    let (a, b) = (&row[..reach], &row[from..][..reach]);
                    let (c, d) = (&row[line..][..reach], &row[line + from..][..reach]);
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
                for (target, &winner) in winners.iter_mut().zip(bytemuck::cast_slice::<_, u32>(&winner)) {
                    *target = winner as u8;
                }
            }
        }
    }
}

/// ReLU and maximum of four pixels, and which pixel it was; the first of equals, as in other libraries.
#[inline(always)]
fn largest<S: Simd>(simd: S, [a, b, c, d]: [S::f32s; 4]) -> (S::f32s, S::u32s) {
    // Zero, or not a number where a sum is none: comparisons alone would lose it.
    let total = simd.add_f32s(simd.add_f32s(a, b), simd.add_f32s(c, d));
    let mut best = simd.mul_f32s(total, simd.splat_f32s(0.0));
    let mut winner = simd.splat_u32s(u32::from(DEAD));
    for (pixel, sum) in [(0, a), (1, b), (2, c), (3, d)] {
        let wins = simd.greater_than_f32s(sum, best);
        best = simd.select_f32s(wins, sum, best);
        winner = simd.select_u32s(wins, simd.splat_u32s(pixel), winner);
    }
    (best, winner)
}
