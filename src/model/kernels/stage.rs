//! A stage of the encoder in one pass: 3x3 convolution, bias, ReLU and 2x2 maximum.
//!
//! The map before the maximum is never written. Going back, only the pixel that won each window has a gradient, so
//! a quarter of a dense convolution's work is left, less where ReLU cut.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::{CHUNK, LayerGradients, lanes, sum_in_order};

/// Windows whose maximum ReLU cut to zero pass no gradient.
const DEAD: u8 = 4;

/// Shape of a stage: `[batch, from, side, side]` to `[batch, to, side / 2, side / 2]`.
#[derive(Debug, Clone, Copy)]
pub(in crate::model) struct Stage {
    pub from: usize,
    pub to: usize,
    pub side: usize,
}

impl Stage {
    fn windows(&self) -> usize {
        (self.side / 2).pow(2)
    }

    /// Side of an image with its border of zeros.
    fn framed(&self) -> usize {
        self.side + 2
    }

    /// Numbers of three neighbouring pixels in a row.
    fn reach(&self) -> usize {
        3 * self.from
    }

    /// A framed image, channels last, with room to read a whole vector at its end.
    fn frame_size(&self, lanes: usize) -> usize {
        self.framed().pow(2) * self.from + lanes
    }

    /// Pooled features, and the pixel that won each window (for `backward`).
    pub fn forward(&self, images: &[f32], weight: &[f32], bias: &[f32]) -> (Vec<f32>, Vec<u8>) {
        let out = self.to * self.windows();
        let batch = images.len() / (self.from * self.side * self.side);
        let arch = Arch::new();
        let lanes = lanes();
        let (weight, bias) = self.pack_forward(weight, bias, 2 * lanes);
        let mut pooled = vec![0.0; batch * out];
        let mut winners = vec![DEAD; batch * out];
        images
            .par_chunks_exact(self.from * self.side * self.side)
            .zip(pooled.par_chunks_exact_mut(out))
            .zip(winners.par_chunks_exact_mut(out))
            .for_each_init(
                || vec![0.0; self.frame_size(lanes)],
                |frame, ((image, pooled), winners)| {
                    self.enframe(image, frame);
                    arch.dispatch(Forward {
                        stage: self,
                        frame,
                        weight: &weight,
                        bias: &bias,
                        pooled,
                        winners,
                    });
                },
            );
        (pooled, winners)
    }

    /// Gradients of weight, bias and, when asked for, images, from that of the pooled features.
    pub fn backward(
        &self,
        images: &[f32],
        weight: &[f32],
        winners: &[u8],
        gradient: &[f32],
        with_images: bool,
    ) -> LayerGradients {
        let (size, out) = (self.from * self.side * self.side, self.to * self.windows());
        let arch = Arch::new();
        let lanes = lanes();
        let row = self.reach().next_multiple_of(lanes);
        let weight = self.pack_backward(weight, row);
        let mut images_gradient = vec![0.0; if with_images { images.len() } else { 0 }];
        let mut back: Vec<&mut [f32]> = if with_images {
            images_gradient.chunks_mut(CHUNK * size).collect()
        } else {
            (0..images.len().div_ceil(CHUNK * size)).map(|_| [].as_mut_slice()).collect()
        };
        let partial: Vec<(Vec<f32>, Vec<f32>)> = images
            .par_chunks(CHUNK * size)
            .zip(back.par_iter_mut())
            .zip(winners.par_chunks(CHUNK * out).zip(gradient.par_chunks(CHUNK * out)))
            .map(|((images, back), (winners, gradient))| {
                let mut frame = vec![0.0; self.frame_size(lanes)];
                let mut frame_gradient = vec![0.0; if with_images { self.frame_size(lanes) } else { 0 }];
                let mut sums = (vec![0.0; self.to * 3 * row], vec![0.0; self.to]);
                for (idx, image) in images.chunks_exact(size).enumerate() {
                    self.enframe(image, &mut frame);
                    frame_gradient.fill(0.0);
                    arch.dispatch(Backward {
                        stage: self,
                        frame: &frame,
                        weight: &weight,
                        winners: &winners[idx * out..][..out],
                        gradient: &gradient[idx * out..][..out],
                        frame_gradient: &mut frame_gradient,
                        sums: &mut sums,
                    });
                    if with_images {
                        self.unframe(&frame_gradient, &mut back[idx * size..][..size]);
                    }
                }
                sums
            })
            .collect();
        let (weights, biases): (Vec<_>, Vec<_>) = partial.into_iter().unzip();
        LayerGradients {
            images: images_gradient,
            weight: self.unpack(&sum_in_order(weights), row),
            bias: sum_in_order(biases),
        }
    }

    /// `[from, side, side]` into the middle of `[side + 2, side + 2, from]`.
    fn enframe(&self, image: &[f32], frame: &mut [f32]) {
        for y in 0..self.side {
            let start = ((y + 1) * self.framed() + 1) * self.from;
            let row = &mut frame[start..start + self.side * self.from];
            for (channel, plane) in image.chunks_exact(self.side * self.side).enumerate() {
                for (pixel, &value) in
                    row.chunks_exact_mut(self.from).zip(&plane[y * self.side..][..self.side])
                {
                    pixel[channel] = value;
                }
            }
        }
    }

