//! A stage of the encoder in one pass: 3x3 convolution with a border of zeros, bias, ReLU and 2x2 maximum.
//!
//! Channels come last, so that vectors run along them. The map before the maximum is never written. Going back,
//! only the pixel that won its window has a gradient: a quarter of a dense convolution's work is left, and less
//! where ReLU cut.

mod backward;
mod forward;

use pulp::Arch;
use rayon::prelude::*;

use super::{Aligned, CHUNK, LayerGradients, lanes, sum_in_order};

/// In place of the winning pixel's number, where ReLU cut the whole window.
const DEAD: u8 = 4;

/// Shape of a stage: `[batch, side, side, from]` to `[batch, side / 2, side / 2, to]`.
#[derive(Debug, Clone, Copy)]
pub(in crate::model) struct Stage {
    pub from: usize,
    pub to: usize,
    pub side: usize,
}

impl Stage {
    /// Numbers of one image before and after.
    fn sizes(&self) -> (usize, usize) {
        (self.side * self.side * self.from, (self.side / 2).pow(2) * self.to)
    }

    /// Numbers of three neighbouring pixels: a row of the kernel.
    fn reach(&self) -> usize {
        3 * self.from
    }

    /// Numbers of a row of the image within its frame of zeros.
    fn line(&self) -> usize {
        (self.side + 2) * self.from
    }

    /// A framed image, with room to read a whole vector at its end.
    fn frame(&self) -> Aligned {
        Aligned::zeros((self.side + 2) * self.line() + lanes())
    }

    /// Pooled features, and of each the pixel that won its window, for `backward`. The weight is `[to, from, 3, 3]`.
    pub fn forward(&self, images: &[f32], weight: &[f32], bias: &[f32]) -> (Vec<f32>, Vec<u8>) {
        let (size, out) = self.sizes();
        let (weight, bias) = self.pack_forward(weight, bias, 2 * lanes());
        let corners = self.corners();
        let mut pooled = vec![0.0; images.len() / size * out];
        let mut winners = vec![DEAD; pooled.len()];
        images
            .par_chunks(CHUNK * size)
            .zip(pooled.par_chunks_mut(CHUNK * out).zip(winners.par_chunks_mut(CHUNK * out)))
            .for_each(|(images, (pooled, winners))| {
                let mut frame = self.frame();
                let results = pooled.chunks_exact_mut(out).zip(winners.chunks_exact_mut(out));
                for (image, (pooled, winners)) in images.chunks_exact(size).zip(results) {
                    self.enframe(image, &mut frame);
                    Arch::new().dispatch(forward::Forward {
                        stage: self,
                        corners: &corners,
                        frame: &frame,
                        weight: &weight,
                        bias: &bias,
                        pooled,
                        winners,
                    });
                }
            });
        (pooled, winners)
    }

    /// Gradients of weight, bias and, where asked for, images, from that of the pooled features.
    pub fn backward(
        &self,
        images: &[f32],
        weight: &[f32],
        winners: &[u8],
        gradient: &[f32],
        with_images: bool,
    ) -> LayerGradients {
        let (size, out) = self.sizes();
        let row = self.reach().next_multiple_of(lanes());
        let weight = self.pack_backward(weight, row);
        let corners = self.corners();
        let mut back = vec![0.0; if with_images { images.len() } else { 0 }];
        let mut chunks: Vec<&mut [f32]> = back.chunks_mut(CHUNK * size).collect();
        chunks.resize_with(images.len().div_ceil(CHUNK * size), Default::default);
        let (weights, biases): (Vec<_>, Vec<_>) = images
            .par_chunks(CHUNK * size)
            .zip(chunks)
            .zip(winners.par_chunks(CHUNK * out).zip(gradient.par_chunks(CHUNK * out)))
            .map(|((images, back), (winners, gradient))| {
                let mut frame = self.frame();
                let mut frame_gradient = if with_images { self.frame() } else { Aligned::zeros(0) };
                let mut sums = (vec![0.0; self.to * 3 * row], vec![0.0; self.to]);
                let results = winners.chunks_exact(out).zip(gradient.chunks_exact(out));
                for (idx, (image, (winners, gradient))) in images.chunks_exact(size).zip(results).enumerate()
                {
                    self.enframe(image, &mut frame);
                    frame_gradient.fill(0.0);
                    Arch::new().dispatch(backward::Backward {
                        stage: self,
                        corners: &corners,
                        frame: &frame,
                        weight: &weight,
                        winners,
                        gradient,
                        frame_gradient: &mut frame_gradient,
                        weights: &mut sums.0,
                        biases: &mut sums.1,
                    });
                    if with_images {
                        self.unframe(&frame_gradient, &mut back[idx * size..][..size]);
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

    /// An image into the middle of its frame.
    fn enframe(&self, image: &[f32], frame: &mut [f32]) {
        let rows = image.chunks_exact(self.side * self.from);
        for (row, framed) in rows.zip(frame.chunks_exact_mut(self.line()).skip(1)) {
            framed[self.from..][..row.len()].copy_from_slice(row);
        }
    }

    /// The inverse of `enframe`; what fell on the border is dropped.
    fn unframe(&self, frame: &[f32], image: &mut [f32]) {
        let rows = image.chunks_exact_mut(self.side * self.from);
        for (row, framed) in rows.zip(frame.chunks_exact(self.line()).skip(1)) {
            row.copy_from_slice(&framed[self.from..][..row.len()]);
        }
    }

    /// Where in the frame the 4x4 pixels begin that each window depends on.
    fn corners(&self) -> Vec<usize> {
        let half = self.side / 2;
        (0..half * half).map(|window| 2 * (window / half * self.line() + window % half * self.from)).collect()
    }

    /// `[to, from, 3, 3]` as `[to / width, 3, 3 * from, width]` and the bias as `[to / width, width]`.
    fn pack_forward(&self, weight: &[f32], bias: &[f32], width: usize) -> (Vec<f32>, Vec<f32>) {
        let mut packed = vec![0.0; self.to.next_multiple_of(width) * 9 * self.from];
        for (idx, &value) in weight.iter().enumerate() {
            let (to, from, y, x) = self.taps(idx);
            let tap = (to / width * 3 + y) * self.reach() + x * self.from + from;
            packed[tap * width + to % width] = value;
        }
        let mut biases = bias.to_vec();
        biases.resize(self.to.next_multiple_of(width), 0.0);
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

    fn backward_index(&self, idx: usize, row: usize) -> usize {
        let (to, from, y, x) = self.taps(idx);
        (to * 3 + y) * row + x * self.from + from
    }

    /// Output channel, input channel, row and column of a weight.
    fn taps(&self, idx: usize) -> (usize, usize, usize, usize) {
        (idx / (9 * self.from), idx / 9 % self.from, idx / 3 % 3, idx % 3)
    }
}
