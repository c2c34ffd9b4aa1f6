//! A decoder layer in one pass: 2x2 transposed convolution of stride 2, bias and, where asked for, ReLU.
//!
//! With that stride no two pixels share an output, so the layer is a matrix product whose results are written to squares
//! of 2x2 pixels. A chunk of images is one product.

use pulp::{Arch, Simd, WithSimd, bytemuck};
use rayon::prelude::*;

use super::{CHUNK, LayerGradients, lanes, sum_in_order};

/// The shape of a layer: `[batch, from, side, side]` to `[batch, to, 2 side, 2 side]`.
#[derive(Debug, Clone, Copy)]
pub(in crate::model) struct Upsample {
    pub from: usize,
    pub to: usize,
    pub side: usize,
    /// Negative outputs become zero.
    pub relu: bool,
}

impl Upsample {
    fn pixels(&self) -> usize {
        self.side * self.side
    }

    /// Numbers per image before and after the layer.
    fn sizes(&self) -> (usize, usize) {
        (self.from * self.pixels(), self.to * 4 * self.pixels())
    }

    /// The least value of an output.
    fn floor(&self) -> f32 {
        if self.relu { 0.0 } else { f32::NEG_INFINITY }
    }

    /// Features of twice the side.
    pub fn forward(&self, images: &[f32], weight: &[f32], bias: &[f32]) -> Vec<f32> {
        let (size, out) = self.sizes();
        let mut enlarged = vec![0.0; images.len() / size * out];
        images.par_chunks(CHUNK * size).zip(enlarged.par_chunks_mut(CHUNK * out)).for_each(
            |(images, enlarged)| {
                let columns = Columns::new(self, images.len() / size);
                let input = columns.gather_input(self, images);
                Arch::new().dispatch(Forward {
                    layer: self,
                    columns: &columns,
                    input: &input,
                    weight,
                    bias,
                    enlarged,
                });
            },
        );
        enlarged
    }

    /// Gradients of the loss by weight, bias and images, from its gradient by the enlarged features.
    pub fn backward(
        &self,
        images: &[f32],
        weight: &[f32],
        enlarged: &[f32],
        gradient: &[f32],
    ) -> LayerGradients {
        let (size, out) = self.sizes();
        let mut images_gradient = vec![0.0; images.len()];
        let partial: Vec<(Vec<f32>, Vec<f32>)> = images
            .par_chunks(CHUNK * size)
            .zip(images_gradient.par_chunks_mut(CHUNK * size))
            .zip(enlarged.par_chunks(CHUNK * out).zip(gradient.par_chunks(CHUNK * out)))
            .map(|((images, back), (enlarged, gradient))| {
                let columns = Columns::new(self, images.len() / size);
                let input = columns.gather_input(self, images);
                let gradient = columns.gather_gradient(self, enlarged, gradient);
                let width = columns.width;
                let mut sums = vec![0.0; self.from.next_multiple_of(2) * self.to * 4];
                let mut biases = vec![0.0; self.to];
                let mut rows = vec![0.0; self.from.next_multiple_of(4) * width];
                Arch::new().dispatch(Backward {
                    layer: self,
                    width,
                    input: &input,
                    gradient: &gradient,
                    weight,
                    sums: &mut sums,
                    biases: &mut biases,
                    rows: &mut rows,
                });
                sums.truncate(self.from * self.to * 4);
                for (image, back) in back.chunks_exact_mut(size).enumerate() {
                    for (from, plane) in back.chunks_exact_mut(self.pixels()).enumerate() {
                        plane.copy_from_slice(&rows[from * width + image * self.pixels()..][..self.pixels()]);
                    }
                }
                (sums, biases)
            })
            .collect();
        let (weights, biases): (Vec<_>, Vec<_>) = partial.into_iter().unzip();
        LayerGradients { images: images_gradient, weight: sum_in_order(weights), bias: sum_in_order(biases) }
    }
}