    /// The inverse of `enframe`; what fell on the border is dropped.
    fn unframe(&self, frame: &[f32], image: &mut [f32]) {
        for y in 0..self.side {
            let start = ((y + 1) * self.framed() + 1) * self.from;
            let row = &frame[start..start + self.side * self.from];
            for (channel, plane) in image.chunks_exact_mut(self.side * self.side).enumerate() {
                for (pixel, value) in
                    row.chunks_exact(self.from).zip(&mut plane[y * self.side..][..self.side])
                {
                    *value = pixel[channel];
                }
            }
        }
    }

    /// `[to, from, 3, 3]` as `[to / width, 3, 3 * from, width]` and the bias as `[to / width, width]`.
    fn pack_forward(&self, weight: &[f32], bias: &[f32], width: usize) -> (Vec<f32>, Vec<f32>) {
        let blocks = self.to.div_ceil(width);
        let mut packed = vec![0.0; blocks * 9 * self.from * width];
        for (idx, &value) in weight.iter().enumerate() {
            let (to, from, y, x) = (idx / (9 * self.from), idx / 9 % self.from, idx / 3 % 3, idx % 3);
            let tap = (to / width * 3 + y) * self.reach() + x * self.from + from;
            packed[tap * width + to % width] = value;
        }
        let mut biases = bias.to_vec();
        biases.resize(blocks * width, 0.0);
        (packed, biases)
    }

    /// `[to, from, 3, 3]` as `[to, 3, row]`, each row of `3 * from` with zeros behind.
    fn pack_backward(&self, weight: &[f32], row: usize) -> Vec<f32> {
        let mut packed = vec![0.0; self.to * 3 * row];
        for (idx, &value) in weight.iter().enumerate() {
            packed[self.backward_index(idx, row)] = value;
        }
        packed
    }

    fn unpack(&self, packed: &[f32], row: usize) -> Vec<f32> {
        (0..self.to * self.from * 9).map(|idx| packed[self.backward_index(idx, row)]).collect()
    }

    fn backward_index(&self, idx: usize, row: usize) -> usize {
        let (to, from, y, x) = (idx / (9 * self.from), idx / 9 % self.from, idx / 3 % 3, idx % 3);
        (to * 3 + y) * row + x * self.from + from
    }
}

struct Forward<'a> {
    stage: &'a Stage,
    frame: &'a [f32],
    weight: &'a [f32],
    bias: &'a [f32],
    pooled: &'a mut [f32],
    winners: &'a mut [u8],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Stage { from, side, .. } = *self.stage;
        let (half, line, reach) = (side / 2, self.stage.framed() * from, self.stage.reach());
        let width = 2 * S::F32_LANES;
        let weight = S::as_simd_f32s(self.weight).0;
        let bias = S::as_simd_f32s(self.bias).0;
        let windows = half * half;
        for window in 0..windows {
            let corner = 2 * (window / half) * line + 2 * (window % half) * from;
            let blocks = bias.chunks_exact(2).zip(weight.chunks_exact(2 * 3 * reach));
            for (block, (bias, weight)) in blocks.enumerate() {
                // Four pixels of two vectors of channels each: enough sums at once to hide the latency of each.
                let mut sums = [[bias[0], bias[1]]; 4];
                for (y, weight) in weight.chunks_exact(2 * reach).enumerate() {
                    let at =
                        |dy: usize, dx: usize| &self.frame[corner + (y + dy) * line + dx * from..][..reach];
                    let pixels = at(0, 0).iter().zip(at(0, 1)).zip(at(1, 0)).zip(at(1, 1));
                    for (weight, (((&a, &b), &c), &d)) in weight.chunks_exact(2).zip(pixels) {
                        for (sum, pixel) in sums.iter_mut().zip([a, b, c, d]) {
                            let pixel = simd.splat_f32s(pixel);
                            sum[0] = simd.mul_add_f32s(pixel, weight[0], sum[0]);
                            sum[1] = simd.mul_add_f32s(pixel, weight[1], sum[1]);
                        }
                    }
                }
                for vector in 0..2 {
                    let [a, b, c, d] = sums.map(|sum| sum[vector]);
                    // Zero, or not a number where a sum is none: comparisons alone would lose it.
                    let total = simd.add_f32s(simd.add_f32s(a, b), simd.add_f32s(c, d));
                    let mut best = simd.mul_f32s(total, simd.splat_f32s(0.0));
                    let mut winner = simd.splat_u32s(DEAD as u32);
                    for (pixel, sum) in [a, b, c, d].into_iter().enumerate() {
                        let wins = simd.greater_than_f32s(sum, best);
                        best = simd.select_f32s(wins, sum, best);
                        winner = simd.select_u32s(wins, simd.splat_u32s(pixel as u32), winner);
                    }
                    let best: &[f32] = pulp::bytemuck::cast_slice(std::slice::from_ref(&best));
                    let winner: &[u32] = pulp::bytemuck::cast_slice(std::slice::from_ref(&winner));
                    let first = block * width + vector * S::F32_LANES;
                    for (lane, (&best, &winner)) in best.iter().zip(winner).enumerate() {
                        let place = (first + lane) * windows + window;
                        if place < self.pooled.len() {
                            self.pooled[place] = best;
                            self.winners[place] = winner as u8;
                        }
                    }
                }
            }
        }
    }
}

