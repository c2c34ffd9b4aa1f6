//! What one thread of this processor could do at best: these rates turn counts of operations into seconds.

use std::hint::black_box;
use std::time::Instant;

use pulp::{Arch, WithSimd};

const LANES: usize = 8;
/// Points that stay in the nearest cache.
const POINTS: usize = 1_024;
/// Of several tries the fastest counts: a floor is what nothing has disturbed.
const TRIES: usize = 20;
const ROUNDS: usize = 200;
/// The curve of min_dist 0.1 and spread 1.
const A: f32 = 1.577;
const B: f32 = 0.895;

/// Nanoseconds that one pair of points costs UMAP's descent, when all is at hand: the difference, UMAP's repulsion at
/// that distance, its clipping and its addition, eight pairs at a time. A pull costs no less; random numbers, the
/// fetching of points and of edges come on top.
pub fn pair_ns() -> f64 {
    let others = || std::array::from_fn(|i| ((i * 37) % POINTS) as f32 / 50.0 - 10.0);
    let (x, y): ([f32; POINTS], [f32; POINTS]) = (others(), others());
    fastest(|| Arch::new().dispatch(Pushes { x: black_box(&x), y: black_box(&y) })) / (ROUNDS * POINTS) as f64
        * 1e9
}

/// Products with a sum that one thread does in a second, in single precision.
pub fn multiply_adds() -> f64 {
    (ROUNDS * POINTS * CHAINS) as f64 / fastest(|| Arch::new().dispatch(Chains(black_box(0.5))))
}

fn fastest<T>(mut run: impl FnMut() -> T) -> f64 {
    let seconds = (0..TRIES).map(|_| {
        let started = Instant::now();
        black_box(run());
        started.elapsed().as_secs_f64()
    });
    seconds.fold(f64::INFINITY, f64::min)
}

struct Pushes<'a> {
    x: &'a [f32; POINTS],
    y: &'a [f32; POINTS],
}

impl WithSimd for Pushes<'_> {
    type Output = [[f32; LANES]; 2];

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Self::Output {
        let mut sums = [[0.0; LANES]; 2];
        for round in 0..ROUNDS {
            let (at_x, at_y) = (round as f32 / 100.0, 1.0);
            for (x, y) in self.x.as_chunks::<LANES>().0.iter().zip(self.y.as_chunks::<LANES>().0) {
                for lane in 0..LANES {
                    let (dx, dy) = (at_x - x[lane], at_y - y[lane]);
                    let force = repulsion(dx * dx + dy * dy);
                    sums[0][lane] += clip(force * dx);
                    sums[1][lane] += clip(force * dy);
                }
            }
        }
        sums
    }
}

/// `2 b / ((0.001 + d^2) (1 + a d^(2b)))`, with the power by shifts, a cubic and a square: within 0.3 %.
#[inline(always)]
fn repulsion(squared: f32) -> f32 {
    let bits = squared.to_bits();
    let exponent = f32::from_bits((bits >> 23) | 0x4b00_0000) - (8_388_608.0 + 127.0);
    let t = f32::from_bits((bits & 0x007f_ffff) | 0x3f80_0000) - 1.0;
    let log = t.mul_add(t.mul_add(t.mul_add(0.159_220_63, -0.582_086_25), 1.422_865_6), exponent);
    let y = B * log;
    let rounder = 12_582_912.0 + 127.0;
    let rounded = y + rounder;
    let rest = y - (rounded - rounder);
    let part = rest.mul_add(rest.mul_add(0.238_428_94, 0.703_448), 1.000_443_1);
    let power = f32::from_bits(rounded.to_bits() << 23) * part;
    2.0 * B / ((0.001 + squared) * A.mul_add(power, 1.0))
}

#[inline(always)]
fn clip(x: f32) -> f32 {
    let below = if x < 4.0 { x } else { 4.0 };
    if below > -4.0 { below } else { -4.0 }
}

/// Sums that wait for nothing but themselves: enough of them to keep the units for products busy.
const CHAINS: usize = 12 * LANES;

struct Chains(f32);

impl WithSimd for Chains {
    type Output = [f32; CHAINS];

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Self::Output {
        let mut sums = [0.0f32; CHAINS];
        for _ in 0..ROUNDS * POINTS {
            for sum in &mut sums {
                *sum = sum.mul_add(self.0, 1.0);
            }
        }
        sums
    }
}
