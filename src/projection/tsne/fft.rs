//! Fourier transforms of eight complex sequences at once, one per lane of a register, so that no step moves numbers
//! between lanes.

use std::f64::consts::TAU;

use pulp::Simd;

use crate::math::simd::{LANES, array, floats};

/// A complex number of each of eight sequences: the real parts, then the imaginary parts.
pub(super) type Lanes = [[f32; LANES]; 2];

/// The transform `X_k = sum over j of x_j exp(-2 pi i j k / size)`, by the steps of Stockham's self-sorting algorithm.
pub(super) struct Fft {
    steps: Vec<Step>,
}

/// `radix * groups` is the length that is left to transform, of `stride` interleaved sequences.
struct Step {
    radix: usize,
    groups: usize,
    stride: usize,
    /// `exp(-2 pi i p k / (radix groups))`, for every group `p` and every `k` from 1 below `radix`.
    twiddles: Vec<[f32; 2]>,
}

/// A complex number, `F` a register.
#[derive(Clone, Copy)]
struct Complex<F> {
    re: F,
    im: F,
}

impl Fft {
    /// For a size of no prime factors but 2, 3 and 5.
    pub(super) fn new(size: usize) -> Fft {
        let (mut left, mut stride, mut steps) = (size, 1, Vec::new());
        while left > 1 {
            let radix = [4, 2, 3, 5].into_iter().find(|radix| left % radix == 0);
            let radix = radix.expect("sizes are products of 2, 3 and 5");
            let groups = left / radix;
            let turn = |p: usize, k: usize| -TAU * (p * k % left) as f64 / left as f64;
            let twiddles = (0..groups).flat_map(|p| (1..radix).map(move |k| turn(p, k)));
            let twiddles = twiddles.map(|turn| [turn.cos() as f32, turn.sin() as f32]).collect();
            steps.push(Step { radix, groups, stride, twiddles });
            (left, stride) = (groups, stride * radix);
        }
        Fft { steps }
    }

    /// Transforms `data`. What `scratch`, of the same length, holds does not matter.
    ///
    /// With real and imaginary parts exchanged before and after it is the inverse transform, times the size.
    #[inline(always)]
    pub(super) fn transform<S: Simd>(&self, simd: S, data: &mut Vec<Lanes>, scratch: &mut Vec<Lanes>) {
        for step in &self.steps {
            match step.radix {
                2 => step.run::<S, 2>(simd, data, scratch),
                3 => step.run::<S, 3>(simd, data, scratch),
                4 => step.run::<S, 4>(simd, data, scratch),
                _ => step.run::<S, 5>(simd, data, scratch),
            }
            std::mem::swap(data, scratch);
        }
    }
}

impl Step {
    #[inline(always)]
    fn run<S: Simd, const RADIX: usize>(&self, simd: S, from: &[Lanes], to: &mut [Lanes]) {
        let &Step { groups, stride, ref twiddles, .. } = self;
        let zero = Complex { re: simd.splat_f32s(0.0), im: simd.splat_f32s(0.0) };
        for (p, to) in to.chunks_exact_mut(stride * RADIX).enumerate() {
            let mut turns = [zero; RADIX];
            for k in 1..RADIX {
                let [re, im] = twiddles[p * (RADIX - 1) + k - 1];
                turns[k] = Complex { re: simd.splat_f32s(re), im: simd.splat_f32s(im) };
            }
            let mut inputs = [from; RADIX];
            for j in 0..RADIX {
                inputs[j] = &from[stride * (p + groups * j)..][..stride];
            }
            for q in 0..stride {
                let mut z = [zero; RADIX];
                for j in 0..RADIX {
                    let [re, im] = inputs[j][q];
                    z[j] = Complex { re: floats(simd, re), im: floats(simd, im) };
                }
                butterfly(simd, &mut z);
                for k in 1..RADIX {
                    z[k] = multiply(simd, z[k], turns[k]);
                }
                for k in 0..RADIX {
                    to[q + stride * k] = [array(simd, z[k].re), array(simd, z[k].im)];
                }
            }
        }
    }
}

/// The transform of length 2, 3, 4 or 5.
#[inline(always)]
fn butterfly<S: Simd>(simd: S, z: &mut [Complex<S::f32s>]) {
    match z {
        [a, b] => (*a, *b) = (add(simd, *a, *b), sub(simd, *a, *b)),
        [a, b, c] => {
            let (sum, apart) = (add(simd, *b, *c), sub(simd, *b, *c));
            let middle = add_scaled(simd, *a, -0.5, sum);
            let side = times_minus_i(simd, scale(simd, 0.75f32.sqrt(), apart));
            (*a, *b, *c) = (add(simd, *a, sum), add(simd, middle, side), sub(simd, middle, side));
        }
        [a, b, c, d] => {
            let (even, odd) = (add(simd, *a, *c), add(simd, *b, *d));
            let (middle, side) = (sub(simd, *a, *c), times_minus_i(simd, sub(simd, *b, *d)));
            *a = add(simd, even, odd);
            *b = add(simd, middle, side);
            *c = sub(simd, even, odd);
            *d = sub(simd, middle, side);
        }
        [a, b, c, d, e] => {
            // The cosines and sines of a fifth and of two fifths of a turn.
            const COS: [f32; 2] = [0.309_017, -0.809_017];
            const SIN: [f32; 2] = [0.951_056_5, 0.587_785_24];
            let (near, far) = (add(simd, *b, *e), add(simd, *c, *d));
            let (near_apart, far_apart) = (sub(simd, *b, *e), sub(simd, *c, *d));
            let first = add_scaled(simd, add_scaled(simd, *a, COS[0], near), COS[1], far);
            let second = add_scaled(simd, add_scaled(simd, *a, COS[1], near), COS[0], far);
            let first_side = add_scaled(simd, scale(simd, SIN[0], near_apart), SIN[1], far_apart);
            let second_side = add_scaled(simd, scale(simd, SIN[1], near_apart), -SIN[0], far_apart);
            let (first_side, second_side) =
                (times_minus_i(simd, first_side), times_minus_i(simd, second_side));
            *a = add(simd, *a, add(simd, near, far));
            (*b, *e) = (add(simd, first, first_side), sub(simd, first, first_side));
            (*c, *d) = (add(simd, second, second_side), sub(simd, second, second_side));
        }
        _ => unreachable!("steps have a radix from 2 to 5"),
    }
}

