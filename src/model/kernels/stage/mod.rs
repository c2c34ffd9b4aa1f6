//! A stage of the encoder in one pass: 3x3 convolution with a border of zeros, bias, ReLU and 2x2 max pooling.
//!
//! Channels come last, so that vectors run along them. The feature map before pooling is never written to memory. In the
//! backward pass only the largest pixel of each 2x2 window has a gradient: at most a quarter of a dense convolution's
//! work is left, and less where ReLU set the whole window to zero.

mod backward;
mod forward;

use pulp::Arch;
use rayon::prelude::*;

use super::{Aligned, CHUNK, LayerGradients, lanes, sum_in_order};

/// The argmax of a window that ReLU set to zero as a whole: no pixel of it has a gradient.
const NO_WINNER: u8 = 4;

/// The shape of a stage: `[batch, side, side, from]`, or where `planar` `[batch, from, side, side]`, to
/// `[batch, side / 2, side / 2, to]`.
#[derive(Debug, Clone, Copy)]
pub(in crate::model) struct Stage {
    pub from: usize,
    pub to: usize,
    pub side: usize,
    /// Channels come first in the images, as they do before the first stage.
    pub planar: bool,
}

impl Stage {
    /// Numbers per image before and after the stage.
    fn sizes(&self) -> (usize, usize) {
        (self.side * self.side * self.from, (self.side / 2).pow(2) * self.to)
    }

    /// Numbers in one row of the kernel: three neighboring pixels.
    fn row_len(&self) -> usize {
        3 * self.from
    }

    /// Numbers from one row of the padded image to the next.
    fn padded_stride(&self) -> usize {
        (self.side + 2) * self.from
    }

    /// Room for a padded image, all zeros, with space to read a whole vector at its end.
    fn padded(&self) -> Aligned {
        Aligned::zeros((self.side + 2) * self.padded_stride() + lanes())
    }

    /// Pooled features, and for `backward` which of the four pixels of its window each of them is. The weight is
    /// `[to, from, 3, 3]`.
    pub fn forward(&self, images: &[f32], weight: &[f32], bias: &[f32]) -> (Vec<f32>, Vec<u8>) {
        let (size, out) = self.sizes();
        let (weight, bias) = self.pack_forward(weight, bias, 2 * lanes());
        let window_offsets = self.window_offsets();
        let mut pooled = vec![0.0; images.len() / size * out];
        let mut argmax = vec![NO_WINNER; pooled.len()];
        images
            .par_chunks(CHUNK * size)
            .zip(pooled.par_chunks_mut(CHUNK * out).zip(argmax.par_chunks_mut(CHUNK * out)))
            .for_each(|(images, (pooled, argmax))| {
                let mut padded = self.padded();
                let results = pooled.chunks_exact_mut(out).zip(argmax.chunks_exact_mut(out));
                for (image, (pooled, argmax)) in images.chunks_exact(size).zip(results) {
                    self.pad(image, &mut padded);
                    Arch::new().dispatch(forward::Forward {
                        stage: self,
                        window_offsets: &window_offsets,
                        padded: &padded,
                        weight: &weight,
                        bias: &bias,
                        pooled,
                        argmax,
                    });
                }
            });
        (pooled, argmax)
    }

    /// Gradients of the loss by weight, bias and, if `with_images`, images, from its gradient by the pooled features.
    pub fn backward(
        &self,
        images: &[f32],
        weight: &[f32],
        argmax: &[u8],
        gradient: &[f32],
        with_images: bool,
    ) -> LayerGradients {
        let (size, out) = self.sizes();
        let row = self.row_len().next_multiple_of(lanes());
        let weight = self.pack_backward(weight, row);
        let window_offsets = self.window_offsets();
        let mut back = vec![0.0; if with_images { images.len() } else { 0 }];
        let mut chunks: Vec<&mut [f32]> = back.chunks_mut(CHUNK * size).collect();
        chunks.resize_with(images.len().div_ceil(CHUNK * size), Default::default);
        let (weights, biases): (Vec<_>, Vec<_>) = images
            .par_chunks(CHUNK * size)
            .zip(chunks)
            .zip(argmax.par_chunks(CHUNK * out).zip(gradient.par_chunks(CHUNK * out)))
            .map(|((images, back), (argmax, gradient))| {
                let mut padded = self.padded();
                let mut padded_gradient = if with_images { self.padded() } else { Aligned::zeros(0) };
                let mut sums = (vec![0.0; self.to * 3 * row], vec![0.0; self.to]);
                let results = argmax.chunks_exact(out).zip(gradient.chunks_exact(out));
                for (idx, (image, (argmax, gradient))) in images.chunks_exact(size).zip(results).enumerate() {
                    self.pad(image, &mut padded);
                    padded_gradient.fill(0.0);
                    Arch::new().dispatch(backward::Backward {
                        stage: self,
                        window_offsets: &window_offsets,
                        padded: &padded,
                        weight: &weight,
                        argmax,
                        gradient,
                        padded_gradient: &mut padded_gradient,
                        weights: &mut sums.0,
                        biases: &mut sums.1,
                    });
                    if with_images {
                        self.unpad(&padded_gradient, &mut back[idx * size..][..size]);
                    }
                }
                sums
            })
            .unzip();
        let weights = sum_in_order(weights);
        LayerGradients {
            images: back,
            weight: (0..self.to * self.from * 9).map(|idx| weights[self.backward_index(idx, row)]).collect(),
            bias: sum_in_order(biases),
        }
    }

