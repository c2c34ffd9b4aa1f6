//! Gradient descent with momentum and a gain per coordinate (delta-bar-delta, Jacobs 1988) on the triplets' loss.
//!
//! An epoch has two passes. First each point computes its own triplets and writes down what they do to the other two
//! points; then each point sums up what others have written for it, in a fixed order. So threads share nothing.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::triplets::Triplets;
use crate::math::simd::{self, LANES, array, each_lane, floats};
use crate::projection::pairwise::Point;

/// Epochs up to which the momentum is the first of the two.
const SWITCH_EPOCH: usize = 250;
const MOMENTUM: [f32; 2] = [0.5, 0.8];
/// What a gain grows by where gradient and velocity differ in sign, what it shrinks by elsewhere, and its least value.
const GAIN_STEP: f32 = 0.2;
const GAIN_DECAY: f32 = 0.8;
const MIN_GAIN: f32 = 0.01;
/// Points that one task moves.
const BLOCK: usize = 256;

/// Eight triplets of one point; those that fill up the last register have a weight of zero.
#[derive(Clone, Copy)]
struct Register {
    similar: [u32; LANES],
    outlier: [u32; LANES],
    weights: [f32; LANES],
}

/// Gradients of eight triplets by their second or third point.
#[derive(Clone, Copy, Default)]
struct Gradients {
    x: [f32; LANES],
    y: [f32; LANES],
}

/// The state of each coordinate.
#[derive(Clone, Copy)]
struct Motion {
    velocity: Point,
    gain: Point,
}

pub(super) struct Descent {
    pub(super) places: Vec<Point>,
    /// The places moved on by the momentum: the gradient is taken there (Nesterov).
    ahead: Vec<Point>,
    motions: Vec<Motion>,
    learning_rate: f32,
    /// Registers per point.
    width: usize,
    /// `[n, width]`.
    registers: Vec<Register>,
    own: Vec<Point>,
    /// `[n, width, 2]`: by the second and by the third points of each register.
    of_others: Vec<Gradients>,
    /// `sources[starts[i]..starts[i + 1]]` are the numbers of the gradients by point `i` among those of others.
    starts: Vec<usize>,
    sources: Vec<usize>,
}

impl Descent {
    pub(super) fn new(start: Vec<Point>, triplets: &Triplets, learning_rate: f64) -> Descent {
        let (n, count) = triplets.weights.dim();
        let width = count.div_ceil(LANES);
        let mut registers = Vec::with_capacity(n * width);
        for i in 0..n {
            for register in 0..width {
                let slot = |lane: usize| Some(register * LANES + lane).filter(|&slot| slot < count);
                let row = |rows: &ndarray::Array2<u32>| {
                    each_lane(|lane| slot(lane).map_or(i as u32, |slot| rows[[i, slot]]))
                };
                registers.push(Register {
                    similar: row(&triplets.similar),
                    outlier: row(&triplets.outlier),
                    weights: each_lane(|lane| slot(lane).map_or(0.0, |slot| triplets.weights[[i, slot]])),
                });
            }
        }
        let named = |triplet: (usize, usize)| {
            let (i, slot) = triplet;
            let place = |role: usize| ((i * width + slot / LANES) * 2 + role) * LANES + slot % LANES;
            [(triplets.similar[triplet], place(0)), (triplets.outlier[triplet], place(1))]
        };
        let all = || (0..n).flat_map(|i| (0..count).map(move |slot| (i, slot))).flat_map(named);
        let mut starts = vec![0; n + 1];
        for (point, _) in all() {
            starts[point as usize + 1] += 1;
        }
        for i in 0..n {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut sources = vec![0; starts[n]];
        for (point, place) in all() {
            sources[next[point as usize]] = place;
            next[point as usize] += 1;
        }
        Descent {
            ahead: start.clone(),
            places: start,
            motions: vec![Motion { velocity: [0.0; 2], gain: [1.0; 2] }; n],
            learning_rate: learning_rate as f32,
            width,
            own: vec![[0.0; 2]; n],
            of_others: vec![Gradients::default(); registers.len() * 2],
            registers,
            starts,
            sources,
        }
    }

    /// Moves all points at once. `epoch` counts from 0.
    pub(super) fn step(&mut self, epoch: usize) {
        let momentum = |epoch: usize| MOMENTUM[usize::from(epoch > SWITCH_EPOCH)];
        let (momentum, next_momentum) = (momentum(epoch), momentum(epoch + 1));
        self.gradients();
        let Descent { places, ahead, motions, learning_rate, own, of_others, starts, sources, .. } = self;
        let blocks = places.par_iter_mut().zip(ahead.par_iter_mut()).zip(motions.par_iter_mut());
        blocks.enumerate().with_min_len(BLOCK).for_each(|(i, ((place, ahead), motion))| {
            let mut gradient = own[i];
            for &source in &sources[starts[i]..starts[i + 1]] {
                let gradients = &of_others[source / LANES];
                gradient[0] += gradients.x[source % LANES];
                gradient[1] += gradients.y[source % LANES];
            }
            for axis in 0..2 {
                let (velocity, gain) = (&mut motion.velocity[axis], &mut motion.gain[axis]);
                *gain = if sign(*velocity) != sign(gradient[axis]) {
                    *gain + GAIN_STEP
                } else {
                    (*gain * GAIN_DECAY).max(MIN_GAIN)
                };
                *velocity = momentum * *velocity - *learning_rate * *gain * gradient[axis];
                place[axis] += *velocity;
                ahead[axis] = place[axis] + next_momentum * *velocity;
            }
        });
    }

    /// The first pass.
    fn gradients(&mut self) {
        let Descent { ahead, width, registers, own, of_others, .. } = self;
        let width = *width;
        if width == 0 {
            return;
        }
        let blocks = own.par_chunks_mut(BLOCK).zip(of_others.par_chunks_mut(2 * BLOCK * width));
        let blocks = blocks.zip(registers.par_chunks(BLOCK * width)).enumerate();
        blocks.for_each(|(block, ((own, of_others), registers))| {
            simd::dispatch(Pass { places: ahead, first: block * BLOCK, width, registers, own, of_others });
        });
    }
}

/// -1, 0 or 1.
fn sign(x: f32) -> i8 {
    i8::from(x > 0.0) - i8::from(x < 0.0)
}

/// The first pass of the points from `first` on, as many as there are in `own`.
struct Pass<'a> {
    places: &'a [Point],
    first: usize,
    width: usize,
    registers: &'a [Register],
    own: &'a mut [Point],
    of_others: &'a mut [Gradients],
}