/// The columns of a chunk's matrix product: the pixels of its images, one after another.
struct Columns {
    /// Number of columns, rounded up to whole pairs of vectors.
    width: usize,
    /// Where the 2x2 outputs of each pixel begin among the outputs of the chunk.
    output_offsets: Vec<usize>,
}

impl Columns {
    fn new(layer: &Upsample, images: usize) -> Self {
        let side = layer.side;
        let output_offsets = (0..images * layer.pixels())
            .map(|column| {
                let (image, pixel) = (column / layer.pixels(), column % layer.pixels());
                image * layer.sizes().1 + pixel / side * 4 * side + pixel % side * 2
            })
            .collect::<Vec<_>>();
        Columns { width: output_offsets.len().next_multiple_of(2 * lanes()), output_offsets }
    }

    /// `[image, from, pixel]` as `[from, column]`, with zeros up to whole tiles.
    fn gather_input(&self, layer: &Upsample, images: &[f32]) -> Vec<f32> {
        let mut rows = vec![0.0; layer.from.next_multiple_of(4) * self.width];
        for (image, planes) in images.chunks_exact(layer.sizes().0).enumerate() {
            for (from, plane) in planes.chunks_exact(layer.pixels()).enumerate() {
                rows[from * self.width + image * layer.pixels()..][..layer.pixels()].copy_from_slice(plane);
            }
        }
        rows
    }

    /// Gradients of the outputs as `[to, 2, 2, column]`, zero where ReLU set the output to zero.
    fn gather_gradient(&self, layer: &Upsample, enlarged: &[f32], gradient: &[f32]) -> Vec<f32> {
        let mut rows = vec![0.0; layer.to * 4 * self.width];
        let (side, floor) = (layer.side, layer.floor());
        let lines = enlarged.chunks_exact(2 * side).zip(gradient.chunks_exact(2 * side));
        for (line, (enlarged, gradient)) in lines.enumerate() {
            let (plane, y) = (line / (2 * side), line % (2 * side));
            let (image, channel) = (plane / layer.to, plane % layer.to);
            let start = (channel * 4 + y % 2 * 2) * self.width + image * layer.pixels() + y / 2 * side;
            let (even, odd) = rows[start..].split_at_mut(self.width);
            let pairs = enlarged.chunks_exact(2).zip(gradient.chunks_exact(2));
            for ((even, odd), (enlarged, gradient)) in even.iter_mut().zip(odd).zip(pairs) {
                let (first, second) = (gradient[0], gradient[1]);
                *even = if enlarged[0] > floor { first } else { 0.0 };
                *odd = if enlarged[1] > floor { second } else { 0.0 };
            }
        }
        rows
    }
}

struct Forward<'a> {
    layer: &'a Upsample,
    columns: &'a Columns,
    input: &'a [f32],
    weight: &'a [f32],
    bias: &'a [f32],
    enlarged: &'a mut [f32],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Upsample { from, to, side, .. } = *self.layer;
        let floor = self.layer.floor();
        for (pair, output_offsets) in self.columns.output_offsets.chunks(2 * S::F32_LANES).enumerate() {
            for channel in 0..to {
                let mut sums = [[simd.splat_f32s(self.bias[channel]); 2]; 4];
                for row in 0..from {
                    let pixels = &self.input[row * self.columns.width + pair * 2 * S::F32_LANES..];
                    let pixels = S::as_simd_f32s(&pixels[..2 * S::F32_LANES]).0;
                    let weight = &self.weight[(row * to + channel) * 4..][..4];
                    for (sum, &weight) in sums.iter_mut().zip(weight) {
                        let weight = simd.splat_f32s(weight);
                        sum[0] = simd.mul_add_f32s(weight, pixels[0], sum[0]);
                        sum[1] = simd.mul_add_f32s(weight, pixels[1], sum[1]);
                    }
                }
                for (y, sums) in sums.chunks_exact(2).enumerate() {
                    let start = channel * 4 * side * side + y * 2 * side;
                    let [left, right] = [0, 1].map(|x| bytemuck::cast_slice::<_, f32>(&sums[x]));
                    for (offset, (&left, &right)) in output_offsets.iter().zip(left.iter().zip(right)) {
                        // Not `max`, which would replace a NaN: training must see it.
                        let pair = [left, right].map(|value| if value < floor { floor } else { value });
                        self.enlarged[start + offset..][..2].copy_from_slice(&pair);
                    }
                }
            }
        }
    }
}

