//! One image back through a stage.

use pulp::{Simd, WithSimd};

use super::{DEAD, Stage};

pub(super) struct Backward<'a> {
    pub stage: &'a Stage,
    pub corners: &'a [usize],
    pub frame: &'a [f32],
    /// Of `pack_backward`.
    pub weight: &'a [f32],
    /// `[window, to]`, as the gradient.
    pub winners: &'a [u8],
    pub gradient: &'a [f32],
    /// Added to; empty where the gradient of the image is not asked for.
    pub frame_gradient: &'a mut [f32],
    /// Added to: shaped as the weight and `[to]`.
    pub weights: &'a mut [f32],
    pub biases: &'a mut [f32],
}

/// Where in the frame the 3x3 pixels of a winner begin, and its gradient.
type Hit = (usize, f32);

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Stage { from, to, .. } = *self.stage;
        let line = self.stage.line();
        let vectors = self.stage.reach().div_ceil(S::F32_LANES);
        let row = vectors * S::F32_LANES;
        let shifts = [0, from, line, line + from, 0];
        for (winners, gradient) in self.winners.chunks_exact(to).zip(self.gradient.chunks_exact(to)) {
            for ((bias, &winner), &gradient) in self.biases.iter_mut().zip(winners).zip(gradient) {
                *bias += if winner == DEAD { 0.0 } else { gradient };
            }
        }
        let mut hits: Vec<Hit> = vec![(0, 0.0); self.corners.len()];
        let parameters = self.weights.chunks_exact_mut(3 * row).zip(self.weight.chunks_exact(3 * row));
        for (channel, (sums, weight)) in parameters.enumerate() {
            let mut count = 0;
            let windows =
                self.winners[channel..].iter().step_by(to).zip(self.gradient[channel..].iter().step_by(to));
            for (corner, (&winner, &gradient)) in self.corners.iter().zip(windows) {
                // Written in any case and kept only when alive: a branch here would be a coin's toss.
                hits[count] = (corner + shifts[usize::from(winner)], gradient);
                count += usize::from(winner != DEAD);
            }
            let kernel = Kernel { simd, frame: self.frame, line, hits: &hits[..count] };
            kernel.run_all(vectors, sums, weight, self.frame_gradient);
        }
    }
}

/// The 3x3 weights of one channel of the output.
struct Kernel<'a, S> {
    simd: S,
    frame: &'a [f32],
    /// From one row of the frame to the next.
    line: usize,
    hits: &'a [Hit],
}

impl<S: Simd> Kernel<'_, S> {
    /// All three rows of `vectors`, in parts small enough for sums and weights to stay in registers over all hits.
    #[inline(always)]
    fn run_all(&self, vectors: usize, sums: &mut [f32], weight: &[f32], back: &mut [f32]) {
        if vectors == 1 {
            return self.run::<3, 1>(0, sums, weight, back);
        }
        for y in 0..3 {
            for vector in (0..vectors).step_by(6) {
                let place = (y * vectors + vector) * S::F32_LANES;
                let start = y * self.line + vector * S::F32_LANES;
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

    /// `sums += gradient * pixels` and `back += gradient * weight` for every hit, over `ROWS` of `V` vectors that
    /// begin `start` behind it.
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
        for &(offset, gradient) in self.hits {
            let gradient = simd.splat_f32s(gradient);
            for r in 0..ROWS {
                let place = offset + start + r * self.line;
                let pixels = S::as_simd_f32s(&self.frame[place..][..V * S::F32_LANES]).0;
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