struct Backward<'a> {
    stage: &'a Stage,
    frame: &'a [f32],
    weight: &'a [f32],
    winners: &'a [u8],
    gradient: &'a [f32],
    frame_gradient: &'a mut [f32],
    sums: &'a mut (Vec<f32>, Vec<f32>),
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Stage { from, side, .. } = *self.stage;
        let (half, line) = (side / 2, self.stage.framed() * from);
        let windows = half * half;
        let vectors = self.stage.reach().div_ceil(S::F32_LANES);
        let row = vectors * S::F32_LANES;
        let mut hits: Vec<(usize, f32)> = Vec::with_capacity(windows);
        let channels = self.winners.chunks_exact(windows).zip(self.gradient.chunks_exact(windows));
        for (to, (winners, gradient)) in channels.enumerate() {
            hits.clear();
            for (window, (&winner, &gradient)) in winners.iter().zip(gradient).enumerate() {
                if winner != DEAD {
                    let y = 2 * (window / half) + winner as usize / 2;
                    let x = 2 * (window % half) + winner as usize % 2;
                    hits.push((y * line + x * from, gradient));
                }
            }
            self.sums.1[to] += hits.iter().map(|hit| hit.1).sum::<f32>();
            let sums = &mut self.sums.0[to * 3 * row..][..3 * row];
            let weight = &self.weight[to * 3 * row..][..3 * row];
            if vectors == 1 {
                accumulate::<S, 3, 1>(simd, sums, self.frame, 0, line, &hits);
                if !self.frame_gradient.is_empty() {
                    scatter::<S, 3, 1>(simd, weight, self.frame_gradient, 0, line, &hits);
                }
                continue;
            }
            for y in 0..3 {
                let mut vector = 0;
                while vector < vectors {
                    let step = (vectors - vector).min(6);
                    let place = y * row + vector * S::F32_LANES..;
                    let start = y * line + vector * S::F32_LANES;
                    macro_rules! run {
                        ($v:literal) => {{
                            accumulate::<S, 1, $v>(
                                simd,
                                &mut sums[place.clone()],
                                self.frame,
                                start,
                                0,
                                &hits,
                            );
                            if !self.frame_gradient.is_empty() {
                                scatter::<S, 1, $v>(
                                    simd,
                                    &weight[place],
                                    self.frame_gradient,
                                    start,
                                    0,
                                    &hits,
                                );
                            }
                        }};
                    }
                    match step {
                        1 => run!(1),
                        2 => run!(2),
                        3 => run!(3),
                        4 => run!(4),
                        5 => run!(5),
                        _ => run!(6),
                    }
                    vector += step;
                }
            }
        }
    }
}

/// `sums[r][v] += gradient * frame[offset + start + r * line + v]` over all hits.
#[inline(always)]
fn accumulate<S: Simd, const ROWS: usize, const V: usize>(
    simd: S,
    sums: &mut [f32],
    frame: &[f32],
    start: usize,
    line: usize,
    hits: &[(usize, f32)],
) {
    let sums = S::as_mut_simd_f32s(sums).0;
    let mut kept = [[simd.splat_f32s(0.0); V]; ROWS];
    for r in 0..ROWS {
        for v in 0..V {
            kept[r][v] = sums[r * V + v];
        }
    }
    for &(offset, gradient) in hits {
        let gradient = simd.splat_f32s(gradient);
        for r in 0..ROWS {
            let pixels = S::as_simd_f32s(&frame[offset + start + r * line..][..V * S::F32_LANES]).0;
            for v in 0..V {
                kept[r][v] = simd.mul_add_f32s(gradient, pixels[v], kept[r][v]);
            }
        }
    }
    for r in 0..ROWS {
        for v in 0..V {
            sums[r * V + v] = kept[r][v];
        }
    }
}

/// `frame[offset + start + r * line + v] += gradient * weight[r][v]` for all hits.
#[inline(always)]
fn scatter<S: Simd, const ROWS: usize, const V: usize>(
    simd: S,
    weight: &[f32],
    frame: &mut [f32],
    start: usize,
    line: usize,
    hits: &[(usize, f32)],
) {
    let weight = S::as_simd_f32s(weight).0;
    let mut kept = [[simd.splat_f32s(0.0); V]; ROWS];
    for r in 0..ROWS {
        for v in 0..V {
            kept[r][v] = weight[r * V + v];
        }
    }
    for &(offset, gradient) in hits {
        let gradient = simd.splat_f32s(gradient);
        for r in 0..ROWS {
            let pixels = S::as_mut_simd_f32s(&mut frame[offset + start + r * line..][..V * S::F32_LANES]).0;
            for v in 0..V {
                pixels[v] = simd.mul_add_f32s(gradient, kept[r][v], pixels[v]);
            }
        }
    }
}
