//! The backward pass of a stage for one image.

use pulp::{Simd, WithSimd};

use super::{NO_WINNER, Stage};

pub(super) struct Backward<'a> {
    pub stage: &'a Stage,
    pub window_offsets: &'a [usize],
    pub padded: &'a [f32],
    /// Packed by [`Stage::pack_backward`].
    pub weight: &'a [f32],
    /// `[window, to]`, as is the gradient.
    pub argmax: &'a [u8],
    pub gradient: &'a [f32],
    /// The gradient by the padded image is added to it; empty where none is asked for.
    pub padded_gradient: &'a mut [f32],
    /// The gradient by the weight, in its shape, is added to it.
    pub weights: &'a mut [f32],
    /// The gradient by the bias, `[to]`, is added to it.
    pub biases: &'a mut [f32],
}

/// A window that passes a gradient: where the 3x3 pixels under its largest pixel begin, and that gradient.
type ActiveWindow = (usize, f32);

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Stage { from, to, .. } = *self.stage;
        let stride = self.stage.padded_stride();
        let vectors = self.stage.row_len().div_ceil(S::F32_LANES);
        let row = vectors * S::F32_LANES;
        let shifts = [0, from, stride, stride + from, 0];
        for (argmax, gradient) in self.argmax.chunks_exact(to).zip(self.gradient.chunks_exact(to)) {
            for ((bias, &winner), &gradient) in self.biases.iter_mut().zip(argmax).zip(gradient) {
                *bias += if winner == NO_WINNER { 0.0 } else { gradient };
            }
        }
        let mut active: Vec<ActiveWindow> = vec![(0, 0.0); self.window_offsets.len()];
        let parameters = self.weights.chunks_exact_mut(3 * row).zip(self.weight.chunks_exact(3 * row));
        for (channel, (sums, weight)) in parameters.enumerate() {
            let mut count = 0;
            let windows =
                self.argmax[channel..].iter().step_by(to).zip(self.gradient[channel..].iter().step_by(to));
            for (offset, (&winner, &gradient)) in self.window_offsets.iter().zip(windows) {
                // Written in any case and overwritten if not active: the processor cannot predict a branch here.
                active[count] = (offset + shifts[usize::from(winner)], gradient);
                count += usize::from(winner != NO_WINNER);
            }
            let kernel = Kernel { simd, padded: self.padded, stride, active: &active[..count] };
            kernel.run_all(vectors, sums, weight, self.padded_gradient);
        }
    }
}

/// The 3x3 weights of one channel of the output.
struct Kernel<'a, S> {
    simd: S,
    padded: &'a [f32],
    /// Numbers from one row of the padded image to the next.
    stride: usize,
    active: &'a [ActiveWindow],
}

impl<S: Simd> Kernel<'_, S> {
    /// All three kernel rows of `vectors` each, in parts small enough for sums and weights to stay in registers while
    /// the loop runs over all active windows.
    #[inline(always)]
    fn run_all(&self, vectors: usize, sums: &mut [f32], weight: &[f32], back: &mut [f32]) {
        if vectors == 1 {
            return self.run::<3, 1>(0, sums, weight, back);
        }
        for y in 0..3 {
            for vector in (0..vectors).step_by(6) {
                let place = (y * vectors + vector) * S::F32_LANES;
                let start = y * self.stride + vector * S::F32_LANES;
                let (sums, weight) = (&mut sums[place..], &weight[place..]);
                match vectors - vector {
                    1 => self.run::<1, 1>(start, sums, weight, back),
                    2 => self.run::<1, 2>(start, sums, weight, back),
                    3 => self.run::<1, 3>(start, sums, weight, back),
                    4 => self.run::<1, 4>(start, sums, weight, back),
                    5 => self.run::<1, 5>(start, sums, weight, back),
                    _ => self.run::<1, 6>(start, sums, weight, back),
                }
            }
        }
    }

    /// `sums += gradient * pixels` and `back += gradient * weight` for every active window, over `ROWS` kernel rows of
    /// `V` vectors that begin `start` numbers after the window's offset.
    #[inline(always)]
    fn run<const ROWS: usize, const V: usize>(
        &self,
        start: usize,
        sums: &mut [f32],
        weight: &[f32],
        back: &mut [f32],
    ) {
        let simd = self.simd;
        let (sums, weight) = (S::as_mut_simd_f32s(sums).0, S::as_simd_f32s(weight).0);
        let mut kept = [[simd.splat_f32s(0.0); V]; ROWS];
        let mut weights = kept;
        for r in 0..ROWS {
            for v in 0..V {
                kept[r][v] = sums[r * V + v];
                weights[r][v] = weight[r * V + v];
            }
        }
        for &(offset, gradient) in self.active {
            let gradient = simd.splat_f32s(gradient);
            for r in 0..ROWS {
                let place = offset + start + r * self.stride;
                let pixels = S::as_simd_f32s(&self.padded[place..][..V * S::F32_LANES]).0;
                for v in 0..V {
                    kept[r][v] = simd.mul_add_f32s(gradient, pixels[v], kept[r][v]);
                }
                if !back.is_empty() {
                    let back = S::as_mut_simd_f32s(&mut back[place..][..V * S::F32_LANES]).0;
                    for v in 0..V {
                        back[v] = simd.mul_add_f32s(gradient, weights[r][v], back[v]);
                    }
                }
            }
        }
        for r in 0..ROWS {
            for v in 0..V {
                sums[r * V + v] = kept[r][v];
            }
        }
    }
}