impl WithSimd for Pass<'_> {
    type Output = ();

    /// The loss of a triplet is `w d_ij / (d_ij + d_ik)` with `d = 1 + |difference|^2`; as in the package `trimap`, the
    /// gradients are half its derivatives.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Pass { places, first, width, registers, own, of_others } = self;
        let (add, sub, mul) =
            (|x, y| simd.add_f32s(x, y), |x, y| simd.sub_f32s(x, y), |x, y| simd.mul_f32s(x, y));
        let of_points = registers.chunks_exact(width).zip(of_others.chunks_exact_mut(2 * width));
        for ((offset, own), (registers, of_others)) in own.iter_mut().enumerate().zip(of_points) {
            let [x, y] = places[first + offset].map(|coordinate| simd.splat_f32s(coordinate));
            let (mut sum_x, mut sum_y) = (simd.splat_f32s(0.0), simd.splat_f32s(0.0));
            for (register, of_others) in registers.iter().zip(of_others.as_chunks_mut::<2>().0) {
                let (similar_x, similar_y, similar) = difference(simd, x, y, places, &register.similar);
                let (outlier_x, outlier_y, outlier) = difference(simd, x, y, places, &register.outlier);
                let both = add(similar, outlier);
                let weight = simd.div_f32s(floats(simd, register.weights), mul(both, both));
                let (pull, push) = (mul(outlier, weight), mul(similar, weight));
                let (pull_x, pull_y) = (mul(similar_x, pull), mul(similar_y, pull));
                let (push_x, push_y) = (mul(outlier_x, push), mul(outlier_y, push));
                sum_x = add(sum_x, sub(pull_x, push_x));
                sum_y = add(sum_y, sub(pull_y, push_y));
                let [by_similar, by_outlier] = of_others;
                by_similar.x = array(simd, simd.neg_f32s(pull_x));
                by_similar.y = array(simd, simd.neg_f32s(pull_y));
                by_outlier.x = array(simd, push_x);
                by_outlier.y = array(simd, push_y);
            }
            *own = [simd::total(simd, sum_x), simd::total(simd, sum_y)];
        }
    }
}

/// From eight points to the one at `x` and `y`: the differences along both axes, and `d`. Not a closure, since those are
/// not inlined into code for wider registers.
#[inline(always)]
fn difference<S: Simd>(
    simd: S,
    x: S::f32s,
    y: S::f32s,
    places: &[Point],
    points: &[u32; LANES],
) -> (S::f32s, S::f32s, S::f32s) {
    let others = each_lane(|lane| places[points[lane] as usize]);
    let dx = simd.sub_f32s(x, floats(simd, each_lane(|lane| others[lane][0])));
    let dy = simd.sub_f32s(y, floats(simd, each_lane(|lane| others[lane][1])));
    (dx, dy, simd.add_f32s(simd.splat_f32s(1.0), simd.mul_add_f32s(dx, dx, simd.mul_f32s(dy, dy))))
}
