//! Adam on the places of all points at once.
//!
//! A point gathers its gradient from both directions of its pairs and is the only one to write its place, so that
//! threads share nothing and the sums have a fixed order.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::partners::Partners;
use crate::math::simd::{self, each_lane, floats, total};
use crate::projection::pairwise::Point;

/// Decay of Adam's mean and of its mean square, and what keeps it from dividing by zero.
const BETA_1: f32 = 0.9;
const BETA_2: f32 = 0.999;
const EPSILON: f32 = 1e-7;
/// Points that one task moves.
const BLOCK: usize = 256;

/// How a kind of pairs acts: the gradient is `numerator / (offset + d)^2` times the difference of the places, with
/// `d = 1 + |difference|^2`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Force {
    pub(super) numerator: f32,
    pub(super) offset: f32,
    /// Divides the gradient by the root of `d` (LocalMAP).
    pub(super) by_root: bool,
}

/// Pairs and how they act in an epoch.
pub(super) type Kinds<'a> = [(&'a Partners, Force); 3];

/// The places and Adam's memory of each coordinate.
pub(super) struct Descent {
    pub(super) places: Vec<Point>,
    next: Vec<Point>,
    mean: Vec<Point>,
    mean_square: Vec<Point>,
    learning_rate: f64,
}

impl Descent {
    pub(super) fn new(start: Vec<Point>, learning_rate: f64) -> Descent {
        let zeros = vec![[0.0; 2]; start.len()];
        Descent { next: zeros.clone(), mean: zeros.clone(), mean_square: zeros, places: start, learning_rate }
    }

    /// Moves all points at once. `epoch` counts from 0.
    pub(super) fn step(&mut self, kinds: &Kinds, epoch: usize) {
        let Descent { places, next, mean, mean_square, learning_rate } = self;
        // What epochs before this one forgot is made up for.
        let power = epoch as i32 + 1;
        let unbias = (1.0 - f64::from(BETA_2).powi(power)).sqrt() / (1.0 - f64::from(BETA_1).powi(power));
        let rate = (*learning_rate * unbias) as f32;
        let blocks = next.par_chunks_mut(BLOCK).zip(mean.par_chunks_mut(BLOCK));
        let blocks = blocks.zip(mean_square.par_chunks_mut(BLOCK)).enumerate();
        blocks.for_each(|(number, ((next, mean), mean_square))| {
            let first = number * BLOCK;
            simd::dispatch(Step { kinds, places, first, next, mean, mean_square, rate });
        });
        std::mem::swap(places, next);
    }

    /// What the first step took as the gradient by the place of point `i`.
    #[cfg(test)]
    pub(super) fn gradient_of_first_step(&self, i: usize) -> Point {
        self.mean[i].map(|mean| mean / (1.0 - BETA_1))
    }
}

/// One step of the points from `first` on, as many as there are in `next`.
struct Step<'a> {
    kinds: &'a Kinds<'a>,
    places: &'a [Point],
    first: usize,
    next: &'a mut [Point],
    mean: &'a mut [Point],
    mean_square: &'a mut [Point],
    rate: f32,
}

impl WithSimd for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Step { kinds, places, first, next, mean, mean_square, rate } = self;
        let mut gradients = [[0.0; 2]; BLOCK];
        for (slot, i) in gradients.iter_mut().zip(first..first + next.len()) {
            *slot = gradient(simd, kinds, places, i);
        }
        let here = places[first..first + next.len()].as_flattened();
        let (next, gradients) = (next.as_flattened_mut(), gradients.as_flattened());
        let (mean, mean_square) = (mean.as_flattened_mut(), mean_square.as_flattened_mut());
        for place in 0..next.len() {
            let gradient = gradients[place];
            mean[place] += (1.0 - BETA_1) * (gradient - mean[place]);
            mean_square[place] += (1.0 - BETA_2) * (gradient * gradient - mean_square[place]);
            next[place] = here[place] - rate * mean[place] / (mean_square[place].sqrt() + EPSILON);
        }
    }
}

/// The gradient of the loss by the place of point `i`.
#[inline(always)]
fn gradient<S: Simd>(simd: S, kinds: &Kinds, places: &[Point], i: usize) -> Point {
    let (add, sub, mul) =
        (|x, y| simd.add_f32s(x, y), |x, y| simd.sub_f32s(x, y), |x, y| simd.mul_f32s(x, y));
    let one = simd.splat_f32s(1.0);
    let [x, y] = places[i].map(|coordinate| simd.splat_f32s(coordinate));
    let (mut sum_x, mut sum_y) = (simd.splat_f32s(0.0), simd.splat_f32s(0.0));
    for &(partners, Force { numerator, offset, by_root }) in kinds {
        if numerator == 0.0 {
            continue;
        }
        let (numerator, offset) = (simd.splat_f32s(numerator), simd.splat_f32s(offset));
        for partners in partners.of(i) {
            let others = each_lane(|lane| places[partners[lane] as usize]);
            let dx = sub(x, floats(simd, each_lane(|lane| others[lane][0])));
            let dy = sub(y, floats(simd, each_lane(|lane| others[lane][1])));
            let d = add(one, simd.mul_add_f32s(dx, dx, mul(dy, dy)));
            let below = add(offset, d);
            let mut below = mul(below, below);
            if by_root {
                below = mul(below, simd.sqrt_f32s(d));
            }
            let force = simd.div_f32s(numerator, below);
            sum_x = simd.mul_add_f32s(force, dx, sum_x);
            sum_y = simd.mul_add_f32s(force, dy, sum_y);
        }
    }
    [total(simd, sum_x), total(simd, sum_y)]
}
