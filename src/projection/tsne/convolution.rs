//! The potential of charges on a square grid, by Fourier transforms of twice its side: sums do not wrap around.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::fft::{Fft, Lanes};
use super::kernel::{BLOCK, transformed_kernel};
use crate::math::simd::{self, LANES, array, floats};

/// A register of each of eight numbers.
type Tile = [[f32; LANES]; LANES];

/// Sums over a square grid of charges times `1 / (1 + d^2) - offset`, where `d` is the distance between two nodes.
///
/// Only rows of frequencies below the highest are kept: the kernel is next to nothing there.
pub(super) struct Convolution {
    side: usize,
    spacing: f64,
    /// The kernel at the largest distance of two nodes. Without it the sums over points close together are so nearly
    /// equal that single precision loses the differences that push them apart.
    offset: f64,
    fft: Fft,
    /// The kernel's transform, which is real: for eight frequencies along `y`, all along `x`.
    kernel: Vec<[f32; LANES]>,
    /// For each block of columns and each frequency along `y`, the transforms of its two halves.
    columns: Vec<[Lanes; 2]>,
    /// For eight frequencies along `y`, all columns.
    rows: Vec<Lanes>,
    /// For each block of columns, the sums of all rows.
    blocks: Vec<[f32; BLOCK]>,
}

impl Convolution {
    /// For a grid of `side` times `side` nodes; `side` is a multiple of [`BLOCK`] without prime factors beyond five.
    pub(super) fn new(side: usize, spacing: f64) -> Convolution {
        let farthest = 2.0 * (side as f64 * spacing).powi(2);
        let fft = Fft::new(2 * side);
        Convolution {
            side,
            spacing,
            offset: 1.0 / (1.0 + farthest),
            kernel: transformed_kernel(&fft, side, spacing),
            fft,
            columns: vec![[[[0.0; LANES]; 2]; 2]; side * side / BLOCK],
            rows: vec![[[0.0; LANES]; 2]; side * side / LANES],
            blocks: vec![[0.0; BLOCK]; side * side / BLOCK],
        }
    }

    pub(super) fn side(&self) -> usize {
        self.side
    }

    pub(super) fn spacing(&self) -> f64 {
        self.spacing
    }

    pub(super) fn offset(&self) -> f64 {
        self.offset
    }

    /// Writes the sums of `charges`, `side` rows, to `potential`.
    pub(super) fn run(&mut self, charges: &[f32], potential: &mut [f32]) {
        let Convolution { side, ref fft, ref kernel, ref mut columns, ref mut rows, ref mut blocks, .. } =
            *self;
        let (charges, potential) = (charges.as_chunks::<BLOCK>().0, potential.as_chunks_mut::<BLOCK>().0);
        columns.par_chunks_mut(side).enumerate().for_each_init(Buffers::default, |buffers, (block, to)| {
            simd::dispatch(Forward { fft, side, block, charges, to, buffers });
        });
        let kernels = kernel.par_chunks(2 * side);
        rows.par_chunks_mut(side).zip(kernels).enumerate().for_each_init(
            Buffers::default,
            |buffers, (number, (to, kernel))| {
                simd::dispatch(Middle { fft, side, first: number * LANES, columns, kernel, to, buffers });
            },
        );
        blocks.par_chunks_mut(side).enumerate().for_each_init(Buffers::default, |buffers, (block, to)| {
            simd::dispatch(Backward { fft, side, block, rows, to, buffers });
        });
        let per_row = side / BLOCK;
        potential.par_chunks_mut(per_row * BLOCK).enumerate().for_each(|(band, to)| {
            for (row, to) in to.chunks_mut(per_row).enumerate() {
                for (block, to) in to.iter_mut().enumerate() {
                    *to = blocks[block * side + band * BLOCK + row];
                }
            }
        });
    }
}

/// What a transform works in; all of it is written before it is read.
#[derive(Default)]
struct Buffers {
    data: Vec<Lanes>,
    scratch: Vec<Lanes>,
}

impl Buffers {
    #[inline(always)]
    fn sized(&mut self, size: usize) -> (&mut Vec<Lanes>, &mut Vec<Lanes>) {
        for buffer in [&mut self.data, &mut self.scratch] {
            buffer.resize(size, [[0.0; LANES]; 2]);
        }
        (&mut self.data, &mut self.scratch)
    }
}