struct Backward<'a> {
    layer: &'a Upsample,
    width: usize,
    input: &'a [f32],
    gradient: &'a [f32],
    weight: &'a [f32],
    sums: &'a mut [f32],
    biases: &'a mut [f32],
    rows: &'a mut [f32],
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Upsample { from, to, .. } = *self.layer;
        let (width, depth) = (self.width, to * 4);
        let pair = 2 * S::F32_LANES;
        let zero = simd.splat_f32s(0.0);
        // Gradient by the images: tiles of four channels by a pair of vectors, summed over the outputs.
        for column in (0..width).step_by(pair) {
            for first in (0..from).step_by(4) {
                // A row beyond the last channel repeats that channel, and its result is dropped.
                let [w0, w1, w2, w3] =
                    [0, 1, 2, 3].map(|row| &self.weight[(first + row).min(from - 1) * depth..][..depth]);
                let weights = w0.iter().zip(w1).zip(w2.iter().zip(w3));
                let mut sums = [[zero; 2]; 4];
                for (values, ((&w0, &w1), (&w2, &w3))) in self.gradient.chunks_exact(width).zip(weights) {
                    let values = S::as_simd_f32s(&values[column..][..pair]).0;
                    for (sum, weight) in sums.iter_mut().zip([w0, w1, w2, w3]) {
                        let weight = simd.splat_f32s(weight);
                        sum[0] = simd.mul_add_f32s(weight, values[0], sum[0]);
                        sum[1] = simd.mul_add_f32s(weight, values[1], sum[1]);
                    }
                }
                for (row, sum) in sums.iter().enumerate() {
                    let target = &mut self.rows[(first + row) * width + column..][..pair];
                    S::as_mut_simd_f32s(target).0.copy_from_slice(sum);
                }
            }
        }
        // Gradient by the weights: two channels by the four outputs of a pixel, summed over the columns.
        for channel in 0..to {
            let outputs = [0, 1, 2, 3]
                .map(|quarter| S::as_simd_f32s(&self.gradient[(channel * 4 + quarter) * width..][..width]).0);
            for first in (0..from).step_by(2) {
                let inputs =
                    [0, 1].map(|row| S::as_simd_f32s(&self.input[(first + row) * width..][..width]).0);
                let mut sums = [[zero; 4]; 2];
                let outputs = outputs[0].iter().zip(outputs[1]).zip(outputs[2].iter().zip(outputs[3]));
                for ((&a, &b), ((&p, &q), (&r, &s))) in inputs[0].iter().zip(inputs[1]).zip(outputs) {
                    for (sums, input) in sums.iter_mut().zip([a, b]) {
                        for (sum, output) in sums.iter_mut().zip([p, q, r, s]) {
                            *sum = simd.mul_add_f32s(input, output, *sum);
                        }
                    }
                }
                for (row, sums) in sums.iter().enumerate() {
                    for (quarter, &sum) in sums.iter().enumerate() {
                        self.sums[(first + row) * depth + channel * 4 + quarter] = simd.reduce_sum_f32s(sum);
                    }
                }
            }
            let mut sum = zero;
            for values in outputs.iter().copied().flatten() {
                sum = simd.add_f32s(sum, *values);
            }
            self.biases[channel] = simd.reduce_sum_f32s(sum);
        }
    }
}