#[inline(always)]
fn add<S: Simd>(simd: S, a: Complex<S::f32s>, b: Complex<S::f32s>) -> Complex<S::f32s> {
    Complex { re: simd.add_f32s(a.re, b.re), im: simd.add_f32s(a.im, b.im) }
}

#[inline(always)]
fn sub<S: Simd>(simd: S, a: Complex<S::f32s>, b: Complex<S::f32s>) -> Complex<S::f32s> {
    Complex { re: simd.sub_f32s(a.re, b.re), im: simd.sub_f32s(a.im, b.im) }
}

#[inline(always)]
fn scale<S: Simd>(simd: S, factor: f32, a: Complex<S::f32s>) -> Complex<S::f32s> {
    let factor = simd.splat_f32s(factor);
    Complex { re: simd.mul_f32s(factor, a.re), im: simd.mul_f32s(factor, a.im) }
}

/// `a + factor b`.
#[inline(always)]
fn add_scaled<S: Simd>(simd: S, a: Complex<S::f32s>, factor: f32, b: Complex<S::f32s>) -> Complex<S::f32s> {
    let factor = simd.splat_f32s(factor);
    Complex { re: simd.mul_add_f32s(factor, b.re, a.re), im: simd.mul_add_f32s(factor, b.im, a.im) }
}

#[inline(always)]
fn times_minus_i<S: Simd>(simd: S, a: Complex<S::f32s>) -> Complex<S::f32s> {
    Complex { re: a.im, im: simd.neg_f32s(a.re) }
}

#[inline(always)]
fn multiply<S: Simd>(simd: S, a: Complex<S::f32s>, b: Complex<S::f32s>) -> Complex<S::f32s> {
    let (re, im) = (simd.mul_f32s(a.im, b.im), simd.mul_f32s(a.im, b.re));
    Complex { re: simd.sub_f32s(simd.mul_f32s(a.re, b.re), re), im: simd.mul_add_f32s(a.re, b.im, im) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::simd;
    use pulp::WithSimd;

    struct Transform<'a>(&'a Fft, &'a mut Vec<Lanes>);

    impl WithSimd for Transform<'_> {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            let mut scratch = self.1.clone();
            self.0.transform(simd, self.1, &mut scratch);
        }
    }

    #[test]
    fn the_transform_is_its_defining_sum_and_has_an_inverse() {
        for size in [1, 2, 3, 4, 5, 6, 8, 30, 32, 50, 96, 150, 160, 540] {
            let value =
                |j: usize, part: usize, lane: usize| ((j * 7 + part * 3 + lane * 5) % 23) as f32 - 9.0;
            let data: Vec<Lanes> = (0..size)
                .map(|j| [0, 1].map(|part| std::array::from_fn(|lane| value(j, part, lane))))
                .collect();
            let fft = Fft::new(size);
            let mut found = data.clone();
            simd::dispatch(Transform(&fft, &mut found));
            for (k, found) in found.iter().enumerate() {
                for lane in [0, 3, 7] {
                    let (mut re, mut im) = (0.0, 0.0);
                    for (j, x) in data.iter().enumerate() {
                        let (sin, cos) = (-TAU * (j * k % size) as f64 / size as f64).sin_cos();
                        let (a, b) = (f64::from(x[0][lane]), f64::from(x[1][lane]));
                        re += a * cos - b * sin;
                        im += a * sin + b * cos;
                    }
                    let [x, y] = found.map(|part| f64::from(part[lane]));
                    assert!((x - re).abs() + (y - im).abs() < 1e-4 * size as f64, "{size} {k}: {x} {re}");
                }
            }
            let mut back: Vec<Lanes> = found.iter().map(|&[re, im]| [im, re]).collect();
            simd::dispatch(Transform(&fft, &mut back));
            for (x, [im, re]) in data.iter().zip(back) {
                for lane in 0..LANES {
                    let apart = (re[lane] / size as f32 - x[0][lane]).abs()
                        + (im[lane] / size as f32 - x[1][lane]).abs();
                    assert!(apart < 1e-4, "{size}: {apart}");
                }
            }
        }
    }
}