/// Transforms a block of columns along `y`.
struct Forward<'a> {
    fft: &'a Fft,
    side: usize,
    block: usize,
    charges: &'a [[f32; BLOCK]],
    to: &'a mut [[Lanes; 2]],
    buffers: &'a mut Buffers,
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Forward { fft, side, block, charges, to, buffers } = self;
        let (data, scratch) = buffers.sized(2 * side);
        let per_row = side / BLOCK;
        for (row, numbers) in data[..side].iter_mut().enumerate() {
            *numbers = pulp::cast_lossy(charges[row * per_row + block]);
        }
        data[side..].fill([[0.0; LANES]; 2]);
        fft.transform(simd, data, scratch);
        // Two real sequences as one complex one: their transforms are its symmetric and its antisymmetric part. The
        // halves that belong here are in the kernel.
        for (k, [left, right]) in to.iter_mut().enumerate() {
            let [z_re, z_im] = registers(simd, data[k]);
            let [y_re, y_im] = registers(simd, data[(2 * side - k) % (2 * side)]);
            *left = [array(simd, simd.add_f32s(z_re, y_re)), array(simd, simd.sub_f32s(z_im, y_im))];
            *right = [array(simd, simd.add_f32s(z_im, y_im)), array(simd, simd.sub_f32s(y_re, z_re))];
        }
    }
}

/// Transforms eight rows of frequencies along `x`, multiplies by the kernel and transforms back.
struct Middle<'a> {
    fft: &'a Fft,
    side: usize,
    first: usize,
    columns: &'a [[Lanes; 2]],
    kernel: &'a [[f32; LANES]],
    to: &'a mut [Lanes],
    buffers: &'a mut Buffers,
}

impl WithSimd for Middle<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Middle { fft, side, first, columns, kernel, to, buffers } = self;
        let (data, scratch) = buffers.sized(2 * side);
        for (number, numbers) in data[..side].chunks_exact_mut(LANES).enumerate() {
            let (block, half) = (number / 2, number % 2);
            let from = &columns[block * side + first..][..LANES];
            for part in 0..2 {
                let mut tile = [[0.0; LANES]; LANES];
                for lane in 0..LANES {
                    tile[lane] = from[lane][half][part];
                }
                let tile = transpose(&tile);
                for lane in 0..LANES {
                    numbers[lane][part] = tile[lane];
                }
            }
        }
        data[side..].fill([[0.0; LANES]; 2]);
        fft.transform(simd, data, scratch);
        for (numbers, &kernel) in data.iter_mut().zip(kernel) {
            let ([re, im], kernel) = (registers(simd, *numbers), floats(simd, kernel));
            *numbers = [array(simd, simd.mul_f32s(im, kernel)), array(simd, simd.mul_f32s(re, kernel))];
        }
        fft.transform(simd, data, scratch);
        for (to, [im, re]) in to.iter_mut().zip(data) {
            *to = [*re, *im];
        }
    }
}

/// Transforms a block of columns back along `y`.
struct Backward<'a> {
    fft: &'a Fft,
    side: usize,
    block: usize,
    rows: &'a [Lanes],
    to: &'a mut [[f32; BLOCK]],
    buffers: &'a mut Buffers,
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Backward { fft, side, block, rows, to, buffers } = self;
        let (data, scratch) = buffers.sized(2 * side);
        data[side] = [[0.0; LANES]; 2];
        for first in (0..side).step_by(LANES) {
            let from = &rows[first / LANES * side + block * BLOCK..][..BLOCK];
            let mut tiles = [[[[0.0; LANES]; LANES]; 2]; 2];
            for half in 0..2 {
                for part in 0..2 {
                    let mut tile = [[0.0; LANES]; LANES];
                    for column in 0..LANES {
                        tile[column] = from[half * LANES + column][part];
                    }
                    tiles[half][part] = transpose(&tile);
                }
            }
            for k in first..first + LANES {
                let register = |half: usize, part: usize| floats(simd, tiles[half][part][k - first]);
                let (a_re, a_im, b_re, b_im) =
                    (register(0, 0), register(0, 1), register(1, 0), register(1, 1));
                // Two real sequences as one complex one again; parts exchanged, which makes the transform an inverse.
                if k > 0 {
                    let (re, im) = (simd.add_f32s(a_re, b_im), simd.sub_f32s(b_re, a_im));
                    data[2 * side - k] = [array(simd, im), array(simd, re)];
                }
                let (re, im) = (simd.sub_f32s(a_re, b_im), simd.add_f32s(a_im, b_re));
                data[k] = [array(simd, im), array(simd, re)];
            }
        }
        fft.transform(simd, data, scratch);
        for (to, [im, re]) in to.iter_mut().zip(data) {
            *to = pulp::cast_lossy([*re, *im]);
        }
    }
}

#[inline(always)]
fn registers<S: Simd>(simd: S, [re, im]: Lanes) -> [S::f32s; 2] {
    [floats(simd, re), floats(simd, im)]
}

#[inline(always)]
fn transpose(tile: &Tile) -> Tile {
    let mut turned = [[0.0; LANES]; LANES];
    for row in 0..LANES {
        for column in 0..LANES {
            turned[column][row] = tile[row][column];
        }
    }
    turned
}
