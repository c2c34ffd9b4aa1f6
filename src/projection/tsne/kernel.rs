//! The transform of the kernel `1 / (1 + d^2)` on a grid.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::fft::{Fft, Lanes};
use super::spline::damping;
use crate::math::simd::{self, LANES};

/// Columns that are transformed at once: real numbers, eight of them as real parts and eight as imaginary parts.
pub(super) const BLOCK: usize = 2 * LANES;

/// The transform of the kernel less its value at the largest distance of two nodes: real, for eight frequencies along
/// `y`, all along `x`.
///
/// It is divided by what spreading and reading do to the waves, and by the factors that the transforms leave.
pub(super) fn transformed_kernel(fft: &Fft, side: usize, spacing: f64) -> Vec<[f32; LANES]> {
    let size = 2 * side;
    let away = |node: usize| node.min(size - node);
    let farthest = 2.0 * (side as f64 * spacing).powi(2);
    // Sixteen columns at once; the kernel is symmetric, so that their transforms are real and do not mix.
    let mut columns = vec![[0.0f32; BLOCK]; (side / BLOCK + 1) * side];
    columns.par_chunks_mut(side).enumerate().for_each(|(block, to)| {
        let at = |node: usize, column: usize| {
            let squared = ((away(node).pow(2) + (block * BLOCK + column).pow(2)) as f64) * spacing * spacing;
            ((farthest - squared) / ((1.0 + squared) * (1.0 + farthest))) as f32
        };
        let mut data: Vec<Lanes> = vec![[[0.0; LANES]; 2]; size];
        for node in 0..=side {
            data[node] = [0, LANES].map(|half| std::array::from_fn(|lane| at(node, half + lane)));
            data[(size - node) % size] = data[node];
        }
        simd::dispatch(Transform { fft, data: &mut data });
        for (to, numbers) in to.iter_mut().zip(data) {
            *to = pulp::cast_lossy(numbers);
        }
    });
    let damping: Vec<f64> = (0..size).map(|k| damping(k as f64 / size as f64).powi(2)).collect();
    let mut kernel = vec![[0.0; LANES]; side / LANES * size];
    kernel.par_chunks_mut(size).enumerate().for_each(|(number, to)| {
        let first = number * LANES;
        let mut data: Vec<Lanes> = (0..size)
            .map(|node| {
                let column = away(node);
                let at = |lane: usize| columns[column / BLOCK * side + first + lane][column % BLOCK];
                [std::array::from_fn(at), [0.0; LANES]]
            })
            .collect();
        simd::dispatch(Transform { fft, data: &mut data });
        for (k, (to, [re, _])) in to.iter_mut().zip(data).enumerate() {
            let factor = |lane: usize| {
                let factor = 0.5 / (damping[k] * damping[first + lane] * (size * size) as f64);
                if k == side { 0.0 } else { factor as f32 }
            };
            *to = std::array::from_fn(|lane| re[lane] * factor(lane));
        }
    });
    kernel
}

struct Transform<'a> {
    fft: &'a Fft,
    data: &'a mut Vec<Lanes>,
}

impl WithSimd for Transform<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let mut scratch = vec![[[0.0; LANES]; 2]; self.data.len()];
        self.fft.transform(simd, self.data, &mut scratch);
    }
}