    /// Copies an image into the middle of its padded form; the border keeps its zeros.
    fn pad(&self, image: &[f32], padded: &mut [f32]) {
        if self.planar && self.from > 1 {
            for (number, row) in image.chunks_exact(self.side).enumerate() {
                let (channel, y) = (number / self.side, number % self.side);
                let start = (y + 1) * self.padded_stride() + self.from + channel;
                let places = padded[start..].iter_mut().step_by(self.from);
                places.zip(row).for_each(|(place, &value)| *place = value);
            }
            return;
        }
        let rows = image.chunks_exact(self.side * self.from);
        for (row, padded_row) in rows.zip(padded.chunks_exact_mut(self.padded_stride()).skip(1)) {
            padded_row[self.from..][..row.len()].copy_from_slice(row);
        }
    }

    /// The inverse of `pad`; the border is dropped.
    fn unpad(&self, padded: &[f32], image: &mut [f32]) {
        if self.planar && self.from > 1 {
            for (number, row) in image.chunks_exact_mut(self.side).enumerate() {
                let (channel, y) = (number / self.side, number % self.side);
                let start = (y + 1) * self.padded_stride() + self.from + channel;
                let values = padded[start..].iter().step_by(self.from);
                row.iter_mut().zip(values).for_each(|(place, &value)| *place = value);
            }
            return;
        }
        let rows = image.chunks_exact_mut(self.side * self.from);
        for (row, padded_row) in rows.zip(padded.chunks_exact(self.padded_stride()).skip(1)) {
            row.copy_from_slice(&padded_row[self.from..][..row.len()]);
        }
    }

    /// Where in the padded image the 4x4 pixels begin that each window depends on.
    fn window_offsets(&self) -> Vec<usize> {
        let half = self.side / 2;
        (0..half * half)
            .map(|window| 2 * (window / half * self.padded_stride() + window % half * self.from))
            .collect()
    }

    /// `[to, from, 3, 3]` as `[to / width, 3, 3 * from, width]` and the bias as `[to / width, width]`.
    fn pack_forward(&self, weight: &[f32], bias: &[f32], width: usize) -> (Vec<f32>, Vec<f32>) {
        let mut packed = vec![0.0; self.to.next_multiple_of(width) * 9 * self.from];
        for (idx, &value) in weight.iter().enumerate() {
            let (to, from, y, x) = self.weight_index(idx);
            let tap = (to / width * 3 + y) * self.row_len() + x * self.from + from;
            packed[tap * width + to % width] = value;
        }
        let mut biases = bias.to_vec();
        biases.resize(self.to.next_multiple_of(width), 0.0);
        (packed, biases)
    }

    /// `[to, from, 3, 3]` as `[to, 3, row]`, each row of `3 * from` padded with zeros.
    fn pack_backward(&self, weight: &[f32], row: usize) -> Vec<f32> {
        let mut packed = vec![0.0; self.to * 3 * row];
        for (idx, &value) in weight.iter().enumerate() {
            packed[self.backward_index(idx, row)] = value;
        }
        packed
    }

    fn backward_index(&self, idx: usize, row: usize) -> usize {
        let (to, from, y, x) = self.weight_index(idx);
        (to * 3 + y) * row + x * self.from + from
    }

    /// Output channel, input channel, row and column of a weight.
    fn weight_index(&self, idx: usize) -> (usize, usize, usize, usize) {
        (idx / (9 * self.from), idx / 9 % self.from, idx / 3 % 3, idx % 3)
    }
}
